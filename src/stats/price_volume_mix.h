// Why money changed between two periods: exact splits whose parts add up to the change.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace insights::stats {

// One item (product, customer x product) in two periods. Quantities in one common unit; money in
// one currency.
struct ItemChange {
  double quantity_before = 0.0;
  double money_before = 0.0;
  double quantity_after = 0.0;
  double money_after = 0.0;
};

// All in money. volume + mix + price + new_items + lost_items + unexplained == change (to
// rounding).
struct PriceVolumeMix {
  double money_before = 0.0;
  double money_after = 0.0;
  double change = 0.0;
  // (Q1 - Q0) P0: other quantity of continuing items, at the old average price.
  double volume = 0.0;
  double mix = 0.0;          // Q1 sum (s1 - s0) p0: the quantity moved to dearer or cheaper items
  double price = 0.0;        // sum q1 (p1 - p0): same items, other prices
  double new_items = 0.0;    // money of items that had nothing before
  double lost_items = 0.0;   // minus the money of items that have nothing after
  double unexplained = 0.0;  // items without a price (money without quantity, negative money)
};

// Continuing items have quantity above 0 and money of 0 or more in both periods. Empty input gives
// zeros. Non-finite input is a caller's bug.
// Source: standard three-way variance analysis, e.g. Horngren, Datar & Rajan, "Cost Accounting",
// chapter on sales variances.
[[nodiscard]] PriceVolumeMix price_volume_mix(std::span<const ItemChange> items);

// Logarithmic mean Divisia index: the change of a product of factors (customers x orders x basket x
// price) shared among its factors, exact, no residual.
//   before, after  [factors], each >= 0, of one length
//   returns        [factors], sum = product(after) - product(before); nothing when a factor is
//                  negative or not finite
// Zeros take the analytic limit: where m factors go from or to zero together, each takes 1/m of the
// change and the others take none; zero in both periods, or a product that is zero in both, gives
// zeros.
// Source: Ang (2005), Energy Policy 33, 867-871; Ang & Liu (2007), Energy Policy 35, 238-246
// (limits at zero).
[[nodiscard]] std::optional<std::vector<double>> factor_contributions(
    std::span<const double> before, std::span<const double> after);

// (a - b) / (ln a - ln b); a for a == b; 0 when one is 0. a, b >= 0.
[[nodiscard]] double logarithmic_mean(double a, double b);

}  // namespace insights::stats
