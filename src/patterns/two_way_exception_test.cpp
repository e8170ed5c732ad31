#include "findings/formula.h"
#include "patterns/all.h"
#include "patterns/test_sales.h"

namespace insights::patterns {

namespace {

using testing::fill_sales;
using testing::Line;
using testing::TestTable;

constexpr std::array<const char*, 6> categories{"Paint", "Tools", "Wood", "Glass", "Lamps", "Rugs"};

// Six categories over the five areas; `change` may alter a line after its category is set.
void fill_categories(TestTable& table, std::uint64_t seed,
                     const std::function<void(Line&, stats::Random&)>& change) {
  stats::Random random(seed + 100);
  fill_sales(table, {.lines = 9000, .seed = seed}, [&](Line& line, int, int) {
    line.product = categories[random.below(6)];
    if (change) change(line, random);
  });
}

constexpr std::string_view header =
    "invoice_no,order_date,customer,region,category,quantity,unit_price,net_sales";

}  // namespace

TEST_CASE("a category that one area buys far more of is found, once") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table(header);
    fill_categories(table, seed, [](Line& line, stats::Random& random) {
      if (line.region == "Area D" && random.uniform() < 0.35) line.product = "Paint";
    });
    const auto accepted = table.accepted(examine_two_way_exception);
    REQUIRE(accepted.size() == 1);
    const auto finding = table.proven(accepted.front());
    INFO(finding.title);
    CHECK(finding.title.starts_with("Paint is 4"));
    CHECK(finding.title.find("of net_sales in Area D, against 1") != std::string::npos);
    CHECK(findings::number_of(finding.values.at("share").value).value() ==
          doctest::Approx(0.458).epsilon(0.12));
  }
}

TEST_CASE("noise has no exceptions, and one large order of one customer is none") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 21; ++seed) {
    TestTable table(header);
    bool done = false;
    fill_categories(table, seed, [&](Line& line, stats::Random&) {
      if (done || seed % 2 == 0 || line.region != "Area D" || line.product != "Paint") return;
      line.money = "40000";
      done = true;
    });
    accepted += table.accepted(examine_two_way_exception).size();
  }
  CHECK(accepted <= 1);
}

}  // namespace insights::patterns
