#include "server/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/clock.h"
#include "server/encoding.h"
#include "server/json_body.h"
#include "server/log.h"
#include "server/query_string.h"
#include "server/routes.h"
#include "server/wire.h"
#include "store/keys.h"

namespace insights::server {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t part_bytes_max = 64;

// An id: [a-z0-9_-]{1,64}.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= part_bytes_max && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// What stands for the parts in braces, when the path is of this form.
std::optional<std::vector<std::string>> parts_of(std::string_view form, std::string_view path) {
  const auto wanted = split(form, '/'), given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    if (!wanted[at].starts_with('{')) {
      if (wanted[at] != given[at]) return std::nullopt;
    } else if (!is_id(given[at])) {
      return std::nullopt;
    } else {
      parts.emplace_back(given[at]);
    }
  }
  return parts;
}

// The route, or why there is none.
struct Found {
  const Route* route = nullptr;
  std::vector<std::string> parts{};
  std::string methods{};  // of the path, with ", " between
};

Found find_route(const Request& request) {
  Found found;
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const auto& route : routes()) {
    auto parts = parts_of(route.path, request.path);
    if (!parts) continue;
    found.methods += fmt::format("{}{}", found.methods.empty() ? "" : ", ", route.method);
    if (route.method != method) continue;
    found.route = &route;
    found.parts = *std::move(parts);
  }
  return found;
}

Response denied(std::string_view detail) {
  auto response = problem(401, "unauthorized", detail,
                          "Send 'Authorization: Bearer KEY'; 'insights keys create' makes a key.");
  response.with("WWW-Authenticate", "Bearer");
  return response;
}

Response too_often(std::int64_t seconds) {
  auto response = problem(429, "rate_limited", "this key asks too often");
  response.with("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace

std::optional<std::string> Call::parameter(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::nullopt : std::optional(found->second);
}

Service::Service(Desk& desk, ServiceOptions options)
    : desk_(desk), options_(std::move(options)), rate_(options_.requests_per_minute) {}

Handlers Service::handlers() {
  return {
      .judge = [this](const Request& request) { return judge(request); },
      .answer = [this](const Request& request) { return answer(request); },
      .answered =
          [this](const Request& request, const Response& response, std::chrono::microseconds took) {
            const double seconds = std::chrono::duration<double>(took).count();
            desk_.metrics.add("insights_http_requests_total",
                              {{"status", std::to_string(response.status)}});
            if (!response.stream) desk_.metrics.observe("insights_http_request_seconds", seconds);
            log_event("info", "request",
                      {{"request", request.id},
                       {"peer", request.peer},
                       {"method", request.method},
                       {"path", request.path.substr(0, 256)},
                       {"status", response.status},
                       {"milliseconds", seconds * 1000}});
          }};
}

std::optional<Response> Service::judge(const Request& request) const {
  auto refused = refusal(request, options_.access);
  // What is not there takes no form: it is answered with 404 or 405.
  if (refused && refused->status == 415 && find_route(request).route == nullptr)
    return std::nullopt;
  return refused;
}

Response Service::answer(const Request& request) {
  const LogScope scope("request", request.id);
  Response response;
  try {
    response = routed(request);
  } catch (const std::exception& error) {
    log_event("error", "bug", {{"request", request.id}, {"what", error.what()}});
    response =
        problem(500, "internal_error", "an error of ours; the log has it under this request");
  }
  if (request.method == "GET" || request.method == "HEAD") add_etag(request, response);
  compress(request, response);
  add_cors(request, options_.access, response);
  return response;
}

Response Service::routed(const Request& request) {
  auto [route, parts, methods] = find_route(request);
  if (methods.empty()) return problem(404, "not_found", "there is nothing at this address");
  if (request.method == "OPTIONS")
    return preflight(request, options_.access, methods + ", OPTIONS");
  if (route == nullptr) {
    auto response = problem(405, "method_not_allowed", "this address does not take this method");
    response.with("Allow", methods + ", OPTIONS");
    return response;
  }
  Call call{.request = request, .caller = {}, .parts = std::move(parts), .query = {}, .body = {}};
  if (!route->scope.empty()) {
    auto caller = authenticate(request);
    if (auto* refused = std::get_if<Response>(&caller)) return std::move(*refused);
    call.caller = std::get<Caller>(std::move(caller));
    if (const auto wait =
            rate_.ask(options_.needs_key ? call.caller.owner : request.peer, Rate::Clock::now()))
      return too_often(*wait);
    if (std::ranges::find(call.caller.scopes, route->scope) == call.caller.scopes.end())
      return problem(
          403, "missing_scope",
          fmt::format("this key may not do that: it needs the scope '{}'", route->scope));
  }
  auto query = query_of(request.target, route->query);
  if (auto* wrong = std::get_if<Response>(&query)) return std::move(*wrong);
  call.query = std::get<0>(std::move(query));
  auto body = read_object(request.body);
  if (!body) return problem_of(body.error());
  call.body = *std::move(body);
  return route->answer(desk_, call);
}

std::variant<Caller, Response> Service::authenticate(const Request& request) {
  if (!options_.needs_key) return Caller{"local", {std::begin(scope_names), std::end(scope_names)}};
  const auto token = bearer_token(request);
  const auto key =
      desk_.reader.use([&](store::Database& database) { return store::find_key(database, token); });
  if (!key) return store_problem(key.error());
  if (*key) {
    mark_used((*key)->id);
    return Caller{(*key)->id, (*key)->scopes};
  }
  // Guessing is slowed down by where it comes from.
  if (const auto wait = rate_.ask("peer " + request.peer, Rate::Clock::now()))
    return too_often(*wait);
  return denied(token.empty() ? "a key is needed" : "this key is not known, or was revoked");
}

// To the minute is enough: a write a request would be too dear.
void Service::mark_used(const std::string& key) {
  const auto at = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(used_mutex_);
    auto& last = used_[key];
    if (last != std::chrono::steady_clock::time_point{} && at - last < std::chrono::minutes(1))
      return;
    last = at;
  }
  const auto marked = desk_.writer.use(
      [&](store::Database& database) { return store::mark_used(database, key, now()); });
  if (!marked) log_event("error", "store", {{"what", marked.error().message}});
}

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

Response problem_of(const base::Error& error) {
  using enum base::ErrorKind;
  const auto made = [&](int status, std::string_view code) {
    auto response = problem(status, code, error.message, error.hint);
    if (status == 503) response.with("Retry-After", "5");
    return response;
  };
  switch (error.kind) {
    case invalid_input:
      return made(400, "invalid_request");
    case refused:
      return made(409, "refused");
    case not_found:
      return made(404, "not_found");
    case timed_out:
      return made(504, "timed_out");
    case unavailable:
    case disconnected:
    case cancelled:
      return made(503, "unavailable");
  }
  std::unreachable();
}

Response store_problem(const base::Error& error) {
  log_event("error", "store", {{"what", error.message}});
  auto response =
      problem(503, "store_unavailable", "the server cannot use its store now; its log says why");
  response.with("Retry-After", "5");
  return response;
}

std::optional<std::int64_t> number_in(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > most)
    return std::nullopt;
  return number;
}

std::optional<base::Moment> moment_in(std::string_view text) {
  constexpr std::int64_t second = 1'000'000;
  const auto day = base::parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  base::Moment moment{day->since_epoch * std::int64_t{86'400} * second};
  if (text.size() == 10) return moment;
  const bool is_time = text.size() >= 20 && text[10] == 'T' && text[13] == ':' && text[16] == ':' &&
                       text.back() == 'Z' && (text.size() == 20 || text[19] == '.');
  if (!is_time) return std::nullopt;
  const auto hour = number_in(text.substr(11, 2), 23), minute = number_in(text.substr(14, 2), 59),
             seconds = number_in(text.substr(17, 2), 59);
  if (!hour || !minute || !seconds) return std::nullopt;
  moment.microseconds += ((*hour * 60 + *minute) * 60 + *seconds) * second;
  auto fraction = std::string(text.size() == 20 ? "" : text.substr(20, text.size() - 21));
  if (fraction.size() > 6) return std::nullopt;
  fraction.resize(6, '0');
  const auto micro = number_in(fraction, second);
  if (!micro) return std::nullopt;
  moment.microseconds += *micro;
  return moment;
}

}  // namespace insights::server
