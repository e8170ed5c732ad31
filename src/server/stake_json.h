// What is at stake in a finding, in answers and in digests.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "store/findings.h"

namespace insights::server {

// Amounts that are not stated are null, and so is the whole where there is no stake.
nlohmann::ordered_json stake_json(const std::optional<store::Stake>& stake);

}  // namespace insights::server
