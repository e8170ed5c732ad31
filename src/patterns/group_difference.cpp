// Groups whose cases differ in size, duration, score or another number that is averaged, never
// summed: orders of one region are twice as large, one team takes longer.
//
// Unit: what determines the group (the customer of a segment), by its mean; rows where nothing
// does. Welch's analysis of variance over the units' means, confirmed on their ranks where they are
// few; then the value furthest from all others is told. With millions of rows everything is
// significant, so the difference must also be one that can be seen.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/count_over_time.h"
#include "patterns/group_means.h"
#include "patterns/seasonality.h"
#include "patterns/survival.h"
#include "stats/mean_tests.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using stats::Moments;

constexpr std::size_t values_max = 60;
// What became of a row often follows from the measure, or makes it.
constexpr double outcome_interest = 0.3;
constexpr double eta_squared_min = 0.01, effect_min = 0.2;
constexpr std::size_t ranked_a_group_min = 5;
constexpr double negligible = 1e-9;  // of the squares, for what rounding leaves

// Measures that are averaged, flags, and the money of a row. Prices differ because things do.
std::vector<std::size_t> averaged_measures(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> measures;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    const bool averaged =
        column.role == catalog::Role::measure && !column.additive && column.kind != "price";
    const bool is_flag = column.role == catalog::Role::flag;
    const bool is_target = std::ranges::any_of(subject.columns, [&](const auto& other) {
      return other.role == catalog::Role::flag && other.made_of.size() == 2 &&
             other.made_of.back() == column.name;
    });
    if (is_target) continue;  // it was set, it did not happen
    if ((averaged || is_flag || subject.money == i) &&
        subject.frame.columns[i].numbers() != nullptr)
      measures.push_back(i);
  }
  return measures;
}

// Both tests of all groups, and the test of the one that is told, which was picked from all.
double p_of(const Groups& groups, const stats::AnalysisOfVariance& analysis, const Apart& told) {
  std::size_t units = 0, used = 0;
  for (const auto& values : groups.values) {
    units += values.size();
    used += values.empty() ? 0 : 1;
  }
  // Ranks of a few units a group cannot be sure of anything.
  const auto ranks =
      units >= ranked_a_group_min * used ? stats::kruskal_wallis(groups.values) : std::nullopt;
  const auto picked_from = std::ranges::count_if(
      groups.units, [&](const Moments& moments) { return moments.n >= groups.least; });
  const double p_told = told.test ? told.test->p_value * static_cast<double>(picked_from) : 1;
  return std::min(1.0, std::max({analysis.p_value, ranks ? ranks->p_value : 0, p_told}));
}

bool is_material(const Groups& groups, const Apart& one) {
  return one.test && one.both_have && one.units >= groups.least &&
         std::fabs(one.test->effect) >= effect_min &&
         std::fabs(one.relative) >= difference_relative_min &&
         (one.test->difference > 0) == (one.relative > 0);
}

std::vector<findings::Entity> entities_of(const catalog::Subject& subject, const Difference& what) {
  std::vector<findings::Entity> entities;
  for (const auto value : what.values) {
    entities.push_back(
        {subject.columns[what.column].name, subject.codes(what.column).dictionary[value], ""});
  }
  return entities;
}

// Is the number one and the same within each group? It was set for the group (the floor of a
// store), so the group is the unit of it, once: there is nothing to test it against.
bool is_set_by_group(const Groups& groups) {
  Moments all;
  double within = 0;
  for (std::size_t group = 1; group < groups.units.size(); ++group) {
    all.merge(groups.units[group]);
    within += groups.units[group].m2;
  }
  return within <= negligible * all.m2;
}

// A flag's groups are told here only together: rate_outlier tells of each.
std::optional<Candidate> candidate_of(const Workspace& workspace, Difference what,
                                      const Groups& groups) {
  const auto& subject = workspace.subject;
  const auto analysis = stats::welch_anova(std::span(groups.units).subspan(1));
  const bool is_rate = subject.columns[what.measure].role == catalog::Role::flag;
  what.values = groups_to_tell(groups, is_rate ? 2 : 1);
  if (!analysis || what.values.empty() || is_set_by_group(groups)) return std::nullopt;
  const auto one = apart(groups, what.values);
  Candidate candidate;
  candidate.entry.family = difference_family;
  candidate.entry.pattern = "group_difference";
  const auto& column = subject.columns[what.column];
  candidate.entry.fingerprint = findings::fingerprint(
      "group_difference", subject.columns[what.measure].name, entities_of(subject, what));
  candidate.entry.statistic = analysis->f;
  candidate.entry.p = p_of(groups, *analysis, one);
  candidate.entry.effect = one.test ? one.test->effect : 0;
  candidate.column = what.column;
  candidate.value = what.values.front();
  if (what.values.size() > 1) candidate.values = what.values;
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  candidate.rank = kind == nullptr ? 0 : kind->rank;
  candidate.measure = subject.columns[what.measure].name + (is_rate ? "" : " on average");
  candidate.measure_column = what.measure;
  candidate.of_total = true;
  candidate.material = analysis->eta_squared >= eta_squared_min && is_material(groups, one);
  candidate.surprise = std::clamp(std::fabs(candidate.entry.effect), 0.2, 1.0);
  if (column.kind == "status") candidate.surprise *= outcome_interest;
  if (!candidate.material) return candidate;
  candidate.claim = [&workspace, what] { return state_difference(workspace, what); };
  candidate.survives = [&subject, what, before = candidate.entry.effect](const frame::Mask& kept) {
    const auto again = groups_of(subject, what, kept);
    const auto left = apart(again, what.values);
    return is_material(again, left) && still_stands(left.test->p_value, left.test->effect, before);
  };
  return candidate;
}

}  // namespace

std::vector<Candidate> examine_group_difference(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small) return candidates;
  const auto& subject = workspace.subject;
  std::vector<Difference> asked;
  for (const std::size_t measure : averaged_measures(workspace)) {
    for (const std::size_t column : workspace.groupings) {
      const auto values = subject.codes(column).values();
      if (values < 3 || values > values_max + 1 || subject.columns[column].kind == "calendar")
        continue;
      // What is dear and what is cheap is on the price list.
      if (subject.money == measure && is_trade(workspace) && is_goods(workspace, column)) continue;
      asked.push_back({measure, column, workspace.unit_of(column), {}});
    }
  }
  const auto groups = groups_of(subject, asked, {});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (workspace.stop.stop_requested()) return candidates;
    if (auto candidate = candidate_of(workspace, asked[i], groups[i]))
      candidates.push_back(*std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
