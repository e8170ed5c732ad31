#include "findings/same_cell.h"

#include <algorithm>
#include <cmath>

namespace insights::findings {

bool same_number(double first, double second) {
  if (first == second) return true;
  const double larger = std::max(std::abs(first), std::abs(second));
  return std::isfinite(larger) && std::abs(first - second) <= relative_tolerance * larger;
}

bool same_cell(const source::Cell& first, const source::Cell& second) {
  const auto real = [](const source::Cell& cell) { return std::get_if<double>(&cell); };
  const auto whole = [](const source::Cell& cell) { return std::get_if<std::int64_t>(&cell); };
  if (const auto *a = real(first), *b = real(second); a && b) return same_number(*a, *b);
  // A whole number that went through a file may come back as the other kind.
  if (real(first) && whole(second)) {
    return same_number(*real(first), static_cast<double>(*whole(second)));
  }
  if (whole(first) && real(second)) {
    return same_number(static_cast<double>(*whole(first)), *real(second));
  }
  return first == second;
}

}  // namespace insights::findings
