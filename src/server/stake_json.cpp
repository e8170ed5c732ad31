#include "server/stake_json.h"

#include <nlohmann/json.hpp>

namespace insights::server {

using Json = nlohmann::ordered_json;

Json stake_json(const std::optional<store::Stake>& stake) {
  if (!stake) return nullptr;
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return {{"severity", stake->severity},
          {"account", stake->account},
          {"amount", number(stake->amount)},
          {"low", number(stake->low)},
          {"high", number(stake->high)}};
}

}  // namespace insights::server
