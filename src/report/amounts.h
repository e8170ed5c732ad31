// Numbers for headers, labels and tables, written by the rules of findings/format_value.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "findings/format_value.h"
#include "findings/merge.h"
#include "source/rows.h"

namespace insights::report {

// "5,912"
std::string count_text(std::int64_t count);

// "3 findings", "1 finding": the count and the noun, which takes an s.
std::string counted(std::int64_t count, std::string_view noun);

// "₹39.9K a month"; for what is not money "120 hours a year".
std::string total_text(const findings::Total& total, const findings::NumberStyle& style);

// A cell on an axis or as a label, by the axis's unit: "%" = the values are shares, three capitals
// = a currency, "" = a plain number. Text and dates as a reader writes them; "" for null.
std::string label_text(const source::Cell& cell, std::string_view unit,
                       const findings::NumberStyle& style = {});

// A number of a chart whose numbers are large: "749K", "1.46M". Other cells as label_text.
std::string compact_text(const source::Cell& cell);

// A cell in a table of evidence: as it is, but a long fraction rounded to four significant digits
// (two decimals from a hundred on). Integers are not grouped: they may be years or codes.
std::string table_text(const source::Cell& cell);

// "= 0.0004"; "< 0.0001" below that.
std::string probability_text(double probability);

// A statistic, effect or the end of an interval: three significant digits.
std::string statistic_text(double number);

// What stands before and after a number of the unit, {"₹", ""}, for axes that a chart library
// labels.
struct UnitMarks {
  std::string before, after;
};
UnitMarks marks_of(std::string_view unit);

// True for three capital letters.
bool is_currency(std::string_view unit);

}  // namespace insights::report
