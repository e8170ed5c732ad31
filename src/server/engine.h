// What the server needs of the rest of the program, made by the composition root (cli/serve_*.cpp):
// runs, the schema, verification. All of it may be called from several threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "explore/events.h"
#include "explore/run.h"

namespace insights::server {

// What a run was asked for. What is left out is as the server was configured.
struct RunRequest {
  std::vector<std::string> focus;
  std::optional<std::int64_t> findings_max;  // "num_hypotheses" of POST /api/v1/explore
  std::optional<std::int64_t> iterations;
  std::optional<std::chrono::milliseconds> time_max;
  std::optional<std::int64_t> queries_max;
  std::optional<base::Day> as_of;
  bool operator==(const RunRequest&) const = default;
};

struct Engine {
  std::string program;  // "insights 0.1.0"
  std::string subject;  // the data, by which findings are followed; not shown to anybody

  // The name of the focus as a report has it. Errors: not_found (no such area); invalid_input.
  std::function<base::Result<std::string>(const RunRequest&)> focus_name;
  std::function<base::Result<explore::Run>(const RunRequest&, const std::string& run_id,
                                           explore::RunObserver&, std::stop_token)>
      explore;
  // What the tables are understood to be, as JSON.
  std::function<base::Result<std::string>(std::stop_token)> schema;
  // The finding's evidence run again: a JSON object.
  std::function<base::Result<std::string>(const explore::Run& report,
                                          const std::string& fingerprint, std::stop_token)>
      verify;
  // Whether the database answers.
  std::function<base::Status(std::stop_token)> reachable;
};

}  // namespace insights::server
