#include "config/focus.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace insights;
using namespace insights::config;

namespace {

std::string message(const std::string& text) {
  const auto area = parse_focus(text, "focus/x.txt");
  REQUIRE(!area.has_value());
  return area.error().message;
}

}  // namespace

TEST_CASE("a focus file is a head of keys and weights, an empty line, and free text") {
  const auto area = parse_focus(
      "# a remark\n"
      "name: late_deliveries\r\n"
      "title: Late: why?\n"
      "weights:\n"
      "  rate_outlier: 2.5\n"
      "\tregion: 1\n"
      "\n"
      "\n"
      "Look for depots.\n"
      "key: this is free text\n\n",
      "focus/x.txt");
  REQUIRE(area.has_value());
  CHECK(*area == FocusArea{.name = "late_deliveries",
                           .title = "Late: why?",
                           .weights = {{"rate_outlier", 2.5}, {"region", 1}},
                           .text = "Look for depots.\nkey: this is free text"});
}

TEST_CASE("a focus file needs only a name") {
  const auto area = parse_focus("name: x", "focus/x.txt");
  REQUIRE(area.has_value());
  CHECK(area->title == "x");
  CHECK(area->weights.empty());
  CHECK(area->text.empty());
}

TEST_CASE("a focus file that is not understood is an error with file and line") {
  CHECK(message("") == "focus/x.txt: there is no name");
  CHECK(message("title: x\n") == "focus/x.txt: there is no name");
  CHECK(message("name: Big Name\n") ==
        "focus/x.txt:1: 'Big Name' is not a name: small letters, digits and _ only");
  CHECK(message("name: x\nwieghts:\n") == "focus/x.txt:2: 'wieghts: ' is not understood");
  CHECK(message("name: x\nLook for things\n") ==
        "focus/x.txt:2: expected 'key: value', found 'Look for things'");
  CHECK(message("name: x\nweights:\n trend: much\n") ==
        "focus/x.txt:3: the weight of 'trend' is 'much'; a number from 1 to 3 is expected");
  CHECK(message("name: x\nweights:\n trend: nan\n") ==
        "focus/x.txt:3: the weight of 'trend' is 'nan'; a number from 1 to 3 is expected");
  CHECK(message("name: x\nweights:\n trend: 3.1\n") ==
        "focus/x.txt:3: the weight of 'trend' is '3.1'; a number from 1 to 3 is expected");
  CHECK(message("name: x\nweights:\n a trend: 1\n") ==
        "focus/x.txt:3: 'a trend' is not a topic: small letters, digits and _ only");
  CHECK(message("name: x\nweights:\n trend: 1\n trend: 2\n") ==
        "focus/x.txt:4: 'trend' has a weight already");
}

TEST_CASE("the built-in focus areas are there, each under the name of its file") {
  const auto areas = focus_areas("");
  REQUIRE(areas.has_value());
  std::vector<std::string> names;
  for (const auto& area : *areas) {
    names.push_back(area.name);
    CHECK(!area.weights.empty());
    CHECK(!area.text.empty());
    CHECK(area.title != area.name);
  }
  CHECK(names == std::vector<std::string>{"customer_churn", "margin_analysis",
                                          "product_performance", "regional_analysis"});
}

TEST_CASE("a directory adds focus areas, and may replace a built-in one") {
  std::string directory =
      (std::filesystem::temp_directory_path() / "insights_focus_XXXXXX").string();
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  std::ofstream(directory + "/a.txt") << "name: a\n";
  std::ofstream(directory + "/churn.txt") << "name: customer_churn\ntitle: Ours\n";
  std::ofstream(directory + "/notes.md") << "not a focus file\n";
  const auto areas = focus_areas(directory);
  REQUIRE(areas.has_value());
  CHECK(areas->size() == 5);
  CHECK(areas->front().name == "a");
  CHECK((*areas)[1].title == "Ours");

  std::ofstream(directory + "/bad.txt") << "nonsense\n";
  CHECK(focus_areas(directory).error().message ==
        directory + "/bad.txt:1: expected 'key: value', found 'nonsense'");
  std::filesystem::remove_all(directory);
  CHECK(focus_areas(directory).error().message ==
        "the focus directory " + directory + " does not exist");
}

TEST_CASE(
    "focus areas are chosen by name, each once; an unknown name lists those known, nearest first") {
  const std::vector<FocusArea> known{{"customer_churn", "", {}, ""},
                                     {"margin_analysis", "", {}, ""}};
  CHECK(chosen(known, {})->empty());
  const auto areas = chosen(known, {"margin_analysis", "customer_churn", "margin_analysis"});
  REQUIRE(areas.has_value());
  REQUIRE(areas->size() == 2);
  CHECK(areas->front().name == "margin_analysis");

  const auto error = chosen(known, {"margin"}).error();
  CHECK(error.kind == base::ErrorKind::not_found);
  CHECK(error.message == "there is no focus area 'margin'");
  CHECK(error.hint == "There are margin_analysis, customer_churn. --focus-dir adds others.");
}
