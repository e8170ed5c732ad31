// The published schema and the program agree, in both directions.

// g++ 12 with -fsanitize sees std::regex, which valijson uses, read what was not written; it was
// (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "report/json.h"
#include "report/sample_run.h"

namespace insights::report {

namespace {

using Json = nlohmann::json;

Json published_schema() {
  std::ifstream file(INSIGHTS_SOURCE_DIR "/docs/reference/report.schema.json");
  return Json::parse(file);
}

class SchemaCheck {
 public:
  SchemaCheck() {
    const Json json = published_schema();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema_);
  }

  // The first few complaints; "" for a report as the schema has it.
  std::string complaint(const Json& report) const {
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(report), &results))
      return "";
    std::string text = "refused";
    valijson::ValidationResults::Error error;
    while (results.popError(error) && text.size() < 500) {
      text += "; ";
      for (const auto& step : error.context) text += step;
      text += " " + error.description;
    }
    return text;
  }

 private:
  valijson::Schema schema_;
};

Json small_report() {
  auto run = sample_run();
  run.findings.resize(1);
  run.findings[0].chart.rows.resize(2);
  return Json::parse(to_json(run));
}

// The places of all objects and values, but those inside a chart's own specification and the
// free-form maps.
void collect(const Json& json, const Json::json_pointer& at,
             std::vector<Json::json_pointer>& places) {
  for (const auto& [key, value] : json.items()) {
    const auto place = json.is_array() ? at / static_cast<std::size_t>(std::stoul(key)) : at / key;
    const auto text = place.to_string();
    const bool is_specification = text.find("/chart/") != std::string::npos &&
                                  text.find("/chart/usermeta") == std::string::npos;
    if (is_specification) continue;
    places.push_back(place);
    if (value.is_structured()) collect(value, place, places);
  }
}

}  // namespace

TEST_CASE("what readers' rules and votes did is as the schema has it, and no more than that") {
  auto run = sample_run();
  run.hidden = {{.fingerprint = "trend/a",
                 .pattern = "trend",
                 .title = "A fell",
                 .severity = findings::Severity::low,
                 .rule = "rule-1",
                 .because = "this finding; known",
                 .into = ""}};
  run.findings.at(0).feedback = {1.06, "1 up, 0 down on this pattern"};
  const SchemaCheck schema;
  auto report = Json::parse(to_json(run));
  CHECK(schema.complaint(report) == "");
  report["hidden"][0]["more"] = 1;
  CHECK(schema.complaint(report) != "");
  report["hidden"][0].erase("more");
  report["findings"][0]["feedback"].erase("because");
  CHECK(schema.complaint(report) != "");
}

TEST_CASE("every report is as the published schema has it") {
  const SchemaCheck schema;
  CHECK(schema.complaint(Json::parse(to_json(sample_run()))) == "");
  CHECK(schema.complaint(Json::parse(to_json(sample_run_without_findings()))) == "");
  CHECK(schema.complaint(Json::parse(to_json(explore::Run{}))) == "");
  explore::Run born;
  born.findings.emplace_back();
  CHECK(schema.complaint(Json::parse(to_json(born))) == "");
}

TEST_CASE("a report with a part missing, added or of another type is not") {
  const SchemaCheck schema;
  const auto report = small_report();
  std::vector<Json::json_pointer> places;
  collect(report, Json::json_pointer(), places);
  CHECK(places.size() > 200);
  for (const auto& place : places) {
    const auto text = place.to_string();
    auto changed = report;
    changed[place] = Json::array({Json::array({Json::array()})});
    CHECK_MESSAGE(schema.complaint(changed) != "", text, " of a wrong type");
    const bool may_be_missing =
        report[place.parent_pointer()].is_array() || text.find("/values/") != std::string::npos ||
        text.find("/of/") != std::string::npos || text.find("/seal/parts/") != std::string::npos;
    if (may_be_missing) continue;
    changed = report;
    changed[place.parent_pointer()].erase(place.back());
    CHECK_MESSAGE(schema.complaint(changed) != "", text, " missing");
    if (!report[place].is_object() || text == "/seal/parts" || text.ends_with("/chart") ||
        text.ends_with("/of") || text.ends_with("/values")) {
      continue;
    }
    changed = report;
    changed[place]["added_by_hand"] = 1;
    CHECK_MESSAGE(schema.complaint(changed) != "", text, " with something added");
  }
}

TEST_CASE("the schema says what everything in it means") {
  const auto schema = published_schema();
  const auto described = [](const Json& properties, const std::string& of) {
    for (const auto& [name, property] : properties.items()) {
      const bool is_said = property.contains("description") || property.contains("$ref") ||
                           property.contains("items");
      CHECK_MESSAGE((is_said || name == "$schema"), of, ".", name);
    }
  };
  described(schema["properties"], "report");
  for (const auto& [name, definition] : schema["definitions"].items()) {
    if (definition.contains("properties")) described(definition["properties"], name);
  }
}

}  // namespace insights::report
