// The words around the findings, the same in every format: what was read and tested, how sure, how
// it was made. Plain content without marks or escapes; names from data come as they are, so each
// format escapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "explore/run.h"
#include "report/tally.h"

namespace insights::report {

// "9 findings in sales and 2 more tables"; "Nothing material found in sales".
std::string headline(const explore::Run& run);

// "sales: 100,000 rows, 26 columns, 1 Jan 2023 to 31 Dec 2025"
std::string table_line(const explore::TableSummary& table);

// "1 Jan 2023 to 31 Dec 2025" over all tables; "" when none has a time column.
std::string period(const explore::Run& run);

// "tested 5,912 hypotheses, published 9, decoys accepted 0 of 5"
std::string tested_line(const findings::LedgerCounts& counts);

// "Stopped early: the time budget was used up. What follows was proven before that." "" for a whole
// run.
std::string partial_line(const explore::Run& run);

// "At risk", "Lost", "Opportunity"; "" for none.
std::string_view account_title(findings::Account account);

// "high", "medium", "low" as a reader says them: "Act now", "Look into", "Good to know".
std::string_view severity_title(findings::Severity severity);

// "Tested", "Descriptive", "Model's reading".
std::string_view strength_title(findings::Strength strength);

// Why a finding is no more than that: "12 rows are too few to test"; "" when there is nothing to
// explain.
std::string strength_reason(const findings::Finding& finding);

// "descriptive: 12 rows are too few to test"; "" for a significant finding.
std::string strength_line(const findings::Finding& finding);

// When the run was made, "22 Nov 2025, 07:46 UTC"; a text that is no ISO time as it is.
std::string time_text(const std::string& iso);

// "seen also in: region Hills; plant C"; "" when nothing was.
std::string also_line(const findings::Finding& finding);

// "3 findings were hidden by your rules"; "" when none was.
std::string hidden_line(const explore::Run& run);
// Each of them, and by which rule.
std::vector<std::string> hidden_lines(const explore::Run& run);
// "weighs 1.06 by your votes: 1 up, 0 down on this pattern"; "" when nothing was voted on.
std::string votes_line(const findings::Finding& finding);

// The test block in plain words, a sentence an entry.
std::vector<std::string> test_lines(const findings::Finding& finding);

// "Partial period: passed (the last month is whole)"
std::string guard_line(const findings::ProvenGuard& guard);
std::string_view guard_status_title(findings::GuardStatus status);

// "3 of 1,204 rows shown"; "" when all rows of the evidence are there.
std::string rows_note(const findings::Evidence& evidence);

// "seasonality: 312 tested, 2 published"
std::string tally_line(const PatternTally& tally);

// "38 queries, 1,204,000 rows read, 4.1 s"
std::string spent_line(const explore::Run& run);
// What a language model took and brought; empty when none was asked.
std::string model_line(const explore::Run& run);

// How the run was made, a sentence an entry: who looked, what it took, under which budget, which
// version.
std::vector<std::string> method_lines(const explore::Run& run);

// What the numbers can be trusted for, the same in each report.
std::vector<std::string> trust_lines();

// "customer_silent" -> "Customer silent"
std::string title_of(std::string_view name);

// The tallies to show: the run's own ledger, else what a saved report had.
std::vector<PatternTally> shown_tallies(const explore::Run& run,
                                        const std::vector<PatternTally>& saved);

}  // namespace insights::report
