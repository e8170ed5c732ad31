// JSON files: an array of objects, one object a line, or one object that wraps an array. What is
// nested becomes text, as JSON.

#include <fmt/format.h>

#include <algorithm>

#include "source/load.h"
#include "source/transcode.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

struct JsonReading {
  std::filesystem::path path;
  bool gzip = false;
  bool whole_sample = false;
  bool large_objects = false;  // up to 64 MB each instead of 16 MB
  bool skip_bad = false;       // lines that are no JSON become rows of nulls, and are left out
  int depth = 2;

  std::string function() const {
    return fmt::format("read_json({}, maximum_depth = {}, map_inference_threshold = -1{}{}{}{})",
                       sql::quote_text(path.string()), depth, gzip ? ", compression = 'gzip'" : "",
                       whole_sample ? ", sample_size = -1" : "",
                       large_objects ? ", maximum_object_size = 67108864" : "",
                       skip_bad ? ", ignore_errors = true, format = 'newline_delimited'" : "");
  }
};

bool is_nested(std::string_view type) {
  return type.ends_with("]") || type.starts_with("STRUCT") || type.starts_with("MAP") ||
         type == "JSON";
}

// A string that stands where other values have other types is JSON to DuckDB: it loses its quotes
// here.
std::string expression_of(const TableColumn& column) {
  const auto name = sql::quote_identifier(column.name);
  return column.engine_type == "JSON" ? fmt::format("json_extract_string({}, '$')", name)
                                      : fmt::format("CAST(to_json({}) AS VARCHAR)", name);
}

struct Inside {
  std::string relation;
  std::vector<TableColumn> columns;
  std::string note;  // what is told about the wrapping
};

// {"count": 2, "orders": [{...}, {...}]}: the rows are inside.
engine::Outcome<Inside> unwrapped(const JsonReading& reading,
                                  const std::vector<TableColumn>& columns, Staging& staging) {
  Inside whole{reading.function(), columns, ""};
  const auto is_list = [](const TableColumn& column) { return column.engine_type.ends_with("[]"); };
  if (std::ranges::count_if(columns, is_list) != 1) return whole;
  const auto count =
      staging.run(fmt::format("SELECT count(*) FROM (FROM {} LIMIT 2)", whole.relation));
  if (!count || count->rows.front().front() != Cell(std::int64_t{1})) return whole;
  JsonReading deeper = reading;
  deeper.depth = 4;
  const auto& list = std::ranges::find_if(columns, is_list)->name;
  const auto relation = fmt::format("(SELECT unnest({}, max_depth := 2) FROM {})",
                                    sql::quote_identifier(list), deeper.function());
  auto inner = describe(staging, relation);
  if (!inner) return whole;
  std::string others;
  for (const auto& column : columns) {
    if (!is_list(column)) others += (others.empty() ? "" : ", ") + column.name;
  }
  return Inside{
      relation, *std::move(inner),
      others.empty()
          ? ""
          : fmt::format("the rows of {} are the table; what stands beside it was left out: {}.",
                        list, others)};
}

engine::Outcome<Inside> look_inside(const JsonReading& reading, Staging& staging) {
  auto columns = describe(staging, reading.function());
  if (!columns) return std::unexpected(columns.error());
  return unwrapped(reading, *columns, staging);
}

engine::Outcome<Rows> copy(const Inside& source, bool skip_bad,
                           const std::filesystem::path& parquet, Staging& staging) {
  std::string replacements;
  std::string all_null;
  for (const auto& column : source.columns) {
    all_null += fmt::format("{}{} IS NULL", all_null.empty() ? "" : " AND ",
                            sql::quote_identifier(column.name));
    if (!is_nested(column.engine_type)) continue;
    replacements += fmt::format("{}{} AS {}", replacements.empty() ? "" : ", ",
                                expression_of(column), sql::quote_identifier(column.name));
  }
  const auto list = replacements.empty() ? "*" : fmt::format("* REPLACE ({})", replacements);
  return write_parquet(fmt::format("SELECT {} FROM {}{}", list, source.relation,
                                   skip_bad ? " WHERE NOT (" + all_null + ")" : ""),
                       source.columns.size(), parquet, staging);
}

std::unexpected<base::Error> no_objects(const DataFile& file) {
  return base::fail(base::ErrorKind::invalid_input,
                    fmt::format("{} is not a table: it holds no JSON objects", file.path.string()),
                    "A JSON table is an array of objects, or one object a line.");
}

void note_nested(const DataFile& file, const std::vector<TableColumn>& columns, Loaded& loaded) {
  std::string names;
  for (const auto& column : columns) {
    if (is_nested(column.engine_type)) names += (names.empty() ? "" : ", ") + column.name;
  }
  if (!names.empty()) {
    loaded.notes.push_back(fmt::format("{}: what is nested or of mixed types became text: {}.",
                                       file.path.string(), names));
  }
}

std::int64_t rows_in(const std::string& relation, Staging& staging) {
  const auto rows = staging.run("SELECT count(*) FROM " + relation);
  const auto* count = rows ? std::get_if<std::int64_t>(&rows->rows.front().front()) : nullptr;
  return count == nullptr ? 0 : *count;
}

// DuckDB reads no JSON but in UTF-8.
base::Status translate(const DataFile& file, TextForm::Encoding encoding, JsonReading& reading,
                       Staging& staging, Loaded& loaded) {
  reading.path = staging.new_file(".json");
  const auto odd = TRY(transcode(file.path, reading.path, encoding, staging.stop_token()));
  loaded.notes.push_back(
      encoding == TextForm::Encoding::utf_8
          ? fmt::format("{}: it is not all UTF-8: {} byte{} read as Windows-1252.",
                        file.path.string(), odd, odd == 1 ? " was" : "s were")
          : fmt::format("{}: it is written in UTF-16, and was translated.", file.path.string()));
  return {};
}

// Tries to read; then with types from the whole file; then, line by line, without the lines that
// are no JSON.
base::Result<Inside> copy_somehow(const DataFile& file, JsonReading reading,
                                  const std::filesystem::path& parquet, Staging& staging,
                                  Loaded& loaded) {
  engine::Outcome<Rows> done = std::unexpected(engine::Failure{});
  std::optional<engine::Failure> first;
  for (const int step : {0, 1, 2}) {
    reading.whole_sample = step > 0;
    reading.large_objects =
        first && first->message.find("maximum_object_size") != std::string::npos;
    reading.skip_bad = step > 1;
    auto source = look_inside(reading, staging);
    if (source && source->columns.size() == 1 && source->columns.front().name == "json") {
      if (!first) return no_objects(file);
      break;
    }
    done = source ? copy(*source, reading.skip_bad, parquet, staging)
                  : std::unexpected(source.error());
    if (done) {
      const auto lost =
          reading.skip_bad
              ? rows_in(reading.function(), staging) -
                    rows_in(fmt::format("read_parquet({})", sql::quote_text(parquet.string())),
                            staging)
              : 0;
      if (reading.skip_bad) {
        loaded.notes.push_back(fmt::format("{}: {} line{} no JSON object{} and left out.",
                                           file.path.string(), lost, lost == 1 ? " is" : "s are",
                                           lost == 1 ? "" : "s"));
      }
      return *std::move(source);
    }
    TRY(staging.stopped());
    if (!reading.gzip && reading.path == file.path &&
        done.error().message.find("invalid UTF-8") != std::string::npos) {
      TRY(translate(file, TextForm::Encoding::utf_8, reading, staging, loaded));
      return copy_somehow(file, reading, parquet, staging, loaded);
    }
    if (!first) first = done.error();
  }
  auto error = load_error(file, *first, staging);
  error.hint = "A JSON table is an array of objects, or one object a line.";
  return std::unexpected(std::move(error));
}

}  // namespace

base::Status load_json(const DataFile& file, const TextForm& form, Staging& staging,
                       Loaded& loaded) {
  JsonReading reading;
  reading.path = file.path;
  reading.gzip = form.gzip;
  if (form.encoding != TextForm::Encoding::utf_8) {
    TRY(translate(file, form.encoding, reading, staging, loaded));
  }
  const auto parquet = staging.new_file(".parquet");
  const auto source = TRY(copy_somehow(file, reading, parquet, staging, loaded));
  if (!source.note.empty())
    loaded.notes.push_back(fmt::format("{}: {}", file.path.string(), source.note));
  note_nested(file, source.columns, loaded);
  auto columns =
      describe(staging, fmt::format("read_parquet({})", sql::quote_text(parquet.string())));
  if (!columns) return std::unexpected(load_error(file, columns.error(), staging));
  loaded.parts.push_back({file, file.stem, parquet, "", *std::move(columns), ""});
  return {};
}

}  // namespace insights::source
