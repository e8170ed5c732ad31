// A customer's own rhythm: is this silence unusual for it, are its orders slowing down?
//
// Gaps between order days are taken as gamma distributed with the customer's own mean and a shape
// (regularity) shared by all customers: shape 1 is pure chance (Poisson), large shapes are
// clockwork. All times in one unit (days). The ratio of means of gamma gaps of one shape has an F
// distribution; everything here rests on that.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace insights::stats {

// Gaps of one customer, same-day orders merged, so that every gap is above 0.
struct Gaps {
  std::int64_t count = 0;  // gaps = order days - 1
  double mean = 0.0;       // days
  double mean_log = 0.0;   // mean of ln(gap in days)
};

// Shape of one customer's gaps, between 0.05 and 1000; nothing for fewer than 2 gaps, a mean of 0
// or less, or non-finite input. Equal gaps give 1000. The conditional maximum likelihood estimate:
// mean_log - ln(mean) = digamma(k) - digamma(count k) + ln(count). Unlike the usual estimate (Minka
// 2002, "Estimating a gamma distribution") it does not overstate regularity where gaps are few.
// Source: Yanagimoto (1988), "The conditional maximum likelihood estimator of the shape parameter
// in the gamma distribution", Metrika 35, 161-175.
[[nodiscard]] std::optional<double> gamma_shape(const Gaps& gaps);

// Shape shared by all: 0.9 x the median over customers with at least `gaps_min` gaps (at most
// 20,000 of them, evenly spaced). The 0.9 leans to irregular, for the customers below the median. 1
// when nobody qualifies.
[[nodiscard]] double pooled_gamma_shape(std::span<const Gaps> customers, std::int64_t gaps_min = 5);

// Chance that a customer in its usual rhythm is silent for longer than `silence` days (since its
// last order): P(F(2 shape, 2 shape count) > silence / mean). Allows for the mean being estimated
// from few gaps. 1 for no gaps, a mean of 0 or less, or a silence of 0 or less. shape > 0.
[[nodiscard]] double silence_p_value(double silence, const Gaps& gaps, double shape);

// Did the last gaps grow? One-sided.
struct Slowing {
  double ratio = 1.0;    // mean of the last gaps / mean of the earlier ones
  double p_value = 1.0;  // P(F(2 shape last, 2 shape earlier) > ratio)
};
// Nothing when either part has no gaps or a mean of 0 or less. shape > 0.
[[nodiscard]] std::optional<Slowing> slowing(const Gaps& earlier, const Gaps& last, double shape);

}  // namespace insights::stats
