#include "llm/prices.h"

#include <algorithm>

namespace insights::llm {

std::optional<double> dollars(const Usage& usage, const std::optional<Price>& price,
                              std::string_view service_tier) {
  if (usage.usd_reported) return usage.usd_reported;
  if (!price) return std::nullopt;
  const auto cached = static_cast<double>(usage.cached);
  const auto cache_written = static_cast<double>(usage.cache_written);
  const auto fresh = std::max(0.0, static_cast<double>(usage.input) - cached - cache_written);
  const bool is_priority = service_tier == "priority" || service_tier == "fast";
  return (is_priority ? price->priority : 1.0) *
         (fresh * price->input + cached * price->cached + cache_written * price->cache_write +
          static_cast<double>(usage.output) * price->output) /
         1e6;
}

}  // namespace insights::llm
