#include "report/vega_lite.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "report/sample_run.h"

namespace insights::report {

namespace {

using Json = nlohmann::json;

findings::ProvenChart chart_of(std::size_t finding) { return sample_run().findings[finding].chart; }
Json drawn(const findings::ProvenChart& chart) { return Json::parse(vega_lite_json(chart)); }

}  // namespace

TEST_CASE("a bar chart stresses one bar and writes its values beside the bars") {
  const auto spec = drawn(chart_of(1));
  CHECK(spec["title"] == "Returned lines by batch");
  CHECK(spec["width"] == "container");
  CHECK(spec["data"]["values"][0] ==
        Json{{"label", "B-2207"}, {"value", 0.113}, {"text", "11.3 %"}, {"highlighted", true}});
  const auto& encoding = spec["layer"][0]["encoding"];
  CHECK(encoding["x"]["field"] == "label");
  CHECK(encoding["x"]["sort"].is_null());
  CHECK(encoding["color"]["scale"]["range"][0] == std::string(ChartColors::accent));
  CHECK(encoding["y"]["axis"]["labelExpr"] == "format(datum.value * 100, '.3~g') + ' %'");
  CHECK(spec["layer"][1]["encoding"]["text"]["field"] == "text");
}

TEST_CASE("bars with long names lie") {
  const auto spec = drawn(chart_of(5));
  CHECK(spec["layer"][0]["encoding"]["y"]["field"] == "label");
  CHECK(spec["layer"][0]["encoding"]["x"]["field"] == "value");
  CHECK(spec["height"] == 180);
}

TEST_CASE("a line chart sets one series before the others") {
  const auto spec = drawn(chart_of(2));
  REQUIRE(spec["layer"].size() == 3);
  CHECK(spec["layer"][0]["transform"][0]["filter"] ==
        Json{{"field", "highlighted"}, {"equal", false}});
  CHECK(spec["layer"][1]["mark"]["strokeWidth"] > spec["layer"][0]["mark"]["strokeWidth"]);
  CHECK(spec["layer"][1]["encoding"]["color"]["scale"]["domain"] ==
        Json{"Kestrel Garages", "4 others"});
  CHECK(spec["layer"][0]["encoding"]["x"]["scale"]["type"] == "utc");
  CHECK(spec["layer"][0]["encoding"]["x"]["axis"]["format"] == "%b %Y");
}

TEST_CASE("money axes are labelled as the sentences write money") {
  const auto expression =
      drawn(chart_of(0))["layer"][0]["encoding"]["y"]["axis"]["labelExpr"].get<std::string>();
  CHECK(expression.find("\"₹\" + ") != std::string::npos);
  CHECK(expression.find("'.3~s'") != std::string::npos);
}

TEST_CASE("points carry their intervals") {
  const auto spec = drawn(chart_of(3));
  CHECK(spec["layer"][0]["mark"]["type"] == "rule");
  CHECK(spec["layer"][0]["encoding"]["x2"]["field"] == "high");
  CHECK(spec["data"]["values"][3]["range"] == "52 % to 69 %");
}

TEST_CASE("no name becomes a path, an expression or markup") {
  auto chart = chart_of(5);
  chart.chart.x.column = chart.columns[0] = "a.b[0]['c'] \\ \"d\"";
  const auto text = vega_lite_json(chart);
  CHECK(text.find("a.b[0]") == std::string::npos);  // fields have fixed names
  const auto spec = Json::parse(text);
  CHECK(spec["data"]["values"][0]["label"] == hostile_image);
  CHECK(spec["data"]["values"][3]["label"] == "Red[31mShop2J");
  for (const auto& layer : spec["layer"]) {
    for (const auto& [channel, encoding] : layer["encoding"].items()) {
      if (encoding.contains("field"))
        CHECK(encoding["field"].get<std::string>().find_first_of(".[]'\\") == std::string::npos);
    }
  }
}

TEST_CASE("large plain numbers are written short, all in one way") {
  auto chart = chart_of(1);
  chart.chart.y.unit = "";
  chart.rows[0][1] = 8'187'806.5;
  chart.rows[1][1] = std::int64_t{40'911};
  const auto values = drawn(chart)["data"]["values"];
  CHECK(values[0]["text"] == "8.19M");
  CHECK(values[1]["text"] == "40.9K");
}

TEST_CASE("two rows of one name are two bars") {
  auto chart = chart_of(1);
  chart.rows[1][0] = chart.rows[0][0];
  CHECK(drawn(chart)["data"]["values"][1]["label"] == "B-2207 (2)");
}

TEST_CASE("a chart that cannot be drawn is none") {
  CHECK(vega_lite_json({}) == "");
  auto chart = chart_of(1);
  chart.chart.y.column = "not there";
  CHECK(vega_lite_json(chart) == "");
  chart = chart_of(1);
  chart.rows.clear();
  CHECK(vega_lite_json(chart) == "");
}

TEST_CASE("nulls and numbers that are none leave a gap") {
  auto chart = chart_of(0);
  chart.rows[0][1] = source::Cell{};
  chart.rows[1][1] = std::numeric_limits<double>::quiet_NaN();
  const auto values = drawn(chart)["data"]["values"];
  CHECK(values[0]["value"].is_null());
  CHECK(values[1]["value"].is_null());
  CHECK(values[2]["value"] == 34012.5);
}

}  // namespace insights::report
