// The sample run of sample_run.h. No test is here: it is named as one so that only tests are built
// with it.
#include "report/sample_run.h"

#include "report/sample_findings.h"

namespace insights::report {

namespace {

using findings::Account;

void add_ledger(explore::Run& run) {
  const auto add = [&](const char* pattern, int times, findings::Decision decision, bool fact,
                       bool decoy) {
    for (int at = 0; at < times; ++at) {
      run.ledger.entries.push_back(
          {.family = "rates",
           .pattern = pattern,
           .fingerprint = std::string(pattern) + " / " + std::to_string(at),
           .statistic = 0.5 + at,
           .p = 0.5,
           .q = 1,
           .effect = 1.01,
           .fact = fact,
           .decoy = decoy,
           .decision = decision,
           .note = ""});
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
  run.tables = {{.name = "orders",
                 .origin = "data/orders.parquet",
                 .rows = 100'000,
                 .columns = 26,
                 .first_day = "2024-01-01",
                 .last_day = "2025-11-01",
                 .sampled = false},
                {.name = "customers",
                 .origin = "data/<customers>.csv",
                 .rows = 1'204,
                 .columns = 7,
                 .first_day = "",
                 .last_day = "",
                 .sampled = true}};
  run.currency = "INR";
  run.counts = {.tested = 5'912,
                .facts = 41,
                .published = 0,
                .decoy_columns = 5,
                .decoys_tested = 1'530,
                .decoys_accepted = 0};
  run.notes = {"3 lines of data/<customers>.csv could not be read and were left out.",
               "orders and customers were joined by customer_id; nobody declared it, the engine "
               "inferred it."};
  run.spent = {.queries = 38,
               .rows = 1'204'000,
               .bytes = 88'000'000,
               .wall = std::chrono::milliseconds{4'120}};
  add_ledger(run);
  return run;
}

explore::Run sample_run() {
  auto run = sample_run_without_findings();
  run.findings = {silent_customer(),  returned_batch(), discount_creep(), retention_by_area(),
                  one_of_two_quiet(), hostile_names(),  monthly_outlier()};
  run.counts.published = 7;
  run.totals = {{.account = Account::at_risk,
                 .unit = "INR",
                 .is_money = true,
                 .per = "month",
                 .amount = 39'912.5,
                 .findings = 1},
                {.account = Account::at_risk,
                 .unit = "",
                 .is_money = true,
                 .per = "year",
                 .amount = 5'512,
                 .findings = 1},
                {.account = Account::lost,
                 .unit = "GBP",
                 .is_money = true,
                 .per = "",
                 .amount = 18'240,
                 .findings = 1},
                {.account = Account::lost,
                 .unit = "INR",
                 .is_money = true,
                 .per = "month",
                 .amount = 11'350,
                 .findings = 1},
                {.account = Account::opportunity,
                 .unit = "hours",
                 .is_money = false,
                 .per = "year",
                 .amount = 120,
                 .findings = 1}};
  run.ledger = {};
  add_ledger(run);
  run.partial = true;
  run.partial_reason = "the time budget of 10 minutes was used up";
  return run;
}

}  // namespace insights::report
