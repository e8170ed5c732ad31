// Do groups differ, whatever the shape of their distribution? Tests on ranks, with tie correction.
//
// Values finite; nothing comes back when one is not.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

// Rank of each value, 1 = smallest, ties share the mean of their ranks; in the order of the input.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

// Kruskal-Wallis: k groups.
struct KruskalWallis {
  double h = 0.0;                // tie-corrected; 0 when all values are equal
  double degrees = 0.0;          // non-empty groups - 1
  double p_value = 1.0;          // chi-square approximation
  double epsilon_squared = 0.0;  // effect: h / (n - 1), in [0, 1]
};
// `groups` [k], each its values; empty groups are ignored; nothing when fewer than 2 remain or n <
// 3.
// Source: Kruskal & Wallis (1952), JASA 47, 583-621; R kruskal.test.
[[nodiscard]] std::optional<KruskalWallis> kruskal_wallis(
    std::span<const std::vector<double>> groups);

// Mann-Whitney (Wilcoxon rank sum): two groups.
struct MannWhitney {
  double u = 0.0;        // pairs where first > second, ties half; R's W
  double p_value = 1.0;  // two-sided; exact when there are no ties and both groups are below 50,
                         // else normal with continuity and tie correction, as R does
  // U / (n1 n2): chance that a value of the first exceeds one of the second.
  double superiority = 0.5;
};
// Nothing when a group is empty. Source: Mann & Whitney (1947), Annals of Math. Stat. 18, 50-60; R
// wilcox.test.
[[nodiscard]] std::optional<MannWhitney> mann_whitney(std::span<const double> first,
                                                      std::span<const double> second);

}  // namespace insights::stats
