// How unevenly a total is spread over its parts. Facts, not tests.
//
// All functions: `amounts` [parts], money or quantity of each part, any order, finite. Parts of 0
// or less (a customer whose returns exceed its orders) hold no share: they count as 0. Nothing
// comes back when no part is above 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

// Sum of squared shares, in (0, 1]: 1 / n when even, 1 when one part has all. Above 0.18 a market
// is "highly concentrated" (US Merger Guidelines 2023).
[[nodiscard]] std::optional<double> herfindahl_hirschman_index(std::span<const double> amounts);

// Gini coefficient, in [0, 1): 0 when all parts are equal, (n - 1) / n when one part has all.
[[nodiscard]] std::optional<double> gini_coefficient(std::span<const double> amounts);

// Share of the `count` largest parts, in [0, 1].
[[nodiscard]] std::optional<double> share_of_top(std::span<const double> amounts,
                                                 std::size_t count);

// Share of the largest ceil(fraction * parts) parts; fraction in [0, 1]. share_of_top_fraction(x,
// 0.2) is the "80/20" figure. Parts of 0 or less count as parts here.
[[nodiscard]] std::optional<double> share_of_top_fraction(std::span<const double> amounts,
                                                          double fraction);

// How many of the largest parts together hold at least `share` (in [0, 1]) of the total.
[[nodiscard]] std::optional<std::size_t> parts_holding_share(std::span<const double> amounts,
                                                             double share);

// Shares in descending order, [parts], sum 1; for a Pareto chart.
[[nodiscard]] std::optional<std::vector<double>> sorted_shares(std::span<const double> amounts);

}  // namespace insights::stats
