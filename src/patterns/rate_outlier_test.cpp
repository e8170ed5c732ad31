#include "patterns/all.h"
#include "patterns/rates.h"
#include "patterns/test_table.h"
#include "patterns/wording.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

// 6,000 lines over two years, 40 batches of 8 products, 60 customers in 4 areas; 2 % come back, of
// `bad_batch` `rate`.
void fill_lines(TestTable& table, std::uint64_t seed, int bad_batch, double bad_rate,
                double customer_habit = 0) {
  stats::Random random(seed);
  std::vector<double> habit(60, 0.02);
  for (auto& one : habit) one = std::max(0.0, 0.02 + customer_habit * (random.uniform() - 0.5));
  for (int i = 0; i < 6000; ++i) {
    const auto customer = random.below(60);
    const auto batch = static_cast<int>(random.below(40));
    const double rate = batch == bad_batch ? bad_rate : customer_habit > 0 ? habit[customer] : 0.02;
    const bool back = random.uniform() < rate;
    table.row(day_text(i * 730 / 6000), fmt::format("C{:03}", customer),
              fmt::format("Area {}", customer % 4), fmt::format("L{:02}", batch),
              fmt::format("Item {}", batch % 8), 100 + random.below(50), back ? 1 : 0);
  }
}

}  // namespace

TEST_CASE("a batch whose lines come back too often is found, with its rate and what it costs") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    TestTable table("order_date,customer,area,batch,product,net_sales,returned");
    fill_lines(table, seed, 17, 0.2);
    const auto accepted = table.accepted(examine_rate_outlier);
    const auto* batch = table.about(accepted, "batch", "L17");
    REQUIRE(batch != nullptr);
    CHECK(batch->entry.effect > 4);
    CHECK(batch->impact > 0);
    const auto finding = table.proven(*batch);
    INFO(finding.title);
    CHECK(finding.title.starts_with("Batch L17 (product Item 1): "));
    CHECK(finding.title.find(" % of its rows are returned, against ") != std::string::npos);
    CHECK(finding.impact.account == findings::Account::at_risk);
    CHECK(finding.impact.low <= finding.impact.amount);
    // Its product is above the rest as well, but not without the batch.
    const auto* product = table.about(accepted, "product", "Item 1");
    if (product != nullptr) {
      const auto& subject = table.subject();
      CHECK_FALSE(
          product->survives(mask_without(subject, *subject.index_of("batch"), batch->value)));
      CHECK(batch->survives({}));
    }
  }
}

TEST_CASE("where nothing stands out, nothing is said") {
  int accepted = 0;
  for (std::uint64_t seed = 11; seed < 21; ++seed) {
    TestTable table("order_date,customer,area,batch,product,net_sales,returned");
    fill_lines(table, seed, -1, 0);
    accepted += static_cast<int>(table.accepted(examine_rate_outlier).size());
  }
  CHECK(accepted <= 1);
}

TEST_CASE("areas do not stand out because their customers have habits of their own") {
  int areas = 0;
  for (std::uint64_t seed = 31; seed < 41; ++seed) {
    TestTable table("order_date,customer,area,batch,product,net_sales,returned");
    fill_lines(table, seed, -1, 0, 0.3);
    for (const auto& candidate : table.accepted(examine_rate_outlier)) {
      areas += candidate.column == *table.subject().index_of("area") ? 1 : 0;
    }
  }
  CHECK(areas <= 1);
}

TEST_CASE("what came back is told in units when rows of negative quantity mark it") {
  stats::Random random(5);
  TestTable table("order_date,customer,product,quantity,net_sales");
  for (int i = 0; i < 5000; ++i) {
    const auto product = random.below(20);
    const bool back = random.uniform() < (product == 7 ? 0.15 : 0.02);
    const int quantity = static_cast<int>(5 + random.below(10)) * (back ? -1 : 1);
    table.row(day_text(i * 700 / 5000), fmt::format("C{:03}", random.below(80)),
              fmt::format("Item {}", static_cast<char>('A' + product)), quantity, quantity * 12.5);
  }
  const auto accepted = table.accepted(examine_rate_outlier);
  const auto* product = table.about(accepted, "product", "Item H");
  REQUIRE(product != nullptr);
  const auto finding = table.proven(*product);
  CHECK(finding.title.find("units came back") != std::string::npos);
  CHECK(finding.impact.account == findings::Account::lost);
}

TEST_CASE("a small table is described, in the bad direction only") {
  TestTable table("sale_date,customer,product,quantity,net_sales");
  for (int i = 0; i < 12; ++i)
    table.row(day_text(i * 9), fmt::format("C{}", i % 4),
              fmt::format("Item {}", static_cast<char>('A' + i % 3)), 100, 1000);
  table.row(day_text(110), "C9", "Item Z", 300, 3000);
  table.row(day_text(118), "C9", "Item Z", -50, -500);
  const auto accepted = table.accepted(examine_rate_outlier);
  const auto* product = table.about(accepted, "product", "Item Z");
  REQUIRE(product != nullptr);
  for (const auto& candidate : accepted) CHECK(candidate.entry.fact);
  CHECK(table.about(accepted, "product", "Item A") == nullptr);
  const auto finding = table.proven(*product);
  CHECK(finding.title == "Item Z: 50 of 300 units came back, 16.7 %");
}

}  // namespace insights::patterns
