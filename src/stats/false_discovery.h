// Keeping false discoveries rare when thousands of hypotheses are tested.
//
// All p-values in [0, 1], any order; answers come in the order of the input. NaN is a caller's bug.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace insights::stats {

// Benjamini-Hochberg adjusted p-values.
//   p_values  [n]
//   returns   [n], each in [0, 1]; keeping those <= q holds the false discovery rate at q for
//             independent or positively dependent tests
// Source: Benjamini & Hochberg (1995), JRSS B 57(1), 289-300; R p.adjust(method = "BH").
[[nodiscard]] std::vector<double> adjusted_p_values(std::span<const double> p_values);

// Benjamini-Yekutieli: as above under any dependence, at the price of a factor of about ln n.
// Source: Benjamini & Yekutieli (2001), Annals of Statistics 29(4), 1165-1188; R p.adjust(method =
// "BY").
[[nodiscard]] std::vector<double> adjusted_p_values_any_dependence(
    std::span<const double> p_values);

// Which hypotheses of which families to publish, so that the average false discovery rate over the
// selected families stays at q: families are selected by Benjamini-Hochberg on their Simes
// p-values, then each selected family is tested by Benjamini-Hochberg at level q * selected /
// families.
// Source: Benjamini & Bogomolov (2014), JRSS B 76(1), 297-318, section 3.
struct FamilySelection {
  std::vector<double> family_p_values;      // [families], Simes; 1 for an empty family
  std::vector<bool> family_selected;        // [families]
  double level_inside = 0.0;                // q * selected / families; 0 when none is selected
  std::vector<std::vector<bool>> rejected;  // [families][hypotheses in it]
};
[[nodiscard]] FamilySelection select_families(std::span<const std::vector<double>> families,
                                              double q);

// Simes' p-value of the global null of one family: min over i of n p(i) / i. 1 for no p-values.
// Source: Simes (1986), Biometrika 73(3), 751-754.
[[nodiscard]] double simes_p_value(std::span<const double> p_values);

}  // namespace insights::stats
