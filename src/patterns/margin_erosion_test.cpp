#include "patterns/all.h"
#include "patterns/erosion_series.h"
#include "patterns/test_table.h"
#include "patterns/wording.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 9,000 lines over three years: 30 customers in 5 areas, list to invoice to net about 8 % and 4 %
// off, margin about 40 %.
struct Plan {
  std::uint64_t seed = 1;
  int creeping = -1;  // customer whose first discount grows from 8 % to 20 % in the second half
  int generous = -1;  // customer whose first discount is 8 points larger all along
  double customer_terms = 0;  // how far customers differ by themselves
};

void fill_lines(TestTable& table, const Plan& plan) {
  stats::Random random(plan.seed);
  std::vector<double> own;
  for (int i = 0; i < 30; ++i) own.push_back(0.08 + plan.customer_terms * (random.uniform() - 0.5));
  constexpr int lines = 9000, days = 1095;
  for (int i = 0; i < lines; ++i) {
    const int day = i * days / lines;
    const auto customer = static_cast<int>(random.below(30));
    double off = own[static_cast<std::size_t>(customer)] + 0.03 * (random.uniform() - 0.5);
    if (customer == plan.creeping && day > days / 2) off += 0.12 * (2.0 * day - days) / days;
    if (customer == plan.generous) off += 0.08;
    const double gross = 100 + 400 * random.uniform(), invoiced = gross * (1 - off),
                 net = invoiced * (0.96 + 0.01 * random.uniform());
    table.row(day_text(day), fmt::format("K{:02}", customer),
              fmt::format("Area {}", static_cast<char>('A' + customer % 5)),
              fmt::format("Item {}", static_cast<char>('A' + random.below(12))),
              fmt::format("{:.2f}", gross), fmt::format("{:.2f}", invoiced),
              fmt::format("{:.2f}", net),
              fmt::format("{:.2f}", net * (0.35 + 0.1 * random.uniform())));
  }
}

constexpr std::string_view header =
    "order_date,customer,area,product,gross_sales,invoiced_sales,net_sales,profit";

}  // namespace

TEST_CASE("a discount that creeps up is found at its customer and its step, with its start") {
  for (const std::uint64_t seed : {1, 2}) {
    TestTable table(header);
    fill_lines(table, {.seed = seed, .creeping = 7});
    REQUIRE(table.subject().chain.has_value());
    const auto accepted = table.accepted(examine_margin_erosion);
    const auto* customer = table.about(accepted, "customer", "K07");
    REQUIRE(customer != nullptr);
    CHECK(customer->entry.effect > 0.06);
    const auto finding = table.proven(*customer);
    INFO(finding.title);
    CHECK(finding.title.starts_with(
        "Customer K07: the loss from gross sales to invoiced sales rose from 8"));
    CHECK(finding.title.find("2024") != std::string::npos);
    CHECK(finding.impact.account == findings::Account::lost);
    CHECK(finding.impact.amount > 0);
    // Its area shows it too, but not without it.
    const auto& subject = table.subject();
    const auto without = mask_without(subject, *subject.index_of("customer"), customer->value);
    for (const auto& candidate : accepted) {
      if (candidate.column == *subject.index_of("area")) CHECK_FALSE(candidate.survives(without));
      CHECK(candidate.column != no_column);  // the table as a whole moves because of it alone
    }
  }
}

TEST_CASE("a customer that always gets more than the others is found by its level") {
  TestTable table(header);
  fill_lines(table, {.seed = 4, .generous = 11});
  const auto accepted = table.accepted(examine_margin_erosion);
  const auto* customer = table.about(accepted, "customer", "K11");
  REQUIRE(customer != nullptr);
  CHECK(customer->entry.effect == doctest::Approx(0.08).epsilon(0.15));
  const auto finding = table.proven(*customer);
  CHECK(finding.title.find(" elsewhere") != std::string::npos);
  CHECK(finding.impact.low <= finding.impact.amount);
}

TEST_CASE("nothing is said where nothing erodes") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 21; seed < 29; ++seed) {
    TestTable table(header);
    fill_lines(table, {.seed = seed});
    accepted += table.accepted(examine_margin_erosion).size();
  }
  CHECK(accepted <= 1);
}

TEST_CASE("customers with terms of their own are no trait of their area") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 31; seed < 37; ++seed) {
    TestTable table(header);
    fill_lines(table, {.seed = seed, .customer_terms = 0.12});
    for (const auto& candidate : table.accepted(examine_margin_erosion))
      accepted += candidate.column == *table.subject().index_of("area") ? 1 : 0;
  }
  CHECK(accepted <= 1);
}

TEST_CASE("in a small table a loss well above the typical one is described") {
  TestTable table("sale_date,customer,product,quantity,gross_sales,net_sales");
  for (int i = 0; i < 12; ++i)
    table.row(day_text(i * 9), fmt::format("Firm {}", static_cast<char>('A' + i % 4)),
              fmt::format("Item {}", static_cast<char>('A' + i % 3)), 100, 1000, 940);
  table.row(day_text(50), "Hopper Ltd", "Item D", 500, 5000, 4250);
  const auto accepted = table.accepted(examine_margin_erosion);
  const auto* customer = table.about(accepted, "customer", "Hopper Ltd");
  REQUIRE(customer != nullptr);
  CHECK(customer->entry.fact);
  CHECK(customer->rank > table.about(accepted, "product", "Item D")->rank);
  CHECK(table.proven(*customer).title ==
        "Hopper Ltd loses 15 % from gross sales to net sales on 500 units, against 6 % for the "
        "typical customer");
  CHECK(table.about(accepted, "customer", "Firm A") == nullptr);
}

}  // namespace insights::patterns
