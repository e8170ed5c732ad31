#include "server/run_request.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/nearest.h"

namespace insights::server {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::json;

constexpr std::size_t names_max = 20, name_bytes_max = 64;

Result<std::int64_t> whole_number(const std::string& key, const Json& value, std::int64_t most) {
  const bool fits = value.is_number_integer() && value >= 1 && value <= most;
  if (!fits)
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: a whole number from 1 to {} is expected", key, most));
  return value.get<std::int64_t>();
}

Result<std::vector<std::string>> names_in(const std::string& key, const Json& value) {
  const auto list = value.is_array() ? value : Json::array({value});
  std::vector<std::string> names;
  for (const auto& name : list) {
    if (!name.is_string() || name.get_ref<const std::string&>().size() > name_bytes_max ||
        list.size() > names_max)
      return fail(ErrorKind::invalid_input, fmt::format("{}: a name is expected, or a list", key));
    names.push_back(name.get<std::string>());
  }
  return names;
}

Status take_day(const Json& value, RunRequest& request) {
  if (value.is_string()) request.as_of = base::parse_day(value.get<std::string>());
  if (request.as_of) return {};
  return fail(ErrorKind::invalid_input, "as_of: a day is expected, like 2025-10-31");
}

Status take(const std::string& key, const Json& value, RunRequest& request) {
  if (key == "focus")
    request.focus = TRY(names_in(key, value));
  else if (key == "findings_max")
    request.findings_max = TRY(whole_number(key, value, 1000));
  else if (key == "iterations")
    request.iterations = TRY(whole_number(key, value, 1000));
  else if (key == "time_seconds")
    request.time_max = std::chrono::seconds(TRY(whole_number(key, value, 604'800)));
  else if (key == "queries_max")
    request.queries_max = TRY(whole_number(key, value, 1'000'000));
  else if (key == "as_of")
    TRY(take_day(value, request));
  else
    return fail(ErrorKind::invalid_input, fmt::format("'{}' is not known", key.substr(0, 64)),
                base::did_you_mean(key.substr(0, 64), {"focus", "findings_max", "iterations",
                                                       "time_seconds", "queries_max", "as_of"}));
  return {};
}

}  // namespace

Result<RunRequest> run_request_of(const Json& body) {
  RunRequest request;
  for (const auto& [key, value] : body.items())
    if (!value.is_null()) TRY(take(key, value, request));
  return request;
}

Result<RunRequest> simple_request_of(const Json& body) {
  Json renamed = Json::object();
  for (const auto& [key, value] : body.items()) {
    if (key == "focus_area")
      renamed["focus"] = value;
    else if (key == "num_hypotheses")
      renamed["findings_max"] = value;
    else if (key == "max_iterations")
      renamed["iterations"] = value;
    else
      renamed[key] = value;
  }
  return run_request_of(renamed);
}

std::string text_of(const RunRequest& request) {
  Json body = Json::object();
  if (!request.focus.empty()) body["focus"] = request.focus;
  if (request.findings_max) body["findings_max"] = *request.findings_max;
  if (request.iterations) body["iterations"] = *request.iterations;
  if (request.time_max) body["time_seconds"] = request.time_max->count() / 1000;
  if (request.queries_max) body["queries_max"] = *request.queries_max;
  if (request.as_of) body["as_of"] = base::iso_text(*request.as_of);
  return body.dump();
}

}  // namespace insights::server
