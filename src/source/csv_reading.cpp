#include "source/csv_reading.h"

#include <fmt/format.h>

#include "sql/dialect.h"
#include "sql/utf8.h"

namespace insights::source {

namespace {

constexpr std::size_t shown_bytes_max = 100;

// The first line of a text, cut between two characters.
std::string shown(std::string_view text) {
  text = text.substr(0, text.find_first_of("\r\n"));
  std::size_t size = 0;
  while (size < text.size() && size < shown_bytes_max) {
    size += std::max<std::size_t>(sql::utf8_character_bytes(text.substr(size)), 1);
  }
  return size < text.size() ? std::string(text.substr(0, size)) + "..." : std::string(text);
}

std::string text_in(const Rows& rows, std::size_t column) {
  return text_of(rows.rows.front().at(column));
}

// sniff_csv writes "(empty)" for no character.
std::string character_in(const Rows& rows, std::size_t column) {
  const auto text = text_in(rows, column);
  return text == "(empty)" ? "" : text;
}

std::int64_t number_in(const Rows& rows, std::size_t column) {
  const auto* number = std::get_if<std::int64_t>(&rows.rows.front().at(column));
  return number == nullptr ? 0 : *number;
}

std::string arguments(const CsvReading& reading) {
  std::string text = sql::quote_text(reading.path.string());
  if (!reading.delimiter.empty()) text += ", delim = " + sql::quote_text(reading.delimiter);
  if (reading.gzip) text += ", compression = 'gzip'";
  if (reading.latin_1) text += ", encoding = 'latin-1'";
  if (reading.whole_sample) text += ", sample_size = -1";
  // Padding cannot be done in parallel where a quoted value has line ends in it.
  if (reading.padded) text += ", null_padding = true, parallel = false";
  if (reading.lenient) text += ", strict_mode = false";
  if (reading.rejecting) text += ", store_rejects = true";
  if (reading.long_lines) text += ", max_line_size = 33554432, buffer_size = 67108864";
  std::string types;
  for (const auto& column : reading.text_columns) {
    types += fmt::format("{}{}: 'VARCHAR'", types.empty() ? "" : ", ", sql::quote_text(column));
  }
  if (!types.empty()) text += fmt::format(", types = {{{}}}", types);
  return text;
}

}  // namespace

std::string CsvReading::function() const { return fmt::format("read_csv({})", arguments(*this)); }

engine::Outcome<CsvShape> shape_of(const CsvReading& reading, Staging& staging) {
  const auto rows = staging.run(
      fmt::format("SELECT Delimiter, Quote, SkipRows::BIGINT, HasHeader, "
                  "coalesce(nullif(DateFormat, ''), TimestampFormat, ''), "
                  "col.name, col.type FROM (SELECT *, unnest(Columns) AS col FROM sniff_csv({}))",
                  arguments(reading)));
  if (!rows) return std::unexpected(rows.error());
  if (rows->rows.empty())
    return std::unexpected(engine::Failure{DUCKDB_ERROR_INVALID_INPUT, "no columns were found"});
  CsvShape shape{character_in(*rows, 0), character_in(*rows, 1),
                 number_in(*rows, 2),    rows->rows.front().at(3) == Cell(true),
                 text_in(*rows, 4),      {}};
  for (const auto& row : rows->rows)
    shape.columns.push_back({text_of(row.at(5)), text_of(row.at(6)), ""});
  return shape;
}

std::vector<std::string> header_of(const CsvReading& reading, const CsvShape& shape,
                                   Staging& staging) {
  CsvReading raw = reading;
  raw.delimiter.clear();
  raw.text_columns.clear();
  raw.rejecting = false;
  const auto rows =
      staging.run(fmt::format("FROM read_csv({}, header = false, all_varchar = true, skip = {}, "
                              "delim = {}, quote = {}) LIMIT 1",
                              arguments(raw), shape.lines_skipped, sql::quote_text(shape.delimiter),
                              sql::quote_text(shape.quote)));
  std::vector<std::string> names;
  if (!rows || rows->rows.empty()) return names;
  for (const auto& cell : rows->rows.front()) names.push_back(text_of(cell));
  return names;
}

std::string first_line_of(const CsvReading& reading, Staging& staging) {
  const auto rows =
      staging.run(fmt::format("FROM read_csv({}, columns = {{'line': 'VARCHAR'}}, delim = {}, "
                              "quote = '', escape = '', header = false, "
                              "auto_detect = false, strict_mode = false{}{}) LIMIT 1",
                              sql::quote_text(reading.path.string()), sql::quote_text("\x01"),
                              reading.gzip ? ", compression = 'gzip'" : "",
                              reading.latin_1 ? ", encoding = 'latin-1'" : ""));
  return rows && !rows->rows.empty() ? shown(text_in(*rows, 0)) : "";
}

void forget_rejects(Staging& staging) {
  for (const auto* table : {"reject_errors", "reject_scans"}) {
    // That cannot fail but for a stop, which the next statement tells.
    if (!staging.run(std::string("DROP TABLE IF EXISTS ") + table)) return;
  }
}

Rejects last_rejects(Staging& staging) {
  const auto rows = staging.run(
      "SELECT count(DISTINCT line)::BIGINT, min(line)::BIGINT, coalesce(arg_min(csv_line, line), "
      "'') FROM reject_errors");
  if (!rows || rows->rows.empty()) return {};
  return {number_in(*rows, 0), number_in(*rows, 1), shown(text_in(*rows, 2))};
}

std::optional<Rejects> count_rejects(CsvReading reading, Staging& staging) {
  reading.rejecting = true;
  forget_rejects(staging);
  if (!staging.run("SELECT count(*) FROM " + reading.function())) return std::nullopt;
  return last_rejects(staging);
}

}  // namespace insights::source
