#include "patterns/one_entity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Guard;
using findings::GuardStatus;

// The customers, unless each of the column's values is one customer's; then the entity of highest
// rank that crosses it.
std::optional<std::size_t> part_column(const Workspace& workspace, std::size_t column) {
  if (workspace.small) return std::nullopt;
  const auto& subject = workspace.subject;
  const auto customers = workspace.customers();
  if (customers && *customers != column && !subject.has_dependency(column, *customers))
    return customers;
  std::optional<std::size_t> best;
  int rank = 0;
  for (const std::size_t other : workspace.groupings) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[other].kind);
    if (kind == nullptr || !kind->entity || kind->orders || workspace.is_decoy(other) ||
        other == column)
      continue;
    if (subject.has_dependency(column, other) || subject.has_dependency(other, column) ||
        kind->rank <= rank)
      continue;
    rank = kind->rank;
    best = other;
  }
  return best;
}

}  // namespace

Guard one_entity_guard(const Workspace& workspace, std::size_t column, std::uint32_t value,
                       std::size_t weight, const std::function<bool(const frame::Mask&)>& stands) {
  const auto inside = part_column(workspace, column);
  if (!inside)
    return {"one_entity", GuardStatus::not_applicable,
            "its rows belong to nothing that could carry the effect alone"};
  const auto& subject = workspace.subject;
  const auto& codes = subject.codes(*inside);
  const auto& own = subject.codes(column).codes;
  std::vector<double> sums(codes.values(), 0);
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    if (own[row] != value || codes.codes[row] == 0) continue;
    const double amount = weight == no_column ? 1 : subject.numbers(weight)[row];
    if (!std::isnan(amount)) sums[codes.codes[row]] += amount;
  }
  const auto parts = std::ranges::count_if(sums, [](double sum) { return sum > 0; });
  const auto noun = noun_of(subject.columns[*inside]);
  if (parts == 0)
    return {"one_entity", GuardStatus::not_applicable, fmt::format("its rows have no {}", noun)};
  if (parts == 1)
    return {"one_entity", GuardStatus::downgraded, fmt::format("all of it is one {}", noun)};
  const auto largest = static_cast<std::uint32_t>(std::ranges::max_element(sums) - sums.begin());
  if (stands(mask_without(subject, *inside, largest)))
    return {"one_entity", GuardStatus::passed,
            fmt::format("it holds without its largest {} as well", noun)};
  return {"one_entity", GuardStatus::downgraded,
          fmt::format("without its largest {} it would not stand out", noun)};
}

}  // namespace insights::patterns
