#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// Two carriers over two zones. `mix` is the part of the first carrier's deliveries that go far; the
// second's is 1 - mix.
void fill_deliveries(TestTable& table, std::uint64_t seed, double mix, double better) {
  stats::Random random(seed);
  for (int i = 0; i < 12000; ++i) {
    const bool first = random.uniform() < 0.5;
    const bool far = random.uniform() < (first ? mix : 1 - mix);
    const double rate = (far ? 0.18 : 0.07) - (first ? better * (far ? 0.04 : 0.025) : 0);
    table.row(day_text(i * 700 / 12000), fmt::format("K{:03}", random.below(150)),
              first ? "Swift" : "Trusty", far ? "Remote" : "Urban",
              fmt::format("S{}", random.below(4)), 100, random.uniform() < rate ? 1 : 0);
  }
}

}  // namespace

TEST_CASE("a carrier that is given the hard deliveries looks worse and is better") {
  for (const std::uint64_t seed : {1, 2}) {
    TestTable table("order_date,customer,carrier,zone,shift,net_sales,late");
    fill_deliveries(table, seed, 0.8, 1);
    const auto accepted = table.accepted(examine_simpson);
    REQUIRE(accepted.size() == 1);  // and not once more the other way round, or by shift
    const auto* carrier = table.about(accepted, "carrier", "Swift");
    REQUIRE(carrier != nullptr);
    CHECK(carrier->entry.effect < 0);
    const auto finding = table.proven(*carrier);
    CHECK(finding.title.starts_with("Swift: "));
    CHECK(finding.title.find("% of its rows are late, ") != std::string::npos);
    CHECK(finding.title.find(" of Trusty's, but") != std::string::npos);
    CHECK(finding.title.ends_with("but fewer within every zone"));
  }
}

TEST_CASE("an even mix reverses nothing, and neither does a mix without a difference inside") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 16; ++seed) {
    TestTable even("order_date,customer,carrier,zone,shift,net_sales,late");
    fill_deliveries(even, seed, 0.5, 1);
    accepted += even.accepted(examine_simpson).size();
    TestTable same("order_date,customer,carrier,zone,shift,net_sales,late");
    fill_deliveries(same, seed, 0.8, 0);
    accepted += same.accepted(examine_simpson).size();
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
