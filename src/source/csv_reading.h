// How a delimited file is to be read, as arguments of DuckDB's read_csv, and what DuckDB makes of
// the file's shape.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "source/source.h"
#include "source/staging.h"

namespace insights::source {

struct CsvReading {
  std::filesystem::path path;
  std::string delimiter;  // as DuckDB detects it when empty
  bool gzip = false;
  bool latin_1 = false;       // the engine's own translation, for what is compressed
  bool whole_sample = false;  // column types by all lines, and not by the first 20,480
  bool padded = false;        // a short line ends in nulls
  bool lenient = false;       // a long line is cut, a stray quote is a character
  bool rejecting =
      false;  // what still cannot be read is left out, and listed in the table reject_errors
  bool long_lines = false;                // up to 32 MB instead of 2 MB
  std::vector<std::string> text_columns;  // whatever they look like

  // "read_csv('...', ...)"
  std::string function() const;
};

// The shape of a file as DuckDB detects it.
struct CsvShape {
  std::string delimiter;
  std::string quote;
  std::int64_t lines_skipped = 0;  // above the header
  bool has_header = false;
  std::string date_format;  // "%d/%m/%Y"; empty for ISO dates or none
  std::vector<TableColumn> columns;
};

engine::Outcome<CsvShape> shape_of(const CsvReading& reading, Staging& staging);

// What the header line says, before DuckDB made names unlike and filled in empty ones. Empty when
// it cannot be read.
std::vector<std::string> header_of(const CsvReading& reading, const CsvShape& shape,
                                   Staging& staging);

// The first line of the file, whatever it is; at most some 100 bytes of it.
std::string first_line_of(const CsvReading& reading, Staging& staging);

// The lines that reject_errors lists, and the first of them.
struct Rejects {
  std::int64_t lines = 0;
  std::int64_t first_line = 0;  // as an editor counts
  std::string first_text;       // at most some 100 bytes of it
};
// Reads all of the file as strictly as `reading` says, and counts what does not fit. Nothing when
// DuckDB cannot read it at all.
std::optional<Rejects> count_rejects(CsvReading reading, Staging& staging);
// What the last rejecting reading has left out.
Rejects last_rejects(Staging& staging);
// Before each rejecting reading.
void forget_rejects(Staging& staging);

}  // namespace insights::source
