// Events of an exploration as they happen: server-sent events. Each is read from the store, so what
// was told is kept, and a watcher that comes back with Last-Event-ID misses nothing.
#include <fmt/format.h>

#include <memory>

#include "server/clock.h"
#include "server/routes.h"
#include "store/events.h"

namespace insights::server {

using store::Database;

namespace {

constexpr std::int64_t largest = std::int64_t{1} << 53;
constexpr std::int64_t events_at_once = 500;

// The body is a JSON object on one line; when it happened goes into it.
std::string text_of(const store::EventRow& event) {
  const auto rest = event.body == "{}" ? "}" : "," + event.body.substr(1);
  return fmt::format("id: {}\nevent: {}\ndata: {{\"at\":\"{}\"{}\n\n", event.sequence, event.kind,
                     utc_text(event.at), rest);
}

// First whether it has ended, then its events: the end is stored with the last of them, so none can
// come between.
Piece next_piece(Database& database, const std::string& run, std::int64_t& last) {
  const auto row = store::find_run(database, run);
  const auto events = store::events_after(database, run, last, events_at_once);
  if (!row || !*row || !events) return {.bytes = "", .is_last = true};
  Piece piece;
  for (const auto& event : *events) {
    piece.bytes += text_of(event);
    last = event.sequence;
  }
  const bool is_all = static_cast<std::int64_t>(events->size()) < events_at_once;
  piece.is_last = is_all && store::has_ended((*row)->state);
  return piece;
}

}  // namespace

Response exploration_events(Desk& desk, const Call& call) {
  const auto& run = call.parts[0];
  std::int64_t last = 0;
  if (const auto header = call.request.header("last-event-id"); !header.empty()) {
    const auto number = number_in(header, largest);
    if (!number) return problem(400, "invalid_request", "Last-Event-ID is the id of an event");
    last = *number;
  }
  const auto row =
      desk.reader.use([&](Database& database) { return store::find_run(database, run); });
  if (!row) return store_problem(row.error());
  if (!*row) return problem(404, "not_found", "there is no such exploration");
  if (desk.listener.traffic().streams >= desk.streams_max)
    return problem(503, "too_many_streams", "too many follow events already")
        .with("Retry-After", "30");
  if (store::has_ended((*row)->state)) {
    const auto left = desk.reader.use(
        [&](Database& database) { return store::events_after(database, run, last, 1); });
    if (left && left->empty()) {  // tells a browser not to come back
      Response nothing;
      nothing.status = 204;
      return nothing;
    }
  }
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.with("Cache-Control", "no-store");
  response.with("X-Accel-Buffering", "no");
  const auto position = std::make_shared<std::int64_t>(last);
  response.stream = [&desk, run, position] {
    return desk.streams.use(
        [&](Database& database) { return next_piece(database, run, *position); });
  };
  return response;
}

}  // namespace insights::server
