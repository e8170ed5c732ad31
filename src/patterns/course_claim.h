// The course of an average or a count put into words: from what to what, since when, and what the
// others did meanwhile. Shared by average_over_time and count_over_time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "findings/claim.h"
#include "findings/values.h"
#include "patterns/course.h"

namespace insights::patterns {

struct CourseText {
  std::size_t column = no_column;  // no_column: everything
  std::uint32_t value = 0;
  std::string condition;           // rows that take part, of all; may be empty
  std::size_t first = 0, end = 0;  // the periods of the course
  std::string subject;     // "average handling hours", "incidents": in the middle of a sentence
  bool is_plural = false;  // of it
  std::string per;         // "a month"; empty for averages
  findings::Format format = findings::Format::decimal;
  std::string unit;
  // Amount and weight of the rows of a condition; no weight: periods are counted.
  std::function<std::string(std::string_view condition)> amount_sql, weight_sql;
  std::string each_sql;  // what one period has: an aggregate
  // Before and after of each value of a column, over the stretches of the move, in memory.
  std::function<Course(std::size_t column, std::uint32_t value)> course_of;
};

// Adds title, summary, evidence, chart and the values in them. Values "before", "after" and, beside
// others, "others_before", "others_after" are there afterwards.
void say_course(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                const CourseText& text, const Move& move);

// Adds to the summary of a movement of everything whether the parts of it go along: in how many of
// the values of one telling column, and for which of them most.
void say_siblings(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                  const CourseText& text, const Move& move);

// The guard "season": against the same months of the year before.
findings::Guard season_guard(const Workspace& workspace, std::size_t periods);

// a AND b, where either may be empty.
std::string both_sql(std::string_view a, std::string_view b);

}  // namespace insights::patterns
