// An average that moved, put into words.

#include <fmt/format.h>

#include "patterns/average_over_time.h"
#include "patterns/course_claim.h"
#include "patterns/facts.h"
#include "patterns/rates.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::GuardStatus;

findings::Guard follow_up_guard(const FollowUp& follow) {
  if (!follow.is_duration)
    return {"follow_up", GuardStatus::not_applicable, "it is no time that something took"};
  if (follow.rises_only)
    return {"follow_up", GuardStatus::downgraded,
            "late cases could not be seen to their end: the rise is understated, if anything"};
  if (follow.falls_only)
    return {"follow_up", GuardStatus::downgraded,
            "early cases could not be seen from their start: the fall is understated, if anything"};
  if (follow.is_trimmed)
    return {"follow_up", GuardStatus::passed,
            "cases that could not be seen to their end are left out"};
  return {"follow_up", GuardStatus::passed, "all cases could be seen to their end"};
}

CourseText text_of(const Workspace& workspace, const AverageCourse& what,
                   findings::Values& values) {
  const auto& subject = workspace.subject;
  const auto& measure = subject.columns[what.measure];
  const bool flag = measure.role == catalog::Role::flag;
  CourseText text;
  text.column = what.column;
  text.value = what.value;
  text.condition = fmt::format("({}) IS NOT NULL", measure.sql);
  text.first = what.follow.first;
  text.end = what.follow.end;
  text.subject = flag ? fmt::format("share of {} that {}", subject.nouns, flag_phrase(measure))
                      : "average " + measure_phrase(values, measure);
  text.format = flag ? Format::percent : amount_format(measure);
  text.unit = flag ? "" : measure.unit;
  text.amount_sql = [&subject, column = what.measure](std::string_view condition) {
    return sum_where_sql(subject, column, condition);
  };
  text.weight_sql = [](std::string_view condition) {
    return fmt::format("count(*) FILTER (WHERE {})", condition);
  };
  text.each_sql =
      fmt::format("CAST({} AS DOUBLE PRECISION) / count(*)", sum_sql(subject, what.measure));
  text.course_of = [&workspace, what](std::size_t column, std::uint32_t value) {
    auto part = what;
    part.column = column;
    part.value = value;
    return average_course(workspace, part, {}).own;
  };
  return text;
}

}  // namespace

findings::Claim state_average(const Workspace& workspace, const AverageCourse& what,
                              const Move& move) {
  const auto& subject = workspace.subject;
  const auto& measure = subject.columns[what.measure];
  const bool whole = what.column == no_column;
  const auto family = average_family(subject, what.column);
  auto claim = whole ? claim_about_all(workspace, "average_over_time", family, measure.name)
                     : claim_about(workspace, "average_over_time", family, what.column, what.value,
                                   measure.name);
  findings::Values values;
  const auto text = text_of(workspace, what, values);
  say_course(claim, values, workspace, text, move);
  if (whole) say_siblings(claim, values, workspace, text, move);
  claim.action =
      whole ? "Find out what changed, and whether it is wanted."
            : fmt::format("Find out what changed for {}, and not for the others.",
                          inside_sentence(subject_phrase(subject, what.column, what.value)));
  claim.values = values.bindings();
  claim.test.name = "shape of the series, or rank correlation with time";
  claim.test.effect_name = "relative change";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  claim.guards.push_back(season_guard(workspace, what.follow.end - what.follow.first));
  claim.guards.push_back(follow_up_guard(what.follow));
  return claim;
}

}  // namespace insights::patterns
