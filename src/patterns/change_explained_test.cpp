#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::TestTable;

void scale(Line& line, double factor) {
  line.money = fmt::format("{:.2f}", std::stod(line.money) * factor);
}

}  // namespace

TEST_CASE("the area that explains a fall is named, with its part of it") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.lines = 12000, .days = 731, .seed = seed}, [](Line& line, int day, int) {
      if (day >= 365 && line.region == "Area C") scale(line, 0.3);
    });
    const auto accepted = table.accepted(examine_change_explained);
    REQUIRE(accepted.size() == 1);
    CHECK(table.about(accepted, "region", "Area C") != nullptr);
    CHECK(accepted.front().entry.effect == doctest::Approx(1).epsilon(0.35));
    const auto finding = table.proven(accepted.front());
    INFO(finding.title);
    CHECK(finding.title.starts_with("Net sales fell by 1"));
    CHECK(finding.title.find("in the year to Dec 2024: ") != std::string::npos);
    CHECK(finding.title.find("Area C") != std::string::npos);
  }
}

TEST_CASE("one product in one area is told, not the product and not the area") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 12000, .days = 731, .seed = 4}, [](Line& line, int day, int number) {
    if (number % 5 == 0) line.product = "Paint";
    if (line.product == "Paint" && line.region == "Area B") scale(line, day >= 365 ? 0.5 : 5);
  });
  const auto accepted = table.accepted(examine_change_explained);
  REQUIRE(accepted.size() == 1);
  REQUIRE(accepted.front().within.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO(finding.title);
  CHECK(finding.title.find("Paint in region Area B") != std::string::npos);
}

TEST_CASE("a fall of everything alike is explained by nobody, not even by the largest") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 19; ++seed) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.lines = 6000, .days = 731, .seed = seed},
               [&](Line& line, int day, int number) {
                 if (number / 3 % 2 == 0) line.region = "Area A";  // more than half of everything
                 if (day >= 365 && seed % 2 == 0) scale(line, 0.7);
               });
    accepted += table.accepted(examine_change_explained).size();
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
