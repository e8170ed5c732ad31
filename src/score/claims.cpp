#include "score/claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace insights::score {
namespace {

using nlohmann::json;

std::string text_at(const json& at, const char* key) {
  const auto found = at.find(key);
  return found != at.end() && found->is_string() ? found->get<std::string>() : "";
}

double number_at(const json& at, const char* key) {
  const auto found = at.find(key);
  return found != at.end() && found->is_number() ? found->get<double>() : 0;
}

void take_value(Claim& claim, const json& value) {
  const auto format = text_at(value, "format");
  if (format == "money")
    claim.largest_amount = std::max(claim.largest_amount, std::fabs(number_at(value, "value")));
  const auto text = text_at(value, "value");
  constexpr std::size_t month_characters = 7;  // 2025-03
  if ((format == "date" || format == "month") && text.size() >= month_characters)
    claim.months.push_back(text.substr(0, month_characters));
  else if (format == "text" && !text.empty())
    claim.texts.push_back(text);
}

Claim claim_at(const json& at) {
  Claim claim;
  claim.id = text_at(at, "id");
  claim.pattern = text_at(at, "pattern");
  claim.title = text_at(at, "title");
  claim.fact = text_at(at, "strength") == "descriptive";
  for (const auto& column : at.value("columns", json::array()))
    if (column.is_string()) claim.columns.push_back(column.get<std::string>());
  for (const auto& entity : at.value("entities", json::array()))
    claim.entities.push_back(
        {text_at(entity, "column"), text_at(entity, "value"), text_at(entity, "label")});
  if (const auto values = at.find("values"); values != at.end() && values->is_object())
    for (const auto& [name, value] : values->items()) take_value(claim, value);
  if (const auto impact = at.find("impact"); impact != at.end() && impact->is_object()) {
    claim.impact = number_at(*impact, "amount");
    claim.impact_per = text_at(*impact, "per");
  }
  return claim;
}

}  // namespace

base::Result<Claims> read_claims(std::string_view text) {
  const auto report = json::parse(text, nullptr, false);
  if (report.is_discarded() || !report.is_object() || !report.contains("findings") ||
      !report["findings"].is_array()) {
    return base::fail(base::ErrorKind::invalid_input,
                      "the report is not JSON with a list of findings",
                      "Give the file that --format json wrote, or the form that "
                      "docs/reference/bench.md shows.");
  }
  Claims claims;
  for (const auto& finding : report["findings"])
    if (finding.is_object()) claims.claims.push_back(claim_at(finding));
  if (const auto spent = report.find("spent"); spent != report.end() && spent->is_object())
    claims.seconds = number_at(*spent, "wall_milliseconds") / 1000;
  return claims;
}

}  // namespace insights::score
