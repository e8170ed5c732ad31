#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 4,000 cases of 120 clients in 4 areas, handled by 5 teams: `slow` adds hours to the second team's
// cases, `habit` makes clients differ by themselves.
void fill_cases(TestTable& table, std::uint64_t seed, double slow, double habit) {
  stats::Random random(seed);
  std::vector<double> own;
  for (int i = 0; i < 120; ++i) own.push_back(habit * random.normal());
  for (int i = 0; i < 4000; ++i) {
    const auto client = random.below(120);
    const auto team = random.below(5);
    const double hours = 20 + own[client] + (team == 1 ? slow : 0) + 8 * random.normal();
    table.row(day_text(i * 700 / 4000), fmt::format("K{:03}", client),
              fmt::format("Area {}", static_cast<char>('A' + client % 4)),
              fmt::format("Team {}", static_cast<char>('A' + team)), fmt::format("{:.1f}", hours));
  }
}

}  // namespace

TEST_CASE("a group whose cases take longer is found, with both averages") {
  TestTable table("opened_date,client,area,team_group,handling_hours");
  fill_cases(table, 1, 6, 0);
  const auto accepted = table.accepted(examine_group_difference);
  const auto* team = table.about(accepted, "team_group", "Team B");
  REQUIRE(team != nullptr);
  CHECK(team->entry.effect == doctest::Approx(0.75).epsilon(0.2));
  const auto finding = table.proven(*team);
  INFO(finding.title);
  CHECK(finding.title.starts_with("Team B: average handling time 26"));
  CHECK(finding.title.find("longer than elsewhere (1") != std::string::npos);
}

TEST_CASE("people are not shorter when they are younger") {
  TestTable table("arrived_date,ward,age");
  stats::Random random(5);
  for (int i = 0; i < 1500; ++i) {
    const auto ward = random.below(4);
    table.row(day_text(i / 3), fmt::format("Ward {}", static_cast<char>('A' + ward)),
              fmt::format("{:.0f}", (ward == 0 ? 31 : 52) + 8 * random.normal()));
  }
  const auto accepted = table.accepted(examine_group_difference);
  const auto* ward = table.about(accepted, "ward", "Ward A");
  REQUIRE(ward != nullptr);
  const auto title = table.proven(*ward).title;
  INFO(title);
  CHECK(title.find("% lower than elsewhere") != std::string::npos);
}

TEST_CASE("groups that do not differ are not told apart, nor areas whose clients do") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 11; seed < 19; ++seed) {
    TestTable table("opened_date,client,area,team_group,handling_hours");
    fill_cases(table, seed, 0, seed % 2 == 0 ? 0 : 10);
    accepted += table.accepted(examine_group_difference).size();
  }
  CHECK(accepted == 0);
}

TEST_CASE("a number that was set for each group is nothing to tell groups apart by") {
  TestTable table("opened_date,store,size_m2,waiting_minutes");
  stats::Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const auto store = random.below(20);
    table.row(day_text(i / 5), fmt::format("Store {:02}", store), 200 + store * store * 3,
              fmt::format("{:.1f}", 10 + random.normal()));
  }
  CHECK(table.accepted(examine_group_difference).empty());
}

TEST_CASE("what was given to devices is tested over devices, also where they are no named kind") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 31; seed < 39; ++seed) {
    TestTable table("read_date,gauge,hall,pressure_level");
    stats::Random random(seed);
    std::vector<double> own;
    for (int i = 0; i < 40; ++i) own.push_back(20 * random.normal());
    for (int i = 0; i < 6000; ++i) {
      const auto gauge = random.below(40);
      table.row(day_text(i / 10), fmt::format("g{:02}", gauge),
                fmt::format("Hall {}", static_cast<char>('A' + gauge % 4)),
                fmt::format("{:.1f}", 50 + own[gauge] + random.normal()));
    }
    for (const auto& one : table.accepted(examine_group_difference)) {
      if (one.entry.fingerprint.find("hall=") != std::string::npos) ++accepted;
    }
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
