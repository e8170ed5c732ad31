// A table in memory, made for counting: texts as small integer codes, numbers as doubles, dates as
// days.
//
// It is filled by ONE streaming scan of the source and answers everything that follows (profile,
// functional dependencies, cubes, tests, drill-down, shuffled copies) without another. Rows keep
// the source's order, and every sum over them runs in that order, so that results do not depend on
// the number of threads. Nothing here knows what a column means; that is catalog's.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/calendar.h"

namespace insights::frame {

// Codes of one column, [rows], in the narrowest unsigned integer that holds them.
class CodeVector {
 public:
  void reserve(std::size_t rows) { rows_expected_ = rows; }
  // Appends codes, widening the storage when a code needs it.
  void append(const std::uint32_t* codes, std::size_t count, std::uint32_t largest);
  std::size_t size() const;
  std::uint32_t operator[](std::size_t row) const {
    if (const auto* bytes = std::get_if<0>(&codes_)) return (*bytes)[row];
    if (const auto* shorts = std::get_if<1>(&codes_)) return (*shorts)[row];
    return (*std::get_if<2>(&codes_))[row];
  }
  // Calls visit(const T* codes) with T = uint8_t, uint16_t or uint32_t: the way to loop over all
  // rows.
  template <class Visit>
  decltype(auto) visit(Visit&& call) const {
    return std::visit([&](const auto& codes) -> decltype(auto) { return call(codes.data()); },
                      codes_);
  }
  // The same for changing them in place, size unchanged: change(std::span<T> codes).
  template <class Change>
  void change(Change&& call) {
    std::visit([&](auto& codes) { call(std::span(codes)); }, codes_);
  }

 private:
  std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>>
      codes_;
  std::size_t rows_expected_ = 0;
};

// A dictionary-coded column. Code 0 is null; code k > 0 stands for dictionary[k]; dictionary[0] is
// "". Codes are given in order of first appearance.
struct Coded {
  CodeVector codes;
  std::vector<std::string> dictionary;
  std::size_t values() const { return dictionary.size(); }  // including the null entry
};

// [rows]; null and every non-finite number is NaN.
struct Numbers {
  std::vector<double> values;
};

inline constexpr std::int32_t no_day = std::numeric_limits<std::int32_t>::min();

// [rows] days since 1970-01-01, `no_day` for null; `seconds` [rows] of the day, or empty when the
// column is a date or every time in it is midnight.
struct Days {
  std::vector<std::int32_t> days;
  std::vector<std::int32_t> seconds;
};

// Too many different values to be worth keeping (see LoadOptions); only the profile is known.
struct Dropped {};

enum class Type { boolean, integer, decimal, text, date, timestamp };

// Exact facts about a column, counted during the scan.
struct Profile {
  std::int64_t rows = 0, nulls = 0, distinct = 0;
  bool distinct_is_lower_bound = false;
  std::int64_t empty_texts = 0;  // "" and blanks only
  double text_length_mean = 0;   // characters, of non-null texts
  double minimum = 0, maximum = 0, sum = 0,
         sum_of_absolute = 0;  // numbers: finite values; dates: days since 1970
  std::int64_t negatives = 0, zeros = 0, non_finite = 0;
  std::int64_t odd_times = 0;  // infinite, or outside of the years 1 to 9999; counted as null too
  int decimals = 0;            // places after the point that carry information; 9 = more than 8
  bool whole = true;           // every number is an integer
  bool beyond_double = false;  // integers that a double cannot hold exactly
};

struct Column {
  std::string name;
  std::string engine_type;
  Type type = Type::text;
  std::variant<Dropped, Coded, Numbers, Days> data;
  Profile profile;

  const Coded* coded() const { return std::get_if<Coded>(&data); }
  const Numbers* numbers() const { return std::get_if<Numbers>(&data); }
  const Days* days() const { return std::get_if<Days>(&data); }
};

struct Frame {
  std::string table;
  std::size_t rows = 0;
  std::vector<Column> columns;
  std::int64_t rows_in_source = 0;  // more than `rows` when the load stopped at its limit
  std::int64_t duplicate_rows = 0;  // rows that repeat an earlier one in every column
  const Column* find(std::string_view name) const;
  bool truncated() const { return rows_in_source > static_cast<std::int64_t>(rows); }
};

// The frame with these rows alone, in this order. What is known of the whole (profiles,
// rows_in_source, duplicate_rows) stays that of the whole; dictionaries have the values that are
// left.
Frame picked(const Frame& frame, std::span<const std::size_t> rows);

// The text of a number as the database prints it in an integer or decimal column: "14646", "0.5".
std::string number_text(double value);

// A coded copy of a numeric column (customer numbers, store numbers, 0/1 flags): one dictionary
// entry a distinct number. nullopt when there are more than `values_max` of them.
std::optional<Coded> encode(const Numbers& numbers, std::size_t values_max);

// Which rows take part: [rows], 1 = kept. An empty mask keeps all.
using Mask = std::vector<std::uint8_t>;

}  // namespace insights::frame
