// The time of day, where a moment is stored or shown.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "base/calendar.h"

namespace insights::server {

inline base::Moment now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

// "2025-11-22T07:46:03.120Z"
inline std::string utc_text(base::Moment moment) {
  constexpr std::int64_t milli = 1000;
  auto text = base::iso_text(base::Moment{moment.microseconds / milli * milli});
  text[10] = 'T';
  text.resize(19);  // without the fraction of a second
  return fmt::format("{}.{:03}Z", text, moment.microseconds / milli % milli);
}

}  // namespace insights::server
