// From a claim to a finding: its evidence is run, its values are read from it, its sentences are
// filled in. Nothing an analyst wrote down as a number survives; only what the database says.
#pragma once

#include <stop_token>

#include "base/result.h"
#include "findings/claim.h"
#include "findings/evidence.h"
#include "findings/finding.h"
#include "findings/format_value.h"

namespace insights::findings {

// The finding, without id, severity and score (see rank.h). Its evidence has run-wide ids; at most
// rows_shown_max rows are kept in all, from the top of each query, cited ones before others; the
// chart has its rows beside. Errors: those of EvidenceReader::read; invalid_input when the evidence
// does not bear the claim out: the message says what to mend (a cell that is not there, a number
// that is not one, a bare numeral in a sentence, low > amount, a headline too long ...).
base::Result<Finding> prove(const Claim& claim, EvidenceReader& reader, const NumberStyle& style,
                            std::stop_token stop);

// Runs the finding's evidence again, through a reader that has not run it yet, and compares every
// kept cell, every value and every text (verify.h). Error (invalid_input) with the first
// difference: such a finding must not be published. Other errors: timed_out, cancelled.
base::Status confirm(const Finding& finding, EvidenceReader& fresh, const NumberStyle& style,
                     std::stop_token stop);

}  // namespace insights::findings
