#include "analyst/relations.h"

#include <algorithm>

#include "patterns/row_set.h"
#include "patterns/wording.h"

namespace insights::analyst {

namespace {

constexpr double small_part_max = 0.1;  // of what a group lost: a customer that is told with it

}  // namespace

bool same_rows(const Candidate& a, const Candidate& b) {
  return a.column == b.column && patterns::values_of(a) == patterns::values_of(b) &&
         a.within == b.within && !a.own_rows && !b.own_rows;
}

bool same_columns(const Candidate& a, const Candidate& b) {
  return a.column == b.column && !a.own_rows && !b.own_rows &&
         std::ranges::equal(a.within, b.within, {}, &patterns::ValueOf::column,
                            &patterns::ValueOf::column);
}

bool includes(const Candidate& several, const Candidate& one) {
  return several.column == one.column && several.within == one.within && !several.values.empty() &&
         one.values.empty() && std::ranges::find(several.values, one.value) != several.values.end();
}

bool leads(const Workspace& workspace, const Candidate& a, const Candidate& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.column == no_column || b.column == no_column) return a.column != no_column;
  const auto values_a = workspace.subject.codes(a.column).values(),
             values_b = workspace.subject.codes(b.column).values();
  if (values_a != values_b) return values_a > values_b;
  const auto words_a = patterns::words_in_name(workspace.subject, a.column),
             words_b = patterns::words_in_name(workspace.subject, b.column);
  if (words_a != words_b) return words_a < words_b;
  return a.entry.fingerprint < b.entry.fingerprint;
}

std::size_t outcome_of(const Candidate& candidate) {
  const bool is_one_of_them = std::ranges::find(candidate.associates, candidate.measure_column) !=
                              candidate.associates.end();
  return is_one_of_them ? no_column : candidate.measure_column;
}

bool mentions(const Candidate& candidate, const patterns::ValueOf& part) {
  return (candidate.column == part.column && candidate.value == part.value) ||
         std::ranges::find(candidate.within, part) != candidate.within.end();
}

bool is_fall_of(const Candidate& group, const Candidate& other) {
  return same_rows(group, other) && other.of_total && other.entry.effect < 0 && other.survives;
}

bool is_small_part(const Candidate& group, const Candidate& other) {
  return other.rank >= absorbing_rank && !other.entry.fact && !other.entry.decoy &&
         other.impact < small_part_max * group.impact;
}

bool tell_one_thing(const Workspace& workspace, const Candidate& a, const Candidate& b) {
  if (a.measure == b.measure) return true;
  if (a.measure_column == no_column || b.measure_column == no_column) return false;
  const auto &one = workspace.subject.columns[a.measure_column],
             &other = workspace.subject.columns[b.measure_column];
  return std::ranges::find(one.made_of, other.name) != one.made_of.end() ||
         std::ranges::find(other.made_of, one.name) != other.made_of.end();
}

bool is_outcome(const Workspace& workspace, const Candidate& candidate) {
  return candidate.column != no_column &&
         workspace.subject.columns[candidate.column].kind == "status";
}

bool tells_how(const Workspace& workspace, const Candidate& candidate) {
  const auto& subject = workspace.subject;
  if (candidate.measure_column == no_column) return false;
  const auto& measure = subject.columns[candidate.measure_column];
  const bool is_return =
      subject.returns && subject.returns->flag_column == candidate.measure_column;
  return !is_return && (measure.role == catalog::Role::flag || measure.kind == "duration");
}

}  // namespace insights::analyst
