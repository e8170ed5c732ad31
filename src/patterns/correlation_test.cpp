#include <algorithm>
#include <array>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

std::string prints(const std::vector<Candidate>& candidates) {
  std::string text;
  for (const auto& candidate : candidates) text += candidate.entry.fingerprint + "\n";
  return text;
}

std::string kind_of(std::uint64_t kind) { return std::array{"Laptop", "Phone", "Server"}[kind]; }

// Things bought over two years: `growth` days of cover more a month, and among laptops `fall` days
// less for each hundred of the price.
void fill_assets(TestTable& table, std::uint64_t seed, double growth, double fall) {
  stats::Random random(seed);
  for (int i = 0; i < 600; ++i) {
    const int day = static_cast<int>(random.below(720));
    const auto kind = random.below(3);
    const double price = 1000 + 4000 * random.uniform();
    const double cover = 400 + growth * day / 30.4375 -
                         (kind == 0 ? fall * (price - 3000) / 100 : 0) + 90 * random.normal();
    table.row(day_text(day), kind_of(kind), fmt::format("{:.0f}", price),
              fmt::format("{:.0f}", std::max(1.0, cover)));
  }
}

constexpr std::string_view asset_header = "bought_on,kind,list_price,cover_days";

}  // namespace

TEST_CASE("correlation: a number that rises with a date is told with its slope") {
  TestTable table(asset_header);
  fill_assets(table, 1, 20, 0);
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.starts_with("The later the date \"bought on\", the higher the cover time: "));
  const auto change = std::get<double>(finding.values.at("change").value);
  CHECK(change == doctest::Approx(20).epsilon(0.15));
}

TEST_CASE("correlation: what holds in one segment only is told of the segment") {
  TestTable table(asset_header);
  fill_assets(table, 2, 0, 12);
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  REQUIRE(accepted.size() == 1);
  const auto* laptop = table.about(accepted, "kind", "Laptop");
  REQUIRE(laptop != nullptr);
  const auto finding = table.proven(*laptop);
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.starts_with("Laptop: the higher the list price, the lower the cover time: "));
  CHECK(finding.summary.find("Elsewhere: ") != std::string::npos);
}

TEST_CASE("correlation: a percentage comes of how long something takes, not the reverse") {
  TestTable table("percent_complete,start_date,end_date");
  stats::Random random(6);
  for (int i = 0; i < 600; ++i) {
    const int day = static_cast<int>(random.below(600)),
              span = 30 + static_cast<int>(random.below(300));
    table.row(fmt::format("{:.0f}", 90 - span / 10 + 8 * random.normal()), day_text(day),
              day_text(day + span));
  }
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  REQUIRE(accepted.size() == 1);
  const auto title = table.proven(accepted.front()).title;
  INFO(title);
  CHECK(title.starts_with("The higher the duration, the lower the percent complete: "));
}

TEST_CASE("correlation: noise, and numbers of people who differ by themselves, are silent") {
  std::size_t accepted = 0;
  std::string found;
  for (std::uint64_t seed = 11; seed < 17; ++seed) {
    TestTable noise(asset_header);
    fill_assets(noise, seed, 0, 0);
    const auto nothing = noise.accepted(examine_correlation);
    accepted += nothing.size();
    found += prints(nothing);

    // Thirty clients, each with an age and a habit of its own that have nothing to do with it.
    TestTable table("opened_on,client,client_age,handling_score,rejected");
    stats::Random random(seed);
    std::vector<double> age, habit;
    for (int i = 0; i < 14; ++i) {
      age.push_back(20 + 50 * random.uniform());
      habit.push_back(20 * random.normal());
    }
    for (int i = 0; i < 1500; ++i) {
      const auto client = random.below(14);
      table.row(day_text(i / 3), fmt::format("Client {:02}", client),
                fmt::format("{:.0f}", age[client]),
                fmt::format("{:.1f}", 100 + habit[client] + 5 * random.normal()),
                random.uniform() < 0.3 + habit[client] / 100 ? 1 : 0);
    }
    const auto people = table.accepted(examine_correlation);
    for (const auto& candidate : people) {
      if (candidate.entry.fingerprint.find("age") == std::string::npos) continue;
      ++accepted;
      found += candidate.entry.fingerprint + "\n";
    }
  }
  INFO(found);
  CHECK(accepted == 0);
}

TEST_CASE("correlation: a duration goes with its own end by construction, and is not told") {
  TestTable table("opened_at,closed_at,open_days,net_amount,gross_amount");
  stats::Random random(5);
  for (int i = 0; i < 500; ++i) {
    const int day = static_cast<int>(random.below(60)),
              length = 1 + static_cast<int>(random.below(200));
    const double net = 100 + 50 * random.uniform();
    table.row(day_text(day), day_text(day + length), length, fmt::format("{:.2f}", net),
              fmt::format("{:.2f}", net * (1.05 + 0.1 * random.uniform())));
  }
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  CHECK(accepted.empty());
}

TEST_CASE("correlation: an event that becomes likelier with a number is told as two shares") {
  TestTable table("day,weight_kg,damaged");
  stats::Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const double weight = 10 + 90 * random.uniform();
    table.row(day_text(i / 5), fmt::format("{:.1f}", weight),
              random.uniform() < 0.05 + 0.004 * weight ? 1 : 0);
  }
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO((finding.title + " / " + finding.summary));
  CHECK(finding.title.starts_with(
      "The higher the weight kg, the larger the share of rows that are damaged: 4"));
}

// 40 people with 30 expenses each: `later` makes those who joined later be refused more often, and
// `habit` makes people differ by themselves.
void fill_expenses(TestTable& table, std::uint64_t seed, double later, double habit) {
  stats::Random random(seed);
  std::string people = "employee_id,full_name,joined_on\n";
  for (int person = 0; person < 40; ++person) {
    const int joined = static_cast<int>(random.below(900));
    people += fmt::format("E{:03},Ada Number {:03},{}\n", person, person, day_text(joined - 900));
    const double refused =
        std::clamp(0.2 + later * (joined / 900.0 - 0.5) + habit * random.normal(), 0.0, 1.0);
    for (int i = 0; i < 30; ++i)
      table.row(day_text(i * 11), fmt::format("E{:03}", person), 40 + random.below(200),
                random.uniform() < refused ? 1 : 0);
  }
  table.beside("employees", people);
}

TEST_CASE("correlation: an event against a date of the person is tested over people") {
  TestTable table("spent_on,employee_id,amount,rejected");
  fill_expenses(table, 3, 0.35, 0.02);
  const auto accepted = table.accepted(examine_correlation);
  INFO(prints(accepted));
  REQUIRE(accepted.size() == 1);
  const auto finding = table.proven(accepted.front());
  INFO((finding.title + " / " + finding.summary));
  CHECK(
      finding.title.starts_with("The later the date \"joined on\" of the employee, the larger the "
                                "share of rows that are rejected: 3"));
  CHECK(finding.test.name == "Spearman's rank correlation, by employee");
}

TEST_CASE("correlation: people who differ by themselves do not differ by the day they joined") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 71; seed < 79; ++seed) {
    TestTable table("spent_on,employee_id,amount,rejected");
    fill_expenses(table, seed, 0, 0.15);
    accepted += table.accepted(examine_correlation).size();
  }
  CHECK(accepted == 0);
}

}  // namespace insights::patterns
