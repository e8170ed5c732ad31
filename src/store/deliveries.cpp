#include "store/deliveries.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ensure.h"

namespace insights::store {

using base::Moment;

namespace {

constexpr std::array state_names{std::string_view("waiting"), std::string_view("delivered"),
                                 std::string_view("failed")};

constexpr std::string_view columns =
    "number, id, schedule, run, body, state, attempts, status, reason, created_at, tried_at, "
    "next_at";

DeliveryState state_named(std::string_view text) {
  for (std::size_t at = 0; at < state_names.size(); ++at)
    if (state_names[at] == text) return static_cast<DeliveryState>(at);
  base::ensure(false, "the store has only states it knows");
  std::unreachable();
}

base::Result<std::vector<Delivery>> deliveries_in(Statement rows) {
  std::vector<Delivery> list;
  while (TRY(rows.next()))
    list.push_back(
        {.number = rows.integer(0),
         .id = rows.text(1),
         .schedule = rows.text(2),
         .run = rows.text(3),
         .body = rows.text(4),
         .state = state_named(rows.text(5)),
         .attempts = rows.integer(6),
         .status = rows.optional_integer(7),
         .reason = rows.text(8),
         .created_at = {rows.integer(9)},
         .tried_at = rows.is_null(10) ? std::nullopt : std::optional(Moment{rows.integer(10)}),
         .next_at = {rows.integer(11)}});
  return list;
}

}  // namespace

std::string_view name(DeliveryState state) { return state_names[static_cast<std::size_t>(state)]; }

base::Status tell(Database& database, std::int64_t occurrence,
                  const std::optional<Delivery>& delivery) {
  return database.transaction([&]() -> base::Status {
    TRY(database.execute("UPDATE occurrences SET told = 1 WHERE number = ?", {occurrence}));
    if (!delivery) return {};
    return database.execute(
        "INSERT INTO deliveries (id, schedule, run, body, state, created_at, next_at) VALUES (?, "
        "?, ?, ?, 'waiting', ?, ?)",
        {delivery->id, delivery->schedule, delivery->run, delivery->body,
         delivery->created_at.microseconds, delivery->next_at.microseconds});
  });
}

base::Result<std::vector<Delivery>> deliveries_due(Database& database, Moment now,
                                                   std::int64_t limit) {
  return deliveries_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM deliveries WHERE state = 'waiting' AND (next_at <= ?1 OR "
                  "tried_at > ?1 OR created_at > ?1) ORDER BY next_at, number LIMIT ?2",
                  columns),
      {now.microseconds, limit})));
}

base::Status change_delivery(Database& database, const Delivery& delivery) {
  const auto tried =
      delivery.tried_at ? std::optional(delivery.tried_at->microseconds) : std::nullopt;
  return database.execute(
      "UPDATE deliveries SET state = ?, attempts = ?, status = ?, reason = ?, tried_at = ?, "
      "next_at = ? WHERE number = ?",
      {std::string(name(delivery.state)), delivery.attempts, or_null(delivery.status),
       delivery.reason, or_null(tried), delivery.next_at.microseconds, delivery.number});
}

base::Status end_webhook(Database& database, std::string_view schedule, std::string_view reason,
                         Moment at) {
  return database.transaction([&]() -> base::Status {
    TRY(database.execute("UPDATE schedules SET webhook_gone_at = ? WHERE id = ?",
                         {at.microseconds, std::string(schedule)}));
    return database.execute(
        "UPDATE deliveries SET state = 'failed', reason = ?, tried_at = ? WHERE schedule = ? AND "
        "state = 'waiting'",
        {std::string(reason), at.microseconds, std::string(schedule)});
  });
}

base::Result<std::vector<Delivery>> list_deliveries(Database& database, std::string_view schedule,
                                                    std::optional<std::int64_t> before,
                                                    std::int64_t limit) {
  return deliveries_in(TRY(database.prepare(
      fmt::format("SELECT {} FROM deliveries WHERE schedule = ?1 AND (?2 IS NULL OR number < ?2) "
                  "ORDER BY number DESC LIMIT ?3",
                  columns),
      {std::string(schedule), or_null(before), limit})));
}

base::Result<DeliveryLoad> delivery_load(Database& database, Moment since) {
  // Asked each second: by the indexes, whatever was delivered ever.
  auto rows = TRY(database.prepare(
      "SELECT (SELECT count(*) FROM deliveries WHERE state = 'waiting'), (SELECT count(*) FROM "
      "deliveries WHERE state = 'waiting' AND attempts > 0), (SELECT count(*) FROM deliveries "
      "WHERE "
      "state = 'failed' AND tried_at >= ?)",
      {since.microseconds}));
  TRY(rows.next());
  return DeliveryLoad{rows.integer(0), rows.integer(1), rows.integer(2)};
}

}  // namespace insights::store
