// DuckDB's vectors as the program's cells and column batches: the hot path of a scan.
//
//   BOOLEAN                       boolean
//   integers up to BIGINT         integer
//   UBIGINT, HUGEINT, UHUGEINT    cell: integer if it fits 64 bits, else real
//                                 batch: real, because a column of it has one type
//   FLOAT, DOUBLE, DECIMAL        real
//   DATE                          day
//   TIMESTAMP, any precision      moment, in microseconds, rounded down; with time zone: in UTC
//   VARCHAR, ENUM                 text
//   everything else               text by DuckDB's own cast
//
// A date or moment that is infinite or outside of the years -32767 to 32767, which the calendar
// cannot count: cell: text; batch: null.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "source/rows.h"

namespace insights::source::engine {

// How to read a column of a type. The type is borrowed and must outlive the kind.
struct ColumnKind {
  explicit ColumnKind(duckdb_logical_type type);

  duckdb_logical_type type;
  duckdb_type id;
  duckdb_type stored;                   // of DECIMAL and ENUM: the integer that is in the vector
  long double scale = 1;                // of DECIMAL: what the integer is divided by
  std::vector<std::string> dictionary;  // of ENUM
};

class CellReader {
 public:
  explicit CellReader(duckdb_logical_type type) : kind_(type) {}
  Cell cell(duckdb_vector vector, idx_t row) const;

 private:
  ColumnKind kind_;
};

class BatchReader {
 public:
  explicit BatchReader(duckdb_logical_type type);
  ColumnBatch::Type type() const { return batch_type_; }
  // An empty column; what was appended before is gone.
  void begin(ColumnBatch& column);
  // Appends the vector's rows. Texts point into the vector, which must outlive the batch, or into
  // this reader, and are good until the next begin().
  void append(duckdb_vector vector, idx_t rows, ColumnBatch& column);

 private:
  void append_integers(duckdb_vector vector, std::size_t rows, ColumnBatch& column) const;
  void append_reals(duckdb_vector vector, std::size_t rows, ColumnBatch& column) const;
  void append_times(duckdb_vector vector, std::size_t rows, ColumnBatch& column) const;
  void append_texts(duckdb_vector vector, std::size_t rows, ColumnBatch& column);

  ColumnKind kind_;
  ColumnBatch::Type batch_type_;
  std::deque<std::string> texts_;  // what has no bytes in the vector itself
};

}  // namespace insights::source::engine
