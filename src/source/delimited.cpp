// CSV and TSV files. The rule is that nothing is lost in silence: what a strict reading does not
// take is tried with less strictness, step by step, and each step down is told with the first line
// it is about.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "source/csv_reading.h"
#include "source/load.h"
#include "source/text_columns.h"
#include "source/transcode.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

// Up to this size the types are taken from all lines: that takes twice the time, but sees the one
// code with leading zeros.
constexpr std::uintmax_t whole_sample_bytes_max = std::uintmax_t{8} << 20;

bool says(const engine::Failure& failure, std::string_view words) {
  return failure.message.find(words) != std::string::npos;
}

// Failures that no other way of reading would mend.
bool is_final(const engine::Failure& failure) {
  return failure.type == DUCKDB_ERROR_INTERRUPT || failure.type == DUCKDB_ERROR_OUT_OF_MEMORY ||
         failure.type == DUCKDB_ERROR_IO || failure.type == DUCKDB_ERROR_PERMISSION;
}

// The size of what was compressed, modulo 4 GB, from the end of the file.
std::uint32_t gzip_claim(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(-4, std::ios::end);
  std::uint32_t size = 0;
  for (unsigned shift = 0; shift < 32; shift += 8)
    size |= static_cast<std::uint32_t>(stream.get() & 0xFF) << shift;
  return stream ? size : 0;
}

// DuckDB takes the spaces around a name away, which is nothing to tell.
bool is_same_name(std::string_view written, std::string_view name) {
  const auto first = written.find_first_not_of(" \t");
  const auto last = written.find_last_not_of(" \t");
  return first == std::string_view::npos ? name.empty()
                                         : written.substr(first, last - first + 1) == name;
}

// Loads one file; holds what the steps share.
class DelimitedFile {
 public:
  DelimitedFile(const DataFile& file, const TextForm& form, Staging& staging)
      : file_(file), form_(form), staging_(staging), parquet_(staging.new_file(".parquet")) {
    std::error_code ignored;
    reading_.path = file.path;
    reading_.gzip = form.gzip;
    reading_.long_lines = form.long_lines;
    reading_.whole_sample =
        std::filesystem::file_size(file.path, ignored) <= whole_sample_bytes_max;
  }

  base::Result<Part> load() {
    if (form_.encoding != TextForm::Encoding::utf_8) TRY(translate());
    choose_shape();
    TRY(staging_.stopped());
    TRY(copy_somehow());
    TRY(keep_long_codes());
    if (form_.gzip) TRY(check_gzip_is_whole());
    if (shape_) note_shape();
    TRY(staging_.stopped());
    auto columns = TRY(read_text_columns(file_, reading_.delimiter, parquet_, staging_, notes_));
    return Part{.file = file_,
                .name = file_.stem,
                .parquet = parquet_,
                .relation = "",
                .columns = std::move(columns),
                .comment = ""};
  }

  std::vector<std::string> notes() && { return std::move(notes_); }

 private:
  void note(const std::string& text) {
    notes_.push_back(fmt::format("{}: {}", file_.path.string(), text));
  }

  base::Status translate() {
    auto copy = staging_.new_file(".csv");
    const auto odd = TRY(transcode(file_.path, copy, form_.encoding, staging_.stop_token()));
    if (form_.encoding != TextForm::Encoding::utf_8) {
      note("it is written in UTF-16, and was translated.");
    } else {
      note(fmt::format("it is not all UTF-8: {} byte{} read as Windows-1252.", odd,
                       odd == 1 ? " was" : "s were"));
    }
    reading_.path = std::move(copy);
    return {};
  }

  // Settles what DuckDB would get wrong: of lines of different lengths it makes one column, or
  // skips the shorter ones above, header and all.
  void choose_shape() {
    CsvReading quick = reading_;
    quick.whole_sample = false;
    auto shape = shape_of(quick, staging_);
    if (!shape && says(shape.error(), "Maximum line size")) {
      reading_.long_lines = quick.long_lines = true;
      shape = shape_of(quick, staging_);
    }
    CsvReading padded = quick;
    padded.padded = true;
    const bool one_column = shape && shape->columns.size() == 1 &&
                            shape->columns.front().name.find_first_of(",;|\t") != std::string::npos;
    const bool header_lost = shape && shape->lines_skipped > 0 && !shape->has_header;
    if (!shape || one_column || header_lost) {
      auto other = shape_of(padded, staging_);
      if (other && other->columns.size() > 1 && (!header_lost || other->has_header)) {
        reading_.padded = true;
        shape = std::move(other);
      }
    }
    if (!shape) return;
    shape_ = *std::move(shape);
    reading_.delimiter = shape_->delimiter;
  }

  // The ways to read, from the strictest on.
  std::vector<CsvReading> ways(const engine::Failure& failure) const {
    std::vector<CsvReading> ways;
    CsvReading way = reading_;
    const bool long_line = !way.long_lines && says(failure, "Maximum line size");
    way.long_lines = way.long_lines || long_line;
    way.whole_sample = true;
    if (says(failure, "onver") || long_line)
      ways.push_back(way);  // "Could not convert", "Error when converting"
    way.padded = true;
    ways.push_back(way);
    way.lenient = true;
    ways.push_back(way);
    way.rejecting = true;
    ways.push_back(way);
    return ways;
  }

  engine::Outcome<Rows> copy(const CsvReading& reading) {
    if (reading.rejecting) forget_rejects(staging_);
    return write_parquet("FROM " + reading.function(), shape_ ? shape_->columns.size() : 1,
                         parquet_, staging_);
  }

  base::Status copy_somehow() {
    auto done = copy(reading_);
    if (!done && says(done.error(), "nvalid unicode")) {
      if (form_.gzip) {
        reading_.latin_1 = true;
        note("it is not UTF-8, and was read as Latin-1.");
      } else {
        TRY(translate());
      }
      choose_shape();
      done = copy(reading_);
    }
    if (done) {
      if (reading_.padded) note_uneven(reading_);
      return {};
    }
    const auto strict = reading_;
    for (const auto& way : ways(done.error())) {
      if (is_final(done.error())) break;
      done = copy(way);
      if (!done) continue;
      reading_ = way;
      if (way.rejecting) {
        note_rejected();
      } else if (way.padded) {
        note_uneven(strict);
      }
      return {};
    }
    return std::unexpected(load_error(file_, done.error(), staging_));
  }

  // Whole numbers of more digits than a double holds are codes, and would be taken for others: they
  // are read again as text.
  base::Status keep_long_codes() {
    const auto relation = fmt::format("read_parquet({})", sql::quote_text(parquet_.string()));
    const auto columns = describe(staging_, relation);
    if (!columns) return {};  // the next step will say so
    std::string list;
    std::vector<std::string> reals;
    for (const auto& column : *columns) {
      if (column.engine_type != "DOUBLE") continue;
      reals.push_back(column.name);
      list += fmt::format("{0}count_if(abs({1}) >= 9223372036854775808 AND isfinite({1}))",
                          list.empty() ? "" : ", ", sql::quote_identifier(column.name));
    }
    if (reals.empty()) return {};
    const auto rows = staging_.run(fmt::format("SELECT {} FROM {}", list, relation));
    if (!rows) return {};
    std::vector<std::string> codes;
    for (std::size_t index = 0; index < reals.size(); ++index) {
      if (rows->rows.front().at(index) != Cell(std::int64_t{0})) codes.push_back(reals[index]);
    }
    if (codes.empty()) return {};
    reading_.text_columns = codes;
    if (const auto done = copy(reading_); !done)
      return std::unexpected(load_error(file_, done.error(), staging_));
    note(fmt::format("kept as text, because {} numbers too long to count with: {}.",
                     codes.size() == 1 ? "it holds" : "they hold", fmt::join(codes, ", ")));
    return {};
  }

  // The engine takes a compressed file that was cut short for a shorter one. Its last four bytes
  // say how long it should be.
  base::Status check_gzip_is_whole() {
    const auto claimed = gzip_claim(file_.path);
    const auto rows = staging_.run(fmt::format(
        "SELECT coalesce(sum(strlen(line) + 2), 0)::DOUBLE FROM read_csv({}, columns = {{'line': "
        "'VARCHAR'}}, delim = {}, quote = '', "
        "escape = '', header = false, auto_detect = false, strict_mode = false, compression = "
        "'gzip'{})",
        sql::quote_text(file_.path.string()), sql::quote_text("\x01"),
        reading_.long_lines ? ", max_line_size = 33554432, buffer_size = 67108864" : ""));
    if (!rows) return {};  // not UTF-8, or the like: nothing can be said
    const auto* bytes = std::get_if<double>(&rows->rows.front().front());
    // Blank lines are not counted, so it is no proof but for much that is missing.
    constexpr double slack_bytes = 65536;
    if (bytes == nullptr || static_cast<double>(claimed) <= 1.1 * *bytes + slack_bytes) return {};
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} was cut short", file_.path.string()),
                      "Copy or compress it again; gzip -t tells whether it is whole.");
  }

  void note_uneven(CsvReading strict) {
    strict.whole_sample = false;
    strict.padded = false;
    const auto rejects = count_rejects(strict, staging_);
    if (!rejects) {
      note(
          "its lines are not written alike; it was read leniently. Check that the numbers are "
          "right.");
    } else if (rejects->lines > 0) {
      note(
          fmt::format("{} line{} not as many fields as the others: what is missing was read as "
                      "null, what is too much was left "
                      "out unless it got a column. The first is line {}: {}",
                      rejects->lines, rejects->lines == 1 ? " has" : "s have", rejects->first_line,
                      rejects->first_text));
    }
  }

  void note_rejected() {
    const auto rejects = last_rejects(staging_);
    if (rejects.lines == 0) return;
    note(fmt::format("{} line{} could not be read and {} left out. The first is line {}: {}",
                     rejects.lines, rejects.lines == 1 ? "" : "s",
                     rejects.lines == 1 ? "was" : "were", rejects.first_line, rejects.first_text));
  }

  void note_shape() {
    if (shape_->lines_skipped > 0) {
      const bool one = shape_->lines_skipped == 1;
      note(fmt::format(
          "the first {} above the header {} left out, being no part of the table. The first is: {}",
          one ? "line" : fmt::format("{} lines", shape_->lines_skipped), one ? "was" : "were",
          first_line_of(reading_, staging_)));
    }
    note_dates();
    if (!shape_->has_header) {
      note(fmt::format("it has no header line; its columns are called {} and so on.",
                       shape_->columns.front().name));
      return;
    }
    note_names(header_of(reading_, *shape_, staging_));
  }

  // 03/04/2025 may be in March or in April. Where no day is beyond the 12th nobody can know.
  void note_dates() {
    const auto& format = shape_->date_format;
    const auto day = format.find("%d");
    const auto month = format.find("%m");
    if (day == std::string::npos || month == std::string::npos ||
        format.find("%Y") < std::max(day, month))
      return;
    for (const auto& column : shape_->columns) {
      if (column.engine_type != "DATE" && column.engine_type != "TIMESTAMP") continue;
      const auto rows = staging_.run(
          fmt::format("SELECT coalesce(max(day({})) <= 12, false) FROM read_parquet({})",
                      sql::quote_identifier(column.name), sql::quote_text(parquet_.string())));
      if (!rows || rows->rows.front().front() != Cell(true)) return;
    }
    note(fmt::format("its dates were read with the {} first; no date says whether that is right.",
                     day < month ? "day" : "month"));
  }

  void note_names(const std::vector<std::string>& header) {
    constexpr std::size_t shown_max = 5;
    std::vector<std::string> changes;
    for (std::size_t index = 0; index < std::min(header.size(), shape_->columns.size()); ++index) {
      const auto& name = shape_->columns[index].name;
      if (is_same_name(header[index], name)) continue;
      changes.push_back(
          header[index].empty()
              ? fmt::format("the {}. column, which has no name, is called {}", index + 1, name)
              : fmt::format("the {}. column, {}, is called {}", index + 1, header[index], name));
    }
    if (changes.empty()) return;
    const auto count = changes.size();
    changes.resize(std::min(count, shown_max));
    note(fmt::format("{}{}.", fmt::join(changes, "; "),
                     count > shown_max ? fmt::format("; and {} more", count - shown_max) : ""));
  }

  const DataFile& file_;
  TextForm form_;
  Staging& staging_;
  std::filesystem::path parquet_;
  CsvReading reading_;
  std::optional<CsvShape> shape_;
  std::vector<std::string> notes_;
};

}  // namespace

base::Status load_delimited(const DataFile& file, const TextForm& form, Staging& staging,
                            Loaded& loaded) {
  DelimitedFile delimited(file, form, staging);
  loaded.parts.push_back(TRY(delimited.load()));
  auto notes = std::move(delimited).notes();
  std::ranges::move(notes, std::back_inserter(loaded.notes));
  return {};
}

}  // namespace insights::source
