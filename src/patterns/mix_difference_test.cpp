#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 900 tasks of 4 teams: the second has `more` of its tasks about cost, the others a quarter.
void fill_tasks(TestTable& table, std::uint64_t seed, double more) {
  stats::Random random(seed);
  const std::array<std::string_view, 4> themes{"Cost", "Quality", "Growth", "Safety"};
  for (int i = 0; i < 900; ++i) {
    const auto team = random.below(4);
    const auto theme = team == 1 && random.uniform() < more ? 0 : random.below(4);
    table.row(day_text(i / 2), fmt::format("Team {}", static_cast<char>('A' + team)), themes[theme],
              fmt::format("Person {:02}", random.below(60)));
  }
}

constexpr std::string_view task_header = "start_date,team_group,theme_type,owner";

}  // namespace

TEST_CASE("mix_difference: a team whose mix differs is told with both shares") {
  TestTable table(task_header);
  fill_tasks(table, 1, 0.5);
  const auto accepted = table.accepted(examine_mix_difference);
  REQUIRE(!accepted.empty());
  const auto* team = table.about(accepted, "team_group", "Team B");
  REQUIRE(team != nullptr);
  CHECK(team->entry.effect == doctest::Approx(0.375).epsilon(0.25));
  const auto finding = table.proven(*team);
  INFO(finding.title);
  CHECK(finding.title.find("of its rows have the theme type Cost, against 2") != std::string::npos);
}

TEST_CASE("mix_difference: two groupings without anything in common are silent") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 21; seed < 29; ++seed) {
    TestTable table(task_header);
    fill_tasks(table, seed, 0);
    accepted += table.accepted(examine_mix_difference).size();
  }
  CHECK(accepted == 0);
}

TEST_CASE("mix_difference: rows of one client are not independent of each other") {
  // Each of 12 clients has one habit on its 120 rows; the areas got their clients at random.
  std::size_t accepted = 0;
  for (std::uint64_t seed = 31; seed < 37; ++seed) {
    TestTable table("start_date,client,area,theme_type");
    stats::Random random(seed);
    for (std::uint64_t client = 0; client < 12; ++client) {
      const auto habit = random.below(3), area = random.below(3);
      for (int i = 0; i < 120; ++i) {
        const auto theme = random.uniform() < 0.7 ? habit : random.below(3);
        table.row(day_text(i * 5), fmt::format("Client {:02}", client),
                  fmt::format("Area {}", static_cast<char>('A' + area)),
                  fmt::format("Theme {}", static_cast<char>('A' + theme)));
      }
    }
    for (const auto& candidate : table.accepted(examine_mix_difference)) {
      const auto& name = table.subject().columns[candidate.column].name;
      accepted += name == "area" ? 1 : 0;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("mix_difference: columns that say the same are told once, as a fact") {
  TestTable table("start_date,skill,theme_type,desk");
  stats::Random random(3);
  for (int i = 0; i < 600; ++i) {
    const auto skill = random.below(4);
    const auto usual = [&] { return random.uniform() < 0.98 ? skill : random.below(4); };
    table.row(day_text(i), fmt::format("Skill {}", static_cast<char>('A' + skill)),
              fmt::format("Theme {}", static_cast<char>('A' + usual())),
              fmt::format("Desk {}", static_cast<char>('A' + usual())));
  }
  const auto accepted = table.accepted(examine_mix_difference);
  std::size_t facts = 0;
  for (const auto& candidate : accepted) facts += candidate.entry.fact ? 1 : 0;
  CHECK(facts == accepted.size());
  REQUIRE(facts == 2);
  const auto finding = table.proven(accepted.front());
  INFO(finding.title);
  CHECK(finding.title.find("say nearly the same: 9") != std::string::npos);
}

TEST_CASE("mix_difference: what was drawn by school is no habit of its pupils") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 31; seed < 41; ++seed) {
    stats::Random random(seed);
    TestTable table("exam_date,school,district_area,teacher_code,method_type,pupil");
    for (int school = 0; school < 12; ++school) {
      const auto district = random.below(3);
      for (int teacher = 0; teacher < 6; ++teacher) {
        const auto method = random.below(2);
        for (int pupil = 0; pupil < 40; ++pupil)
          table.row(day_text(pupil * 3), fmt::format("S{}", school), fmt::format("D{}", district),
                    fmt::format("T{:02}{}", school, teacher), method == 0 ? "old" : "new",
                    fmt::format("P{:02}{}{:02}", school, teacher, pupil));
      }
    }
    accepted += table.accepted(examine_mix_difference).size();
  }
  CHECK(accepted <= 1);
}

}  // namespace insights::patterns
