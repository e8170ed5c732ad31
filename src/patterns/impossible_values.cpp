// Values that cannot be meant: prices of zero or less on rows that are no returns, dates far from
// all others, numbers that are none (infinite, not a number).

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/far_days.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr double price_share_min = 0.001,
                 price_share_max = 0.20;  // beyond, the column means something else

findings::Claim begun(const Workspace& workspace, std::string_view fingerprint,
                      const catalog::Column& column) {
  auto claim = claim_about_all(workspace, "impossible_values", "impossible_values", column.name);
  claim.fingerprint = fingerprint;
  claim.topics.emplace_back(findings::data_quality_topic);
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

// A few of the rows: documents first, then the time, then the column.
std::string row_list_sql(const Workspace& workspace, std::size_t column, std::string_view condition,
                         int rows) {
  const auto& subject = workspace.subject;
  std::string list;
  std::size_t shown = 0;
  for (const std::size_t i : own_columns(workspace)) {
    const auto role = subject.columns[i].role;
    const bool telling = role == catalog::Role::identifier || role == catalog::Role::entity ||
                         role == catalog::Role::label;
    if (i != column && i != subject.time && (!telling || ++shown > 4)) continue;
    list += (list.empty() ? "" : ", ") + subject.columns[i].sql;
  }
  return fmt::format("SELECT {0} FROM {1} WHERE {2} ORDER BY {0} LIMIT {3}", list, subject.from_sql,
                     condition, rows);
}

struct Prices {
  double zero = 0, negative = 0;
};

Prices count_prices(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  const auto& prices = subject.numbers(*subject.price);
  const auto* returned = subject.returns ? &subject.numbers(subject.returns->flag_column) : nullptr;
  Prices counts;
  for (std::size_t row = 0; row < prices.size(); ++row) {
    if (returned != nullptr && (*returned)[row] > 0.5) continue;
    counts.zero += prices[row] == 0 ? 1 : 0;
    counts.negative += prices[row] < 0 ? 1 : 0;
  }
  return counts;
}

findings::Claim state_prices(const Workspace& workspace, const Prices& counts) {
  const auto& subject = workspace.subject;
  const auto& price = subject.columns[*subject.price];
  auto claim = begun(workspace, fmt::format("impossible_values/{}", price.name), price);
  const auto kept =
      subject.returns ? fmt::format("({}) IS NOT TRUE AND ", subject.returns->sql) : "";
  const auto zero = fmt::format("{}{} = 0", kept, price.sql),
             negative = fmt::format("{}{} < 0", kept, price.sql);
  findings::Values values;
  values.cell("zero_rows", "a", 0, "zero_rows", Format::integer)
      .cell("negative_rows", "a", 0, "negative_rows", Format::integer);
  values.cell("row_count", "a", 0, "row_count", Format::integer)
      .formula("share", "(zero_rows + negative_rows) / row_count", Format::percent);
  const auto name = measure_phrase(values, price, "price");
  const auto noun = plain_words(subject.noun), nouns = plain_words(subject.nouns);
  const auto have = [](double count) { return count == 1 ? "has" : "have"; };
  if (counts.zero > 0) {
    claim.title = fmt::format("{} {} a {} of zero", counted("zero_rows", counts.zero, noun, nouns),
                              have(counts.zero), name);
    if (counts.negative > 0)
      claim.title += fmt::format(", {} a negative one",
                                 counted("negative_rows", counts.negative, noun, nouns));
  } else {
    claim.title =
        fmt::format("{} {} a negative {}", counted("negative_rows", counts.negative, noun, nouns),
                    have(counts.negative), name);
  }
  claim.summary = fmt::format(
      "That is {{share}} of all {}, returns aside: goods given away, corrections, or prices that "
      "were forgotten.",
      nouns);
  std::string units;
  if (subject.quantity && counts.zero > 0) {
    units = fmt::format(
        ", {} AS units",
        sum_where_sql(subject, *subject.quantity,
                      fmt::format("{} AND {} > 0", zero, subject.columns[*subject.quantity].sql)));
    values.cell("units", "a", 0, "units", Format::integer);
    claim.summary += " {units} units went out on the free ones.";
  }
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {}) AS zero_rows, count(*) FILTER (WHERE "
                        "{}) AS negative_rows, count(*) AS row_count{} FROM {}",
                        zero, negative, units, subject.from_sql)});
  claim.evidence.push_back(
      {"b", row_list_sql(workspace, *subject.price, counts.negative > 0 ? negative : zero, 8)});
  claim.action =
      "Separate gifts and corrections from sales, and have a price required on every sale.";
  claim.values = values.bindings();
  return claim;
}

findings::Claim state_dates(const Workspace& workspace, const FarDays& far) {
  const auto& subject = workspace.subject;
  const auto& time = subject.columns[*subject.time];
  auto claim = begun(workspace, fmt::format("impossible_values/{}", time.name), time);
  const auto day = time_sql(subject);
  const auto outside =
      fmt::format("({0} < {1} OR {0} > {2})", day, day_sql(far.low), day_sql(far.high));
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {0}) AS far_rows, min({1}) FILTER (WHERE "
                        "{0}) AS earliest, max({1}) FILTER (WHERE {0}) AS latest, "
                        "min({1}) FILTER (WHERE NOT {0}) AS usual_from, max({1}) FILTER (WHERE NOT "
                        "{0}) AS usual_to FROM {2}",
                        outside, day, subject.from_sql)});
  claim.evidence.push_back({"b", row_list_sql(workspace, *subject.time, outside, 8)});
  findings::Values values;
  values.cell("far_rows", "a", 0, "far_rows", Format::integer)
      .cell("earliest", "a", 0, "earliest", Format::date)
      .cell("latest", "a", 0, "latest", Format::date);
  values.cell("usual_from", "a", 0, "usual_from", Format::date)
      .cell("usual_to", "a", 0, "usual_to", Format::date);
  const auto rows =
      counted("far_rows", far.rows, plain_words(subject.noun), plain_words(subject.nouns));
  claim.title =
      fmt::format("{} {} dated far from all others: {}", rows, far.rows == 1 ? "is" : "are",
                  far.earliest == far.latest ? "{earliest}" : "between {earliest} and {latest}");
  claim.summary =
      "All others lie between {usual_from} and {usual_to}. Whatever is counted by time leaves "
      "these out or puts them in the wrong place.";
  claim.action =
      "Correct these dates at their source; look for a default date that stands for \"not known\".";
  claim.values = values.bindings();
  return claim;
}

findings::Claim state_numbers(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  auto claim = begun(workspace, fmt::format("impossible_values/{}", own.name), own);
  const auto none = fmt::format(
      "CAST({} AS VARCHAR) IN ('nan', 'inf', '-inf', 'NaN', 'Infinity', '-Infinity')", own.sql);
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT count(*) FILTER (WHERE {}) AS odd_rows, count(*) AS row_count FROM {}",
                   none, subject.from_sql)});
  findings::Values values;
  values.cell("odd_rows", "a", 0, "odd_rows", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  const auto count = static_cast<double>(subject.frame.columns[column].profile.non_finite);
  const auto name = measure_phrase(values, own, "column");
  const auto rows =
      counted("odd_rows", count, plain_words(subject.noun), plain_words(subject.nouns));
  claim.title =
      fmt::format("{} {} a {} that is no number: infinite, or the result of a division by zero",
                  rows, count == 1 ? "has" : "have", name);
  claim.summary = fmt::format(
      "{{odd_rows}} of {{row_count}} {}. They were left out of every total here; in the database "
      "they spoil each sum they are part of.",
      plain_words(subject.nouns));
  claim.action =
      "Correct the calculation that writes them, and have the column refuse such values.";
  claim.values = values.bindings();
  return claim;
}

void add(std::vector<Candidate>& candidates, const Workspace& workspace, std::size_t column,
         double rows, bool material, std::function<findings::Claim()> claim) {
  auto candidate =
      fact_candidate("impossible_values",
                     fmt::format("impossible_values/{}", workspace.subject.columns[column].name),
                     rows / static_cast<double>(workspace.subject.frame.rows));
  candidate.material = material;
  candidate.surprise = 0.5;
  if (material) candidate.claim = std::move(claim);
  candidates.push_back(std::move(candidate));
}

}  // namespace

std::vector<Candidate> examine_impossible_values(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  const auto rows = static_cast<double>(subject.frame.rows);
  if (subject.price && subject.frame.columns[*subject.price].numbers() != nullptr) {
    const auto counts = count_prices(workspace);
    const double odd = counts.zero + counts.negative;
    add(candidates, workspace, *subject.price, odd,
        odd > 0 && odd <= price_share_max * rows &&
            (odd >= price_share_min * rows || counts.negative > 0),
        [&workspace, counts] { return state_prices(workspace, counts); });
  }
  if (subject.time && subject.frame.columns[*subject.time].days() != nullptr) {
    const auto far = far_days(subject);
    add(candidates, workspace, *subject.time, far.rows, far.rows > 0,
        [&workspace, far] { return state_dates(workspace, far); });
  }
  for (const std::size_t column : own_columns(workspace)) {
    const auto& profile = subject.frame.columns[column].profile;
    if (subject.columns[column].role != catalog::Role::measure ||
        subject.frame.columns[column].numbers() == nullptr)
      continue;
    add(candidates, workspace, column, static_cast<double>(profile.non_finite),
        profile.non_finite > 0, [&workspace, column] { return state_numbers(workspace, column); });
  }
  return candidates;
}

}  // namespace insights::patterns
