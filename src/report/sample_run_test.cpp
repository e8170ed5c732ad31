// The sample run of sample_run.h. No test is here: it is named as one so that only tests are built with it.
#include "report/sample_run.h"

#include <cmath>
#include <limits>

namespace insights::report {

namespace {

using base::Day;
using findings::Account;
using findings::CellReference;
using findings::Finding;
using findings::Format;
using findings::GuardStatus;
using findings::Severity;
using findings::Strength;
using source::Cell;
using Mark = findings::Chart::Mark;
using Kind = findings::Chart::Axis::Kind;

Cell text(const char* value) { return std::string(value); }
Cell count(std::int64_t value) { return value; }
Cell day(int year, int month, int of_month) { return base::day_of({year, month, of_month}); }

findings::Value value(const char* query, const char* column, Format format, const char* unit, Cell cell,
                      const char* shown) {
  return {.binding = {CellReference{query, 0, column}, format, unit}, .value = std::move(cell), .text = shown};
}

findings::ProvenGuard guard(const char* name, GuardStatus status, const char* note) {
  return {.name = name, .status = status, .note = note, .note_template = note};
}

std::vector<findings::ProvenGuard> usual_guards() {
  return {guard("partial_period", GuardStatus::passed, "the last month is whole"),
          guard("season", GuardStatus::passed, "the same months of the year before show no such gap"),
          guard("fan_out", GuardStatus::not_applicable, "one table, nothing is joined"),
          guard("minimum_sample", GuardStatus::passed, "")};
}

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
      "Its last order was on 1 Aug 2025, 92 days before the data ends; until then it ordered every 17 days.";
  finding.action =
      "Call Malabar Trading Company this week; ask whether a competitor has taken over, and offer to keep the "
      "price of its last order.";
  finding.title_template = "{customer} stopped ordering";
  finding.summary_template =
      "Its last order was on {last}, {silence} before the data ends; until then it ordered every {gap}.";
  finding.action_template = "Call {customer} this week; ask whether a competitor has taken over.";
  finding.columns = {"customer_id", "order_day", "net_sales"};
  finding.entities = {{"customer_id", "C0418", "Malabar Trading Company"}};
  finding.values["customer"] = value("q1", "name", Format::text, "", text("Malabar Trading Company"), "Malabar Trading Company");
  finding.values["last"] = value("q1", "last_order", Format::date, "", day(2025, 8, 1), "1 Aug 2025");
  finding.values["gap"] = value("q1", "gap", Format::days, "", 17.25, "17 days");
  finding.values["silence"] = {
      .binding = {findings::Formula{"end - last", {{"end", CellReference{"q1", 0, "data_end"}},
                                                   {"last", CellReference{"q1", 0, "last_order"}}}},
                  Format::days, ""},
      .value = 92.0, .text = "92 days"};
  finding.impact = {.account = Account::at_risk,
                    .amount_from = findings::Formula{"net / months", {{"net", CellReference{"q1", 0, "net"}}, {"months", 12.0}}},
                    .low_from = CellReference{"q1", 0, "low"}, .high_from = CellReference{"q1", 0, "high"},
                    .amount = 39'912.5, .low = 31'020.1, .high = 52'011.75, .unit = "INR", .is_money = true, .per = "month",
                    .method = "mean monthly net sales of the 12 months before the last order",
                    .method_template = "mean monthly {measure} of the {months} before the last order",
                    .text = "\xe2\x82\xb9" "39.9K of net sales a month at risk (\xe2\x82\xb9" "31K to \xe2\x82\xb9" "52K)",
                    .of_template = "net sales"};
  finding.test = {.name = "gamma-renewal gap", .statistic = 5.35, .p = 0.00041, .q = 0.0061,
                  .effect_name = "times its own gap", .effect = 5.35, .interval_low = 3.1, .interval_high = 9.8,
                  .tested_in_family = 312};
  finding.guards = usual_guards();
  finding.evidence = {{.id = "q1", .dialect = "duckdb",
                       .sql = "SELECT name, max(order_day) AS last_order, avg(gap) AS gap,\n       sum(net_sales) AS net\n"
                              "FROM orders\nWHERE customer_id = 'C0418'\nGROUP BY name",
                       .columns = {"name", "last_order", "gap", "net", "low", "high", "data_end", "is_key_account", "read_at"},
                       .rows = {{text("Malabar Trading Company"), day(2025, 8, 1), 17.25, 478950.0, 31020.1, 52011.75,
                                 day(2025, 11, 1), true, base::Moment{1'762'000'000'000'125}}},
                       .row_count = 1}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::line, .title = "Net sales of {customer}, by month", .query = "q2",
                 .x = {"month", "Month", Kind::temporal, ""}, .y = {"net", "Net sales", Kind::quantitative, "INR"}};
  chart.title = "Net sales of Malabar Trading Company, by month";
  chart.columns = {"month", "net"};
  const int thousands[] = {31, 36, 34, 41, 38, 44, 40, 37, 45, 42, 39, 41, 43, 38, 40, 44, 47, 41, 36, 39, 12, 0, 0};
  for (int at = 0; at < 23; ++at) {
    chart.rows.push_back({day(2024 + at / 12, at % 12 + 1, 1), 1000.0 * thousands[at] + 12.5});
  }
  finding.scope = {.table = "orders", .equals = finding.entities, .from = std::nullopt, .to = base::day_of({2025, 11, 1})};
  finding.also = {"Fewer orders from the coast"};
  finding.surprise = 0.97;
  finding.actionability = 1.3;
  finding.score = 4.2123456789012345;
  finding.topics = {"customer_churn", "customer"};
  return finding;
}

Finding returned_batch() {
  Finding finding;
  finding.id = "f-2";
  finding.fingerprint = "rate_outlier / returned / batch=B-2207";
  finding.pattern = "rate_outlier";
  finding.family = "rates";
  finding.severity = Severity::high;
  finding.strength = Strength::significant;
  finding.title = "Batch B-2207 is returned 7.5 times as often as other batches";
  finding.summary = "11.3 % of its 733 lines came back, against 1.5 % of all other lines: 72 returns more than usual.";
  finding.action = "Hold what is left of batch B-2207 and have quality look at the line that filled it.";
  finding.columns = {"batch", "returned"};
  finding.entities = {{"batch", "B-2207", "B-2207"}};
  finding.values["times"] = value("q3", "lift", Format::multiple, "", 7.5, "7.5 times");
  finding.values["share"] = value("q3", "share", Format::percent, "", 0.113, "11.3 %");
  finding.values["column"] = {.binding = {findings::CatalogName{"returned_2"}, Format::text, ""}, .value = text("returned_2"), .text = "returned_2"};
  finding.impact = {.account = Account::lost, .amount_from = CellReference{"q3", 0, "cost"}, .low_from = CellReference{"q3", 0, "cost"},
                    .high_from = CellReference{"q3", 0, "cost"}, .amount = 18'240, .low = 14'900, .high = 21'700, .unit = "GBP",
                    .is_money = true, .per = "", .method = "returns above the usual rate, at the value of a line", .method_template = "",
                    .text = "\xc2\xa3" "18.2K lost (\xc2\xa3" "14.9K to \xc2\xa3" "21.7K)", .of_template = ""};
  finding.test = {.name = "exact binomial against the rest", .statistic = 83, .p = 3.2e-19, .q = 4.4e-16, .effect_name = "times the rate of the rest",
                  .effect = 7.5, .interval_low = 5.9, .interval_high = 9.4, .tested_in_family = 1'404};
  finding.guards = usual_guards();
  finding.evidence = {{.id = "q3", .dialect = "duckdb", .sql = "SELECT batch, avg(returned::INT) AS share, count(*) AS lines FROM lines GROUP BY batch ORDER BY share DESC",
                       .columns = {"batch", "share", "lines"},
                       .rows = {{text("B-2207"), 0.11323328785811733, count(733)}, {text("B-2198"), 0.025, count(640)}, {text("B-2211"), 0.0213, count(704)}},
                       .row_count = 148}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::bar, .title = "Returned lines by batch", .query = "q4", .x = {"batch", "Batch", Kind::nominal, ""},
                 .y = {"share", "Share returned", Kind::quantitative, "%"}, .highlight = "B-2207"};
  chart.title = "Returned lines by batch";
  chart.columns = {"batch", "share"};
  chart.rows = {{text("B-2207"), 0.113}, {text("B-2198"), 0.025}, {text("B-2211"), 0.0213}, {text("B-2190"), 0.018},
                {text("B-2203"), 0.0151}, {text("B-2215"), 0.0149}, {text("B-2188"), 0.011}, {text("B-2220"), 0.0}};
  finding.scope = {.table = "lines", .equals = finding.entities};
  finding.surprise = 1;
  finding.score = 3.9;
  return finding;
}

Finding discount_creep() {
  Finding finding;
  finding.id = "f-3";
  finding.fingerprint = "ratio_shift / discount / customer_id=C0099";
  finding.pattern = "ratio_shift";
  finding.family = "series";
  finding.severity = Severity::medium;
  finding.strength = Strength::significant;
  finding.title = "Discount to Kestrel Garages crept from 8 % to 22 %";
  finding.summary = "It has risen every month since Jul 2024, while all other customers stayed near 6 %.";
  finding.action = "Put the discount of Kestrel Garages back on the agenda of its next yearly talk.";
  finding.columns = {"discount", "customer_id"};
  finding.entities = {{"customer_id", "C0099", "Kestrel Garages"}};
  finding.impact = {.account = Account::lost, .amount_from = CellReference{"q5", 0, "cost"}, .low_from = CellReference{"q5", 0, "cost"},
                    .high_from = CellReference{"q5", 0, "cost"}, .amount = 11'350, .low = 9'800, .high = 12'700, .unit = "INR", .is_money = true,
                    .per = "month", .method = "discount points above the level before, times gross sales of the last 12 months", .method_template = "",
                    .text = "\xe2\x82\xb9" "11.4K of gross sales a month lost (\xe2\x82\xb9" "9.8K to \xe2\x82\xb9" "12.7K)", .of_template = "gross sales"};
  finding.test = {.name = "best of line, step and hinge", .statistic = 44.2, .p = 0.0000018, .q = 0.00021, .effect_name = "percentage points",
                  .effect = 14, .interval_low = std::nullopt, .interval_high = std::nullopt, .tested_in_family = 880};
  finding.guards = usual_guards();
  finding.guards.push_back(guard("one_entity", GuardStatus::downgraded, "half of the effect is one product"));
  finding.evidence = {{.id = "q5", .dialect = "duckdb", .sql = "SELECT month, sum(discount) / sum(gross) AS share FROM lines WHERE customer_id = 'C0099' GROUP BY month",
                       .columns = {"month", "share", "note"}, .rows = {{day(2024, 7, 1), 0.08, Cell{}}, {day(2025, 10, 1), 0.22, Cell{}}},
                       .row_count = 23, .truncated = false}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::line, .title = "Discount as a share of gross sales", .query = "q6", .x = {"month", "Month", Kind::temporal, ""},
                 .y = {"share", "Discount", Kind::quantitative, "%"}, .series = "customer", .highlight = "Kestrel Garages"};
  chart.title = "Discount as a share of gross sales";
  chart.columns = {"month", "customer", "share"};
  const char* others[] = {"Ashdown Motors", "Brightwater Fleet", "Corran Haulage", "Dunmore Tyres", "Kestrel Garages"};
  for (int series = 0; series < 5; ++series) {
    for (int at = 0; at < 22; ++at) {
      const double creep = series == 4 ? (at < 6 ? 0.08 : 0.08 + 0.0094 * (at - 6)) : 0.055 + 0.004 * series;
      chart.rows.push_back({day(2024 + at / 12, at % 12 + 1, 1), text(others[series]), creep + 0.006 * std::sin(at * 1.7 + series)});
    }
  }
  finding.scope = {.table = "lines", .equals = finding.entities};
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
  finding.summary = "It kept 61 % of its 118 customers of last year; all other areas together kept 78 %.";
  finding.action = "Ask the customers that Coast lost why they left, beginning with the largest.";
  finding.columns = {"area", "customer_id"};
  finding.entities = {{"area", "Coast", "Coast"}};
  finding.impact = {.account = Account::opportunity, .amount_from = CellReference{"q7", 0, "gain"}, .low_from = CellReference{"q7", 0, "gain"},
                    .high_from = CellReference{"q7", 0, "gain"}, .amount = 120, .low = 40, .high = 210, .unit = "hours", .is_money = false, .per = "year",
                    .method = "calls saved at the rate of the other areas", .method_template = "", .text = "120 hours a year to be gained (40 to 210)", .of_template = ""};
  finding.test = {.name = "two proportions", .statistic = 3.1, .p = 0.0019, .q = 0.021, .effect_name = "percentage points", .effect = -17,
                  .interval_low = -27, .interval_high = -6.5, .tested_in_family = 64};
  finding.guards = usual_guards();
  finding.evidence = {{.id = "q7", .dialect = "duckdb", .sql = "SELECT area, avg(kept) AS kept FROM customers GROUP BY area", .columns = {"area", "kept"},
                       .rows = {{text("Coast"), 0.61}}, .row_count = 1000, .truncated = true}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::point, .title = "Customers kept, by area", .query = "q8", .x = {"area", "Area", Kind::nominal, ""},
                 .y = {"kept", "Customers kept", Kind::quantitative, "%"}, .highlight = "Coast", .low = "low", .high = "high"};
  chart.title = "Customers kept, by area";
  chart.columns = {"area", "kept", "low", "high"};
  chart.rows = {{text("Highlands"), 0.82, 0.74, 0.88}, {text("Midlands"), 0.79, 0.72, 0.85}, {text("Capital"), 0.77, 0.73, 0.81}, {text("Coast"), 0.61, 0.52, 0.69}};
  finding.scope = {.table = "customers", .equals = finding.entities};
  return finding;
}

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
  finding.impact = {.account = Account::at_risk, .amount_from = CellReference{"q9", 0, "net"}, .low_from = CellReference{"q9", 0, "net"},
                    .high_from = CellReference{"q9", 0, "net"}, .amount = 5'512, .low = 5'512, .high = 5'512, .unit = "", .is_money = true, .per = "year",
                    .method = "its net sales of last year", .method_template = "", .text = "5,512 of net sales a year at risk", .of_template = "net sales"};
  finding.test.name = "";
  finding.guards = {guard("minimum_sample", GuardStatus::downgraded, "12 rows are too few to test"), guard("season", GuardStatus::not_applicable, "")};
  finding.evidence = {{.id = "q9", .dialect = "duckdb", .sql = "SELECT 1", .columns = {"customer", "net", "odd"},
                       .rows = {{text("Skerry Supplies"), std::numeric_limits<double>::quiet_NaN(), count(3)}, {text("Wick Marine"), 5512.0, text("three")}},
                       .row_count = 2}};
  finding.chart = {};
  finding.scope = {.table = "orders"};
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
  finding.summary = std::string("Beside it stand ") + hostile_link + ", " + hostile_escape + " and " + hostile_reversed +
                    "; mail *someone*@example.com or see https://example.com/?a=1&b=2 `now` | #1";
  finding.action = std::string("Ask ") + hostile_escape + " about it.";
  finding.columns = {"shop`name"};
  finding.impact.text = "";
  finding.test = {.name = "exact <b>binomial</b>", .statistic = 1.2, .p = 0.2, .q = 0.4, .effect_name = "", .effect = 0, .interval_low = {}, .interval_high = {}, .tested_in_family = 3};
  finding.guards = {guard("one_entity", GuardStatus::downgraded, hostile_image)};
  finding.evidence = {{.id = "q10", .dialect = "duckdb",
                       .sql = std::string("SELECT '```' AS fence, '") + hostile_script + "' AS script, '" + hostile_escape + "'\r\n-- " + hostile_reversed,
                       .columns = {"shop`name", "<b>net</b>"}, .rows = {{text(hostile_image), -12.0}, {text(hostile_link), 8.5}}, .row_count = 2}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::bar, .title = "Net change by shop", .query = "q11", .x = {"shop`name", "Shop", Kind::nominal, ""},
                 .y = {"<b>net</b>", "<b>Net</b> change", Kind::quantitative, ""}, .highlight = hostile_image};
  chart.title = std::string("Net change by shop, ") + hostile_script;
  chart.columns = {"shop`name", "<b>net</b>"};
  chart.rows = {{text(hostile_image), -1220.0}, {text(hostile_script), 850.0}, {text(hostile_link), 640.0}, {text(hostile_escape), 500.5}, {text(hostile_reversed), 12.25}, {text("'); alert(1); ('"), -80.0}};
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
  finding.evidence = {{.id = "q12", .dialect = "duckdb", .sql = "SELECT month, profit FROM months", .columns = {"month", "profit"}, .rows = {{day(2025, 3, 1), -4100.0}}, .row_count = 1}};
  auto& chart = finding.chart;
  chart.chart = {.mark = Mark::bar, .title = "Profit by month", .query = "q13", .x = {"month", "Month", Kind::temporal, ""}, .y = {"profit", "Profit", Kind::quantitative, "INR"}, .highlight = "2025-03-01"};
  chart.title = "Profit by month";
  chart.columns = {"month", "profit"};
  for (int month = 1; month <= 12; ++month) chart.rows.push_back({day(2025, month, 1), month == 3 ? -4100.0 : 21'000.0 + 900.0 * (month % 5)});
  return finding;
}

void add_ledger(explore::Run& run) {
  const auto add = [&](const char* pattern, int times, findings::Decision decision, bool fact, bool decoy) {
    for (int at = 0; at < times; ++at) {
      run.ledger.entries.push_back({.family = "rates", .pattern = pattern, .fingerprint = std::string(pattern) + " / " + std::to_string(at),
                                    .statistic = 0.5 + at, .p = 0.5, .q = 1, .effect = 1.01, .fact = fact, .decoy = decoy, .decision = decision, .note = ""});
    }
  };
  using enum findings::Decision;
  add("customer_silent", 311, not_significant, false, false);
  add("rate_outlier", 1400, not_significant, false, false);
  add("rate_outlier", 3, explained, false, false);
  add("rate_outlier", 90, not_significant, false, true);
  add("group_share", 12, too_small, true, false);
  if (run.findings.empty()) return;
  add("customer_silent", 1, published, false, false);
  add("rate_outlier", 1, published, false, false);
  run.ledger.entries.back().note = hostile_escape;
}

}  // namespace

explore::Run sample_run_without_findings() {
  explore::Run run;
  run.id = "run-20251122-074603-1a2b";
  run.program = "insights 0.1.0";
  run.started_at = "2025-11-22 07:46:03";
  run.analyst = "statistical";
  run.locations = {"data/orders.parquet", "data/<customers>.csv"};
  run.data = {.engine = "DuckDB v1.5.6", .digest = "9f86d081884c7d659a2feaa0c55ad015"};
  run.tables = {{.name = "orders", .origin = "data/orders.parquet", .rows = 100'000, .columns = 26, .first_day = "2024-01-01", .last_day = "2025-11-01", .sampled = false},
                {.name = "customers", .origin = "data/<customers>.csv", .rows = 1'204, .columns = 7, .first_day = "", .last_day = "", .sampled = true}};
  run.currency = "INR";
  run.counts = {.tested = 5'912, .facts = 41, .published = 0, .decoy_columns = 5, .decoys_tested = 1'530, .decoys_accepted = 0};
  run.notes = {"3 lines of data/<customers>.csv could not be read and were left out.", "orders and customers were joined by customer_id; nobody declared it, the engine inferred it."};
  run.spent = {.queries = 38, .rows = 1'204'000, .bytes = 88'000'000, .wall = std::chrono::milliseconds{4'120}};
  add_ledger(run);
  return run;
}

explore::Run sample_run() {
  auto run = sample_run_without_findings();
  run.findings = {silent_customer(), returned_batch(), discount_creep(), retention_by_area(), one_of_two_quiet(), hostile_names(), monthly_outlier()};
  run.counts.published = 7;
  run.totals = {{.account = Account::at_risk, .unit = "INR", .is_money = true, .per = "month", .amount = 39'912.5, .findings = 1},
                {.account = Account::at_risk, .unit = "", .is_money = true, .per = "year", .amount = 5'512, .findings = 1},
                {.account = Account::lost, .unit = "GBP", .is_money = true, .per = "", .amount = 18'240, .findings = 1},
                {.account = Account::lost, .unit = "INR", .is_money = true, .per = "month", .amount = 11'350, .findings = 1},
                {.account = Account::opportunity, .unit = "hours", .is_money = false, .per = "year", .amount = 120, .findings = 1}};
  run.ledger = {};
  add_ledger(run);
  run.partial = true;
  run.partial_reason = "the time budget of 10 minutes was used up";
  return run;
}

}  // namespace insights::report
