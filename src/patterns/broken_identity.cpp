// Rows that contradict themselves: a net amount above its gross, a total that is not quantity times
// price, a difference that does not add up. The catalog found that these hold on nearly every row;
// here are the rows where they do not.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using catalog::Identity;
using findings::Format;

constexpr double rows_min = 3;  // fewer are told only where the table is small
constexpr double money_share_min =
    0.0005;  // of the money that there is: below, nobody would mend it
constexpr double product_tolerance = 0.01, difference_tolerance = 0.001;
constexpr double chain_tolerance = 1e-6;

// One rule that rows break. `gap_sql` is what the row is off by, 0 or more.
struct Broken {
  std::string fingerprint;
  std::vector<std::size_t> columns;
  std::string broken_sql, gap_sql;
  double rows = 0, gap = 0;
};

std::string as_double(const std::string& sql) {
  return fmt::format("CAST({} AS DOUBLE PRECISION)", sql);
}

std::string column_phrase(findings::Values& values, const catalog::Subject& subject,
                          std::size_t column, std::string_view name) {
  return measure_phrase(values, subject.columns[column], name);
}

Broken chain_step(const catalog::Subject& subject, std::size_t upper, std::size_t lower) {
  const auto& high = subject.columns[upper];
  const auto& low = subject.columns[lower];
  Broken broken;
  broken.fingerprint = fmt::format("broken_identity/{} above {}", low.name, high.name);
  broken.columns = {lower, upper};
  broken.broken_sql =
      fmt::format("abs({0}) > abs({1}) + {2} * abs({1})", low.sql, high.sql, chain_tolerance);
  broken.gap_sql = fmt::format("abs({}) - abs({})", low.exact_sql, high.exact_sql);
  const auto &highs = subject.numbers(upper), &lows = subject.numbers(lower);
  for (std::size_t row = 0; row < highs.size(); ++row) {
    if (std::fabs(lows[row]) <= std::fabs(highs[row]) * (1 + chain_tolerance) ||
        std::isnan(lows[row]) || std::isnan(highs[row]))
      continue;
    ++broken.rows;
    broken.gap += std::fabs(lows[row]) - std::fabs(highs[row]);
  }
  return broken;
}

Broken identity(const catalog::Subject& subject, const Identity& rule) {
  const bool product = rule.operation == Identity::Operation::product;
  const auto& total = subject.columns[rule.total];
  const auto& left = subject.columns[rule.left];
  const auto& right = subject.columns[rule.right];
  Broken broken;
  broken.fingerprint = fmt::format("broken_identity/{} = {} {} {}", total.name, left.name,
                                   product ? "x" : "-", right.name);
  broken.columns = {rule.total, rule.left, rule.right};
  const auto expected =
      fmt::format("({} {} {})", as_double(left.sql), product ? "*" : "-", as_double(right.sql));
  const double tolerance = product ? product_tolerance : difference_tolerance;
  broken.broken_sql = fmt::format("abs({0} - {1}) > {2} * greatest(1, abs({0}), abs({1}))",
                                  as_double(total.sql), expected, tolerance);
  broken.gap_sql =
      fmt::format("CAST(abs({} - {}) AS DECIMAL(38, 4))", as_double(total.sql), expected);
  const auto &totals = subject.numbers(rule.total), &lefts = subject.numbers(rule.left),
             &rights = subject.numbers(rule.right);
  for (std::size_t row = 0; row < totals.size(); ++row) {
    const double value = product ? lefts[row] * rights[row] : lefts[row] - rights[row];
    const double off = std::fabs(totals[row] - value);
    if (std::isnan(off) ||
        off <= tolerance * std::max({1.0, std::fabs(totals[row]), std::fabs(value)}))
      continue;
    ++broken.rows;
    broken.gap += off;
  }
  return broken;
}

// Columns that tell a reader which rows they are: document, time, then what the rule speaks of.
std::string shown_columns(const Workspace& workspace, const Broken& broken) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> shown;
  for (const std::size_t column : own_columns(workspace)) {
    if (subject.columns[column].role == catalog::Role::identifier && shown.size() < 2)
      shown.push_back(column);
  }
  if (subject.time) shown.push_back(*subject.time);
  shown.insert(shown.end(), broken.columns.begin(), broken.columns.end());
  std::string list;
  for (const std::size_t column : shown)
    list += (list.empty() ? "" : ", ") + subject.columns[column].sql;
  return list;
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, const Broken& broken) {
  const auto& subject = workspace.subject;
  const auto columns = shown_columns(workspace, broken);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {0}) AS broken_rows, count(*) AS row_count, "
                        "coalesce(sum({1}) FILTER (WHERE {0}), 0) AS gap FROM {2}",
                        broken.broken_sql, broken.gap_sql, subject.from_sql)});
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0}, {1} AS off_by FROM {2} WHERE {3} ORDER BY off_by DESC, {0} LIMIT 9",
                   columns, broken.gap_sql, subject.from_sql, broken.broken_sql)});
}

findings::Claim state(const Workspace& workspace, const Broken& broken,
                      const std::optional<Identity>& rule) {
  const auto& subject = workspace.subject;
  const auto& first = subject.columns[broken.columns.front()];
  auto claim = claim_about_all(workspace, "broken_identity", "broken_identity", first.name);
  claim.fingerprint = broken.fingerprint;
  claim.topics.emplace_back(findings::data_quality_topic);
  claim.columns.clear();
  for (const std::size_t column : broken.columns)
    claim.columns.push_back(subject.columns[column].name);
  add_evidence(claim, workspace, broken);
  findings::Values values;
  values.cell("broken_rows", "a", 0, "broken_rows", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.cell("gap", "a", 0, "gap", amount_format(first), first.unit)
      .formula("share", "broken_rows / row_count", Format::percent);
  const bool one = broken.rows == 1;
  const auto rows =
      counted("broken_rows", broken.rows, plain_words(subject.noun), plain_words(subject.nouns));
  const auto total = column_phrase(values, subject, broken.columns[0], "total_name"),
             left = column_phrase(values, subject, broken.columns[1], "left_name");
  if (rule) {
    const auto right = column_phrase(values, subject, broken.columns[2], "right_name");
    const std::string_view sign =
        rule->operation == Identity::Operation::product ? "times" : "less";
    claim.title = fmt::format("{} ({{share}}) {} wrong: {} is not {} {} {}", rows,
                              one ? "is" : "are", total, left, sign, right);
    claim.summary = fmt::format("It is on every other {}. Together they are off by {{gap}}.",
                                plain_words(subject.noun));
  } else {
    claim.title =
        fmt::format("{} ({{share}}) {} {} above {}", rows, one ? "has" : "have", total, left);
    claim.summary =
        fmt::format("{} should never be more than {}. Together they are {{gap}} too high.",
                    capitalized(total), left);
  }
  claim.action =
      "Correct these rows at their source, and have the check made when they are entered.";
  if (first.money) {
    claim.impact.amount = claim.impact.low = claim.impact.high = values.expression("gap");
    claim.impact.unit = first.unit;
    claim.impact.of = total;
    claim.impact.method = "what these rows are off by, without sign";
  }
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

// Of rules over the same three columns one is enough: a = b - c says what b - a = c says.
std::vector<Identity> distinct_rules(const catalog::Subject& subject) {
  std::vector<Identity> rules;
  const auto parts = [](const Identity& rule) {
    std::array<std::size_t, 3> columns{rule.total, rule.left, rule.right};
    std::ranges::sort(columns);
    return columns;
  };
  for (const auto& rule : subject.identities) {
    if (rule.broken_rows == 0) continue;
    const bool known = std::ranges::any_of(rules, [&](const Identity& other) {
      return other.operation == rule.operation && parts(other) == parts(rule);
    });
    if (!known) rules.push_back(rule);
  }
  return rules;
}

}  // namespace

std::vector<Candidate> examine_broken_identity(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  const auto add = [&](const Broken& broken, const std::optional<Identity>& rule) {
    // Engines differ in what "not a number" is compared with others; such columns are told by
    // impossible_values.
    const bool finite = std::ranges::all_of(broken.columns, [&](std::size_t column) {
      return subject.frame.columns[column].profile.non_finite == 0;
    });
    if (!finite) return;
    auto candidate = fact_candidate("broken_identity", broken.fingerprint,
                                    broken.rows / static_cast<double>(subject.frame.rows));
    const bool enough = broken.rows >= (workspace.small ? 1 : rows_min);
    const bool money = subject.columns[broken.columns.front()].money && subject.money;
    candidate.material =
        enough && (!money || broken.gap >= money_share_min * std::fabs(workspace.money_total) ||
                   broken.rows >= 0.001 * static_cast<double>(subject.frame.rows));
    candidate.impact = money ? broken.gap / workspace.months : 0;
    candidate.surprise = 0.6;
    if (candidate.material)
      candidate.claim = [&workspace, broken, rule] { return state(workspace, broken, rule); };
    candidates.push_back(std::move(candidate));
  };
  if (subject.chain) {
    const auto& columns = subject.chain->columns;
    for (std::size_t i = 1; i < columns.size(); ++i)
      add(chain_step(subject, columns[i - 1], columns[i]), std::nullopt);
  }
  for (const auto& rule : distinct_rules(subject)) add(identity(subject, rule), rule);
  return candidates;
}

}  // namespace insights::patterns
