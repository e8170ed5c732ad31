// The report as JSON: the one complete format. Everything the other formats show is in it, it reads
// back into the same Run, and `insights verify` needs nothing else. Its shape is published in
// docs/reference/report.schema.json. The other formats: text.h, markdown.h, html.h.
//
// The section `findings` holds no clock, no elapsed time and no run id, so two runs over the same
// data write it byte for byte alike. A `seal` (seal.h) lets a reader name the part that was altered
// after writing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "explore/run.h"
#include "findings/ledger.h"
#include "report/tally.h"

namespace insights::report {

inline constexpr int format_version = 1;
inline constexpr std::size_t report_bytes_max = std::size_t{64} << 20;
inline constexpr int report_depth_max = 64;

// The whole report, indented, ending in a newline. Characters that could act on a terminal
// (controls, bidirectional overrides) are written as \uXXXX. `saved` are the tallies of a report
// that was read back, whose ledger is not in it.
std::string to_json(const explore::Run& run, const std::vector<PatternTally>& saved = {});

// One finding as the report has it, on one line: for those who keep findings apart from reports.
std::string finding_json(const findings::Finding& finding);

// What finding_json wrote. Errors: as of read_json.
base::Result<findings::Finding> read_finding(std::string_view text);

// Every hypothesis, one JSON object a line, in the ledger's order.
std::string ledger_json_lines(const findings::Ledger& ledger);

struct SavedReport {
  explore::Run run;                   // its ledger is empty: a report holds only the tallies
  std::vector<PatternTally> tallies;  // of the hypotheses, by pattern
  std::vector<std::string>
      altered;  // parts that differ from the seal: "counts", "finding f-3: title"
};

// Reads what to_json wrote. Errors (invalid_input): larger than report_bytes_max, nested deeper
// than report_depth_max, not JSON, another format_version, or a value of the wrong type (the
// message has its path).
base::Result<SavedReport> read_json(std::string_view text);

}  // namespace insights::report
