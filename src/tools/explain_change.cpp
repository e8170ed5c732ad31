// explain_change: which groups carry the change of a total from one span of days to another.
#include <fmt/format.h>

#include <algorithm>

#include "patterns/wording.h"
#include "tools/arguments.h"
#include "tools/desk.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t groupings_max = 8;
constexpr std::size_t values_max = 20'000;
constexpr int groups_shown = 6;

struct Asked {
  const catalog::Subject* subject;
  std::string before, after, sum_before, sum_after, both;
};

Result<Asked> asked(const Desk& desk, const ChangeArguments& arguments) {
  const auto* prepared = TRY(desk.subject(arguments.table));
  const auto& subject = *prepared->subject;
  if (!subject.time)
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has no time column: no change can be looked at.", subject.table));
  const auto in = [&](const Span& span) {
    return patterns::between_sql(subject, span.from, base::Day{span.to.since_epoch + 1});
  };
  Asked result{&subject, in(arguments.before), in(arguments.after), "", "", ""};
  result.both = fmt::format("(({}) OR ({}))", result.before, result.after);
  if (arguments.measure == "rows") {
    result.sum_before = fmt::format("count(*) FILTER (WHERE {})", result.before);
    result.sum_after = fmt::format("count(*) FILTER (WHERE {})", result.after);
    return result;
  }
  const auto measure = TRY(desk.column(subject, arguments.measure));
  if (subject.columns[measure].exact_sql.empty() || !subject.columns[measure].additive) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is no number that may be added up.", arguments.measure),
                "Take another measure, or \"rows\".");
  }
  result.sum_before = patterns::sum_where_sql(subject, measure, result.before);
  result.sum_after = patterns::sum_where_sql(subject, measure, result.after);
  return result;
}

// Columns worth grouping by: few values, no decoys, one of several that say the same.
std::vector<std::size_t> groupings_of(const analyst::Prepared& prepared) {
  const auto& subject = *prepared.subject;
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < subject.columns.size() && columns.size() < groupings_max; ++i) {
    const auto role = subject.columns[i].role;
    const bool groups = role == catalog::Role::entity || role == catalog::Role::dimension;
    if (!groups || prepared.decoys.contains(i) || !subject.is_coded(i) ||
        subject.columns[i].derived || subject.codes(i).values() > values_max ||
        subject.codes(i).values() < 3)
      continue;
    const bool said = std::ranges::any_of(columns, [&](std::size_t other) {
      return subject.has_dependency(i, other) && subject.has_dependency(other, i);
    });
    if (!said) columns.push_back(i);
  }
  return columns;
}

std::string change_sql(const Asked& what, const std::string& group) {
  const auto select = fmt::format(
      "count(*) AS group_rows, {0} AS before, {1} AS after, {1} - {0} AS change FROM {2} WHERE {3}",
      what.sum_before, what.sum_after, what.subject->from_sql, what.both);
  if (group.empty()) return "SELECT " + select;
  return fmt::format(
      "SELECT {0} AS value, {1} GROUP BY {0} ORDER BY abs({2} - {3}) DESC, value LIMIT {4}", group,
      select, what.sum_after, what.sum_before, groups_shown);
}

using Answered = std::vector<std::pair<std::string, Query>>;  // by the column's name; "" the total

Result<Answered> answered(const Desk& desk, const ChangeArguments& arguments) {
  const auto what = TRY(asked(desk, arguments));
  const auto* prepared = TRY(desk.subject(arguments.table));
  Answered result;
  result.emplace_back("", TRY(desk.run(change_sql(what, ""))));
  for (const auto column : groupings_of(*prepared)) {
    result.emplace_back(what.subject->columns[column].name,
                        TRY(desk.run(change_sql(what, what.subject->columns[column].sql))));
  }
  return result;
}

Answer kept(Desk& desk, const std::string& id, Result<Answered> change) {
  if (!change)
    return refusal({change.error().kind, desk.curtain.told_quoting(change.error().message),
                    change.error().hint});
  std::string text;
  char letter = 'a';
  for (auto& [column, query] : *change) {
    const auto name = fmt::format("q{}{}", id, letter++);
    text +=
        column.empty() ? "In all:\n" : fmt::format("By {}, the largest changes first:\n", column);
    if (query.rows) text += desk.curtain.block(name, *query.rows, query.read) + "\n";
    desk.queries.emplace(name, std::move(query));
  }
  return {std::move(text)};
}

}  // namespace

Work begin_explain_change(Desk& desk, const std::string& id, std::string_view arguments) {
  const auto read = read_change(arguments);
  if (!read) return [error = read.error()] { return refusal(error); };
  return [&desk, id, change = answered(desk, *read)] { return kept(desk, id, change); };
}

}  // namespace insights::tools
