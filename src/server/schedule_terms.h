// A schedule in JSON, as it comes from outside and as it is shown.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "http/destinations.h"
#include "store/schedules.h"

namespace insights::server {

struct ReadTerms {
  store::ScheduleTerms terms;
  std::string new_secret;  // of the webhook, to be shown this once; "" when it did not change
};

// `before` with what the body names put in place: a name, cron and so on; for a schedule that is
// made, `before` is ScheduleTerms{}, and name and cron must be there. Errors: invalid_input;
// refused (the webhook: `destinations` does not have it).
base::Result<ReadTerms> terms_of(const nlohmann::json& body, const store::ScheduleTerms& before,
                                 const http::Destinations& destinations);

// Without the secret, and of the webhook's URL the server alone: its path may be a secret, too.
nlohmann::ordered_json json_of(const store::ScheduleRow& schedule);

}  // namespace insights::server
