#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// Claims of 60 people over a year and a half; in the first three weeks after somebody joined,
// `early` of them are declined, else 15 %.
void fill_claims(TestTable& table, std::uint64_t seed, double early) {
  stats::Random random(seed);
  std::string people = "name,start_date,town\n";
  for (int person = 0; person < 60; ++person)
    people += fmt::format("Person {:c}{:c},{},{}\n", 'A' + person % 26, 'a' + person / 26,
                          day_text(60 + 7 * person), person % 3 == 0 ? "Ulm" : "Jena");
  for (int i = 0; i < 1200; ++i) {
    const int person = static_cast<int>(random.below(60)), joined = 60 + 7 * person;
    const int day = i % 8 == 0 ? joined + static_cast<int>(random.below(21))
                               : static_cast<int>(random.below(540));
    const bool is_early = day >= joined && day < joined + 21;
    const bool declined = random.uniform() < (is_early ? early : 0.15);
    table.row(day_text(day), fmt::format("Person {:c}{:c}", 'A' + person % 26, 'a' + person / 26),
              declined ? "Declined" : "Processed",
              fmt::format("{:.0f}", 100 + 900 * random.uniform()));
  }
  table.beside("employees", people);
}

// Cases that take `middle` days when their score lies between 40 and 60, else 10.
void fill_cases(TestTable& table, std::uint64_t seed, double middle) {
  stats::Random random(seed);
  for (int i = 0; i < 800; ++i) {
    const double score = 100 * random.uniform();
    const double days = (score > 40 && score < 60 ? middle : 10) * (0.7 + 0.6 * random.uniform());
    table.row(day_text(static_cast<int>(random.below(500))),
              fmt::format("Desk {:c}", 'A' + static_cast<int>(random.below(4))),
              fmt::format("{:.1f}", score), fmt::format("{:.1f}", days));
  }
}

constexpr std::string_view claim_header = "opened_at,employee,outcome,amount",
                           case_header = "opened_at,desk,score,handling_days";

}  // namespace

TEST_CASE("range_difference: claims declined in the weeks after somebody joined are found") {
  TestTable table(claim_header);
  fill_claims(table, 1, 0.7);
  const auto accepted = table.accepted(examine_range_difference);
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.find(" after the start date of the employee: ") != std::string::npos);
  CHECK(finding.title.find(" of rows are declined, against 1") != std::string::npos);
  CHECK(std::get<double>(finding.values.at("mean").value) > 0.5);
}

TEST_CASE("range_difference: a range of a number in which cases take longer is found") {
  TestTable table(case_header);
  fill_cases(table, 2, 22);
  const auto accepted = table.accepted(examine_range_difference);
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.starts_with("Score from "));
  CHECK(finding.title.find("average handling time 2") != std::string::npos);
  CHECK(finding.summary.find(" below that and ") != std::string::npos);
}

TEST_CASE("range_difference: what rises all along is left to the correlation") {
  TestTable table(case_header);
  stats::Random random(5);
  for (int i = 0; i < 800; ++i) {
    const double score = 100 * random.uniform();
    table.row(day_text(static_cast<int>(random.below(500))), i % 2 == 0 ? "Desk A" : "Desk B",
              fmt::format("{:.1f}", score),
              fmt::format("{:.1f}", 5 + score / 10 + 2 * random.uniform()));
  }
  CHECK(table.accepted(examine_range_difference).empty());
}

TEST_CASE("range_difference: noise is silent") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 10; seed < 20; ++seed) {
    TestTable claims(claim_header), cases(case_header);
    fill_claims(claims, seed, 0.15);
    fill_cases(cases, seed, 10);
    accepted += claims.accepted(examine_range_difference).size() +
                cases.accepted(examine_range_difference).size();
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
