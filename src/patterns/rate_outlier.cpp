// A value on whose rows something happens more (or less) often than elsewhere: returns of a batch,
// late deliveries of a carrier.
//
// Test: is k of n too many against the rate of all other values? Siblings scatter by themselves, so
// the value is held against a beta-binomial with their scatter, the value left out; rows of one
// customer or one order share their fate, so counts are first divided by the design effect. The
// rate elsewhere is estimated too: where it comes from few rows the two-sample test is the stricter
// one, and the larger p-value counts. A small table carries no test: there a rate of twice the
// whole table's is described.

#include "patterns/rate_outlier.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/small_echoes.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/distributions.h"
#include "stats/overdispersion.h"

namespace insights::patterns {

namespace {

using stats::Proportion;

constexpr std::int64_t trials_min = 30;
constexpr double lift_high = 1.3, lift_low = 0.7;
constexpr double prior_strength_max =
    200;  // rows; what the siblings' rate is believed to be worth at most
constexpr double correction_rate =
    0.5;  // a "product" that mostly comes back is a correction booked as one
constexpr double p_screened =
    0.02;  // only below it the dependence of rows is worth measuring; in a large table
constexpr double p_screened_large =
    0.001;  // more is needed, and what lies between counts as not significant
constexpr std::size_t rows_large = 200'000;
constexpr double p_not_screened = 0.05, outcome_interest = 0.3;
constexpr double weight_min = 0.25, weight_max = 4;
constexpr double lift_small = 2;  // in a small table, against the whole
constexpr std::int64_t trials_min_small = 5, events_min_small = 2;

double rate_elsewhere(const Proportion& elsewhere) {
  return (static_cast<double>(elsewhere.events) + 0.5) /
         (static_cast<double>(elsewhere.trials) + 1.0);
}

Proportion divided(const Proportion& counts, double design) {
  const auto part = [&](std::int64_t count) {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(count) / design));
  };
  const auto trials = std::max<std::int64_t>(1, part(counts.trials));
  return {std::min(trials, part(counts.events)), trials};
}

double shrunk_lift(const Proportion& own, const Proportion& elsewhere, double scatter) {
  const double rate = rate_elsewhere(elsewhere);
  return stats::shrunk_rate(own, {rate, rate_prior_strength(scatter)}) / rate;
}

// Unshrunken, so that fewer rows alone do not make it smaller.
double log_ratio(const Proportion& own, const Proportion& elsewhere) {
  return std::log(std::max(own.rate(), 1e-6)) - std::log(rate_elsewhere(elsewhere));
}

bool is_material(double lift) { return lift >= lift_high || lift <= lift_low; }

// Far from significant: no exact tail needed, it would change nothing.
std::optional<double> plainly_usual(const Proportion& own, double rate) {
  const double n = static_cast<double>(own.trials);
  const double z = (static_cast<double>(own.events) - n * rate) / std::sqrt(n * rate * (1 - rate));
  return std::fabs(z) < 1.5 ? std::optional(stats::normal_two_sided(z)) : std::nullopt;
}

// The column says the same as the flag (status = 'returned'): no news.
bool restates(const RatesByValue& rates) {
  double within = 0;
  std::int64_t used = 0;
  for (std::size_t value = 1; value < rates.values.size(); ++value) {
    const auto& one = rates.values[value];
    within += static_cast<double>(one.trials) * one.rate() * (1 - one.rate());
    used += one.trials > 0 ? 1 : 0;
  }
  const double whole =
      static_cast<double>(rates.all.trials) * rates.all.rate() * (1 - rates.all.rate());
  return rates.all.trials >= 5 * used && within < 0.1 * whole;
}

bool is_bad(const catalog::Column& flag, bool higher) {
  return (flag.polarity < 0 && higher) || (flag.polarity > 0 && !higher);
}

// Against the same months elsewhere: a value that sells in the months of many returns is not worse
// for it.
double lift_by_period(const Workspace& workspace, std::size_t flag, std::size_t column,
                      std::uint32_t value) {
  const auto* cube = workspace.cube(column);
  if (cube == nullptr || std::ranges::find(cube->measures, flag) == cube->measures.end()) return 0;
  const auto events = cube->series(cube->place(flag), value), rows = cube->row_series(value);
  const auto all_events = workspace.total.series(workspace.total.place(flag), 0),
             all_rows = workspace.total.row_series(0);
  double seen = 0, expected = 0;
  for (std::size_t t = 0; t < cube->periods; ++t) {
    if (all_rows[t] - rows[t] < 1) continue;
    seen += events[t];
    expected += rows[t] * (all_events[t] - events[t]) / (all_rows[t] - rows[t]);
  }
  return expected > 0 ? seen / expected : 0;
}

// What the extra events concern, a month, at the money of its average row; rows where there is no
// money. For the order in which claims are stated; the claim itself counts exactly.
double stake_of(const Workspace& workspace, const RateOutlier& found) {
  const auto& subject = workspace.subject;
  const double extra = static_cast<double>(found.own.events) -
                       static_cast<double>(found.own.trials) * found.elsewhere.rate();
  const auto* flat = workspace.flat(found.column);
  if (extra <= 0 || flat == nullptr) return 0;
  const bool has_money =
      subject.money && std::ranges::find(flat->measures, *subject.money) != flat->measures.end();
  const double rows = std::max(1.0, flat->rows[found.value]);
  const double row_money =
      has_money ? std::fabs(flat->sums[flat->place(*subject.money)][found.value]) / rows : 1;
  return extra * row_money / workspace.months;
}

Candidate candidate_of(const Workspace& workspace, const RateOutlier& found,
                       const RateContext& context, bool material) {
  const auto& subject = workspace.subject;
  const auto& column = subject.columns[found.column];
  const auto& flag = subject.columns[found.flag];
  Candidate candidate;
  candidate.entry.family = std::string(rate_family) + ": " + flag.name;
  candidate.entry.pattern = "rate_outlier";
  const findings::Entity entity{column.name, subject.codes(found.column).dictionary[found.value],
                                ""};
  candidate.entry.fingerprint =
      findings::fingerprint("rate_outlier", flag.name, std::vector{entity});
  candidate.entry.statistic = found.own.rate();
  candidate.entry.p = found.p;
  candidate.entry.fact = workspace.small;
  candidate.entry.effect = found.lift;
  candidate.material = material;
  candidate.column = found.column;
  candidate.value = found.value;
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  candidate.rank = kind == nullptr ? 0 : kind->rank;
  candidate.measure = flag.name;
  candidate.measure_column = found.flag;
  if (!material) return candidate;
  candidate.impact = found.is_bad ? stake_of(workspace, found) : 0;
  candidate.claim = [&workspace, found, context] {
    return state_rate_outlier(workspace, found, context);
  };
  return candidate;
}

// One value of a two-valued column tells of both.
void keep_one_of_two(const catalog::Column& flag, std::vector<RateOutlier>& found) {
  if (found.size() != 2) return;
  const bool first_higher = found[0].own.rate() > found[1].own.rate();
  const bool keep_first = first_higher == (flag.polarity <= 0);
  found.erase(found.begin() + (keep_first ? 1 : 0));
}

std::vector<RateOutlier> outliers_to_test(const catalog::Column& flag_column, std::size_t flag,
                                          std::size_t column, const RatesByValue& rates) {
  std::vector<RateOutlier> found;
  std::size_t values = 0;
  for (std::uint32_t value = 1; value < rates.values.size(); ++value) {
    const auto own = rates.values[value];
    values += own.trials > 0 ? 1 : 0;
    const Proportion elsewhere{rates.all.events - own.events, rates.all.trials - own.trials};
    if (own.trials < trials_min || elsewhere.trials < trials_min) continue;
    found.push_back({flag, column, value, own, elsewhere});
  }
  if (values == 2) keep_one_of_two(flag_column, found);
  return found;
}

// Of a column's values the larger ones matter more, and only they can show much: a value's part of
// the rows, held within a quarter and four times the average.
std::vector<double> weights_by_size(const std::vector<RateOutlier>& tested) {
  double trials = 0;
  for (const auto& one : tested) trials += static_cast<double>(one.own.trials);
  std::vector<double> weights;
  for (const auto& one : tested)
    weights.push_back(std::clamp(
        static_cast<double>(one.own.trials) * static_cast<double>(tested.size()) / trials,
        weight_min, weight_max));
  return weights;
}

double surprise_of(double percentile, double lift, const catalog::Column& flag, bool bad) {
  const double size =
      std::clamp(std::fabs(std::log(std::max(lift, 0.01))) / std::log(4.0), 0.2, 1.0);
  const double interest = bad ? 1.0 : flag.polarity == 0 ? 0.6 : 0.4;
  return percentile * size * interest;
}

// Discounts, fees and corrections are booked as products with returns only: neither outliers nor
// siblings.
void leave_out_corrections(const Workspace& workspace, std::size_t flag, std::size_t column,
                           RatesByValue& rates) {
  const auto& subject = workspace.subject;
  if (!subject.returns || subject.returns->flag_column != flag) return;
  const auto units = taken_back_by_value(subject, column, {});
  for (std::size_t value = 1; value < rates.values.size(); ++value) {
    auto& one = rates.values[value];
    const bool several =
        units[value].largest <= 0.5 * units[value].back;  // not one large order cancelled
    if (one.rate() < correction_rate && !(several && units[value].rate() >= correction_rate))
      continue;
    rates.all.events -= one.events;
    rates.all.trials -= one.trials;
    one = {};
  }
}

void examine_column(const Workspace& workspace, std::size_t flag, std::size_t column,
                    Dependence& dependence, std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  const auto& flag_column = subject.columns[flag];
  auto rates = rates_of(workspace, flag, column);
  if (restates(rates)) return;
  leave_out_corrections(workspace, flag, column, rates);
  auto tested = outliers_to_test(flag_column, flag, column, rates);
  const Siblings siblings(rates);
  std::vector<RateContext> contexts(tested.size());
  const double screened_at = subject.frame.rows > rows_large ? p_screened_large : p_screened;
  std::vector<std::uint32_t> screened;
  std::vector<std::size_t> screened_places;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    auto& one = tested[i];
    const auto usual = plainly_usual(one.own, rate_elsewhere(one.elsewhere));
    contexts[i].scatter = usual ? 0 : siblings.scatter_without(one.value);
    one.lift = shrunk_lift(one.own, one.elsewhere, contexts[i].scatter);
    one.p = usual ? *usual : judge_rate(one.own, one.elsewhere, contexts[i]).p;
    one.is_bad = is_bad(flag_column, one.lift > 1);
    if (one.p > screened_at) {
      if (one.p < p_not_screened) one.p = p_not_screened;
      continue;
    }
    screened.push_back(one.value);
    screened_places.push_back(i);
  }
  if (!screened.empty()) {
    const auto designs = dependence.within(column, screened);
    const double overall = dependence.overall(column);
    for (std::size_t j = 0; j < screened.size(); ++j) {
      auto& one = tested[screened_places[j]];
      auto& context = contexts[screened_places[j]];
      context.design_own = designs[j];
      context.design_elsewhere = overall;
      one.p = judge_rate(one.own, one.elsewhere, context).p;
    }
  }
  const auto weights = weights_by_size(tested);
  std::vector<double> sizes;
  for (const auto& one : tested) sizes.push_back(std::fabs(std::log(std::max(one.lift, 0.01))));
  const auto places = percentiles(sizes);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    auto& one = tested[i];
    bool material = is_material(one.lift) && one.p < p_not_screened;
    if (material) {
      const double same_months = lift_by_period(workspace, flag, column, one.value);
      material =
          same_months == 0 || (one.lift > 1 ? same_months >= lift_high : same_months <= lift_low);
    }
    auto candidate = candidate_of(workspace, one, contexts[i], material);
    candidate.weight = weights[i];
    candidate.surprise = surprise_of(places[i], one.lift, flag_column, one.is_bad);
    // What became of a row often says the same as the flag, or follows from it.
    if (subject.columns[column].kind == "status") candidate.surprise *= outcome_interest;
    candidate.survives = [&subject, one, context = contexts[i]](const frame::Mask& kept) {
      const auto rates_kept = rates_where(subject, one.flag, one.column, one.value, kept);
      const auto verdict = judge_rate(rates_kept.own, rates_kept.elsewhere, context);
      return verdict.material &&
             still_stands(verdict.p, log_ratio(rates_kept.own, rates_kept.elsewhere),
                          log_ratio(one.own, one.elsewhere));
    };
    candidates.push_back(std::move(candidate));
  }
}

// ---- Small tables.

// Twice the whole table's, in rows; for returns, in what was sold and came back.
bool stands_out_small(const catalog::Subject& subject, const RateOutlier& one,
                      const frame::Mask& kept) {
  const auto rates = rates_where(subject, one.flag, one.column, one.value, kept);
  const double whole =
      static_cast<double>(rates.own.events + rates.elsewhere.events) /
      std::max(1.0, static_cast<double>(rates.own.trials + rates.elsewhere.trials));
  if (!one.in_units) {
    return rates.own.trials >= trials_min_small && rates.own.events >= events_min_small &&
           rates.own.rate() >= lift_small * whole;
  }
  const auto sizes = taken_back_by_value(subject, one.column, kept);
  TakenBack all;
  for (std::size_t value = 1; value < sizes.size(); ++value) {
    all.sold += sizes[value].sold;
    all.back += sizes[value].back;
  }
  const auto& own = sizes[one.value];
  return own.back > 0 && own.back <= own.sold && own.rate() >= lift_small * all.rate();
}

void examine_column_small(const Workspace& workspace, std::size_t flag, std::size_t column,
                          std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  if (subject.columns[flag].polarity >= 0) return;
  const auto rates = rates_of(workspace, flag, column);
  if (restates(rates)) return;
  for (std::uint32_t value = 1; value < rates.values.size(); ++value) {
    const auto own = rates.values[value];
    if (own.events == 0 || own.trials == rates.all.trials) continue;
    RateOutlier one{
        flag, column, value, own, {rates.all.events - own.events, rates.all.trials - own.trials}};
    one.in_units = subject.returns && subject.returns->flag_column == flag;
    one.is_bad = true;
    one.lift = one.own.rate() / rate_elsewhere(one.elsewhere);
    const bool material = stands_out_small(subject, one, {});
    auto candidate = candidate_of(workspace, one, {}, material);
    candidate.surprise = 0.8;
    candidate.survives = [&subject, one](const frame::Mask& kept) {
      return stands_out_small(subject, one, kept);
    };
    candidates.push_back(std::move(candidate));
  }
}

}  // namespace

double rate_prior_strength(double scatter) {
  return scatter > 0 ? std::clamp((1 - scatter) / scatter, 1.0, prior_strength_max)
                     : prior_strength_max;
}

RateVerdict judge_rate(const Proportion& own, const Proportion& elsewhere,
                       const RateContext& context) {
  RateVerdict verdict;
  if (own.trials < trials_min || elsewhere.trials < trials_min) return verdict;
  const double rate = rate_elsewhere(elsewhere);
  verdict.lift = shrunk_lift(own, elsewhere, context.scatter);
  const auto own_units = divided(own, context.design_own),
             elsewhere_units = divided(elsewhere, context.design_elsewhere);
  verdict.p = std::max(stats::beta_binomial_p_value(own_units, rate, context.scatter),
                       stats::compare_proportions(own_units, elsewhere_units).p_value);
  verdict.material = is_material(verdict.lift);
  return verdict;
}

std::vector<Candidate> examine_rate_outlier(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  for (const std::size_t flag : flag_columns(subject)) {
    std::unique_ptr<Dependence> dependence;
    if (!workspace.small) dependence = std::make_unique<Dependence>(workspace, flag);
    for (const std::size_t column : workspace.groupings) {
      if (workspace.small)
        examine_column_small(workspace, flag, column, candidates);
      else
        examine_column(workspace, flag, column, *dependence, candidates);
    }
  }
  if (workspace.small) drop_echoes(workspace, candidates);
  return candidates;
}

}  // namespace insights::patterns
