#include "score/truth_json.h"

#include <nlohmann/json.hpp>

namespace insights::score {
namespace {

using generate::Money;
using generate::Named;
using generate::Planted;
using generate::Trap;
using generate::Truth;
using nlohmann::ordered_json;

constexpr int format_version = 1;

ordered_json as_json(const Named& named) {
  return {{"columns", named.columns}, {"value", named.value}, {"name", named.name}};
}

ordered_json as_json(const std::vector<Named>& list) {
  auto json = ordered_json::array();
  for (const auto& one : list) json.push_back(as_json(one));
  return json;
}

ordered_json as_json(const Planted& one) {
  ordered_json json{{"id", one.id},
                    {"what", one.what},
                    {"patterns", one.patterns},
                    {"entities", as_json(one.entities)},
                    {"columns_any", one.columns},
                    {"columns_all", one.columns_needed},
                    {"from", one.from},
                    {"to", one.to},
                    {"when_matters", one.when_matters},
                    {"impact", nullptr},
                    {"echoes", as_json(one.echoes)}};
  if (one.impact)
    json["impact"] = {{"amount", std::round(one.impact->amount * 100) / 100},
                      {"per", one.impact->per},
                      {"definition", one.impact->definition}};
  return json;
}

ordered_json as_json(const Trap& one) {
  return {{"id", one.id},
          {"what", one.what},
          {"patterns", one.patterns},
          {"patterns_spared", one.patterns_spared},
          {"entities", as_json(one.entities)},
          {"columns", one.columns},
          {"unless_columns", one.unless_columns},
          {"month", one.month},
          {"money_above", one.money_above}};
}

template <class T>
ordered_json list_json(const std::vector<T>& list) {
  auto json = ordered_json::array();
  for (const auto& one : list) json.push_back(as_json(one));
  return json;
}

// Reading: a missing key is its empty value; a key of another type throws, and read_truth says so.
using nlohmann::json;

std::vector<Named> named_list(const json& at, const char* key) {
  std::vector<Named> list;
  for (const auto& one : at.value(key, json::array())) {
    list.push_back({one.value("columns", std::vector<std::string>{}), one.value("value", ""),
                    one.value("name", "")});
  }
  return list;
}

Planted planted_at(const json& at) {
  Planted one;
  one.id = at.at("id").get<std::string>();
  one.what = at.value("what", "");
  one.patterns = at.value("patterns", std::vector<std::string>{});
  one.entities = named_list(at, "entities");
  one.columns = at.value("columns_any", std::vector<std::string>{});
  one.columns_needed = at.value("columns_all", std::vector<std::string>{});
  one.from = at.value("from", "");
  one.to = at.value("to", "");
  one.when_matters = at.value("when_matters", false);
  one.echoes = named_list(at, "echoes");
  if (const auto impact = at.find("impact"); impact != at.end() && impact->is_object())
    one.impact = Money{impact->value("amount", 0.0), impact->value("per", ""),
                       impact->value("definition", "")};
  return one;
}

Trap trap_at(const json& at) {
  Trap one;
  one.id = at.at("id").get<std::string>();
  one.what = at.value("what", "");
  one.patterns = at.value("patterns", std::vector<std::string>{});
  one.patterns_spared = at.value("patterns_spared", std::vector<std::string>{});
  one.entities = named_list(at, "entities");
  one.columns = at.value("columns", std::vector<std::string>{});
  one.unless_columns = at.value("unless_columns", std::vector<std::string>{});
  one.month = at.value("month", "");
  one.money_above = at.value("money_above", 0.0);
  return one;
}

Truth truth_at(const json& at) {
  Truth truth;
  truth.rows = at.value("rows", std::int64_t{0});
  truth.seed = at.value("seed", std::uint64_t{0});
  truth.first_day = at.value("first_day", "");
  truth.last_day = at.value("last_day", "");
  truth.time_column = at.value("time_column", "");
  truth.money_column = at.value("money_column", "");
  truth.gross_total = at.value("gross_total", 0.0);
  truth.net_total = at.value("net_total", 0.0);
  for (const auto& one : at.at("planted")) truth.planted.push_back(planted_at(one));
  for (const auto& one : at.value("background", json::array()))
    truth.background.push_back(planted_at(one));
  for (const auto& one : at.value("traps", json::array())) truth.traps.push_back(trap_at(one));
  truth.noise_columns = at.value("noise_columns", std::vector<std::string>{});
  return truth;
}

}  // namespace

std::string truth_json(const Truth& truth) {
  const ordered_json json{{"format_version", format_version},
                          {"rows", truth.rows},
                          {"seed", truth.seed},
                          {"first_day", truth.first_day},
                          {"last_day", truth.last_day},
                          {"time_column", truth.time_column},
                          {"money_column", truth.money_column},
                          {"gross_total", truth.gross_total},
                          {"net_total", truth.net_total},
                          {"planted", list_json(truth.planted)},
                          {"background", list_json(truth.background)},
                          {"traps", list_json(truth.traps)},
                          {"noise_columns", truth.noise_columns}};
  return json.dump(1) + "\n";
}

base::Result<Truth> read_truth(std::string_view text) {
  const auto read = json::parse(text, nullptr, false);
  if (read.is_discarded())
    return base::fail(base::ErrorKind::invalid_input, "the truth file is not JSON");
  try {
    return truth_at(read);
  } catch (const json::exception& error) {
    return base::fail(base::ErrorKind::invalid_input,
                      std::string("not a truth file of insights generate: ") + error.what());
  }
}

}  // namespace insights::score
