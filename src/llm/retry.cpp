#include "llm/retry.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace insights::llm {
namespace {

using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

constexpr Seconds asked_wait_max{120};

std::optional<double> number_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !std::isfinite(number)) return std::nullopt;
  return number;
}

// What the provider asks for: milliseconds, seconds, or a date.
std::optional<Seconds> asked_wait(const ProviderError& error,
                                  std::chrono::system_clock::time_point now) {
  if (const auto number = number_of(error.retry_after_ms)) return Seconds(*number / 1000);
  if (const auto number = number_of(error.retry_after)) return Seconds(*number);
  if (const auto date = http::date_of(error.retry_after)) return Seconds(*date - now);
  return std::nullopt;
}

bool is_overloaded(const ProviderError& error) {
  return error.status == 529 || error.code == "server_is_overloaded" || error.code == "slow_down" ||
         error.type == "overloaded_error";
}

}  // namespace

std::optional<milliseconds> wait_before_retry(const ProviderError& error, int retry, double jitter,
                                              std::chrono::system_clock::time_point now) {
  if (!may_be_retried(error)) return std::nullopt;
  const auto asked = asked_wait(error, now);
  if (asked && *asked > asked_wait_max) return std::nullopt;
  if (asked && asked->count() > 0) return std::chrono::ceil<milliseconds>(*asked);
  const bool is_long = is_overloaded(error);
  const auto own = std::min((is_long ? 2.0 : 0.5) * std::exp2(retry), is_long ? 32.0 : 8.0);
  return std::chrono::ceil<milliseconds>(Seconds(own * (1 - 0.25 * jitter)));
}

}  // namespace insights::llm
