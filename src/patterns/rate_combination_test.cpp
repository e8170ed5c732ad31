#include "findings/formula.h"
#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

struct Late {
  double base = 0.08, express = 0, depot = 0, both = 0;
  double of_customer = 0;  // how much customers differ by themselves
};

// 12,000 deliveries of 150 customers: two services, five depots, four zones.
void fill_deliveries(TestTable& table, std::uint64_t seed, const Late& late) {
  stats::Random random(seed);
  std::vector<double> own;
  for (int i = 0; i < 150; ++i) own.push_back(late.of_customer * random.uniform());
  for (int i = 0; i < 12000; ++i) {
    const auto customer = random.below(150);
    const bool express = random.uniform() < 0.4;
    const auto depot = random.below(5);
    double rate = late.base + own[customer];
    if (express) rate += late.express;
    if (depot == 1) rate += late.depot;
    if (express && depot == 1) rate += late.both;
    table.row(day_text(i * 700 / 12000), fmt::format("K{:03}", customer),
              express ? "Express" : "Standard", fmt::format("D{}", depot),
              fmt::format("Zone {}", "NSEW"[customer % 4]), 90 + i % 23,
              random.uniform() < rate ? 1 : 0);
  }
}

constexpr std::string_view header = "order_date,customer,service_class,depot,zone,net_sales,late";

}  // namespace

TEST_CASE("a service that is late from one depot alone is found, once, with its parents' rates") {
  for (const std::uint64_t seed : {1, 2}) {
    TestTable table(header);
    fill_deliveries(table, seed, {.both = 0.22});
    const auto accepted = table.accepted(examine_rate_combination);
    REQUIRE(accepted.size() == 1);
    const auto finding = table.proven(accepted.front());
    INFO(finding.title);
    CHECK(finding.title.find("Express") != std::string::npos);
    CHECK(finding.title.find("D1") != std::string::npos);
    CHECK(finding.title.find("of rows are late, against") != std::string::npos);
    CHECK(findings::number_of(finding.values.at("rate_own").value).value() ==
          doctest::Approx(0.30).epsilon(0.15));
    CHECK(findings::number_of(finding.values.at("rate_without_first").value).value() ==
          doctest::Approx(0.08).epsilon(0.3));
    CHECK(finding.impact.account == findings::Account::at_risk);
  }
}

TEST_CASE("two values that are each worse by themselves make no combination; neither does noise") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 19; ++seed) {
    TestTable apart(header);
    fill_deliveries(apart, seed, {.express = 0.10, .depot = 0.10, .both = 0.05});
    accepted += apart.accepted(examine_rate_combination).size();
    TestTable noise(header);
    fill_deliveries(noise, seed, {.of_customer = seed % 2 == 0 ? 0 : 0.3});
    accepted += noise.accepted(examine_rate_combination).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("a team that is slow with one priority alone is found by its average") {
  TestTable table("opened_date,client,priority,team_group,handling_hours");
  stats::Random random(3);
  for (int i = 0; i < 5000; ++i) {
    const auto team = random.below(4), priority = random.below(3);
    const double hours = 20 + (team == 2 && priority == 0 ? 12 : 0) + 8 * random.normal();
    table.row(day_text(i * 700 / 5000), fmt::format("K{:03}", random.below(120)),
              std::vector{"High", "Middle", "Low"}[priority],
              fmt::format("Team {}", static_cast<char>('A' + team)), fmt::format("{:.1f}", hours));
  }
  const auto accepted = table.accepted(examine_rate_combination);
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO(finding.title);
  CHECK(finding.title.find("average handling time 3") != std::string::npos);
  CHECK(finding.title.find("Team C") != std::string::npos);
  CHECK(finding.title.find("High") != std::string::npos);
}

}  // namespace insights::patterns
