#include "source/patience.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::source {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds time_ceiling = std::chrono::hours{24 * 365};

}  // namespace

base::Error timed_out(milliseconds time_max) {
  return {base::ErrorKind::timed_out,
          fmt::format("the query took longer than {} s",
                      static_cast<double>(time_max.count()) / 1000.0),
          "Raise the time limit, or ask for less: fewer groups, a shorter period, fewer columns."};
}

base::Error cancelled() { return {base::ErrorKind::cancelled, "the query was stopped", ""}; }

steady_clock::time_point deadline_of(const Patience& patience) {
  return steady_clock::now() + std::clamp(patience.time_max, milliseconds{0}, time_ceiling);
}

Countdown::Countdown(const Patience& patience)
    : patience_(patience), deadline_(deadline_of(patience)) {}

base::Status Countdown::status() const {
  if (patience_.stop.stop_requested()) return std::unexpected(cancelled());
  if (steady_clock::now() >= deadline_) return std::unexpected(timed_out(patience_.time_max));
  return {};
}

milliseconds Countdown::left(milliseconds most) const {
  const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now());
  return std::clamp(left, milliseconds{0}, most);
}

}  // namespace insights::source
