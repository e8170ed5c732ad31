#include "patterns/small_echoes.h"

#include <algorithm>

#include "patterns/wording.h"

namespace insights::patterns {

void drop_echoes(const Workspace& workspace, std::vector<Candidate>& candidates) {
  struct Told {
    Candidate* candidate;
    frame::Mask without;
    std::ptrdiff_t rows;
  };
  std::vector<Told> told;
  for (auto& candidate : candidates) {
    if (!candidate.material || candidate.column == no_column || !candidate.survives) continue;
    auto without = mask_without(workspace.subject, candidate.column, candidate.value);
    const auto rows = std::ranges::count(without, 0);
    told.push_back({&candidate, std::move(without), rows});
  }
  for (auto& larger : told) {
    const bool is_echo = std::ranges::any_of(told, [&](const Told& smaller) {
      if (smaller.rows >= larger.rows) return false;
      bool meet = false;
      for (std::size_t row = 0; row < smaller.without.size() && !meet; ++row)
        meet = smaller.without[row] == 0 && larger.without[row] == 0;
      return meet && !larger.candidate->survives(smaller.without);
    });
    if (is_echo) larger.candidate->material = false;
  }
}

}  // namespace insights::patterns
