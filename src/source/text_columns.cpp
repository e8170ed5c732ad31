#include "source/text_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "source/load.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

// A column is looked at in full only where so many rows speak for it: to look costs a microsecond a
// value.
constexpr int head_rows = 1000;
// From this share on a reader would take the column for one of numbers, and wants to be told why it
// is not.
constexpr double nearly_all_share = 0.9;

constexpr std::string_view date =
    R"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/ ][A-Za-z]{3,9}[-/ ]\d{2,4}|[A-Za-z]{3,9} \d{1,2}, \d{4})";
constexpr std::string_view date_formats =
    "['%Y-%m-%d', '%d-%b-%Y', '%d %b %Y', '%d/%b/%Y', '%d-%b-%y', '%b %d, %Y', '%d %B %Y', '%B %d, "
    "%Y']";
constexpr std::string_view plain = R"([-+]?(\d+(\.\d*)?|\.\d+))";
constexpr std::string_view whole = R"([-+]?\d{1,18})";
constexpr std::string_view code =
    R"(0\d+|[-+]?\d{19,})";  // leading zeros, or more digits than can be counted with
constexpr std::string_view decimal_comma =
    R"([-+]?(\d+|\d{1,3}([.' \x{A0}\x{202F}]\d{3})+)(,\d+)?)";
constexpr std::string_view separated =
    R"([-+(]?[$€£¥₹]?\s?-?(\d+|\d{1,3}(,\d{2,3})*,\d{3})(\.\d+)?\s?[$€£¥₹%]?\)?)";

// A column's values by how they are written.
struct Counts {
  std::int64_t values = 0;  // not null
  std::int64_t marks = 0;   // of a missing value
  std::int64_t plain = 0;
  std::int64_t whole = 0;
  std::int64_t codes = 0;
  std::int64_t comma = 0;      // may have a decimal comma
  std::int64_t separated = 0;  // may have separators of thousands and one sign
  std::int64_t with_comma = 0;
  std::int64_t signs = 0;  // how many different currency or percent signs, none counting as one
  std::int64_t dates = 0;  // ISO, or with the month's name
  std::string example;     // of what is no number and no mark
};

struct TextColumn {
  std::string name;
  Counts counts;
};

constexpr std::string_view dates_description = "dates";

struct Conversion {
  std::string expression;
  std::string description;  // "numbers", "dates"
};

std::string quoted_regex(std::string_view regex) { return sql::quote_text(regex); }

std::string is_mark(const std::string& column) {
  return fmt::format(
      "lower(trim({})) IN ('', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', 'nil', 'missing', '-', "
      "'--', '.', '?')",
      column);
}

std::string count_if_full(const std::string& column, std::string_view regex) {
  return fmt::format("count_if(regexp_full_match(trim({}), {}) AND NOT {})", column,
                     quoted_regex(regex), is_mark(column));
}

std::string counts_of(const std::string& column) {
  return fmt::format(
      "count({0}), count_if({1}), {2}, {3}, {4}, {5}, {6}, count_if(contains({0}, ',')), "
      "count(DISTINCT regexp_extract({0}, '[$€£¥₹%]')) FILTER (NOT {1}), {8}, "
      "coalesce(min({0}) FILTER (NOT regexp_full_match(trim({0}), {7}) AND NOT {1}), '')",
      column, is_mark(column), count_if_full(column, plain), count_if_full(column, whole),
      count_if_full(column, code), count_if_full(column, decimal_comma),
      count_if_full(column, separated), quoted_regex(plain), count_if_full(column, date));
}

std::int64_t number_at(const std::vector<Cell>& row, std::size_t index) {
  const auto* number = std::get_if<std::int64_t>(&row.at(index));
  return number == nullptr ? 0 : *number;
}

Counts read_counts(const std::vector<Cell>& row, std::size_t at) {
  return {number_at(row, at),     number_at(row, at + 1),  number_at(row, at + 2),
          number_at(row, at + 3), number_at(row, at + 4),  number_at(row, at + 5),
          number_at(row, at + 6), number_at(row, at + 7),  number_at(row, at + 8),
          number_at(row, at + 9), text_of(row.at(at + 10))};
}
constexpr std::size_t counts_width = 11;

std::optional<Conversion> conversion_of(const TextColumn& text, const std::string& delimiter) {
  const auto& counts = text.counts;
  const auto column = sql::quote_identifier(text.name);
  const auto numbers = counts.values - counts.marks;
  if (numbers == 0 || counts.codes > 0) return std::nullopt;
  if (counts.dates == numbers) {
    return Conversion{fmt::format("CAST(try_strptime(trim({}), {}) AS DATE)", column, date_formats),
                      std::string(dates_description)};
  }
  const auto unless_mark = [&](const std::string& expression) {
    return fmt::format("CASE WHEN NOT {} THEN {} END", is_mark(column), expression);
  };
  if (counts.plain == numbers) {
    const auto* type = counts.whole == numbers ? "BIGINT" : "DOUBLE";
    return Conversion{unless_mark(fmt::format("TRY_CAST(trim({}) AS {})", column, type)),
                      "numbers"};
  }
  const bool may_be_comma = counts.comma == numbers && counts.with_comma > 0;
  const bool may_be_separated = counts.separated == numbers && counts.signs == 1;
  if (may_be_comma && (!may_be_separated || delimiter == ";")) {
    return Conversion{
        unless_mark(fmt::format(
            "TRY_CAST(replace(regexp_replace(trim({}), '[^-0-9,]', '', 'g'), ',', '.') AS DOUBLE)",
            column)),
        "numbers with a decimal comma"};
  }
  if (may_be_separated) {
    return Conversion{
        unless_mark(fmt::format("CASE WHEN regexp_matches({0}, '[-(]') THEN -1 ELSE 1 END * "
                                "TRY_CAST(regexp_replace({0}, '[^0-9.]', '', 'g') AS DOUBLE)",
                                column)),
        "numbers without their signs and separators"};
  }
  return std::nullopt;
}

std::vector<std::string> text_names(const std::vector<TableColumn>& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) {
    if (column.engine_type == "VARCHAR") names.push_back(column.name);
  }
  return names;
}

engine::Outcome<std::vector<TextColumn>> counted(const std::vector<std::string>& names,
                                                 const std::string& relation, Staging& staging) {
  std::vector<TextColumn> columns;
  if (names.empty()) return columns;
  std::string list;
  for (const auto& name : names)
    list += (list.empty() ? "" : ", ") + counts_of(sql::quote_identifier(name));
  const auto rows = staging.run(fmt::format("SELECT {} FROM {}", list, relation));
  if (!rows) return std::unexpected(rows.error());
  for (std::size_t index = 0; index < names.size(); ++index) {
    columns.push_back({names[index], read_counts(rows->rows.front(), index * counts_width)});
  }
  return columns;
}

std::optional<std::string> mixed_note(const TextColumn& text) {
  const auto& counts = text.counts;
  const auto others = counts.values - counts.marks - counts.plain;
  if (others == 0 ||
      static_cast<double>(counts.plain) < nearly_all_share * static_cast<double>(counts.values)) {
    return std::nullopt;
  }
  return fmt::format("column {} is text, because {} of its {} values {} no number: {}", text.name,
                     others, counts.values, others == 1 ? "is" : "are",
                     counts.example.substr(0, 60));
}

// Looks at the first rows, and in full at the columns where these are numbers, or say nothing.
engine::Outcome<std::vector<TextColumn>> looked_at(const std::vector<std::string>& names,
                                                   const std::string& delimiter,
                                                   const std::string& relation, Staging& staging) {
  const auto head = counted(names, fmt::format("(FROM {} LIMIT {})", relation, head_rows), staging);
  if (!head) return std::unexpected(head.error());
  std::vector<std::string> promising;
  for (const auto& column : *head) {
    if (column.counts.values == column.counts.marks || conversion_of(column, delimiter) ||
        mixed_note(column)) {
      promising.push_back(column.name);
    }
  }
  return counted(promising, relation, staging);
}

// Whether every value that looks like a date is one: there is no 31 February.
bool are_dates(const TextColumn& text, const std::string& relation, Staging& staging) {
  const auto column = sql::quote_identifier(text.name);
  const auto rows =
      staging.run(fmt::format("SELECT count(*) FROM (SELECT DISTINCT trim({0}) AS {0} FROM {1} "
                              "WHERE NOT {2}) WHERE try_strptime({0}, {3}) IS NULL",
                              column, relation, is_mark(column), date_formats));
  return rows && rows->rows.front().front() == Cell(std::int64_t{0});
}

// Writes the file anew with some columns converted.
base::Status rewrite(const DataFile& file, const std::string& replacements, std::size_t columns,
                     const std::filesystem::path& parquet, Staging& staging) {
  const auto other = staging.new_file(".parquet");
  const auto select = fmt::format("SELECT * REPLACE ({}) FROM read_parquet({})", replacements,
                                  sql::quote_text(parquet.string()));
  if (const auto done = write_parquet(select, columns, other, staging); !done) {
    return std::unexpected(load_error(file, done.error(), staging));
  }
  std::error_code error;
  std::filesystem::rename(other, parquet, error);
  if (error)
    return base::fail(base::ErrorKind::unavailable, fmt::format("{} could not be written: {}",
                                                                parquet.string(), error.message()));
  return {};
}

}  // namespace

base::Result<std::vector<TableColumn>> read_text_columns(const DataFile& file,
                                                         const std::string& delimiter,
                                                         const std::filesystem::path& parquet,
                                                         Staging& staging,
                                                         std::vector<std::string>& notes) {
  const auto failed = [&](const engine::Failure& failure) {
    return std::unexpected(load_error(file, failure, staging));
  };
  const auto relation = fmt::format("read_parquet({})", sql::quote_text(parquet.string()));
  auto columns = describe(staging, relation);
  if (!columns) return failed(columns.error());
  const auto texts = looked_at(text_names(*columns), delimiter, relation, staging);
  if (!texts) return failed(texts.error());
  std::string replacements;
  for (const auto& text : *texts) {
    const auto conversion = conversion_of(text, delimiter);
    if (conversion &&
        (conversion->description != dates_description || are_dates(text, relation, staging))) {
      replacements += fmt::format("{}{} AS {}", replacements.empty() ? "" : ", ",
                                  conversion->expression, sql::quote_identifier(text.name));
      notes.push_back(fmt::format(
          "{}: column {} was read as {}{}.", file.path.string(), text.name, conversion->description,
          text.counts.marks > 0
              ? fmt::format("; {} marks of missing values became null", text.counts.marks)
              : ""));
    } else if (const auto mixed = mixed_note(text)) {
      notes.push_back(fmt::format("{}: {}", file.path.string(), *mixed));
    }
  }
  if (replacements.empty()) return *std::move(columns);
  TRY(rewrite(file, replacements, columns->size(), parquet, staging));
  columns = describe(staging, relation);
  if (!columns) return failed(columns.error());
  return *std::move(columns);
}

}  // namespace insights::source
