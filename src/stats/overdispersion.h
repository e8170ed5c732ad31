// Rates that differ more than chance between siblings (batches, products, reps): how much, what
// that does to a test, and how far to pull a small group's rate to the common one.
#pragma once

#include <cstdint>
#include <span>

#include "stats/proportion_tests.h"

namespace insights::stats {

// Intra-class correlation rho, in [0, 1): 0 when siblings vary as binomial chance does; a trial's
// variance within a group of n is multiplied by 1 + (n - 1) rho.
//   siblings  [groups]; groups without trials are ignored
//   returns   0 for fewer than 2 groups, or when the siblings vary less than chance
// The analysis-of-variance moments estimator. A single wild sibling inflates rho and can hide
// itself: estimate from the others (leave it out) before testing it.
// Source: Ridout, Demetrio & Firth (1999), Biometrics 55, 137-148, section 2.1 (ANOVA estimator);
// Fleiss (1981), section 13.2.
[[nodiscard]] double overdispersion(std::span<const Proportion> siblings);

// The same where siblings vary more than chance explains (Tarone's test, one-sided at 5 %), else 0:
// of few siblings, or of rare events, the estimate alone is noise and would cost every test power.
// Source: Tarone (1979), Biometrika 66, 585-590 (the locally best test of binomial counts).
[[nodiscard]] double clear_overdispersion(std::span<const Proportion> siblings);

// Two-sided test of k of n against a common rate, where groups scatter with intra-class correlation
// rho: the beta-binomial with a = rate (1 - rho) / rho, b = (1 - rate)(1 - rho) / rho; the
// tail of the observed count and what the other tail holds that is no likelier (Blaker 2000,
// Canadian Journal of Statistics 28, 783-798), at most 1.
//   null_rate in [0, 1], rho in [0, 1); rho = 0 (or below 1e-9) is the exact binomial test
//   returns   p-value; 1 for no trials
[[nodiscard]] double beta_binomial_p_value(const Proportion& observed, double null_rate,
                                           double rho);

// P(K >= k) and P(K <= k), K beta-binomial(trials, a, b); a, b > 0. Summed from k outward, at most
// a million terms; above a million trials and a mean above 1000 by the beta distribution of the
// same mean and variance.
[[nodiscard]] double beta_binomial_upper_tail(std::int64_t k, std::int64_t trials, double a,
                                              double b);
[[nodiscard]] double beta_binomial_lower_tail(std::int64_t k, std::int64_t trials, double a,
                                              double b);

// A group's rate pulled to the siblings' rate.
struct PriorRate {
  double rate = 0.0;      // common rate of the siblings, in [0, 1]
  double strength = 0.0;  // a group of this many trials is pulled half way; from 1 to 1e9
};
// Empirical Bayes: strength = (1 - rho) / rho with rho as above. With fewer than 2 siblings, or no
// overdispersion, strength is 1e9: everyone is believed to have the common rate. No trials at all:
// rate 0, strength 1e9.
[[nodiscard]] PriorRate prior_rate(std::span<const Proportion> siblings);

// (events + rate * strength) / (trials + strength).
[[nodiscard]] double shrunk_rate(const Proportion& observed, const PriorRate& prior);

}  // namespace insights::stats
