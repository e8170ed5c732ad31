// Rows that do not say whose, what or when: nulls, blanks and "unknown" in the columns that a table
// is read by (its things, its time, its amounts), with the money that therefore cannot be assigned.
// A fact; that the share rose at a certain month is tested (stats/series_shape.h) before it is
// said.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "stats/series_shape.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using findings::Format;

constexpr double share_min = 0.01;
constexpr double share_max = 0.90;  // beyond, the column is hardly used at all
constexpr double share_max_group =
    0.30;  // the same for a column of groups, which may be left empty on purpose
constexpr double structural_min = 0.95;  // of the missing rows: in groups that never have a value
constexpr double jump_points_min = 0.03;
constexpr double jump_ratio_min = 2;
constexpr double jump_p_max = 0.001;

struct Missing {
  std::size_t column = no_column;
  std::string sql;                   // true on the rows without a value
  std::vector<std::uint32_t> codes;  // of a coded column: null and what stands for it
  double rows = 0, money = 0;
  std::optional<std::size_t> jump;  // period since which more is missing
};

// A column that rows are told apart by: without it they cannot be assigned.
bool is_needed(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  if (column == subject.time || column == subject.money || column == subject.quantity ||
      column == subject.price)
    return true;
  const auto* kind = workspace.vocabulary.kind_named(own.kind);
  return own.role == Role::entity ||
         (own.role == Role::dimension && kind != nullptr && kind->rank >= 4);
}

std::string missing_sql(const catalog::Subject& subject, std::size_t column,
                        const std::vector<std::uint32_t>& codes) {
  const auto null = fmt::format("{} IS NULL", subject.columns[column].sql);
  std::vector<std::uint32_t> written(codes.begin() + (codes.empty() ? 0 : 1), codes.end());
  return written.empty() ? null : fmt::format("({} OR {})", null, in_sql(subject, column, written));
}

void count_rows(const Workspace& workspace, Missing& missing) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  if (!missing.codes.empty()) {
    if (const auto* flat = workspace.flat(missing.column)) {
      for (const auto code : missing.codes) {
        missing.rows += flat->rows_total(code);
        if (amount.is_money()) missing.money += amount.of(*flat, code);
      }
    }
    return;
  }
  missing.rows = static_cast<double>(subject.frame.columns[missing.column].profile.nulls);
  if (missing.rows == 0 || !amount.is_money() || missing.column != subject.time) return;
  const auto& days = subject.frame.columns[missing.column].days()->days;
  const auto& money = subject.numbers(*subject.money);
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (days[row] == frame::no_day && !std::isnan(money[row])) missing.money += money[row];
  }
}

// The first period of a higher level of missing values, when there is a clear one.
std::optional<std::size_t> jump_of(const Workspace& workspace, const Missing& missing) {
  const auto* cube = workspace.cube(missing.column);
  if (cube == nullptr || missing.codes.empty() || workspace.small) return std::nullopt;
  std::vector<double> rates;
  for (std::size_t period = 0; period < cube->periods; ++period) {
    const double all = workspace.total.row_series(0)[period];
    double rows = 0;
    for (const auto code : missing.codes) rows += cube->row_series(code)[period];
    if (all == 0) return std::nullopt;
    rates.push_back(rows / all);
  }
  const auto fit = stats::best_shape(rates);
  const bool step = fit && fit->shape == stats::Shape::step && fit->p_value <= jump_p_max;
  if (!step || fit->level_after - fit->level_before < jump_points_min ||
      fit->level_after < jump_ratio_min * fit->level_before)
    return std::nullopt;
  return fit->position;
}

// Are nearly all of them in groups of another column that hardly ever have a value (an open case
// has nobody who closed it)?
bool is_structural(const Workspace& workspace, const Missing& missing) {
  const auto& subject = workspace.subject;
  if (missing.codes.empty() || missing.rows == 0) return false;
  std::vector<bool> is_missing(subject.codes(missing.column).values(), false);
  for (const auto code : missing.codes) is_missing[code] = true;
  const auto& codes = subject.codes(missing.column).codes;
  for (const std::size_t other : workspace.groupings) {
    const auto* flat = workspace.flat(other);
    if (other == missing.column || workspace.is_decoy(other) || flat == nullptr ||
        flat->values > 51)
      continue;
    std::vector<double> without(flat->values, 0);
    for (std::size_t row = 0; row < codes.size(); ++row)
      without[subject.codes(other).codes[row]] += is_missing[codes[row]] ? 1 : 0;
    double inside = 0;
    for (std::uint32_t value = 1; value < flat->values; ++value) {
      if (without[value] >= structural_min * flat->rows_total(value)) inside += without[value];
    }
    if (inside >= structural_min * missing.rows) return true;
  }
  return false;
}

// "no customer" where the column is named after it, else "nothing in closed by".
std::string without_phrase(findings::Values& values, const catalog::Column& own) {
  const auto noun = noun_of(own);
  const auto words = catalog::words_of(own.name);
  if (std::ranges::find(words, noun) != words.end() ||
      catalog::spoken(own.name).find(noun) != std::string::npos)
    return "no " + noun;
  return "nothing in " + measure_phrase(values, own, "column");
}

Missing missing_in(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  Missing missing;
  missing.column = column;
  if (const auto* coded = subject.frame.columns[column].coded()) {
    missing.codes.push_back(0);
    for (std::uint32_t value = 1; value < coded->values(); ++value) {
      if (says_missing(coded->dictionary[value])) missing.codes.push_back(value);
    }
  }
  missing.sql = missing_sql(subject, column, missing.codes);
  count_rows(workspace, missing);
  return missing;
}

// "have no customer: {money} of sales cannot be assigned"
std::string consequence(const catalog::Subject& subject, const Missing& missing,
                        std::string_view what, bool money) {
  if (missing.column == subject.time)
    return money ? fmt::format("{{money}} of {} cannot be placed in time", what)
                 : "they cannot be placed in time";
  if (subject.columns[missing.column].role == Role::measure)
    return "they are missing from every total";
  return money ? fmt::format("{{money}} of {} cannot be assigned", what)
               : "they cannot be assigned";
}

void add_months(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                const Missing& missing) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  if (workspace.periods.count == 0 || missing.column == subject.time) return;
  const auto period = period_sql(subject, workspace.periods.grain);
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS period, CAST(count(*) FILTER (WHERE {1}) AS DOUBLE PRECISION) / "
                   "count(*) AS share FROM {2} WHERE {3} GROUP BY {0} ORDER BY period",
                   period, missing.sql, subject.from_sql,
                   between_sql(subject, starts.front(), starts.back()))});
  claim.chart = {findings::Chart::Mark::line,
                 fmt::format("Share of rows without {}, by {}",
                             noun_of(subject.columns[missing.column]), workspace.periods.noun()),
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"share", "share", findings::Chart::Axis::Kind::quantitative, "%"},
                 "",
                 "",
                 "",
                 ""};
  if (!missing.jump) return;
  const auto since = starts[*missing.jump];
  const auto before = between_sql(subject, starts.front(), since),
             after = between_sql(subject, since, starts.back());
  claim.evidence.push_back(
      {"c", fmt::format("SELECT {0} AS since, CAST(count(*) FILTER (WHERE {1} AND {2}) AS DOUBLE "
                        "PRECISION) / count(*) FILTER (WHERE {2}) AS before, "
                        "CAST(count(*) FILTER (WHERE {1} AND {3}) AS DOUBLE PRECISION) / count(*) "
                        "FILTER (WHERE {3}) AS after FROM {4}",
                        day_sql(since), missing.sql, before, after, subject.from_sql)});
  values.cell("since", "c", 0, "since",
              workspace.periods.grain == Grain::month ? Format::month : Format::date);
  values.cell("before", "c", 0, "before", Format::percent)
      .cell("after", "c", 0, "after", Format::percent);
  claim.summary +=
      " It was {before} of the rows until then and is {after} since {since}: they are recorded in "
      "another way, or not finished yet.";
}

findings::Claim state(const Workspace& workspace, const Missing& missing) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[missing.column];
  const Amount amount(workspace);
  auto claim = claim_about_all(workspace, "missing_values", "missing_values", own.name);
  claim.topics.emplace_back(findings::data_quality_topic);
  if (!own.kind.empty()) claim.topics.push_back(own.kind);
  const bool money = amount.is_money() && own.role != Role::measure && missing.money > 0;
  std::string money_columns;
  findings::Values values;
  values.cell("missing", "a", 0, "missing_rows", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.formula("share", "missing / row_count", Format::percent);
  const auto what = amount.is_money() ? amount.phrase(values) : "";
  if (money) {
    money_columns = fmt::format(", {} AS money, {} AS total", amount.sum_where_sql(missing.sql),
                                amount.sum_sql());
    claim.columns.push_back(amount.name());
    values.cell("money", "a", 0, "money", amount.format(), amount.unit())
        .cell("total", "a", 0, "total", amount.format(), amount.unit());
    values.formula("money_share", "money / total", Format::percent);
  }
  claim.evidence.push_back(
      {"a",
       fmt::format(
           "SELECT count(*) FILTER (WHERE {}) AS missing_rows, count(*) AS row_count{} FROM {}",
           missing.sql, money_columns, subject.from_sql)});
  const auto rows =
      counted("missing", missing.rows, plain_words(subject.noun), plain_words(subject.nouns));
  claim.title =
      fmt::format("{} ({{share}}) {} {}: {}", rows, missing.rows == 1 ? "has" : "have",
                  without_phrase(values, own), consequence(subject, missing, what, money));
  claim.summary = money ? fmt::format("That is {{money_share}} of all {}.", what)
                        : "Every figure by it leaves them out.";
  if (money)
    set_counted_impact(claim, values, workspace, "money", findings::Account::none,
                       "the amounts on these rows, spread over the months of the data");
  add_months(claim, values, workspace, missing);
  claim.action = fmt::format(
      "Find out where these {} come from, and have it filled in there; complete the large ones by "
      "hand.",
      plain_words(subject.nouns));
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace

std::vector<Candidate> examine_missing_values(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  for (const std::size_t column : own_columns(workspace)) {
    if (!is_needed(workspace, column)) continue;
    const auto& own = workspace.subject.columns[column];
    auto missing = missing_in(workspace, column);
    const double share = missing.rows / static_cast<double>(workspace.subject.frame.rows);
    auto candidate =
        fact_candidate("missing_values", fmt::format("missing_values/{}", own.name), share);
    if (missing.rows > 0) missing.jump = jump_of(workspace, missing);
    const double most = own.role == Role::dimension ? share_max_group : share_max;
    candidate.material = missing.rows > 0 && share <= most &&
                         (share >= share_min || missing.jump) && !is_structural(workspace, missing);
    candidate.impact = std::max(0.0, missing.money) / workspace.months;
    candidate.surprise = missing.jump ? 0.8 : 0.5;
    if (candidate.material)
      candidate.claim = [&workspace, missing] { return state(workspace, missing); };
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
