#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 5 departments of about 90 people; each manager has about 7, those of the first department `more`.
void fill_people(TestTable& table, std::uint64_t seed, int managers_of_first) {
  stats::Random random(seed);
  const std::array<std::string_view, 5> departments{"Field", "Sales", "Finance", "Support",
                                                    "Legal"};
  for (int i = 0; i < 450; ++i) {
    const auto department = random.below(5);
    const auto managers = department == 0 ? static_cast<std::uint64_t>(managers_of_first) : 13U;
    table.row(fmt::format("person{:03}", i), departments[department],
              fmt::format("Boss {}{}", departments[department], random.below(managers)),
              day_text(i));
  }
}

constexpr std::string_view people_header = "user_name,department,manager,start_date";

}  // namespace

TEST_CASE("load_per_person: a department with few managers for many people is found") {
  TestTable table(people_header);
  fill_people(table, 1, 2);
  const auto accepted = table.accepted(examine_load_per_person);
  REQUIRE(accepted.size() == 1);
  const auto* field = table.about(accepted, "department", "Field");
  REQUIRE(field != nullptr);
  const auto finding = table.proven(*field);
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.starts_with("Department Field: 2 managers for "));
  CHECK(finding.title.find(" people, 4") != std::string::npos);
  CHECK(finding.title.find(" each, against ") != std::string::npos);
}

TEST_CASE("load_per_person: equal loads, and people who work for everybody, are silent") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 41; seed < 49; ++seed) {
    TestTable people(people_header);
    fill_people(people, seed, 13);
    accepted += people.accepted(examine_load_per_person).size();

    // Nine tenths of the tickets are of one subject area; the same agents handle all of them.
    TestTable tickets("opened_date,topic,agent");
    stats::Random random(seed);
    for (int i = 0; i < 900; ++i) {
      const auto topic = random.uniform() < 0.9 ? 0 : 1 + random.below(3);
      tickets.row(day_text(i / 2), fmt::format("Topic {}", static_cast<char>('A' + topic)),
                  fmt::format("Agent {:02}", random.below(20)));
    }
    accepted += tickets.accepted(examine_load_per_person).size();
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
