// A count or a total that moved, put into words.

#include <fmt/format.h>

#include <algorithm>

#include "patterns/count_over_time.h"
#include "patterns/course_claim.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;

constexpr std::size_t year = 12;

CourseText text_of(const Workspace& workspace, const CountCourse& what, findings::Values& values) {
  const auto& subject = workspace.subject;
  CourseText text;
  text.column = what.column;
  text.value = what.value;
  text.end = workspace.periods.count;
  text.per = "a " + workspace.periods.noun();
  text.course_of = [&workspace, measure = what.measure](std::size_t column, std::uint32_t value) {
    auto series = share_series(workspace, column, value, measure, {});
    Course course(series.numerator.size());
    course.amounts = std::move(series.numerator);
    std::ranges::fill(course.weights, 1.0);
    return course;
  };
  if (what.measure == no_column) {
    text.subject = "number of " + plain_words(subject.nouns);
    text.amount_sql = [](std::string_view condition) {
      return fmt::format("count(*) FILTER (WHERE {})", condition);
    };
    text.each_sql = "count(*)";
    return text;
  }
  const auto& measure = subject.columns[what.measure];
  text.subject = measure_phrase(values, measure);
  text.format = amount_format(measure);
  text.unit = measure.unit;
  text.amount_sql = [&subject, column = what.measure](std::string_view condition) {
    return sum_where_sql(subject, column, condition);
  };
  text.each_sql = sum_sql(subject, what.measure);
  return text;
}

std::string family_of(const catalog::Subject& subject, std::size_t column) {
  return column == no_column ? "count over time"
                             : "count over time by " + subject.columns[column].name;
}

// Money: what the later periods have more or less, a period.
void set_impact(findings::Claim& claim, findings::Values& values, const catalog::Column& measure,
                bool falls, std::string_view per) {
  claim.impact.account = falls ? Account::lost : Account::none;
  claim.impact.amount = values.expression("abs(after - before)");
  claim.impact.low = claim.impact.high = claim.impact.amount;
  claim.impact.unit = measure.unit;
  claim.impact.is_money = measure.money;
  claim.impact.per = per;
  claim.impact.of = measure_phrase(values, measure);
  claim.impact.method = "the later time against the earlier one, as counted";
}

}  // namespace

findings::Claim state_count(const Workspace& workspace, const CountCourse& what, const Move& move) {
  const auto& subject = workspace.subject;
  const bool whole = what.column == no_column, rows = what.measure == no_column;
  const auto family = family_of(subject, what.column);
  const std::string measure = rows ? "" : subject.columns[what.measure].name;
  auto claim =
      whole ? claim_about_all(workspace, "count_over_time", family, measure)
            : claim_about(workspace, "count_over_time", family, what.column, what.value, measure);
  findings::Values values;
  const auto text = text_of(workspace, what, values);
  say_course(claim, values, workspace, text, move);
  if (whole) say_siblings(claim, values, workspace, text, move);
  if (whole && workspace.periods.count < 2 * year && workspace.periods.grain == Grain::month)
    claim.summary += " With less than two years of data, part of it may be a season.";
  if (!rows)
    set_impact(claim, values, subject.columns[what.measure], move.movement.relative < 0,
               workspace.periods.noun());
  claim.action =
      whole ? "Find out what drives it, and plan people and means for it."
            : fmt::format("Find out what drives it for {}, and plan people and means for it.",
                          inside_sentence(subject_phrase(subject, what.column, what.value)));
  claim.values = values.bindings();
  claim.test.name = "best of line, step and hinge";
  claim.test.effect_name = "relative change";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(season_guard(workspace, workspace.periods.count));
  return claim;
}

findings::Claim state_year(const Workspace& workspace, const CountCourse& what,
                           const YearOnYear& years) {
  const auto& subject = workspace.subject;
  const auto& starts = workspace.periods.starts;
  const std::size_t end = workspace.periods.count;
  const bool rows = what.measure == no_column, rises = years.relative() > 0;
  auto claim = claim_about_all(workspace, "count_over_time", "count over time",
                               rows ? "" : subject.columns[what.measure].name);
  claim.columns.push_back(subject.columns[*subject.time].name);
  findings::Values values;
  const auto text = text_of(workspace, what, values);
  claim.evidence.push_back(
      {"a", fmt::format(
                "SELECT {} AS total_before, {} AS total_after, {} AS after_from, {} AS last "
                "FROM {}",
                text.amount_sql(between_sql(subject, starts[end - 2 * year], starts[end - year])),
                text.amount_sql(between_sql(subject, starts[end - year], starts[end])),
                day_sql(starts[end - year]), day_sql(starts[end - 1]), subject.from_sql)});
  values.constant("months", year);
  values.cell("total_before", "a", 0, "total_before").cell("total_after", "a", 0, "total_after");
  values.cell("after_from", "a", 0, "after_from", Format::month)
      .cell("last", "a", 0, "last", Format::month);
  values.formula("before", "total_before / months", text.format, text.unit)
      .formula("after", "total_after / months", text.format, text.unit);
  values.formula("change", rises ? "after / before - 1" : "1 - after / before", Format::percent);
  claim.title = fmt::format(
      "{}: {{after}} a month in the last twelve months, {{change}} {} than in the twelve before",
      capitalized(text.subject), rises ? "more" : "less");
  claim.summary = fmt::format(
      "From {{after_from}} to {{last}}, each month against the same month a year before; then it "
      "was {{before}} a month.");
  claim.action = rises ? "Find out what drives it, and plan people and means for more of it."
                       : "Find out what is missing, and whether it can be won back.";
  if (!rows) set_impact(claim, values, subject.columns[what.measure], !rises, "month");
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {0} AS period, {1} AS amount FROM {2} WHERE {3} GROUP BY {0} "
                        "ORDER BY period",
                        period_sql(subject, Grain::month), text.each_sql, subject.from_sql,
                        between_sql(subject, starts.front(), starts.back()))});
  claim.chart = {findings::Chart::Mark::line,
                 fmt::format("{} by month", capitalized(text.subject)),
                 "b",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"amount", text.subject, findings::Chart::Axis::Kind::quantitative, text.unit},
                 "",
                 "",
                 "",
                 ""};
  claim.values = values.bindings();
  claim.test.name = "same months of two years, paired";
  claim.test.effect_name = "relative change";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(season_guard(workspace, workspace.periods.count));
  return claim;
}

}  // namespace insights::patterns
