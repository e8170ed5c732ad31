// A stretch of weeks or months in which rows come far denser than before and after: of everything,
// or of one value beside the others.
//
// Scan statistic over all stretches up to a third of the time; its p-value is that of the best one
// and is taken from random orders of the periods' own residuals, so that a series that scatters
// more than chance raises no alarm (stats/burst.h). Of a value the others' rows are its exposure: a
// busy month of everybody is told once, of everything. Weeks are used where rows are many enough
// and one week says nothing about the next, else months. A stretch that is as busy in the year
// before or after is a season and not told here; nor is one at an end of the data, which may be a
// new level.

#include "stats/burst.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/count_over_time.h"
#include "patterns/course_claim.h"
#include "patterns/facts.h"
#include "stats/trend.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::string_view family = "burst";
constexpr std::size_t values_max = 30;
constexpr double rows_min = 40;        // of a value
constexpr double rows_a_week_min = 2;  // else months
constexpr std::size_t bins_min = 12;
constexpr double ratio_min = 2, side_ratio_min = 1.6, season_ratio_min = 1.4;
constexpr double more_rows_min = 10;
constexpr double memory_max = 0.3;  // of the periods outside, lag 1
constexpr double p_explains = 0.01, makes_part_min = 0.6;
constexpr double nearly_all = 0.95;

// Equal stretches of time: the workspace's periods, or the weeks in them.
struct Bins {
  Grain grain = Grain::week;
  std::vector<base::Day> starts;  // [count + 1]
  std::size_t count() const { return starts.size() - 1; }
  std::size_t in_a_year() const { return grain == Grain::week ? 52 : 12; }
  std::size_t length_max() const {
    return std::min<std::size_t>(count() / 3, grain == Grain::week ? 17 : 4);
  }
  std::size_t side_min() const { return grain == Grain::week ? 4 : 1; }
};

Bins weeks_of(const Periods& periods) {
  Bins bins{Grain::week, {}};
  auto start = periods.first_day();
  start.since_epoch += (7 - base::weekday(start)) % 7;
  for (; start.since_epoch <= periods.starts.back().since_epoch; start.since_epoch += 7)
    bins.starts.push_back(start);
  return bins;
}

struct Counts {
  std::vector<std::int64_t> own, others;  // [bins]; others empty: own is everything
};

struct Question {
  std::size_t column = no_column;
  std::uint32_t value = 0;
};

Counts counts_of(const Workspace& workspace, const Question& what, const Bins& bins,
                 const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  const auto first = bins.starts.front().since_epoch, last = bins.starts.back().since_epoch;
  std::vector<std::uint16_t> bin_of(static_cast<std::size_t>(last - first));
  for (std::size_t bin = 0; bin < bins.count(); ++bin) {
    for (auto day = bins.starts[bin].since_epoch; day < bins.starts[bin + 1].since_epoch; ++day)
      bin_of[static_cast<std::size_t>(day - first)] = static_cast<std::uint16_t>(bin);
  }
  const bool whole = what.column == no_column;
  Counts counts{std::vector<std::int64_t>(bins.count()), {}};
  if (!whole) counts.others.resize(bins.count());
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (days[row] == frame::no_day || days[row] < first || days[row] >= last ||
        (!kept.empty() && kept[row] == 0))
      continue;
    const std::uint32_t code = whole ? 0 : subject.codes(what.column).codes[row];
    if (!whole && code == 0) continue;
    auto& side = whole || code == what.value ? counts.own : counts.others;
    ++side[bin_of[static_cast<std::size_t>(days[row] - first)]];
  }
  return counts;
}

std::vector<double> exposure_of(const Counts& counts) {
  std::vector<double> exposure;
  for (const auto rows : counts.others) exposure.push_back(static_cast<double>(rows) + 0.5);
  return exposure;
}

// Bins without any row in the table are missing, not quiet; with many of them there is no usual
// course that a stretch could stand out from. calendar_gaps tells of them.
bool is_full_of_gaps(const Counts& counts) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < counts.own.size(); ++i)
    missing += counts.own[i] == 0 && (counts.others.empty() || counts.others[i] == 0) ? 1 : 0;
  return !counts.others.empty() && missing * 4 > counts.own.size();
}

// Rows over exposure of some bins.
double rate(const Counts& counts, const std::vector<double>& exposure, std::size_t begin,
            std::size_t end) {
  double rows = 0, exposed = 0;
  for (std::size_t i = begin; i < end; ++i) {
    rows += static_cast<double>(counts.own[i]);
    exposed += exposure.empty() ? 1 : exposure[i];
  }
  return exposed > 0 ? rows / exposed : 0;
}

// Memory of the bins outside the stretch: of what they have beyond the rate outside.
double memory_outside(const Counts& counts, const std::vector<double>& exposure,
                      const stats::Burst& burst) {
  double rows = 0, exposed = 0;
  for (std::size_t i = 0; i < counts.own.size(); ++i) {
    if (i >= burst.first && i < burst.first + burst.length) continue;
    rows += static_cast<double>(counts.own[i]);
    exposed += exposure.empty() ? 1 : exposure[i];
  }
  std::vector<double> residuals;
  for (std::size_t i = 0; i < counts.own.size(); ++i) {
    if (i >= burst.first && i < burst.first + burst.length) continue;
    const double due = rows / exposed * (exposure.empty() ? 1 : exposure[i]);
    residuals.push_back((static_cast<double>(counts.own[i]) - due) / std::sqrt(std::max(due, 0.1)));
  }
  return stats::lag_one_autocorrelation(residuals).value_or(0.0);
}

// Is the same stretch of another year busy too?
bool is_season(const Counts& counts, const std::vector<double>& exposure, const Bins& bins,
               const stats::Burst& burst) {
  const auto year = static_cast<std::ptrdiff_t>(bins.in_a_year());
  const double usual = rate(counts, exposure, 0, counts.own.size());
  for (std::ptrdiff_t shift = -3 * year; shift <= 3 * year; shift += year) {
    const auto begin = static_cast<std::ptrdiff_t>(burst.first) + shift;
    const auto end = begin + static_cast<std::ptrdiff_t>(burst.length);
    if (shift == 0 || begin < 0 || end > static_cast<std::ptrdiff_t>(bins.count())) continue;
    if (rate(counts, exposure, static_cast<std::size_t>(begin), static_cast<std::size_t>(end)) >=
        season_ratio_min * usual)
      return true;
  }
  return false;
}

struct Found {
  stats::Burst burst;
  Bins bins;
  bool is_material = false;
};

bool is_material(const Counts& counts, const std::vector<double>& exposure, const Bins& bins,
                 const stats::Burst& burst) {
  const std::size_t end = burst.first + burst.length;
  if (burst.length == 0 || burst.first < bins.side_min() || end + bins.side_min() > bins.count())
    return false;
  const double inside = rate(counts, exposure, burst.first, end);
  const double side =
      std::max(rate(counts, exposure, 0, burst.first), rate(counts, exposure, end, bins.count()));
  return burst.ratio >= ratio_min && inside >= side_ratio_min * side &&
         static_cast<double>(burst.events) - burst.expected >= more_rows_min &&
         !is_season(counts, exposure, bins, burst);
}

std::optional<Found> found_in(const Workspace& workspace, const Question& what, Bins bins,
                              const frame::Mask& kept) {
  if (bins.starts.size() < bins_min + 1) return std::nullopt;
  const auto counts = counts_of(workspace, what, bins, kept);
  if (is_full_of_gaps(counts)) return std::nullopt;
  const auto exposure = exposure_of(counts);
  stats::BurstOptions options;
  options.length_max = bins.length_max();
  options.permutations = 99;  // enough to see that there is nothing
  auto burst = stats::strongest_burst(counts.own, exposure, options);
  if (burst && burst->p_value <= 0.05) {
    options.permutations = 999;
    burst = stats::strongest_burst(counts.own, exposure, options);
  }
  if (!burst) return std::nullopt;
  if (burst->length > 0 && memory_outside(counts, exposure, *burst) > memory_max)
    return std::nullopt;
  const bool material = is_material(counts, exposure, bins, *burst);
  return Found{*burst, std::move(bins), material};
}

// In weeks where there are enough rows, else in the workspace's periods.
std::optional<Found> burst_of(const Workspace& workspace, const Question& what,
                              const frame::Mask& kept, double rows) {
  const auto& periods = workspace.periods;
  if (periods.grain == Grain::month) {
    auto weeks = weeks_of(periods);
    if (rows >= rows_a_week_min * static_cast<double>(weeks.starts.size())) {
      if (auto found = found_in(workspace, what, std::move(weeks), kept)) return found;
    }
  }
  return found_in(workspace, what, {periods.grain, periods.starts}, kept);
}

void ask(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
         const Question& what, const Found& found) {
  const auto& subject = workspace.subject;
  const auto& starts = found.bins.starts;
  const bool whole = what.column == no_column, month = found.bins.grain == Grain::month;
  const std::size_t end = found.burst.first + found.burst.length;
  const auto inside = between_sql(subject, starts[found.burst.first], starts[end]);
  const auto all = between_sql(subject, starts.front(), starts.back());
  const auto own = whole ? std::string() : equals_sql(subject, what.column, what.value);
  const auto counted = [](const std::string& condition) {
    return fmt::format("count(*) FILTER (WHERE {})", condition);
  };
  std::string select = fmt::format(
      "{} AS events, {} AS rows, {} AS burst_from, {} AS burst_to", counted(both_sql(own, inside)),
      whole ? "count(*)" : counted(own), day_sql(starts[found.burst.first]),
      day_sql(base::Day{starts[end].since_epoch - 1}));
  values.constant("length", static_cast<double>(found.burst.length))
      .constant("all_length", static_cast<double>(found.bins.count()));
  values.cell("events", "a", 0, "events", Format::integer).cell("rows", "a", 0, "rows");
  for (const std::string_view name : {"burst_from", "burst_to"})
    values.cell(name, "a", 0, name, month ? Format::month : Format::date);
  values.formula("inside", "events / length", Format::decimal)
      .formula("outside", "(rows - events) / (all_length - length)", Format::decimal);
  if (!whole) {
    const auto rest = fmt::format("NOT ({})", own);
    select += fmt::format(", {} AS who, {} AS other_events, {} AS other_rows",
                          label_sql(subject, what.column, what.value),
                          counted(both_sql(rest, inside)), counted(rest));
    values.cell("who", "a", 0, "who")
        .cell("other_events", "a", 0, "other_events")
        .cell("other_rows", "a", 0, "other_rows");
    values.formula("others_inside", "other_events / length", Format::decimal)
        .formula("others_outside", "(other_rows - other_events) / (all_length - length)",
                 Format::decimal);
  }
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {} FROM {} WHERE {}", select, subject.from_sql, all)});
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS period, count(*) AS amount FROM {1} WHERE {2} GROUP BY {0} "
                   "ORDER BY period",
                   period_sql(subject, found.bins.grain), subject.from_sql, both_sql(own, all))});
}

findings::Claim state(const Workspace& workspace, const Question& what, const Found& found) {
  const auto& subject = workspace.subject;
  const bool whole = what.column == no_column;
  const std::string noun = found.bins.grain == Grain::month ? "month" : "week";
  auto claim = whole ? claim_about_all(workspace, "burst", family, "")
                     : claim_about(workspace, "burst", family, what.column, what.value, "");
  const std::size_t end = found.burst.first + found.burst.length;
  claim.fingerprint += "/" + base::iso_text(found.bins.starts[found.burst.first]);
  claim.columns.push_back(subject.columns[*subject.time].name);
  claim.scope.from = found.bins.starts[found.burst.first];
  claim.scope.to = base::Day{found.bins.starts[end].since_epoch - 1};
  findings::Values values;
  ask(claim, values, workspace, what, found);
  const auto nouns = plain_words(subject.nouns);
  const bool one_month = noun == "month" && found.burst.length == 1;
  const std::string when = one_month ? "in {burst_from}" : "from {burst_from} to {burst_to}";
  claim.title =
      fmt::format("{} of {{events}} {} {}: {{inside}} a {}, against {{outside}} before and after",
                  whole ? "Spike" : subject_phrase(subject, what.column, what.value) + ": spike",
                  nouns, when, noun);
  if (found.burst.ratio < 1000 && found.burst.ratio > 0) {
    values.formula("times", "inside / max(outside, inside / length / all_length)",
                   Format::multiple);
    claim.summary = fmt::format("That is {{times}} the usual number a {}.", noun);
  }
  if (!whole)
    claim.summary += fmt::format(
        " The others had {{others_inside}} a {} in that time and {{others_outside}} otherwise.",
        noun);
  const bool short_time = found.bins.count() < 2 * found.bins.in_a_year();
  if (short_time && noun == "month")
    claim.summary += " With less than two years of data it may be a season.";
  claim.action =
      whole
          ? "Find out what happened in that time, and whether it can come again."
          : fmt::format("Find out what happened to {} in that time, and whether it can come again.",
                        inside_sentence(subject_phrase(subject, what.column, what.value)));
  claim.values = values.bindings();
  claim.test.name = "scan statistic over all stretches of time";
  claim.test.effect_name = "times the rate before and after";
  claim.chart = {findings::Chart::Mark::line,
                 whole ? fmt::format("{} by {}", capitalized(nouns), noun)
                       : fmt::format("{} of {{who}} by {}", capitalized(nouns), noun),
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"amount", nouns, findings::Chart::Axis::Kind::quantitative, ""},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(
      {"season", short_time ? findings::GuardStatus::downgraded : findings::GuardStatus::passed,
       short_time ? "less than two years of data: it may be a season"
                  : "the same time of another year was not as busy"});
  return claim;
}

Candidate candidate_of(const Workspace& workspace, const Question& what,
                       const std::optional<Found>& found, double rows) {
  const auto& subject = workspace.subject;
  const bool whole = what.column == no_column;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "burst";
  std::vector<findings::Entity> entities;
  if (!whole)
    entities.push_back(
        {subject.columns[what.column].name, subject.codes(what.column).dictionary[what.value], ""});
  candidate.entry.fingerprint = findings::fingerprint("burst", "", entities);
  candidate.column = what.column;
  candidate.value = what.value;
  const auto* kind =
      whole ? nullptr : workspace.vocabulary.kind_named(subject.columns[what.column].kind);
  candidate.rank = kind == nullptr ? 1 : kind->rank;
  candidate.measure = "one period of " + Amount(workspace).name();  // as period_outlier tells it
  candidate.of_total = true;
  if (!found) return candidate;
  candidate.entry.p = found->burst.p_value;
  candidate.entry.statistic = found->burst.log_likelihood_ratio;
  candidate.entry.effect = std::min(found->burst.ratio, 100.0) - 1;
  candidate.surprise = std::clamp(found->burst.ratio / 4, 0.4, 1.0);
  candidate.material = found->is_material;
  if (!candidate.material) return candidate;
  candidate.claim = [&workspace, what, one = *found] { return state(workspace, what, one); };
  if (whole) return candidate;
  candidate.survives = [&workspace, what, rows, burst = found->burst](const frame::Mask& kept) {
    const auto again = burst_of(workspace, what, kept, rows);
    return again && again->is_material && again->burst.p_value <= p_explains &&
           again->burst.first < burst.first + burst.length &&
           burst.first < again->burst.first + again->burst.length;
  };
  return candidate;
}

// Is most of what the whole has too many in that stretch one value's?
bool makes(const Workspace& workspace, const Candidate& candidate, const Question& what,
           const Found& whole) {
  if (!candidate.material || candidate.entry.p > p_explains || workspace.is_decoy(what.column))
    return false;
  const std::size_t begin = whole.burst.first, end = begin + whole.burst.length;
  const auto counts = counts_of(workspace, what, whole.bins, {});
  const auto excess = [&](const std::vector<std::int64_t>& rows) {
    double inside = 0, outside = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      (i >= begin && i < end ? inside : outside) += static_cast<double>(rows[i]);
    const auto length = static_cast<double>(end - begin);
    return inside - outside * length / (static_cast<double>(rows.size()) - length);
  };
  const double own = excess(counts.own), others = excess(counts.others);
  return own > 0 && own >= makes_part_min * (own + std::max(0.0, others));
}

}  // namespace

std::vector<Candidate> examine_burst(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small || workspace.periods.count == 0 || is_trade(workspace)) return candidates;
  const auto& subject = workspace.subject;
  const auto rows_in_all = static_cast<double>(subject.frame.rows);
  const auto whole = burst_of(workspace, {}, {}, rows_in_all);
  candidates.push_back(candidate_of(workspace, {}, whole, rows_in_all));
  for (const std::size_t column : workspace.groupings) {
    const auto* flat = workspace.flat(column);
    if (flat == nullptr || subject.columns[column].kind == "calendar" ||
        subject.columns[column].kind == "status")
      continue;
    std::vector<std::pair<double, std::uint32_t>> largest;
    for (std::uint32_t value = 1; value < flat->values; ++value) {
      const double rows = flat->rows_total(value);
      if (rows >= rows_min && rows <= nearly_all * rows_in_all) largest.emplace_back(-rows, value);
    }
    std::ranges::sort(largest);
    if (largest.size() > values_max) largest.resize(values_max);
    for (const auto& [negative_rows, value] : largest) {
      const Question what{column, value};
      const auto found = burst_of(workspace, what, {}, -negative_rows);
      candidates.push_back(candidate_of(workspace, what, found, -negative_rows));
      if (whole && makes(workspace, candidates.back(), what, *whole))
        candidates.front().material = false;
    }
  }
  return candidates;
}

}  // namespace insights::patterns
