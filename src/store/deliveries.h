// What is sent to the webhooks of schedules. A delivery is stored before it is tried and until it
// is delivered or given up, so that a program that is killed goes on with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"

namespace insights::store {

enum class DeliveryState { waiting, delivered, failed };
std::string_view name(DeliveryState state);

struct Delivery {
  std::int64_t number = 0;
  std::string id{};  // the same at each attempt
  std::string schedule{}, run{};
  std::string body{};  // JSON
  DeliveryState state = DeliveryState::waiting;
  std::int64_t attempts = 0;
  std::optional<std::int64_t> status{};  // of the last answer, if there was one
  std::string reason{};                  // why the last attempt failed
  base::Moment created_at{};
  std::optional<base::Moment> tried_at{};
  base::Moment next_at{};  // of a waiting one
};

// The end of the occurrence's run is dealt with: with a delivery, or without. Both or neither.
base::Status tell(Database& database, std::int64_t occurrence,
                  const std::optional<Delivery>& delivery);

// Waiting ones whose turn it is, the longest due first: also those that were tried later than now,
// when the clock went back.
base::Result<std::vector<Delivery>> deliveries_due(Database& database, base::Moment now,
                                                   std::int64_t limit);
// State, attempts, status, reason and moments, as they are in the row.
base::Status change_delivery(Database& database, const Delivery& delivery);
// The receiver said that it is no more: nothing of this schedule waits any longer.
base::Status end_webhook(Database& database, std::string_view schedule, std::string_view reason,
                         base::Moment at);
// The latest first; those before `before`, a number.
base::Result<std::vector<Delivery>> list_deliveries(Database& database, std::string_view schedule,
                                                    std::optional<std::int64_t> before,
                                                    std::int64_t limit);

struct DeliveryLoad {
  std::int64_t waiting = 0;
  std::int64_t retried = 0;  // of these, that failed at least once
  std::int64_t failed = 0;   // given up since that moment
};
base::Result<DeliveryLoad> delivery_load(Database& database, base::Moment since);

}  // namespace insights::store
