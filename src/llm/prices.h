// What tokens cost.
#pragma once

#include <optional>
#include <string_view>

#include "llm/model.h"

namespace insights::llm {

// US dollars of a usage: what the provider said, else by the price; nothing when neither is known.
//   ((input - cached - cache_written) input price + cached its price + cache_written its price +
//   output its price) / 1e6; input counts the cached and the written, output the reasoning
//   service_tier  of the Reply: "priority" (or "fast") costs `priority` times as much
std::optional<double> dollars(const Usage& usage, const std::optional<Price>& price,
                              std::string_view service_tier = "");

}  // namespace insights::llm
