// Rates: is k of n too many, are two rates different, how sure is a rate?
#pragma once

#include <cstdint>
#include <span>

#include "stats/interval.h"

namespace insights::stats {

// `events` of `trials`. 0 <= events <= trials, else a caller's bug.
struct Proportion {
  std::int64_t events = 0;
  std::int64_t trials = 0;

  // events / trials; 0 when there are no trials.
  [[nodiscard]] double rate() const {
    return trials == 0 ? 0.0 : static_cast<double>(events) / static_cast<double>(trials);
  }
  bool operator==(const Proportion&) const = default;
};

// Exact two-sided binomial test: sum of the probabilities of all outcomes not likelier than the
// observed one.
//   null_rate  in [0, 1]
//   returns    p-value; 1 for no trials
// Two tails of the incomplete beta and one search for the mirror outcome, so n = 1e9 costs what n =
// 100 costs.
// Source: R binom.test (method of small p-values).
[[nodiscard]] double exact_binomial_p_value(const Proportion& observed, double null_rate);

// Fisher's exact test of two rates, two-sided (method of small p-values, R fisher.test). 1 when a
// group is empty or no outcome varies. Exact at every size: both tails are summed from the observed
// outcome and its mirror outward until terms no longer count, some standard deviations at most.
[[nodiscard]] double fisher_exact_p_value(const Proportion& first, const Proportion& second);

// Two rates, pooled score test without continuity correction (R prop.test(correct = FALSE)).
struct TwoProportions {
  double difference = 0.0;  // rate(first) - rate(second)
  double ratio = 1.0;  // rate(first) / rate(second); events + 1/2, trials + 1 where a count is 0
  double z = 0.0;
  double p_value = 1.0;  // two-sided; from Fisher's test where an expected count is below 10
  Interval interval;     // of the difference, Newcombe
};
// With no trials in a group: difference 0, p 1, interval [-1, 1].
[[nodiscard]] TwoProportions compare_proportions(const Proportion& first, const Proportion& second,
                                                 double confidence = confidence_default);

// Wilson score interval of one rate, in [0, 1]; [0, 1] for no trials.
// Source: Wilson (1927), JASA 22, 209-212; Newcombe (1998), Statistics in Medicine 17, 857-872,
// method 3.
[[nodiscard]] Interval wilson_interval(const Proportion& observed,
                                       double confidence = confidence_default);

// Interval of rate(first) - rate(second) from two Wilson intervals, in [-1, 1].
// Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
[[nodiscard]] Interval newcombe_interval(const Proportion& first, const Proportion& second,
                                         double confidence = confidence_default);

}  // namespace insights::stats
