#include "stats/mean_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {
namespace {

bool usable(const Moments& group) {
  base::ensure(group.n >= 0 && !(group.m2 < 0.0), "moments need n >= 0 and m2 >= 0");
  return std::isfinite(group.mean) && std::isfinite(group.m2);
}

void check(double confidence) {
  base::ensure(confidence > 0.0 && confidence < 1.0, "confidence must be inside (0, 1)");
}

// Spread between and within groups, the classic way.
struct Split {
  double between = 0.0;
  double within = 0.0;
  double n = 0.0;
};

Split split(std::span<const Moments> groups) {
  Moments total;
  Split result;
  for (const Moments& group : groups) {
    total.merge(group);
    result.within += group.m2;
  }
  for (const Moments& group : groups) {
    const double gap = group.mean - total.mean;
    result.between += static_cast<double>(group.n) * gap * gap;
  }
  result.n = static_cast<double>(total.n);
  return result;
}

double eta_squared(const Split& parts) {
  const double total = parts.between + parts.within;
  return total > 0.0 ? parts.between / total : 0.0;
}

// Spread 0 everywhere: any difference of means is certain.
AnalysisOfVariance exact_groups(const Split& parts, double groups) {
  AnalysisOfVariance result;
  result.degrees_between = groups - 1.0;
  result.degrees_within = parts.n - groups;
  result.eta_squared = eta_squared(parts);
  if (parts.between > 0.0) {
    result.f = std::numeric_limits<double>::infinity();
    result.p_value = p_value_min;
  }
  return result;
}

}  // namespace

std::optional<WelchT> welch_t(const Moments& first, const Moments& second, double confidence) {
  check(confidence);
  if (!usable(first) || !usable(second) || first.n < 2 || second.n < 2) return std::nullopt;
  const double n1 = static_cast<double>(first.n);
  const double n2 = static_cast<double>(second.n);
  const double error1 = first.variance() / n1;
  const double error2 = second.variance() / n2;
  const double squared_error = error1 + error2;

  WelchT result;
  result.difference = first.mean - second.mean;
  result.degrees = n1 + n2 - 2.0;
  result.interval = {result.difference, result.difference};
  if (!(squared_error > 0.0)) {
    if (result.difference != 0.0) {
      result.t = std::copysign(std::numeric_limits<double>::infinity(), result.difference);
      result.p_value = p_value_min;
    }
    return result;
  }
  // As shares of the squared error, so that tiny variances do not underflow when squared.
  const double share1 = error1 / squared_error;
  const double share2 = error2 / squared_error;
  result.degrees = 1.0 / (share1 * share1 / (n1 - 1.0) + share2 * share2 / (n2 - 1.0));
  const double error = std::sqrt(squared_error);
  result.t = result.difference / error;
  result.p_value = p_value(student_two_sided(result.t, result.degrees));
  const double reach = error * student_quantile(0.5 + 0.5 * confidence, result.degrees);
  result.interval = {result.difference - reach, result.difference + reach};
  const double pooled = std::sqrt((first.m2 + second.m2) / (n1 + n2 - 2.0));
  result.effect = pooled > 0.0 ? result.difference / pooled : 0.0;
  return result;
}

std::optional<AnalysisOfVariance> welch_anova(std::span<const Moments> groups) {
  std::vector<Moments> kept;
  for (const Moments& group : groups) {
    if (!usable(group)) return std::nullopt;
    if (group.n >= 2) kept.push_back(group);
  }
  if (kept.size() < 2) return std::nullopt;
  const Split parts = split(kept);
  const double count = static_cast<double>(kept.size());
  if (!(parts.within > 0.0)) return exact_groups(parts, count);

  const double pooled_variance = parts.within / (parts.n - count);
  double weight_sum = 0.0;
  std::vector<double> weights;
  for (const Moments& group : kept) {
    const double variance = group.m2 > 0.0 ? group.variance() : pooled_variance;
    weights.push_back(static_cast<double>(group.n) / variance);
    weight_sum += weights.back();
  }
  double mean = 0.0;
  for (std::size_t index = 0; index < kept.size(); ++index) {
    mean += weights[index] / weight_sum * kept[index].mean;
  }
  double spread = 0.0;
  double correction = 0.0;
  for (std::size_t index = 0; index < kept.size(); ++index) {
    const double gap = kept[index].mean - mean;
    const double rest = 1.0 - weights[index] / weight_sum;
    spread += weights[index] * gap * gap;
    correction += rest * rest / static_cast<double>(kept[index].n - 1);
  }
  const double squares = count * count - 1.0;
  AnalysisOfVariance result;
  result.degrees_between = count - 1.0;
  result.degrees_within = squares / (3.0 * correction);
  result.f = spread / (count - 1.0) / (1.0 + 2.0 * (count - 2.0) / squares * correction);
  result.p_value = p_value(f_upper_tail(result.f, result.degrees_between, result.degrees_within));
  result.eta_squared = eta_squared(parts);
  return result;
}

std::optional<AnalysisOfVariance> one_way_anova(std::span<const Moments> groups) {
  std::vector<Moments> kept;
  for (const Moments& group : groups) {
    if (!usable(group)) return std::nullopt;
    if (group.n > 0) kept.push_back(group);
  }
  const Split parts = split(kept);
  const double count = static_cast<double>(kept.size());
  if (kept.size() < 2 || parts.n <= count) return std::nullopt;
  if (!(parts.within > 0.0)) return exact_groups(parts, count);
  AnalysisOfVariance result;
  result.degrees_between = count - 1.0;
  result.degrees_within = parts.n - count;
  result.f = parts.between / result.degrees_between / (parts.within / result.degrees_within);
  result.p_value = p_value(f_upper_tail(result.f, result.degrees_between, result.degrees_within));
  result.eta_squared = eta_squared(parts);
  return result;
}

std::optional<Interval> mean_interval(const Moments& values, double confidence) {
  check(confidence);
  if (!usable(values) || values.n < 2) return std::nullopt;
  const double n = static_cast<double>(values.n);
  const double reach =
      student_quantile(0.5 + 0.5 * confidence, n - 1.0) * std::sqrt(values.variance() / n);
  return Interval{values.mean - reach, values.mean + reach};
}

}  // namespace insights::stats
