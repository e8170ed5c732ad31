// Whether a saved finding still holds, leaf by leaf. The finding comes from a file, so nothing in
// it is trusted: its queries pass the gate, its sizes are limited, its sentences are filled again.
//
// A leaf is `wrong` when the finding contradicts itself (a value is not what its binding gives over
// the stored rows; a text is not what the values say) or contradicts data that has not changed;
// `data_changed` when only the data differs now.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "findings/evidence.h"
#include "findings/finding.h"
#include "findings/format_value.h"

namespace insights::findings {

enum class CheckStatus { same, data_changed, wrong };

std::string_view name(CheckStatus status);  // "same", "data changed", "wrong"

// One leaf of the finding. Paths:
//   title summary action  values.NAME  values.NAME.text
//   impact  impact.{amount,low,high,text,method}  guards[I].note
//   chart.title  chart.query  chart.columns  chart.row_count  chart.rows[I].COLUMN
//   evidence.ID.{sql,dialect,columns,row_count,truncated}  evidence.ID.rows[I].COLUMN
//   and, where the whole cannot be checked: evidence, values, guards, chart
struct Check {
  std::string path;
  CheckStatus status = CheckStatus::same;
  std::string stored, now;  // as text; `now` is what was recomputed, or why it could not be
  bool operator==(const Check&) const = default;
};

struct VerifyOptions {
  bool data_unchanged = false;  // the source's content is known to be what the report was made from
  NumberStyle style;            // as the report was written
};

inline constexpr std::size_t evidence_queries_max = 32;  // of one finding
inline constexpr std::size_t values_max = 256;           // of one finding

// One check a leaf, in a fixed order; a finding beyond the sizes above or those of finding.h gives
// only the check that says so. Errors: timed_out, cancelled (also by the reader's queries_max),
// disconnected: then nothing is said about the finding. A query that the gate refuses or the engine
// cannot run is a check.
base::Result<std::vector<Check>> verify(const Finding& saved, EvidenceReader& reader,
                                        const VerifyOptions& options, std::stop_token stop);

// The worst status among them.
CheckStatus worst(const std::vector<Check>& checks);

}  // namespace insights::findings
