// Money that is lost between gross and net, or between net and margin.
//
// Two questions, two families. Level: does a value lose a larger part than all others, month
// against the same month? Over time: has the part it loses grown, against what it did elsewhere
// (best of line, step and hinge)? Several customers of one region that differ by chance are no
// trait of the region: where a unit determines the column, the units are compared too, and the
// larger p-value counts. A small table carries no test: there a loss well above the typical
// sibling's is described.

#include "patterns/margin_erosion.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/small_echoes.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/distributions.h"
#include "stats/mean_tests.h"
#include "stats/robust.h"

namespace insights::patterns {

namespace {

constexpr double points_min = 0.02;
constexpr double p_sure = 0.001;
constexpr std::size_t siblings_min_scatter = 4;
constexpr double step_share_min =
    0.8;  // of a change along the chain: then the step is told, not the chain
constexpr double points_min_small = 0.03, times_typical_small = 1.5;
constexpr std::size_t siblings_min_small = 4;

// Amount of `from` a month over the last twelve months.
double monthly_from(const Workspace& workspace, const std::vector<double>& from) {
  const auto year = static_cast<std::size_t>(std::lround(workspace.periods.per_year()));
  const std::size_t used = std::min(from.size(), year);
  double sum = 0;
  for (std::size_t i = from.size() - used; i < from.size(); ++i) sum += from[i];
  return sum / static_cast<double>(used) * workspace.periods.per_year() / 12;
}

// Terms are made with customers: on the way from gross to net they lead among columns that show the
// same rows.
int rank_of(const Workspace& workspace, const ErosionStep& step, std::size_t column) {
  const auto* kind = workspace.vocabulary.kind_named(workspace.subject.columns[column].kind);
  if (kind == nullptr) return 0;
  return kind->orders || step.is_margin ? kind->rank : kind->rank / 2;
}

Candidate candidate_of(const Workspace& workspace, const Erosion& erosion, std::string_view family,
                       double p, double effect, bool material) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "margin_erosion";
  const auto measure =
      subject.columns[erosion.step.from].name + "-" + subject.columns[erosion.step.to].name;
  std::vector<findings::Entity> entities;
  if (erosion.column != no_column) {
    entities.push_back({subject.columns[erosion.column].name,
                        subject.codes(erosion.column).dictionary[erosion.value], ""});
    candidate.rank = rank_of(workspace, erosion.step, erosion.column);
  }
  candidate.entry.fingerprint =
      findings::fingerprint(erosion.change ? "margin_change" : "margin_level", measure, entities);
  candidate.entry.statistic = effect;
  candidate.entry.p = workspace.small ? 1 : p;
  candidate.entry.fact = workspace.small;
  candidate.entry.effect = effect;
  candidate.material = material;
  candidate.column = erosion.column;
  candidate.value = erosion.value;
  candidate.measure = "margin";
  if (!material) return candidate;
  candidate.claim = [&workspace, erosion] { return state_erosion(workspace, erosion); };
  if (erosion.column != no_column) {
    candidate.survives = [&workspace, erosion](const frame::Mask& kept) {
      return erosion_stands(workspace, erosion, kept);
    };
  }
  return candidate;
}

// p of the value's units (its customers) against the units of all other values.
double p_of_units(const Workspace& workspace, const ErosionStep& step, std::size_t column,
                  std::uint32_t value, std::size_t unit) {
  const auto* flat = workspace.flat(unit);
  if (flat == nullptr) return 1;
  const auto &units = workspace.subject.codes(unit), &values = workspace.subject.codes(column);
  std::vector<std::uint32_t> value_of(units.values(), 0);
  for (std::size_t row = 0; row < workspace.subject.frame.rows; ++row)
    value_of[units.codes[row]] = values.codes[row];
  const auto &from = flat->sums[flat->place(step.from)], &to = flat->sums[flat->place(step.to)];
  stats::Moments own, others;
  for (std::size_t one = 1; one < value_of.size(); ++one) {
    if (from[one] > 0 && value_of[one] != 0)
      (value_of[one] == value ? own : others).add(1 - to[one] / from[one]);
  }
  const auto test = stats::welch_t(own, others);
  return test ? test->p_value : 1;
}

struct Found {
  Erosion erosion;
  double p = 1, effect = 0, monthly = 0;
  bool material = false;
};

// Siblings all differ (every product has its own cost): is this one unusual among them?
double p_among_siblings(const LossLevel& level, double middle, double scatter,
                        std::size_t siblings) {
  const double spread = std::sqrt(scatter * scatter + level.error * level.error);
  if (spread <= 0) return level.difference > middle ? 0 : 1;
  return stats::p_value(stats::student_two_sided((level.difference - middle) / spread,
                                                 static_cast<double>(siblings - 1)));
}

void settle_levels(const Workspace& workspace, std::vector<Found>& levels) {
  std::vector<double> effects;
  for (const auto& one : levels) effects.push_back(one.effect);
  const double middle = stats::median(effects).value_or(0),
               scatter = stats::median_absolute_deviation(effects).value_or(0);
  for (auto& one : levels) {
    one.material = is_material(*one.erosion.level);
    if (one.material && levels.size() >= siblings_min_scatter)
      one.p = std::max(one.p, p_among_siblings(*one.erosion.level, middle, scatter, levels.size()));
    const auto unit =
        one.material && one.p < p_sure ? workspace.unit_of(one.erosion.column) : std::nullopt;
    if (unit)
      one.p = std::max(one.p, p_of_units(workspace, one.erosion.step, one.erosion.column,
                                         one.erosion.value, *unit));
  }
}

void add_all(const Workspace& workspace, const std::vector<Found>& found, std::string_view family,
             std::vector<Candidate>& candidates) {
  std::vector<double> effects;
  for (const auto& one : found) effects.push_back(one.effect);
  const auto places = percentiles(effects);
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto candidate = candidate_of(workspace, found[i].erosion, family, found[i].p, found[i].effect,
                                  found[i].material);
    candidate.impact = std::max(0.0, found[i].effect) * found[i].monthly;
    candidate.surprise = places[i] * std::clamp(found[i].effect / 0.1, 0.3, 1.0);
    candidates.push_back(std::move(candidate));
  }
}

// Significant changes of single values, to see whether the whole table moves without them.
using Movers = std::vector<Amounts>;

void examine_column(const Workspace& workspace, const ErosionStep& step, std::size_t column,
                    const Amounts& all, Movers& movers, std::vector<Candidate>& candidates) {
  const auto* cube = workspace.cube(column);
  if (cube == nullptr) return;
  std::vector<Found> levels, changes;
  for (std::uint32_t value = 1; value < cube->values; ++value) {
    const auto own = amounts_of(*cube, step, value);
    const auto losses = losses_of(own, difference(all, own));
    if (auto level = loss_level(losses)) {
      levels.push_back({{step, column, value, level, {}},
                        level->p,
                        level->difference,
                        monthly_from(workspace, own.from),
                        false});
      Found change{
          {step, column, value, {}, loss_change(losses)}, 1, 0, levels.back().monthly, false};
      if (change.erosion.change) {
        change.p = change.erosion.change->fit.p_value;
        change.effect = change.erosion.change->change;
        change.material = is_material(*change.erosion.change);
        if (change.material && change.p < p_sure && !workspace.is_decoy(column))
          movers.push_back(own);
        changes.push_back(std::move(change));
      } else {
        changes.push_back({{step, column, value, {}, LossChange{}}, 1, 0, 0, false});
      }
    }
  }
  settle_levels(workspace, levels);
  add_all(workspace, levels, erosion_level_family, candidates);
  add_all(workspace, changes, erosion_change_family, candidates);
}

// The table as a whole: only when it moves without each of the values that move by themselves.
void examine_whole(const Workspace& workspace, const ErosionStep& step, const Amounts& all,
                   const Movers& movers, std::vector<Candidate>& candidates) {
  const Amounts everywhere{std::vector<double>(all.from.size(), 1),
                           std::vector<double>(all.to.size(), 1)};  // no others: they lose nothing
  const auto change = loss_change_alone(losses_of(all, everywhere));
  if (!change) return;
  double p = change->fit.p_value;
  bool material = is_material(*change);
  for (std::size_t i = 0; i < movers.size() && i < 20 && material; ++i) {
    const auto without = loss_change_alone(losses_of(difference(all, movers[i]), everywhere));
    material = without && is_material(*without);
    if (without) p = std::max(p, without->fit.p_value);
  }
  auto candidate = candidate_of(workspace, {step, no_column, 0, {}, change}, erosion_change_family,
                                p, change->change, material);
  candidate.impact = std::max(0.0, change->change) * monthly_from(workspace, all.from);
  candidate.surprise = std::clamp(change->change / 0.1, 0.3, 1.0);
  candidates.push_back(std::move(candidate));
}

// Where one step of the chain makes up a change of the whole chain, the step says more.
void prefer_steps(const Workspace& workspace, std::vector<Candidate>& candidates) {
  const auto& chain = workspace.subject.chain;
  if (!chain || chain->columns.size() < 3) return;
  const auto step_name = [&](std::size_t from, std::size_t to) {
    return workspace.subject.columns[from].name + "-" + workspace.subject.columns[to].name;
  };
  std::map<std::pair<std::size_t, std::uint32_t>, double> of_steps;
  const auto is_of = [](const Candidate& candidate, const std::string& name) {
    return candidate.entry.fingerprint.starts_with(
        findings::fingerprint("margin_change", name, {}));
  };
  for (std::size_t i = 1; i < chain->columns.size(); ++i) {
    const auto name = step_name(chain->columns[i - 1], chain->columns[i]);
    for (const auto& candidate : candidates) {
      if (!candidate.material || candidate.entry.p >= p_sure || !is_of(candidate, name)) continue;
      auto& largest = of_steps[{candidate.column, candidate.value}];
      largest = std::max(largest, candidate.entry.effect);
    }
  }
  const auto whole = step_name(chain->columns.front(), chain->columns.back());
  for (auto& candidate : candidates) {
    const auto step = of_steps.find({candidate.column, candidate.value});
    if (step != of_steps.end() && is_of(candidate, whole) &&
        step->second >= step_share_min * candidate.entry.effect)
      candidate.material = false;
  }
}

// ---- Small tables: sums over all rows.

struct Sums {
  std::vector<double> from, to;  // [value]
};

Sums sums_of(const catalog::Subject& subject, const ErosionStep& step, std::size_t column,
             const frame::Mask& kept) {
  const auto& coded = subject.codes(column);
  Sums sums{std::vector<double>(coded.values()), std::vector<double>(coded.values())};
  const auto &from = subject.numbers(step.from), &to = subject.numbers(step.to);
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    if ((!kept.empty() && kept[row] == 0) || std::isnan(from[row]) || std::isnan(to[row])) continue;
    sums.from[coded.codes[row]] += from[row];
    sums.to[coded.codes[row]] += to[row];
  }
  return sums;
}

// By how much the value loses more than the typical sibling, if that is much.
std::optional<double> excess_small(const Sums& sums, std::uint32_t value) {
  std::vector<double> losses;
  for (std::size_t one = 1; one < sums.from.size(); ++one) {
    if (sums.from[one] > 0) losses.push_back(1 - sums.to[one] / sums.from[one]);
  }
  if (losses.size() < siblings_min_small || sums.from[value] <= 0) return std::nullopt;
  const double own = 1 - sums.to[value] / sums.from[value], typical = *stats::median(losses);
  if (typical < 0 || own > 1 || own - typical < points_min_small ||
      own < times_typical_small * typical)
    return std::nullopt;
  return own - typical;
}

void examine_small(const Workspace& workspace, const ErosionStep& step,
                   std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  for (const std::size_t column : workspace.groupings) {
    const auto sums = sums_of(subject, step, column, {});
    for (std::uint32_t value = 1; value < sums.from.size(); ++value) {
      if (sums.from[value] <= 0) continue;
      const auto excess = excess_small(sums, value);
      auto candidate = candidate_of(workspace, {step, column, value, {}, {}}, erosion_level_family,
                                    1, excess.value_or(0), excess.has_value());
      candidate.impact = excess.value_or(0) * sums.from[value] / workspace.months;
      candidate.surprise = 0.8;
      candidates.push_back(std::move(candidate));
    }
  }
}

}  // namespace

bool is_material(const LossLevel& level) { return level.difference >= points_min; }
bool is_material(const LossChange& change) { return change.change >= points_min; }

bool erosion_stands(const Workspace& workspace, const Erosion& erosion, const frame::Mask& kept) {
  if (!erosion.level && !erosion.change)
    return excess_small(sums_of(workspace.subject, erosion.step, erosion.column, kept),
                        erosion.value)
        .has_value();
  const auto own = amounts_where(workspace, erosion.step, erosion.column, erosion.value, kept);
  const auto losses = losses_of(own, difference(total_where(workspace, erosion.step, kept), own));
  if (erosion.level) {
    const auto level = loss_level(losses);
    return level && is_material(*level) &&
           still_stands(level->p, level->difference, erosion.level->difference);
  }
  const auto change = loss_change(losses);
  return change && is_material(*change) &&
         still_stands(change->fit.p_value, change->change, erosion.change->change);
}

std::vector<Candidate> examine_margin_erosion(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  for (const auto& step : erosion_steps(workspace)) {
    if (workspace.small) {
      examine_small(workspace, step, candidates);
      continue;
    }
    if (workspace.periods.count == 0) continue;
    const auto all = amounts_of(workspace.total, step, 0);
    Movers movers;
    for (const std::size_t column : workspace.groupings)
      examine_column(workspace, step, column, all, movers, candidates);
    examine_whole(workspace, step, all, movers, candidates);
  }
  if (workspace.small)
    drop_echoes(workspace, candidates);
  else
    prefer_steps(workspace, candidates);
  return candidates;
}

}  // namespace insights::patterns
