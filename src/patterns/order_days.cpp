#include "patterns/order_days.h"

#include <algorithm>
#include <cmath>

#include "patterns/far_days.h"

namespace insights::patterns {

OrderDays order_days(const catalog::Subject& subject, std::size_t column) {
  const auto& coded = subject.codes(column);
  const auto& time = subject.frame.columns[*subject.time].days()->days;
  const std::vector<double>* returned =
      subject.returns ? &subject.numbers(subject.returns->flag_column) : nullptr;
  const auto counts = [&](std::size_t row) {
    return time[row] != frame::no_day && (returned == nullptr || (*returned)[row] == 0);
  };
  // Counting sort by customer; the days of one are then in row order, which is nearly sorted.
  std::vector<std::size_t> starts(coded.values() + 1, 0);
  std::vector<std::int32_t> sorted;
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < time.size(); ++row) {
      if (codes[row] != 0 && counts(row)) ++starts[codes[row] + 1U];
    }
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    sorted.resize(starts.back());
    auto next = starts;
    for (std::size_t row = 0; row < time.size(); ++row) {
      if (codes[row] != 0 && counts(row)) sorted[next[codes[row]]++] = time[row];
    }
  });
  const auto far = far_days(subject);
  OrderDays result;
  result.starts_.push_back(0);
  for (std::size_t customer = 0; customer + 1 < starts.size(); ++customer) {
    const auto from = sorted.begin() + static_cast<std::ptrdiff_t>(starts[customer]);
    const auto to = sorted.begin() + static_cast<std::ptrdiff_t>(starts[customer + 1]);
    if (!std::is_sorted(from, to)) std::sort(from, to);
    const bool is_doubtful = from != to && (far.is_far(*from) || far.is_far(*(to - 1)));
    for (auto day = from; day != to && !is_doubtful; ++day) {
      if (day == from || *day != *(day - 1)) result.days_.push_back(*day);
    }
    result.starts_.push_back(result.days_.size());
  }
  return result;
}

stats::Gaps gaps_of(std::span<const std::int32_t> days) {
  stats::Gaps gaps;
  double log_sum = 0;
  for (std::size_t i = 1; i < days.size(); ++i) {
    log_sum += std::log(static_cast<double>(days[i] - days[i - 1]));
    ++gaps.count;
  }
  if (gaps.count == 0) return gaps;
  gaps.mean = static_cast<double>(days.back() - days.front()) / static_cast<double>(gaps.count);
  gaps.mean_log = log_sum / static_cast<double>(gaps.count);
  return gaps;
}

double longest_gap(std::span<const std::int32_t> days) {
  double longest = 0;
  for (std::size_t i = 1; i < days.size(); ++i)
    longest = std::max(longest, static_cast<double>(days[i] - days[i - 1]));
  return longest;
}

}  // namespace insights::patterns
