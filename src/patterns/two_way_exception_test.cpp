#include "findings/formula.h"
#include "patterns/all.h"
#include "patterns/test_sales.h"
#include "patterns/wording.h"

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

// The only candidate that has the column among its own; nullptr when there are none or several.
const Candidate* sole_in(const std::vector<Candidate>& candidates, std::size_t column) {
  const Candidate* found = nullptr;
  for (const auto& one : candidates) {
    if (one.column != column && one.within.front().column != column) continue;
    if (found != nullptr) return nullptr;
    found = &one;
  }
  return found;
}

frame::Mask without(const catalog::Subject& subject, const Candidate& candidate) {
  const auto first = mask_without(subject, candidate.column, candidate.value);
  auto kept =
      mask_without(subject, candidate.within.front().column, candidate.within.front().value);
  for (std::size_t row = 0; row < kept.size(); ++row) kept[row] |= first[row];
  return kept;
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
    const auto* area = sole_in(accepted, *table.subject().index_of("region"));
    REQUIRE(area != nullptr);
    // What a customer of that area shows of it is an echo: without the area's rows it is gone.
    for (const auto& one : accepted) {
      if (&one != area) CHECK(!one.survives(without(table.subject(), *area)));
    }
    const auto finding = table.proven(*area);
    INFO(finding.title);
    CHECK(finding.title.starts_with("Paint is 4"));
    CHECK(finding.title.find("of net sales in region Area D, against 1") != std::string::npos);
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
