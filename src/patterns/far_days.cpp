#include "patterns/far_days.h"

#include <algorithm>
#include <vector>

namespace insights::patterns {

namespace {

constexpr double far_spans =
    2;  // a date is far when it lies so many usual spans, and a year, outside
constexpr std::int32_t year = 366;
constexpr double far_share_max = 0.05;
constexpr std::size_t days_min = 20, sampled = 50'000;

}  // namespace

FarDays far_days(const catalog::Subject& subject) {
  FarDays none;
  none.first = subject.first_day;
  none.last = subject.last_day;
  const auto* coded = subject.time ? subject.frame.columns[*subject.time].days() : nullptr;
  if (coded == nullptr || none.last.since_epoch - none.first.since_epoch <= year) return none;
  const auto& all = coded->days;
  std::vector<std::int32_t> days;
  for (std::size_t row = 0; row < all.size(); row += 1 + all.size() / sampled) {
    if (all[row] != frame::no_day) days.push_back(all[row]);
  }
  if (days.size() < days_min) return none;
  const auto rank = [&](double share) {
    const auto place =
        days.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(days.size() - 1));
    std::ranges::nth_element(days, place);
    return *place;
  };
  const std::int32_t low = rank(0.05), high = rank(0.95);
  const auto slack = static_cast<std::int32_t>(far_spans * (high - low)) + year;
  // SQL knows the years 1 to 9999.
  auto far = none;
  far.low = std::max(base::Day{low - slack}, base::day_of({1, 1, 1}));
  far.high = std::min(base::Day{high + slack}, base::day_of({9999, 12, 31}));
  if (none.first >= far.low && none.last <= far.high) return none;
  far.first = base::Day{high};
  far.last = base::Day{low};
  double seen = 0;
  for (const auto since_epoch : all) {
    if (since_epoch == frame::no_day) continue;
    const base::Day day{since_epoch};
    ++seen;
    if (day >= far.low && day <= far.high) {
      far.first = std::min(far.first, day);
      far.last = std::max(far.last, day);
      continue;
    }
    far.earliest = far.rows == 0 ? day : std::min(far.earliest, day);
    far.latest = far.rows == 0 ? day : std::max(far.latest, day);
    ++far.rows;
  }
  return far.rows <= far_share_max * seen ? far : none;
}

}  // namespace insights::patterns
