// The name of a finding that stays the same from run to run.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "findings/claim.h"

namespace insights::findings {

inline constexpr std::size_t fingerprint_bytes_max = 160;

// "customer_silent/net_sales/customer=A17": pattern, measure (may be empty, then left out), and the
// entities as column=value, sorted, with "," between. The separators, "%", spaces and controls
// within a part are written as %XX, so different parts never give the same text. Longer than
// fingerprint_bytes_max: cut, and ended by "~" and a 64-bit FNV-1a hash of the whole.
std::string fingerprint(std::string_view pattern, std::string_view measure,
                        std::span<const Entity> entities);

}  // namespace insights::findings
