// From a draft to a claim: whatever an analyst wrote down, in the terms that can be proven.
#pragma once

#include "base/result.h"
#include "findings/claim.h"
#include "tools/desk.h"
#include "tools/draft.h"

namespace insights::tools {

// The claim, not yet proven and without a test. Errors (invalid_input) with what to write instead:
// a query that this run has not run, a formula over names that are not there or with a number of
// its own, an entity or a column that is not in the data.
base::Result<findings::Claim> stated(const Desk& desk, const Draft& draft);

}  // namespace insights::tools
