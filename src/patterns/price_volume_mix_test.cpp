#include "findings/formula.h"
#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::TestTable;

// From the second year on, each price times `price` and each quantity times `volume`.
auto second_year(double price, double volume) {
  return [=](Line& line, int day, int) {
    if (day < 365) return;
    const double units = std::max(1.0, std::round(std::stod(line.quantity) * volume));
    const double each = std::stod(line.price) * price;
    line.quantity = fmt::format("{}", units);
    line.price = fmt::format("{:.2f}", each);
    line.money = fmt::format("{:.2f}", each * units);
  };
}

double share(const findings::Finding& finding, const std::string& name) {
  const auto place = finding.values.find(name + "_share");
  return place == finding.values.end() ? 0 : findings::number_of(place->second.value).value();
}

}  // namespace

TEST_CASE("higher prices and fewer units are told apart, and add up") {
  TestTable table(testing::sales_header);
  fill_sales(table, {.lines = 12000, .days = 731, .seed = 3}, second_year(1.10, 0.7));
  const auto accepted = table.accepted(examine_price_volume_mix);
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO(finding.title);
  CHECK(finding.title.starts_with("Net sales fell by 2"));
  CHECK(finding.title.find("in the year to Dec 2024: volume -") != std::string::npos);
  CHECK(share(finding, "price") == doctest::Approx(0.07).epsilon(0.1));
  CHECK(share(finding, "volume") == doctest::Approx(0.30).epsilon(0.1));
  CHECK(finding.impact.account == findings::Account::lost);
  CHECK(finding.impact.per == "year");
}

TEST_CASE("two like years are not split") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 21; ++seed) {
    TestTable table(testing::sales_header);
    fill_sales(table, {.lines = 6000, .days = 731, .seed = seed});
    accepted += table.accepted(examine_price_volume_mix).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("one year alone, or no quantity, gives no comparison of years") {
  TestTable table("order_date,customer,product,net_sales");
  for (int i = 0; i < 900; ++i)
    table.row(testing::day_text(i % 700), i % 30, fmt::format("P{}", i % 7), 10 + i % 13);
  CHECK(examine_price_volume_mix(table.workspace()).empty());
}

}  // namespace insights::patterns
