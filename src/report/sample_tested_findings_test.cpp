// Findings of the sample run that stand on a test. No test is here: it is named as one so that only
// tests are built with it.
#include <cmath>

#include "report/sample_findings.h"

namespace insights::report {

using findings::Account;
using findings::CellReference;
using findings::Finding;
using findings::Format;
using findings::GuardStatus;
using findings::Severity;
using findings::Strength;

namespace {

findings::ProvenChart silent_chart() {
  findings::ProvenChart chart;
  chart.chart = chart_of(Mark::line, "Net sales of {customer}, by month", "q2",
                         {"month", "Month", Kind::temporal, ""},
                         {"net", "Net sales", Kind::quantitative, "INR"});
  chart.title = "Net sales of Malabar Trading Company, by month";
  chart.columns = {"month", "net"};
  const int thousands[] = {31, 36, 34, 41, 38, 44, 40, 37, 45, 42, 39, 41,
                           43, 38, 40, 44, 47, 41, 36, 39, 12, 0,  0};
  for (int at = 0; at < 23; ++at) {
    chart.rows.push_back({day(2024 + at / 12, at % 12 + 1, 1), 1000.0 * thousands[at] + 12.5});
  }
  return chart;
}

findings::Impact silent_impact() {
  return {
      .account = Account::at_risk,
      .amount_from = findings::Formula{"net / months",
                                       {{"net", CellReference{"q1", 0, "net"}}, {"months", 12.0}}},
      .low_from = CellReference{"q1", 0, "low"},
      .high_from = CellReference{"q1", 0, "high"},
      .amount = 39'912.5,
      .low = 31'020.1,
      .high = 52'011.75,
      .unit = "INR",
      .is_money = true,
      .per = "month",
      .method = "mean monthly net sales of the 12 months before the last order",
      .method_template = "mean monthly {measure} of the {months} before the last order",
      .text =
          "\xe2\x82\xb9"
          "39.9K of net sales a month at risk (\xe2\x82\xb9"
          "31K to \xe2\x82\xb9"
          "52K)",
      .of_template = "net sales"};
}

std::map<std::string, findings::Value> silent_values() {
  std::map<std::string, findings::Value> values;
  values["customer"] = value("q1", "name", Format::text, "", text("Malabar Trading Company"),
                             "Malabar Trading Company");
  values["last"] = value("q1", "last_order", Format::date, "", day(2025, 8, 1), "1 Aug 2025");
  values["gap"] = value("q1", "gap", Format::days, "", 17.25, "17 days");
  values["silence"] = {
      .binding = {findings::Formula{"end - last",
                                    {{"end", CellReference{"q1", 0, "data_end"}},
                                     {"last", CellReference{"q1", 0, "last_order"}}}},
                  Format::days, ""},
      .value = 92.0,
      .text = "92 days"};
  return values;
}

}  // namespace

Finding silent_customer() {
  Finding finding;
  finding.id = "f-1";
  finding.fingerprint = "customer_silent / customer_id=C0418";
  finding.pattern = "customer_silent";
  finding.family = "rhythm";
  finding.severity = Severity::high;
  finding.strength = Strength::significant;
  finding.title = "Malabar Trading Company stopped ordering";
  finding.summary =
      "Its last order was on 1 Aug 2025, 92 days before the data ends; until then it ordered every "
      "17 days.";
  finding.action =
      "Call Malabar Trading Company this week; ask whether a competitor has taken over, and offer "
      "to keep the "
      "price of its last order.";
  finding.title_template = "{customer} stopped ordering";
  finding.summary_template =
      "Its last order was on {last}, {silence} before the data ends; until then it ordered every "
      "{gap}.";
  finding.action_template = "Call {customer} this week; ask whether a competitor has taken over.";
  finding.columns = {"customer_id", "order_day", "net_sales"};
  finding.entities = {{"customer_id", "C0418", "Malabar Trading Company"}};
  finding.values = silent_values();
  finding.impact = silent_impact();
  finding.test = {.name = "gamma-renewal gap",
                  .statistic = 5.35,
                  .p = 0.00041,
                  .q = 0.0061,
                  .effect_name = "times its own gap",
                  .effect = 5.35,
                  .interval_low = 3.1,
                  .interval_high = 9.8,
                  .tested_in_family = 312};
  finding.guards = usual_guards();
  finding.evidence = {
      {.id = "q1",
       .dialect = "duckdb",
       .sql = "SELECT name, max(order_day) AS last_order, avg(gap) AS gap,\n       sum(net_sales) "
              "AS net\n"
              "FROM orders\nWHERE customer_id = 'C0418'\nGROUP BY name",
       .columns = {"name", "last_order", "gap", "net", "low", "high", "data_end", "is_key_account",
                   "read_at"},
       .rows = {{text("Malabar Trading Company"), day(2025, 8, 1), 17.25, 478950.0, 31020.1,
                 52011.75, day(2025, 11, 1), true, base::Moment{1'762'000'000'000'125}}},
       .row_count = 1}};
  finding.chart = silent_chart();
  finding.scope = {.table = "orders",
                   .equals = finding.entities,
                   .from = std::nullopt,
                   .to = base::day_of({2025, 11, 1})};
  finding.also = {"Fewer orders from the coast"};
  finding.surprise = 0.97;
  finding.actionability = 1.3;
  finding.score = 4.2123456789012345;
  finding.topics = {"customer_churn", "customer"};
  return finding;
}

namespace {

findings::Impact returned_impact() {
  return {.account = Account::lost,
          .amount_from = CellReference{"q3", 0, "cost"},
          .low_from = CellReference{"q3", 0, "cost"},
          .high_from = CellReference{"q3", 0, "cost"},
          .amount = 18'240,
          .low = 14'900,
          .high = 21'700,
          .unit = "GBP",
          .is_money = true,
          .per = "",
          .method = "returns above the usual rate, at the value of a line",
          .method_template = "",
          .text =
              "\xc2\xa3"
              "18.2K lost (\xc2\xa3"
              "14.9K to \xc2\xa3"
              "21.7K)",
          .of_template = ""};
}

findings::ProvenChart returned_chart() {
  findings::ProvenChart chart;
  chart.chart =
      chart_of(Mark::bar, "Returned lines by batch", "q4", {"batch", "Batch", Kind::nominal, ""},
               {"share", "Share returned", Kind::quantitative, "%"});
  chart.chart.highlight = "B-2207";
  chart.title = "Returned lines by batch";
  chart.columns = {"batch", "share"};
  chart.rows = {{text("B-2207"), 0.113}, {text("B-2198"), 0.025},  {text("B-2211"), 0.0213},
                {text("B-2190"), 0.018}, {text("B-2203"), 0.0151}, {text("B-2215"), 0.0149},
                {text("B-2188"), 0.011}, {text("B-2220"), 0.0}};
  return chart;
}

}  // namespace

Finding returned_batch() {
  Finding finding;
  finding.id = "f-2";
  finding.fingerprint = "rate_outlier / returned / batch=B-2207";
  finding.pattern = "rate_outlier";
  finding.family = "rates";
  finding.severity = Severity::high;
  finding.strength = Strength::significant;
  finding.title = "Batch B-2207 is returned 7.5 times as often as other batches";
  finding.summary =
      "11.3 % of its 733 lines came back, against 1.5 % of all other lines: 72 returns more than "
      "usual.";
  finding.action =
      "Hold what is left of batch B-2207 and have quality look at the line that filled it.";
  finding.columns = {"batch", "returned"};
  finding.entities = {{"batch", "B-2207", "B-2207"}};
  finding.values["times"] = value("q3", "lift", Format::multiple, "", 7.5, "7.5 times");
  finding.values["share"] = value("q3", "share", Format::percent, "", 0.113, "11.3 %");
  finding.values["column"] = {.binding = {findings::CatalogName{"returned_2"}, Format::text, ""},
                              .value = text("returned_2"),
                              .text = "returned_2"};
  finding.impact = returned_impact();
  finding.test = {.name = "exact binomial against the rest",
                  .statistic = 83,
                  .p = 3.2e-19,
                  .q = 4.4e-16,
                  .effect_name = "times the rate of the rest",
                  .effect = 7.5,
                  .interval_low = 5.9,
                  .interval_high = 9.4,
                  .tested_in_family = 1'404};
  finding.guards = usual_guards();
  finding.evidence = {{.id = "q3",
                       .dialect = "duckdb",
                       .sql = "SELECT batch, avg(returned::INT) AS share, count(*) AS lines FROM "
                              "lines GROUP BY batch ORDER BY share DESC",
                       .columns = {"batch", "share", "lines"},
                       .rows = {{text("B-2207"), 0.11323328785811733, count(733)},
                                {text("B-2198"), 0.025, count(640)},
                                {text("B-2211"), 0.0213, count(704)}},
                       .row_count = 148}};
  finding.chart = returned_chart();
  finding.scope = scope_of("lines", finding.entities);
  finding.surprise = 1;
  finding.score = 3.9;
  return finding;
}

namespace {

findings::ProvenChart creep_chart() {
  findings::ProvenChart chart;
  chart.chart = chart_of(Mark::line, "Discount as a share of gross sales", "q6",
                         {"month", "Month", Kind::temporal, ""},
                         {"share", "Discount", Kind::quantitative, "%"});
  chart.chart.series = "customer";
  chart.chart.highlight = "Kestrel Garages";
  chart.title = "Discount as a share of gross sales";
  chart.columns = {"month", "customer", "share"};
  const char* others[] = {"Ashdown Motors", "Brightwater Fleet", "Corran Haulage", "Dunmore Tyres",
                          "Kestrel Garages"};
  for (int series = 0; series < 5; ++series) {
    for (int at = 0; at < 22; ++at) {
      const double creep =
          series == 4 ? (at < 6 ? 0.08 : 0.08 + 0.0094 * (at - 6)) : 0.055 + 0.004 * series;
      chart.rows.push_back({day(2024 + at / 12, at % 12 + 1, 1), text(others[series]),
                            creep + 0.006 * std::sin(at * 1.7 + series)});
    }
  }
  return chart;
}

}  // namespace

Finding discount_creep() {
  Finding finding;
  finding.id = "f-3";
  finding.fingerprint = "ratio_shift / discount / customer_id=C0099";
  finding.pattern = "ratio_shift";
  finding.family = "series";
  finding.severity = Severity::medium;
  finding.strength = Strength::significant;
  finding.title = "Discount to Kestrel Garages crept from 8 % to 22 %";
  finding.summary =
      "It has risen every month since Jul 2024, while all other customers stayed near 6 %.";
  finding.action =
      "Put the discount of Kestrel Garages back on the agenda of its next yearly talk.";
  finding.columns = {"discount", "customer_id"};
  finding.entities = {{"customer_id", "C0099", "Kestrel Garages"}};
  finding.impact = {
      .account = Account::lost,
      .amount_from = CellReference{"q5", 0, "cost"},
      .low_from = CellReference{"q5", 0, "cost"},
      .high_from = CellReference{"q5", 0, "cost"},
      .amount = 11'350,
      .low = 9'800,
      .high = 12'700,
      .unit = "INR",
      .is_money = true,
      .per = "month",
      .method = "discount points above the level before, times gross sales of the last 12 months",
      .method_template = "",
      .text =
          "\xe2\x82\xb9"
          "11.4K of gross sales a month lost (\xe2\x82\xb9"
          "9.8K to \xe2\x82\xb9"
          "12.7K)",
      .of_template = "gross sales"};
  finding.test = {.name = "best of line, step and hinge",
                  .statistic = 44.2,
                  .p = 0.0000018,
                  .q = 0.00021,
                  .effect_name = "percentage points",
                  .effect = 14,
                  .interval_low = std::nullopt,
                  .interval_high = std::nullopt,
                  .tested_in_family = 880};
  finding.guards = usual_guards();
  finding.guards.push_back(
      guard("one_entity", GuardStatus::downgraded, "half of the effect is one product"));
  finding.evidence = {{.id = "q5",
                       .dialect = "duckdb",
                       .sql = "SELECT month, sum(discount) / sum(gross) AS share FROM lines WHERE "
                              "customer_id = 'C0099' GROUP BY month",
                       .columns = {"month", "share", "note"},
                       .rows = {{day(2024, 7, 1), 0.08, Cell{}}, {day(2025, 10, 1), 0.22, Cell{}}},
                       .row_count = 23,
                       .truncated = false}};
  finding.chart = creep_chart();
  finding.scope = scope_of("lines", finding.entities);
  finding.surprise = 0.9;
  finding.score = 3.1;
  return finding;
}

Finding retention_by_area() {
  Finding finding;
  finding.id = "f-4";
  finding.fingerprint = "retention / area=Coast";
  finding.pattern = "retention";
  finding.family = "rates";
  finding.severity = Severity::medium;
  finding.strength = Strength::significant;
  finding.title = "Coast keeps fewer of its customers than other areas";
  finding.summary =
      "It kept 61 % of its 118 customers of last year; all other areas together kept 78 %.";
  finding.action = "Ask the customers that Coast lost why they left, beginning with the largest.";
  finding.columns = {"area", "customer_id"};
  finding.entities = {{"area", "Coast", "Coast"}};
  finding.impact = {.account = Account::opportunity,
                    .amount_from = CellReference{"q7", 0, "gain"},
                    .low_from = CellReference{"q7", 0, "gain"},
                    .high_from = CellReference{"q7", 0, "gain"},
                    .amount = 120,
                    .low = 40,
                    .high = 210,
                    .unit = "hours",
                    .is_money = false,
                    .per = "year",
                    .method = "calls saved at the rate of the other areas",
                    .method_template = "",
                    .text = "120 hours a year to be gained (40 to 210)",
                    .of_template = ""};
  finding.test = {.name = "two proportions",
                  .statistic = 3.1,
                  .p = 0.0019,
                  .q = 0.021,
                  .effect_name = "percentage points",
                  .effect = -17,
                  .interval_low = -27,
                  .interval_high = -6.5,
                  .tested_in_family = 64};
  finding.guards = usual_guards();
  finding.evidence = {{.id = "q7",
                       .dialect = "duckdb",
                       .sql = "SELECT area, avg(kept) AS kept FROM customers GROUP BY area",
                       .columns = {"area", "kept"},
                       .rows = {{text("Coast"), 0.61}},
                       .row_count = 1000,
                       .truncated = true}};
  auto& chart = finding.chart;
  chart.chart =
      chart_of(Mark::point, "Customers kept, by area", "q8", {"area", "Area", Kind::nominal, ""},
               {"kept", "Customers kept", Kind::quantitative, "%"});
  chart.chart.highlight = "Coast";
  chart.chart.low = "low";
  chart.chart.high = "high";
  chart.title = "Customers kept, by area";
  chart.columns = {"area", "kept", "low", "high"};
  chart.rows = {{text("Highlands"), 0.82, 0.74, 0.88},
                {text("Midlands"), 0.79, 0.72, 0.85},
                {text("Capital"), 0.77, 0.73, 0.81},
                {text("Coast"), 0.61, 0.52, 0.69}};
  finding.scope = scope_of("customers", finding.entities);
  return finding;
}

}  // namespace insights::report
