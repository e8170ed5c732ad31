// Every pattern, in one visible table. To add one: its file, its line here, its case in tests/patterns.
#pragma once

#include <array>

#include "patterns/pattern.h"

namespace insights::patterns {

std::vector<Candidate> examine_customer_silent(const Workspace& workspace);

inline constexpr std::array all{
    Pattern{"customer_silent", "Customer gone silent", "Which customers stopped ordering, against their own rhythm?",
            "GHI Service Center stopped ordering: nothing since 1 Aug 2025", 1.3, examine_customer_silent},
};

}  // namespace insights::patterns
