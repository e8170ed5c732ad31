// Tail probabilities and quantiles of the distributions the tests of this room use.
//
// Tails are computed directly, never as 1 - cdf, so they keep their relative precision far out
// (normal_upper_tail(30) is 4.9e-198, not 0). Every function that returns a probability returns a
// number in [0, 1], never NaN, for valid input; infinite statistics are valid and give 0 or 1. NaN
// anywhere, or a parameter outside its stated range, is a caller's bug.
//
// A p-value of this room is a tail passed through `p_value`: it is at least 1e-300, so that its
// logarithm exists.
//
// Source of the special functions: Boost.Math (incomplete beta and gamma, their complements and
// inverses).
#pragma once

#include <cstdint>

namespace insights::stats {

inline constexpr double p_value_min = 1e-300;

// `probability` moved into [p_value_min, 1]. Rounding errors just outside [0, 1] are accepted; NaN
// is a caller's bug.
[[nodiscard]] double p_value(double probability);

// --- continuous ---

// P(Z > z), Z standard normal.
[[nodiscard]] double normal_upper_tail(double z);
// P(|Z| > |z|).
[[nodiscard]] double normal_two_sided(double z);
// The z with P(Z <= z) = probability; probability in (0, 1).
[[nodiscard]] double normal_quantile(double probability);

// P(T > t), T Student with `degrees` > 0 degrees of freedom (need not be whole; infinity gives the
// normal).
[[nodiscard]] double student_upper_tail(double t, double degrees);
// P(|T| > |t|).
[[nodiscard]] double student_two_sided(double t, double degrees);
// The t with P(T <= t) = probability; probability in (0, 1).
[[nodiscard]] double student_quantile(double probability, double degrees);

// P(F > f), F with `degrees_top`, `degrees_bottom` > 0; f <= 0 gives 1.
[[nodiscard]] double f_upper_tail(double f, double degrees_top, double degrees_bottom);
// P(F < f); f <= 0 gives 0.
[[nodiscard]] double f_lower_tail(double f, double degrees_top, double degrees_bottom);

// P(X > x), X chi-square with `degrees` > 0; x <= 0 gives 1.
[[nodiscard]] double chi_square_upper_tail(double x, double degrees);

// P(B > x) and P(B < x), B beta with a, b > 0; x outside [0, 1] gives 0 or 1.
[[nodiscard]] double beta_upper_tail(double x, double a, double b);
[[nodiscard]] double beta_lower_tail(double x, double a, double b);

// P(G > x), G gamma with `shape` > 0 and scale 1; x <= 0 gives 1.
[[nodiscard]] double gamma_upper_tail(double x, double shape);

// --- counts ---

// P(K >= k) and P(K <= k), K binomial; trials >= 0, probability in [0, 1], any k.
[[nodiscard]] double binomial_upper_tail(std::int64_t k, std::int64_t trials, double probability);
[[nodiscard]] double binomial_lower_tail(std::int64_t k, std::int64_t trials, double probability);
// ln P(K = k); minus infinity where P is 0.
[[nodiscard]] double log_binomial_probability(std::int64_t k, std::int64_t trials,
                                              double probability);

// P(K >= k) and P(K <= k), K Poisson with `mean` >= 0, any k.
[[nodiscard]] double poisson_upper_tail(std::int64_t k, double mean);
[[nodiscard]] double poisson_lower_tail(std::int64_t k, double mean);

// ln of the beta function, a, b > 0; and ln of "trials choose k", 0 <= k <= trials. Both good to
// about 1e-13 relative to the answer or 1e-13 absolute, also where the arguments are 1e9 (no
// difference of large log-gammas).
[[nodiscard]] double log_beta(double a, double b);
[[nodiscard]] double log_choose(std::int64_t trials, std::int64_t k);

}  // namespace insights::stats
