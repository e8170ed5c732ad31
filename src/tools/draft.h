// What a tool is called with, as plain values. `arguments.h` reads them from the text of a call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "findings/claim.h"

namespace insights::tools {

struct SqlArguments {
  std::string sql;
};

struct TableArguments {
  std::string table;
};

// Rows of a table: all, or those of one value of a column, within a span of days (both included).
struct SegmentArguments {
  std::string table;
  std::optional<std::string> column, value;  // both or none
  std::optional<base::Day> from, to;
};

struct ScanArguments {
  std::string pattern;
  SegmentArguments segment;
};

enum class Comparison { means, rates, trend };

struct TestArguments {
  Comparison kind = Comparison::means;
  SegmentArguments segment;          // the rows to look at
  std::string measure;               // a number; of rates: a flag or a column of two values
  std::optional<std::string> event;  // rates: the value of `measure` that is counted
  std::optional<std::string> group_column, group_value;  // means, rates: the one group
  std::optional<std::string> other_value;                // the other; all others when not given
};

struct Span {
  base::Day from, to;  // both included
};

struct ChangeArguments {
  std::string table, measure;
  Span before, after;
};

// A hole of a sentence and what fills it: exactly one of a cell, a formula over values named
// before, and the name of a table or column.
struct DraftValue {
  std::string name;
  std::optional<std::string> query, column;
  std::optional<std::int64_t> row;
  std::optional<std::string> formula;
  std::optional<std::string> catalog_name;
  findings::Format format = findings::Format::text;
  std::string unit;
};

struct DraftImpact {
  findings::Account account = findings::Account::none;
  std::string amount;                    // a formula over the values; most often one name
  std::optional<std::string> low, high;  // the same; the amount itself when not given
  std::string unit, per, method;
};

// A finding as an analyst writes it down, before anything is proven.
struct Draft {
  std::string title, summary, action;  // templates
  std::vector<DraftValue> values;
  std::optional<DraftImpact> impact;
  std::vector<findings::Entity> entities;  // label is the value
  std::vector<std::string> columns;
  std::optional<std::string> based_on;  // the id of a lead, of a scan's result, or of a test
};

struct FinishArguments {
  std::string reason;
};

}  // namespace insights::tools
