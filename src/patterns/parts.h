// The parts that a total falls into by a column: its values, without null, "unknown", "other" and,
// among codes, fees and adjustments that are no value of that kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "patterns/facts.h"

namespace insights::patterns {

// Their codes, ascending.
std::vector<std::uint32_t> parts_of(const catalog::Subject& subject, std::size_t column);

// SELECT part, name, amount: one row a part, not ordered.
std::string parts_sql(const catalog::Subject& subject, const Amount& amount, std::size_t column);
// SELECT name, amount: the largest `rows` of them.
std::string top_parts_sql(const catalog::Subject& subject, const Amount& amount, std::size_t column,
                          int rows);

// Share of the largest tenth of the parts; nothing where they are no things, or too few.
std::optional<double> top_tenth_share(const Workspace& workspace, std::size_t column);
inline constexpr double top_tenth_share_min = 0.40;  // of it, to be worth telling
findings::Claim state_top_tenth(const Workspace& workspace, std::size_t column);

}  // namespace insights::patterns
