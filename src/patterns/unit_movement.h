// Do the units of a value (the customers of a region) move in time otherwise than all other units:
// in how large their rows are, or in how often they come? Each unit is held against itself, so
// neither that units differ nor that one of them drifts can pass for a movement of the value, and
// no noise of months has to be allowed for (stats/clustered_contrast.h). Used by share_parts.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "patterns/workspace.h"
#include "stats/moments.h"

namespace insights::patterns {

// Of one value against all others.
struct UnitMovement {
  double p = 1;
  double growth = 0;  // of the logarithm, a period
};

class UnitMovements {
 public:
  // `unit` determines `column`. `logarithms` of the amounts, [rows]; NaN: not counted. `kept`
  // empty: all rows.
  UnitMovements(const catalog::Subject& subject, std::size_t unit, std::size_t column,
                std::span<const float> logarithms, const Periods& periods,
                const frame::Mask& kept = {});
  std::optional<UnitMovement> sizes(std::uint32_t value) const;
  std::optional<UnitMovement> rows(std::uint32_t value) const;

 private:
  // Clusters of one value, and of all others.
  std::pair<std::vector<stats::CoMoments>, std::vector<stats::CoMoments>> split(
      std::uint32_t value) const;

  double periods_;
  std::vector<stats::CoMoments> units_;  // [units] pairs (period, ln amount)
  std::vector<std::uint32_t> values_;    // [units] its value of the column
};

}  // namespace insights::patterns
