// A month (or week) far from what trend and season led to expect: of the whole, or of one value's
// share of it.
//
// Of a value its share is looked at, so that what happens to everybody is told once, of the whole.
// Tested by a generalized extreme deviate test on top of season and trend (stats/outliers.h), on
// the plain values and on their logarithms, and only what both find counts: the one is wary of
// lows, which cannot go below zero, the other of highs, which in lumpy data go far. A period that
// one order makes, or one order that was taken back again, is none to report: without its largest
// order it has to be just as far off.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/large_orders.h"
#include "stats/outliers.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::string_view family = "period outlier";
constexpr double deviation_min = 0.30;
constexpr std::size_t values_max = 50;  // of a grouping whose values are looked at
constexpr double share_min = 0.05;      // of the total, for a value to be looked at
constexpr std::size_t periods_min = 9;
constexpr double explains_p_max = 0.01;  // of a value's odd period that stands for the whole's
constexpr double rows_min = 30;          // a period, on average: fewer scatter by chance alone

struct Series {
  std::size_t column = no_column;  // no_column: the whole
  std::uint32_t value = 0;
  std::vector<double> amounts, shares;  // [periods]; shares of the whole, empty for the whole
  const std::vector<double>& tested() const { return column == no_column ? amounts : shares; }
};

struct Odd {
  std::size_t period = 0;
  double value = 0, expected = 0;  // amount or share
  double low = 0, high = 0;        // of the expectation, 95 %
  double p = 1, score = 0;
  double deviation() const { return value / expected - 1; }
};

stats::SeasonalCycle cycle_of(const Periods& periods) {
  if (periods.grain == Grain::month) return {12, periods.season(0)};
  return {52, 0};
}

// The period that is farthest off, when one is.
std::optional<Odd> oddest(const std::vector<double>& values, const Periods& periods) {
  if (values.size() < periods_min) return std::nullopt;
  std::vector<double> logarithms;
  for (const double value : values) {
    if (!(value > 0)) return std::nullopt;
    logarithms.push_back(std::log(value));
  }
  const auto cycle = cycle_of(periods);
  const auto plain = stats::period_outliers(values, cycle);
  for (const auto& outlier : stats::period_outliers(logarithms, cycle)) {
    const auto same = std::ranges::find(plain, outlier.index, &stats::Outlier::index);
    if (same == plain.end() || (same->score > 0) != (outlier.score > 0)) continue;
    const double scale =
        outlier.score == 0 ? 0 : std::fabs((outlier.value - outlier.expected) / outlier.score);
    const double expected = std::exp(outlier.expected);
    return Odd{outlier.index,
               values[outlier.index],
               expected,
               expected * std::exp(-1.96 * scale),
               expected * std::exp(1.96 * scale),
               std::max(outlier.p_value, same->p_value),
               outlier.score};
  }
  return std::nullopt;
}

// Rows are counted things: whether so few or so many of a period's rows can be chance, their share
// elsewhere being what it is.
double chance_of_rows(const Workspace& workspace, const Series& series, const Odd& odd) {
  const auto own = workspace.cube(series.column)->row_series(series.value);
  const auto all = workspace.total.row_series(0);
  const auto whole = [](double count) { return static_cast<std::int64_t>(std::llround(count)); };
  return stats::exact_binomial_p_value({whole(own[odd.period]), whole(all[odd.period])},
                                       std::clamp(odd.expected, 0.0, 1.0));
}

// Are far more rows of that period than of the others without a value of this column? Then all of
// its values look small, and what is to be told is that values are missing.
bool is_gap_in_records(const Workspace& workspace, const Series& series, const Odd& odd) {
  constexpr double points = 0.05;
  constexpr std::uint32_t null_code = 0;
  const auto missing = workspace.cube(series.column)->row_series(null_code);
  const auto all = workspace.total.row_series(0);
  double missing_elsewhere = 0, all_elsewhere = 0;
  for (std::size_t period = 0; period < all.size(); ++period) {
    if (period == odd.period) continue;
    missing_elsewhere += missing[period];
    all_elsewhere += all[period];
  }
  return all_elsewhere > 0 &&
         missing[odd.period] / all[odd.period] > missing_elsewhere / all_elsewhere + points;
}

bool is_odd_again(const Workspace& workspace, const std::vector<double>& values, const Odd& odd) {
  const auto again = oddest(values, workspace.periods);
  const bool same_side = again && (again->value > again->expected) == (odd.value > odd.expected);
  return same_side && again->period == odd.period && std::fabs(again->deviation()) >= deviation_min;
}

// Is the same period still odd, in the same direction, had its largest order not been there? A
// share is moved by its own orders and, the other way, by everybody's.
bool holds_without_largest_order(const Workspace& workspace, const Series& series, const Odd& odd) {
  if (!workspace.subject.money) return true;
  const bool up = odd.value > odd.expected;
  auto values = series.tested();
  auto& value = values[odd.period];
  const double own = largest_order(workspace, odd.period, series.column, series.value, up);
  if (series.column == no_column) {
    value -= own;
    return is_odd_again(workspace, values, odd);
  }
  const double amount = series.amounts[odd.period], whole = amount / series.shares[odd.period];
  const double of_all = largest_order(workspace, odd.period, no_column, 0, !up);
  if (whole - own <= 0 || whole - of_all <= 0) return false;
  value = (amount - own) / (whole - own);
  if (!is_odd_again(workspace, values, odd)) return false;
  value = amount / (whole - of_all);
  if (!is_odd_again(workspace, values, odd)) return false;
  // Nor by both: an order of its own, and the row elsewhere that takes it back.
  if (whole - own - of_all <= 0) return false;
  value = (amount - own) / (whole - own - of_all);
  return is_odd_again(workspace, values, odd);
}

void add_sums(findings::Claim& claim, const Workspace& workspace, const Series& series,
              const Odd& odd) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const Amount amount(workspace);
  const bool whole = series.column == no_column;
  const auto then = between_sql(subject, starts[odd.period], starts[odd.period + 1]);
  const auto all = between_sql(subject, starts.front(), starts.back());
  const auto who = whole ? std::string() : equals_sql(subject, series.column, series.value);
  const auto period = period_sql(subject, workspace.periods.grain);
  if (whole) {
    claim.evidence.push_back(
        {"a", fmt::format("SELECT {} AS amount, {} AS total, {} AS period FROM {} WHERE {}",
                          amount.sum_where_sql(then), amount.sum_sql(), day_sql(starts[odd.period]),
                          subject.from_sql, all)});
    claim.evidence.push_back(
        {"b",
         fmt::format(
             "SELECT {0} AS period, {1} AS amount FROM {2} WHERE {3} GROUP BY {0} ORDER BY period",
             period, amount.sum_sql(), subject.from_sql, all)});
    return;
  }
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {} AS who, {} AS amount, {} AS total, {} AS amount_all, {} AS "
                        "total_all, {} AS period FROM {} WHERE {}",
                        name_sql(subject, series.column, series.value),
                        amount.sum_where_sql(who + " AND " + then), amount.sum_where_sql(then),
                        amount.sum_where_sql(who), amount.sum_sql(), day_sql(starts[odd.period]),
                        subject.from_sql, all)});
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS period, CAST({1} AS DOUBLE PRECISION) / nullif({2}, 0) AS amount "
                   "FROM {3} WHERE {4} GROUP BY {0} ORDER BY period",
                   period, amount.sum_where_sql(who), amount.sum_sql(), subject.from_sql, all)});
}

void set_impact(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                const Odd& odd, bool whole) {
  const Amount amount(workspace);
  const bool up = odd.value > odd.expected;
  values.constant("low", odd.low).constant("high", odd.high);
  const std::string base = whole ? "" : " * total";
  claim.impact.account = up ? findings::Account::none : findings::Account::lost;
  claim.impact.amount = values.expression(fmt::format("abs(amount - expected{})", base));
  claim.impact.low = values.expression(up ? fmt::format("max(0, amount - high{})", base)
                                          : fmt::format("max(0, low{} - amount)", base));
  claim.impact.high = values.expression(up ? fmt::format("amount - low{}", base)
                                           : fmt::format("high{} - amount", base));
  claim.impact.is_money = amount.is_money();
  claim.impact.unit = amount.is_money() ? amount.unit() : workspace.subject.nouns;
  claim.impact.of = amount.is_money() ? amount.phrase(values) : "";
  claim.impact.method =
      "the difference to what trend and season led to expect; range: their usual scatter";
}

// Title and summary, and the values in them.
findings::Values words_of(findings::Claim& claim, const Workspace& workspace, const Series& series,
                          const Odd& odd) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const bool whole = series.column == no_column, up = odd.value > odd.expected;
  findings::Values values;
  const bool month = workspace.periods.grain == Grain::month;
  values.constant("expected", odd.expected)
      .constant("others", static_cast<double>(workspace.periods.count - 1));
  values.cell("period", "a", 0, "period", month ? Format::month : Format::date)
      .cell("amount", "a", 0, "amount", amount.format(), amount.unit());
  values.cell("total", "a", 0, "total");
  const auto what = amount.phrase(values);
  const auto when = month ? "in {period}" : "in the week of {period}";
  const std::string_view direction = up ? "above" : "below";
  if (whole) {
    values.formula("deviation", "abs(amount / expected - 1)", Format::percent);
    values.formula("usual", "(total - amount) / others", amount.format(), amount.unit());
    claim.title = fmt::format("{} {}: {{amount}}, {{deviation}} {} what was expected",
                              capitalized(what), when, direction);
    claim.summary =
        fmt::format("The other {}s had {{usual}} on average.", workspace.periods.noun());
  } else {
    values.cell("who", "a", 0, "who")
        .cell("amount_all", "a", 0, "amount_all")
        .cell("total_all", "a", 0, "total_all");
    values.formula("share", "amount / total", Format::percent)
        .formula("usual", "(amount_all - amount) / (total_all - total)", Format::percent);
    values.formula("deviation", "abs(amount / total / expected - 1)", Format::percent);
    claim.title =
        fmt::format("{}: share of {} {} was {{share}}, {{deviation}} {} what was expected",
                    subject_phrase(subject, series.column, series.value), what, when, direction);
    claim.summary = fmt::format("In the other {}s it was {{usual}}.", workspace.periods.noun());
  }
  return values;
}

findings::Claim state(const Workspace& workspace, const Series& series, const Odd& odd) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const bool whole = series.column == no_column, up = odd.value > odd.expected;
  auto claim = whole ? claim_about_all(workspace, "period_outlier", family, amount.name())
                     : claim_about(workspace, "period_outlier", family, series.column, series.value,
                                   amount.name());
  const auto& starts = workspace.periods.starts;
  claim.fingerprint += "/" + base::iso_text(starts[odd.period]);
  claim.columns.push_back(subject.columns[*subject.time].name);
  claim.scope.from = starts[odd.period];
  claim.scope.to = base::Day{starts[odd.period + 1].since_epoch - 1};
  add_sums(claim, workspace, series, odd);
  auto values = words_of(claim, workspace, series, odd);
  const bool month = workspace.periods.grain == Grain::month;
  const auto what = amount.phrase(values);
  const bool short_time = month ? workspace.periods.count < 24 : true;
  if (short_time) claim.summary += " There are less than two years of data: it may be a season.";
  claim.action = up ? "Find out what made it, and whether it can be had again: a campaign, a "
                      "single event, or a price."
                    : "Find out what was missing: supply, a closure, a lost order, or rows that "
                      "were never loaded.";
  set_impact(claim, values, workspace, odd, whole);
  claim.values = values.bindings();
  claim.test.name = "generalized extreme deviate on top of trend and season";
  claim.test.effect_name = "relative to the expectation";
  claim.chart = {month ? findings::Chart::Mark::bar : findings::Chart::Mark::line,
                 whole ? capitalized(what) + " by " + workspace.periods.noun()
                       : "Share of {who} by " + workspace.periods.noun(),
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 amount.axis("amount"),
                 "",
                 "",
                 "",
                 ""};
  if (!whole) claim.chart.y = {"amount", "share", findings::Chart::Axis::Kind::quantitative, "%"};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(
      {"season", short_time ? findings::GuardStatus::downgraded : findings::GuardStatus::passed,
       short_time ? "less than two years of data: it may be a season"
                  : "the season of the other years is taken out"});
  claim.guards.push_back({"offsetting_rows", findings::GuardStatus::passed,
                          "it is as far off without its largest order, so neither one order nor "
                          "one taken back again makes it"});
  return claim;
}

std::vector<Series> all_series(const Workspace& workspace) {
  const Amount amount(workspace);
  const std::size_t count = workspace.periods.count;
  std::vector<Series> all(1);
  double total = 0;
  for (std::size_t period = 0; period < count; ++period) {
    all[0].amounts.push_back(amount.in_period(workspace.total, 0, period));
    total += all[0].amounts.back();
  }
  const auto whole = all[0].amounts;
  if (std::ranges::any_of(whole, [](double value) { return !(value > 0); })) return all;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.cube(column);
    if (cube == nullptr || cube->values > values_max + 1 ||
        workspace.subject.columns[column].kind == "calendar")
      continue;
    for (std::uint32_t value = 1; value < cube->values; ++value) {
      Series series{column, value, {}, {}};
      if (cube->rows_total(value) < rows_min * static_cast<double>(count)) continue;
      double own = 0;
      for (std::size_t period = 0; period < count; ++period) {
        series.amounts.push_back(amount.in_period(*cube, value, period));
        series.shares.push_back(series.amounts.back() / whole[period]);
        own += series.amounts.back();
      }
      if (own >= share_min * total && own <= (1 - share_min) * total)
        all.push_back(std::move(series));
    }
  }
  return all;
}

// Is the whole odd in that period only because one value is?
bool is_made_by(const std::vector<double>& whole, const std::vector<double>& part,
                std::size_t period, const Periods& periods) {
  auto rest = whole;
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= part[i];
  const auto again = oddest(rest, periods);
  return !again || again->period != period || std::fabs(again->deviation()) < deviation_min;
}

Candidate candidate_of(const Workspace& workspace, const Series& series,
                       const std::optional<Odd>& odd) {
  const auto& subject = workspace.subject;
  const bool whole = series.column == no_column;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "period_outlier";
  candidate.entry.fingerprint =
      whole ? "period_outlier"
            : fmt::format("period_outlier/{}={}", subject.columns[series.column].name,
                          subject.codes(series.column).dictionary[series.value]);
  candidate.column = series.column;
  candidate.value = series.value;
  const auto* kind =
      whole ? nullptr : workspace.vocabulary.kind_named(subject.columns[series.column].kind);
  candidate.rank = kind == nullptr ? 1 : kind->rank;
  candidate.measure = "one period of " + Amount(workspace).name();
  if (!odd) return candidate;
  candidate.entry.statistic = odd->score;
  candidate.entry.p = odd->p;
  candidate.entry.effect = odd->deviation();
  candidate.material = std::fabs(odd->deviation()) >= deviation_min &&
                       holds_without_largest_order(workspace, series, *odd);
  candidate.impact =
      std::fabs(odd->value - odd->expected) * (whole ? 1 : workspace.money_per_month) / 12;
  candidate.surprise = std::min(1.0, std::fabs(odd->deviation()));
  candidate.claim = [&workspace, series, found = *odd] { return state(workspace, series, found); };
  if (whole) return candidate;
  candidate.survives = [&workspace, column = series.column, value = series.value,
                        period = odd->period](const frame::Mask& kept) {
    const auto cube =
        cube_of(workspace.subject, column, workspace.periods, workspace.measures, kept);
    const auto total = total_cube(workspace.subject, workspace.periods, workspace.measures, kept);
    const Amount own(workspace);
    std::vector<double> shares;
    for (std::size_t i = 0; i < workspace.periods.count; ++i)
      shares.push_back(own.in_period(cube, value, i) / own.in_period(total, 0, i));
    const auto again = oddest(shares, workspace.periods);
    return again && again->period == period && std::fabs(again->deviation()) >= deviation_min;
  };
  return candidate;
}

}  // namespace

std::vector<Candidate> examine_period_outlier(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small || workspace.periods.count < periods_min ||
      workspace.total.rows_total(0) < rows_min * static_cast<double>(workspace.periods.count))
    return candidates;
  const Amount amount(workspace);
  const auto all = all_series(workspace);
  const auto of_whole = oddest(all.front().amounts, workspace.periods);
  for (const auto& series : all) {
    const bool whole = series.column == no_column;
    auto odd = whole ? of_whole : oddest(series.tested(), workspace.periods);
    if (odd && !whole && !amount.is_money())
      odd->p = std::max(odd->p, chance_of_rows(workspace, series, *odd));
    if (odd && !whole && is_gap_in_records(workspace, series, *odd)) odd.reset();
    candidates.push_back(candidate_of(workspace, series, odd));
    const bool explains = !whole && odd && of_whole && odd->period == of_whole->period &&
                          odd->p <= explains_p_max && candidates.back().material &&
                          !workspace.is_decoy(series.column);
    if (explains && is_made_by(all.front().amounts, series.amounts, odd->period, workspace.periods))
      candidates.front().material = false;
  }
  return candidates;
}

}  // namespace insights::patterns
