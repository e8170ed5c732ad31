// What examine_margin_erosion finds out about one value (or the whole table), and how it is put
// into words. Used by margin_erosion*.cpp alone.
#pragma once

#include <optional>
#include <string_view>

#include "findings/claim.h"
#include "patterns/erosion_series.h"

namespace insights::patterns {

inline constexpr std::string_view erosion_level_family = "margin level";
inline constexpr std::string_view erosion_change_family = "margin over time";

struct Erosion {
  ErosionStep step;
  std::size_t column = no_column;  // no_column: the whole table
  std::uint32_t value = 0;
  std::optional<LossLevel> level;    // it keeps less than others
  std::optional<LossChange> change;  // it keeps less than it did
};  // neither: described, in a small table

// Thresholds: material and in the bad direction.
bool is_material(const LossLevel& level);
bool is_material(const LossChange& change);

// The test on the kept rows only: does the finding stand without the others?
bool erosion_stands(const Workspace& workspace, const Erosion& erosion, const frame::Mask& kept);

findings::Claim state_erosion(const Workspace& workspace, const Erosion& erosion);

}  // namespace insights::patterns
