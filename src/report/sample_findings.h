// The pieces of the sample run of sample_run.h, for tests only.
#pragma once

#include <utility>
#include <vector>

#include "explore/run.h"

namespace insights::report {

using source::Cell;
using Mark = findings::Chart::Mark;
using Kind = findings::Chart::Axis::Kind;

inline Cell text(const char* value) { return std::string(value); }
inline Cell count(std::int64_t value) { return value; }
inline Cell day(int year, int month, int of_month) { return base::day_of({year, month, of_month}); }

inline findings::Value value(const char* query, const char* column, findings::Format format,
                             const char* unit, Cell cell, const char* shown) {
  return {.binding = {findings::CellReference{query, 0, column}, format, unit},
          .value = std::move(cell),
          .text = shown};
}

inline findings::ProvenGuard guard(const char* name, findings::GuardStatus status,
                                   const char* note) {
  return {.name = name, .status = status, .note = note, .note_template = note};
}

inline findings::Chart chart_of(Mark mark, const char* title, const char* query,
                                findings::Chart::Axis x, findings::Chart::Axis y) {
  findings::Chart chart;
  chart.mark = mark;
  chart.title = title;
  chart.query = query;
  chart.x = std::move(x);
  chart.y = std::move(y);
  return chart;
}

inline findings::Scope scope_of(const char* table, const std::vector<findings::Entity>& entities) {
  findings::Scope scope;
  scope.table = table;
  scope.equals = entities;
  return scope;
}

inline std::vector<findings::ProvenGuard> usual_guards() {
  return {guard("partial_period", findings::GuardStatus::passed, "the last month is whole"),
          guard("season", findings::GuardStatus::passed,
                "the same months of the year before show no such gap"),
          guard("fan_out", findings::GuardStatus::not_applicable, "one table, nothing is joined"),
          guard("minimum_sample", findings::GuardStatus::passed, "")};
}

findings::Finding silent_customer();
findings::Finding returned_batch();
findings::Finding discount_creep();
findings::Finding retention_by_area();
findings::Finding one_of_two_quiet();
findings::Finding hostile_names();
findings::Finding monthly_outlier();

}  // namespace insights::report
