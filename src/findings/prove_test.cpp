#include "findings/prove.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "findings/testing.h"

using namespace insights;
using namespace insights::findings;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Why the claim, changed so, cannot be proven.
std::string why_not(const std::function<void(Claim&)>& change) {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  change(claim);
  const auto finding = prove(claim, reader, {}, {});
  return finding ? "it was proven" : finding.error().message;
}

std::size_t rows_of(const Finding& finding) {
  std::size_t rows = 0;
  for (const auto& evidence : finding.evidence) rows += evidence.rows.size();
  return rows;
}

// The real database, but each query's answer can be changed on the way.
class Tampered final : public source::Source {
 public:
  Tampered(source::Source& real, std::function<void(source::Rows&)> tamper)
      : real_(real), tamper_(std::move(tamper)) {}
  sql::Dialect dialect() const override { return real_.dialect(); }
  const std::vector<source::Table>& tables() const override { return real_.tables(); }
  const std::vector<std::string>& notes() const override { return real_.notes(); }
  base::Result<source::DataVersion> version(std::stop_token stop) override {
    return real_.version(stop);
  }
  base::Result<source::Rows> query(const sql::CheckedQuery& query, const source::Limits& limits,
                                   std::stop_token stop) override {
    auto rows = real_.query(query, limits, stop);
    if (rows) tamper_(*rows);
    return rows;
  }
  base::Status scan(const sql::CheckedQuery& query, const source::Limits& limits,
                    std::stop_token stop, const source::BatchSink& sink) override {
    return real_.scan(query, limits, stop, sink);
  }

 private:
  source::Source& real_;
  std::function<void(source::Rows&)> tamper_;
};

}  // namespace

TEST_CASE("a claim becomes a finding whose every number was read from the database") {
  testing::Database database;
  auto reader = database.reader();
  const auto finding = prove(testing::discount_claim(), reader, {}, {});
  REQUIRE_MESSAGE(finding.has_value(), (finding ? "" : finding.error().message));
  CHECK(finding->title == "Bob gets 13.3 % discount, others 5 %");
  CHECK(finding->summary == "On €9K of sales until 11 Apr 2025, net is lower by €750.");
  CHECK(finding->action == "Review the terms of Bob.");
  CHECK(finding->impact.amount == doctest::Approx(749.5));
  CHECK(finding->impact.high == doctest::Approx(1499));
  CHECK(finding->impact.text == "€750 of net lost (€112 to €1.5K)");
  CHECK(finding->impact.method == "extra discount over 2 orders");
  CHECK(finding->guards[0].note == "2 orders");
  CHECK(finding->chart.title == "Orders until 11 Apr 2025");
  CHECK(finding->chart.rows.size() == 6);
  CHECK(finding->chart.chart.query == "q3");
  CHECK(finding->values.at("last_order").value == source::Cell{*base::parse_day("2025-04-11")});
  CHECK(finding->values.at("gross").binding.from == Binding{CellReference{"q1", 0, "gross"}});
  CHECK(finding->title_template == "{customer} gets {rate} discount, others {usual}");
}

TEST_CASE("evidence says what was run and keeps at most ten rows, cited ones for sure") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  auto finding = prove(claim, reader, {}, {}).value();
  CHECK(finding.evidence.size() == 3);
  CHECK(finding.evidence[0].dialect == "duckdb");
  CHECK(finding.evidence[0].row_count == 1);
  CHECK(rows_of(finding) == 8);
  // Ten more rows in front of the cited ones of the second query.
  claim.evidence[1].sql = "SELECT 0.05 AS rate FROM sales, range(20)";
  claim.values.at("usual").from = CellReference{"b", 8, "rate"};
  const auto full = prove(claim, reader, {}, {});
  REQUIRE(full.has_value());
  CHECK(full->evidence[0].rows.size() == 1);
  CHECK(full->evidence[1].rows.size() == 9);
  CHECK(full->evidence[1].row_count == 120);
  CHECK(full->evidence[2].rows.empty());
  CHECK(rows_of(*full) == rows_shown_max);
}

TEST_CASE("a query that gives more than the limit is cut and says so") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  claim.evidence[2].sql =
      "SELECT day, customer, net, i FROM sales, range(100) AS many(i) ORDER BY ALL";
  const auto finding = prove(claim, reader, {}, {}).value();
  CHECK(finding.evidence[2].truncated);
  CHECK(finding.evidence[2].row_count == 200);
  CHECK(finding.chart.rows.size() == chart_rows_max);
}

TEST_CASE("the same query in two claims runs once") {
  testing::Database database;
  auto reader = database.reader();
  auto second = testing::discount_claim();
  for (auto& query : second.evidence) query.id += "x";
  second.chart.query = "cx";
  const auto rename = [](Binding& binding) {
    binding = with_queries_renamed(binding, {{"a", "ax"}, {"b", "bx"}}).value();
  };
  for (auto& [name, value] : second.values) rename(value.from);
  for (auto* amount : {&second.impact.amount, &second.impact.low, &second.impact.high})
    rename(*amount);
  const auto one = prove(testing::discount_claim(), reader, {}, {}).value();
  const auto other = prove(second, reader, {}, {}).value();
  CHECK(reader.queries_run() == 3);
  CHECK(one == other);
}

TEST_CASE("a claim without money has no impact text, and one in units has no currency") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  claim.impact = {};
  CHECK(prove(claim, reader, {}, {}).value().impact.text.empty());
  claim.impact = testing::discount_claim().impact;
  claim.impact.account = Account::none;
  CHECK(prove(claim, reader, {}, {}).value().impact.text == "€750 of net (€112 to €1.5K)");
  claim.impact.account = Account::opportunity;
  claim.impact.is_money = false;
  claim.impact.unit = "units";
  claim.impact.of.clear();
  claim.impact.per = "month";
  claim.impact.low = claim.impact.amount;
  CHECK(prove(claim, reader, {}, {}).value().impact.text ==
        "750 units a month to gain (750 to 1,499)");
  claim.impact.high = claim.impact.amount;
  CHECK(prove(claim, reader, {}, {}).value().impact.text == "750 units a month to gain");
}

TEST_CASE("what the evidence does not bear out is not proven, and the reason is told") {
  CHECK(has(why_not([](Claim& claim) { claim.title = "{customer} gets 13 %"; }), "not bound"));
  CHECK(has(why_not([](Claim& claim) { claim.action = "Call within 3 days"; }), "not bound"));
  CHECK(has(why_not([](Claim& claim) { claim.guards[0].note = "12 rows"; }), "not bound"));
  CHECK(has(why_not([](Claim& claim) { claim.impact.method = "times 3"; }), "not bound"));
  CHECK(has(why_not([](Claim& claim) { claim.chart.title = "2025"; }), "not bound"));
  CHECK(has(why_not([](Claim& claim) { claim.summary = "{nothing}"; }), "no value"));
  CHECK(has(why_not([](Claim& claim) { claim.title.clear(); }), "title"));
  CHECK(has(why_not([](Claim& claim) { claim.summary = std::string(600, 'x'); }), "at most 600"));
  CHECK(has(why_not([](Claim& claim) { claim.evidence.clear(); }), "without evidence"));
  CHECK(has(why_not([](Claim& claim) { claim.evidence[1].id = "a"; }), "two queries \"a\""));
  CHECK(has(why_not([](Claim& claim) { claim.evidence[0].sql = "DELETE FROM sales"; }), "SELECT"));
  CHECK(has(why_not([](Claim& claim) { claim.evidence[0].sql += " HAVING false"; }), "no row 0"));
  CHECK(has(
      why_not([](Claim& claim) { claim.values.at("gross").from = CellReference{"z", 0, "gross"}; }),
      "no query \"z\""));
  CHECK(has(why_not([](Claim& claim) {
              claim.values.at("gross").from = CellReference{"a", 10, "gross"};
            }),
            "no row"));
  CHECK(
      has(why_not([](Claim& claim) { claim.values.at("measure").format = Format::date; }), "text"));
  CHECK(has(why_not([](Claim& claim) { claim.values.at("customer").format = Format::money; }),
            "text"));
  CHECK(has(why_not([](Claim& claim) { claim.values.at("measure").from = CatalogName{"₹9M"}; }),
            "not the name"));
  CHECK(
      has(why_not([](Claim& claim) { claim.chart.y.column = "absent"; }), "no column \"absent\""));
  CHECK(has(why_not([](Claim& claim) { claim.chart.query = "z"; }), "chart's query"));
  CHECK(has(why_not([](Claim& claim) {
              claim.evidence[2].sql = "SELECT day, customer, net FROM sales LIMIT 0";
            }),
            "no rows"));
}

TEST_CASE("an impact must lie within its own range, and money has a direction") {
  CHECK(
      has(why_not([](Claim& claim) { std::swap(claim.impact.low, claim.impact.high); }), "range"));
  CHECK(has(why_not([](Claim& claim) { claim.impact.low = Binding{}; }), "no query"));
  CHECK(has(why_not([](Claim& claim) { claim.impact.per = "fortnight"; }), "per"));
  CHECK(has(why_not([](Claim& claim) { claim.impact.amount = Binding{}; }), "no query"));
  CHECK(has(why_not([](Claim& claim) {
              for (auto* amount : {&claim.impact.amount, &claim.impact.low, &claim.impact.high}) {
                *amount = Formula{"0 - n", {{"n", CellReference{"a", 0, "net"}}}};
              }
            }),
            "below zero"));
  CHECK(has(why_not([](Claim& claim) {
              claim.impact.high = Formula{"n / (n - n)", {{"n", CellReference{"a", 0, "net"}}}};
            }),
            "division by zero"));
}

TEST_CASE("numbers that are none never get into a finding") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(has(why_not([&](Claim& claim) { claim.test.statistic = infinity; }), "not finite"));
  CHECK(has(why_not([](Claim& claim) {
              claim.evidence[1].sql = "SELECT 'nan'::DOUBLE AS rate FROM sales LIMIT 1";
            }),
            "finite"));
  CHECK(has(why_not([](Claim& claim) {
              claim.evidence[2].sql = "SELECT day, customer, 'inf'::DOUBLE AS net FROM sales";
            }),
            "finite"));
  CHECK(has(why_not([](Claim& claim) {
              claim.evidence[1].sql = "SELECT NULL::DOUBLE AS rate FROM sales LIMIT 1";
            }),
            "null"));
}

TEST_CASE("a finding is confirmed when its evidence gives the same again") {
  testing::Database database;
  auto reader = database.reader();
  const auto finding = prove(testing::discount_claim(), reader, {}, {}).value();
  auto fresh = database.reader();
  const auto status = confirm(finding, fresh, {}, {});
  CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().message));
  CHECK(fresh.queries_run() == 3);
}

TEST_CASE("a value that changes between two runs is not published") {
  testing::Database database;
  auto reader = database.reader();
  auto claim = testing::discount_claim();
  claim.evidence[1].sql = "SELECT random() / 100 AS rate FROM sales LIMIT 1";
  const auto finding = prove(claim, reader, {}, {}).value();
  auto fresh = database.reader();
  const auto status = confirm(finding, fresh, {}, {});
  REQUIRE_FALSE(status.has_value());
  CHECK(has(status.error().message, "values.extra was "));
}

TEST_CASE(
    "any kept cell that comes back different stops publication, a last digit of a sum does not") {
  testing::Database database;
  auto reader = database.reader();
  const auto finding = prove(testing::discount_claim(), reader, {}, {}).value();
  const auto confirmed = [&](const std::function<void(source::Rows&)>& tamper) {
    Tampered tampered(database.source(), tamper);
    EvidenceReader fresh(tampered, database.gate());
    return confirm(finding, fresh, {}, {}).has_value();
  };
  CHECK(confirmed([](source::Rows&) {}));
  CHECK(confirmed([](source::Rows& rows) {
    for (auto& row : rows.rows) {
      for (auto& cell : row) {
        if (auto* real = std::get_if<double>(&cell)) *real *= 1 + 1e-15;
      }
    }
  }));
  CHECK_FALSE(confirmed([](source::Rows& rows) {
    if (rows.rows.size() == 6) rows.rows[5][1] = std::string("Dan");
  }));
  CHECK_FALSE(confirmed([](source::Rows& rows) { rows.truncated = true; }));
  CHECK_FALSE(confirmed([](source::Rows& rows) {
    if (rows.rows.size() == 6) rows.rows.pop_back();
  }));
  CHECK_FALSE(confirmed([](source::Rows& rows) {
    if (rows.rows.size() == 6) rows.rows.push_back(rows.rows[0]);
  }));
}

TEST_CASE("a stop ends proof and confirmation without a verdict") {
  testing::Database database;
  auto reader = database.reader();
  std::stop_source stop;
  stop.request_stop();
  const auto finding = prove(testing::discount_claim(), reader, {}, stop.get_token());
  CHECK(finding.error().kind == base::ErrorKind::cancelled);
}
