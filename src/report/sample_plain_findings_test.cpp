// Findings of the sample run without a test, and one whose names try to act. No test is here: it is
// named as one so that only tests are built with it.
#include <limits>

#include "report/sample_findings.h"
#include "report/sample_run.h"

namespace insights::report {

using findings::Account;
using findings::CellReference;
using findings::Finding;
using findings::GuardStatus;
using findings::Severity;
using findings::Strength;

Finding one_of_two_quiet() {
  Finding finding;
  finding.id = "f-5";
  finding.fingerprint = "group_share / area=Islands";
  finding.pattern = "group_share";
  finding.family = "facts";
  finding.severity = Severity::low;
  finding.strength = Strength::descriptive;
  finding.title = "Islands has 2 customers, and 1 of them has gone quiet";
  finding.summary = "Half of the sales there hang on the other one.";
  finding.action = "Visit both customers of Islands.";
  finding.columns = {"area"};
  finding.impact = {.account = Account::at_risk,
                    .amount_from = CellReference{"q9", 0, "net"},
                    .low_from = CellReference{"q9", 0, "net"},
                    .high_from = CellReference{"q9", 0, "net"},
                    .amount = 5'512,
                    .low = 5'512,
                    .high = 5'512,
                    .unit = "",
                    .is_money = true,
                    .per = "year",
                    .method = "its net sales of last year",
                    .method_template = "",
                    .text = "5.51K of net sales a year at risk",
                    .of_template = "net sales"};
  finding.test.name = "";
  finding.guards = {guard("minimum_sample", GuardStatus::downgraded, "12 rows are too few to test"),
                    guard("season", GuardStatus::not_applicable, "")};
  finding.evidence = {
      {.id = "q9",
       .dialect = "duckdb",
       .sql = "SELECT 1",
       .columns = {"customer", "net", "odd"},
       .rows = {{text("Skerry Supplies"), std::numeric_limits<double>::quiet_NaN(), count(3)},
                {text("Wick Marine"), 5512.0, text("three")}},
       .row_count = 2}};
  finding.chart = {};
  finding.scope = scope_of("orders", finding.entities);
  return finding;
}

Finding hostile_names() {
  Finding finding;
  finding.id = "f-6";
  finding.fingerprint = std::string("top_names / name=") + hostile_image;
  finding.pattern = "top_names";
  finding.family = "facts";
  finding.severity = Severity::low;
  finding.strength = Strength::model_claim;
  finding.title = std::string(hostile_image) + " sells more than " + hostile_script;
  finding.summary = std::string("Beside it stand ") + hostile_link + ", " + hostile_escape +
                    " and " + hostile_reversed +
                    "; mail *someone*@example.com or see https://example.com/?a=1&b=2 `now` | #1";
  finding.action = std::string("Ask ") + hostile_escape + " about it.";
  finding.columns = {"shop`name"};
  finding.impact.text = "";
  finding.test = {.name = "exact <b>binomial</b>",
                  .statistic = 1.2,
                  .p = 0.2,
                  .q = 0.4,
                  .effect_name = "",
                  .effect = 0,
                  .interval_low = {},
                  .interval_high = {},
                  .tested_in_family = 3};
  finding.guards = {guard("one_entity", GuardStatus::downgraded, hostile_image)};
  finding.evidence = {{.id = "q10",
                       .dialect = "duckdb",
                       .sql = std::string("SELECT '```' AS fence, '") + hostile_script +
                              "' AS script, '" + hostile_escape + "'\r\n-- " + hostile_reversed,
                       .columns = {"shop`name", "<b>net</b>"},
                       .rows = {{text(hostile_image), -12.0}, {text(hostile_link), 8.5}},
                       .row_count = 2}};
  auto& chart = finding.chart;
  chart.chart =
      chart_of(Mark::bar, "Net change by shop", "q11", {"shop`name", "Shop", Kind::nominal, ""},
               {"<b>net</b>", "<b>Net</b> change", Kind::quantitative, ""});
  chart.chart.highlight = hostile_image;
  chart.title = std::string("Net change by shop, ") + hostile_script;
  chart.columns = {"shop`name", "<b>net</b>"};
  chart.rows = {{text(hostile_image), -1220.0},  {text(hostile_script), 850.0},
                {text(hostile_link), 640.0},     {text(hostile_escape), 500.5},
                {text(hostile_reversed), 12.25}, {text("'); alert(1); ('"), -80.0}};
  return finding;
}

Finding monthly_outlier() {
  Finding finding;
  finding.id = "f-7";
  finding.fingerprint = "period_outlier / month=2025-03";
  finding.pattern = "period_outlier";
  finding.family = "series";
  finding.severity = Severity::low;
  finding.strength = Strength::descriptive;
  finding.title = "Mar 2025 earned 42 % less than the season leads to expect";
  finding.summary = "Every other month of the last year is within 9 % of its expectation.";
  finding.columns = {"order_day"};
  finding.guards = {guard("season", GuardStatus::passed, "")};
  finding.evidence = {{.id = "q12",
                       .dialect = "duckdb",
                       .sql = "SELECT month, profit FROM months",
                       .columns = {"month", "profit"},
                       .rows = {{day(2025, 3, 1), -4100.0}},
                       .row_count = 1}};
  auto& chart = finding.chart;
  chart.chart =
      chart_of(Mark::bar, "Profit by month", "q13", {"month", "Month", Kind::temporal, ""},
               {"profit", "Profit", Kind::quantitative, "INR"});
  chart.chart.highlight = "2025-03-01";
  chart.title = "Profit by month";
  chart.columns = {"month", "profit"};
  for (int month = 1; month <= 12; ++month)
    chart.rows.push_back(
        {day(2025, month, 1), month == 3 ? -4100.0 : 21'000.0 + 900.0 * (month % 5)});
  return finding;
}

}  // namespace insights::report
