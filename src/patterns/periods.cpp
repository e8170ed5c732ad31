#include "patterns/periods.h"

#include <algorithm>
#include <cmath>

namespace insights::patterns {

namespace {

using base::Day;

constexpr std::size_t months_min = 9;
constexpr std::size_t weeks_min = 10;
constexpr std::size_t periods_max = 1200;  // a hundred years of months
constexpr int quiet_days_max = 7;

Day period_start(Grain grain, Day day) {
  if (grain == Grain::month) return base::first_day(base::month_of(day));
  return Day{day.since_epoch - base::weekday(day)};
}

Day next_start(Grain grain, Day start) {
  if (grain == Grain::month)
    return base::first_day(base::Month{base::month_of(start).since_year_zero + 1});
  return Day{start.since_epoch + 7};
}

struct Active {
  Day first, last;
  bool any = false;
};

// Days without rows that are usual at the ends of a period: a business closed on Sundays ends some
// months early.
struct Quiet {
  int at_start = 0, at_end = 0;
};

Quiet usual_quiet(const std::vector<Active>& active, const std::vector<Day>& starts) {
  std::vector<int> at_start, at_end;
  for (std::size_t i = 1; i + 1 < active.size(); ++i) {
    if (!active[i].any) continue;
    at_start.push_back(active[i].first.since_epoch - starts[i].since_epoch);
    at_end.push_back(starts[i + 1].since_epoch - 1 - active[i].last.since_epoch);
  }
  const auto usual = [](std::vector<int>& days) {
    return days.empty() ? 0 : std::min(*std::ranges::max_element(days), quiet_days_max);
  };
  return {usual(at_start), usual(at_end)};
}

Periods cut(Grain grain, const std::vector<std::int32_t>& days, Day first, Day last) {
  Periods periods;
  periods.grain = grain;
  std::vector<Day> starts;
  for (Day start = period_start(grain, first); start <= last; start = next_start(grain, start)) {
    starts.push_back(start);
    if (starts.size() > periods_max) return periods;
  }
  starts.push_back(next_start(grain, starts.back()));

  std::vector<std::uint16_t> index_of_day(
      static_cast<std::size_t>(last.since_epoch - first.since_epoch) + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i < index_of_day.size(); ++i) {
    while (first.since_epoch + static_cast<std::int32_t>(i) >= starts[at + 1].since_epoch) ++at;
    index_of_day[i] = static_cast<std::uint16_t>(at);
  }
  std::vector<Active> active(starts.size() - 1);
  periods.of_row.assign(days.size(), no_period);
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (days[row] == frame::no_day || days[row] > last.since_epoch || days[row] < first.since_epoch)
      continue;
    const auto period = index_of_day[static_cast<std::size_t>(days[row] - first.since_epoch)];
    periods.of_row[row] = period;
    auto& one = active[period];
    one.first = one.any ? std::min(one.first, Day{days[row]}) : Day{days[row]};
    one.last = one.any ? std::max(one.last, Day{days[row]}) : Day{days[row]};
    one.any = true;
  }
  const auto quiet = usual_quiet(active, starts);
  periods.first_left_out = first.since_epoch - starts.front().since_epoch > quiet.at_start;
  periods.last_left_out = starts.back().since_epoch - 1 - last.since_epoch > quiet.at_end;

  const std::size_t from = periods.first_left_out ? 1 : 0;
  const std::size_t to = starts.size() - 1 - (periods.last_left_out ? 1 : 0);
  if (to <= from) return periods;
  periods.count = to - from;
  periods.starts.assign(starts.begin() + static_cast<std::ptrdiff_t>(from),
                        starts.begin() + static_cast<std::ptrdiff_t>(to) + 1);
  for (auto& period : periods.of_row) {
    if (period == no_period) continue;
    period = period < from || period >= to ? no_period : static_cast<std::uint16_t>(period - from);
  }
  return periods;
}

// The time span that holds nearly all rows: single rows decades away (1900-01-01, 9999-12-31) do
// not stretch it.
std::pair<Day, Day> usual_span(const std::vector<std::int32_t>& days) {
  std::vector<std::int32_t> present;
  for (const auto day : days) {
    if (day != frame::no_day) present.push_back(day);
  }
  if (present.empty()) return {};
  const auto rank = [&](double share) {
    const auto place = present.begin() +
                       static_cast<std::ptrdiff_t>(share * static_cast<double>(present.size() - 1));
    std::ranges::nth_element(present, place);
    return *place;
  };
  const std::int32_t low = rank(0.001), high = rank(0.999);
  const std::int32_t slack = std::max(366, high - low);
  std::int32_t first = high, last = low;
  for (const auto day : present) {
    if (day < low - slack || day > high + slack) continue;
    first = std::min(first, day);
    last = std::max(last, day);
  }
  return {Day{first}, Day{last}};
}

}  // namespace

std::size_t Periods::season(std::size_t period) const {
  return static_cast<std::size_t>(base::split(starts[period]).month - 1);
}

Periods periods_of(const catalog::Subject& subject) {
  if (!subject.time) return {};
  const auto* time = subject.frame.columns[*subject.time].days();
  if (time == nullptr || time->days.empty()) return {};
  const auto [first, last] = usual_span(time->days);
  auto months = cut(Grain::month, time->days, first, last);
  if (months.count >= months_min) return months;
  auto weeks = cut(Grain::week, time->days, first, last);
  if (weeks.count >= weeks_min) return weeks;
  return {};
}

}  // namespace insights::patterns
