#include "catalog/repeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace insights::catalog {

namespace {

// Do both columns hold each value equally often? The order of the rows does not matter.
bool same_values(const frame::Column& one, const frame::Column& other) {
  const auto &a = one.profile, &b = other.profile;
  if (one.type != other.type || a.nulls != b.nulls || a.distinct != b.distinct ||
      a.minimum != b.minimum || a.maximum != b.maximum || a.negatives != b.negatives ||
      a.zeros != b.zeros || a.text_length_mean != b.text_length_mean)
    return false;
  // A sum of numbers depends on their order in its last digits.
  if (std::abs(a.sum - b.sum) > 1e-9 * std::max(a.sum_of_absolute, b.sum_of_absolute)) return false;
  const auto *codes = one.coded(), *others = other.coded();
  if (codes == nullptr || others == nullptr) return codes == others;
  std::unordered_map<std::string_view, std::int64_t> surplus;
  for (std::size_t row = 0; row < codes->codes.size(); ++row) {
    ++surplus[codes->dictionary[codes->codes[row]]];
    --surplus[others->dictionary[others->codes[row]]];
  }
  return std::ranges::all_of(surplus, [](const auto& entry) { return entry.second == 0; });
}

bool holds_all_of(const Subject& whole, const Subject& part) {
  // A handful of rows can be alike by accident.
  constexpr std::size_t rows_min = 10;
  if (part.frame.rows != whole.frame.rows || part.frame.rows < rows_min ||
      part.frame.rows_in_source != whole.frame.rows_in_source)
    return false;
  return std::ranges::all_of(part.frame.columns, [&](const frame::Column& column) {
    const auto derived = part.find(column.name);
    if (derived != nullptr && derived->derived) return true;
    const auto* twin = whole.frame.find(column.name);
    return twin != nullptr && same_values(column, *twin);
  });
}

}  // namespace

std::vector<Subject> without_repeats(std::vector<Subject> subjects) {
  std::vector<bool> repeated(subjects.size(), false);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    for (std::size_t j = 0; j < subjects.size() && !repeated[i]; ++j) {
      if (i == j || repeated[j] || !holds_all_of(subjects[j], subjects[i])) continue;
      if (i < j && holds_all_of(subjects[i], subjects[j])) continue;  // equal: the first stays
      repeated[i] = true;
      subjects[j].notes.push_back(fmt::format("{} holds the same rows as {} and is left out",
                                              subjects[i].table, subjects[j].table));
    }
  }
  std::vector<Subject> kept;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (!repeated[i]) kept.push_back(std::move(subjects[i]));
  }
  return kept;
}

}  // namespace insights::catalog
