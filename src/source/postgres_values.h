// PostgreSQL's values, as text of the protocol, as cells and batches.
//
// As on the embedded engine: decimals are doubles, whole numbers of any width integers while 64
// bits hold them, dates and moments outside of the years 1 to 9999 (and infinite ones) null; what
// has no type of ours is its text. Moments are those of the session's time zone, which is UTC.
#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string_view>
#include <vector>

#include "source/rows.h"

namespace insights::source::postgres {

// All rows of a result as cells.
Rows rows_of(const PGresult* result);

// Reads the columns of one result's shape.
class RowReader {
 public:
  explicit RowReader(const PGresult* shape);

  std::vector<std::string> names() const { return names_; }
  Cell cell(const PGresult* result, int row, int column) const;
  // An empty batch of these columns.
  Batch batch() const;
  // Appends a row; its texts are those of `result`, which must outlive the batch.
  void append(const PGresult* result, int row, Batch& batch) const;

 private:
  enum class Kind { boolean, integer, real, numeric, text, day, moment };
  std::vector<std::string> names_;
  std::vector<Kind> kinds_;
};

// "2024-02-29" and "2024-02-29 12:30:00.25+00"; nothing for what lies outside of the years 1 to
// 9999.
std::optional<base::Day> day_of(std::string_view text);
std::optional<base::Moment> moment_of(std::string_view text);

}  // namespace insights::source::postgres
