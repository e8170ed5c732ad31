// A RunRequest in JSON: as it comes from outside, and as the store keeps it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/engine.h"

namespace insights::server {

//   focus           a name, or a list of names
//   findings_max    1..1000
//   iterations      1..1000
//   time_seconds    1..604800
//   queries_max     1..1000000
//   as_of           "2025-10-31"
// Error: invalid_input: an unknown name, a wrong type, out of range.
base::Result<RunRequest> run_request_of(const nlohmann::json& body);

// The same in the words of POST /api/v1/explore: focus_area, num_hypotheses, iterations (or
// max_iterations).
base::Result<RunRequest> simple_request_of(const nlohmann::json& body);

// What run_request_of reads back.
std::string text_of(const RunRequest& request);

}  // namespace insights::server
