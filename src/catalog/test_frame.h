// A small table for tests: rows as CSV text, types guessed from each column's texts. Used by
// *_test.cpp files only.
#pragma once

#include <charconv>
#include <sstream>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "catalog/roles.h"
#include "catalog/vocabulary_files.h"
#include "frame/column_builder.h"

namespace insights::catalog {

inline const Vocabulary& test_vocabulary() {
  static const Vocabulary vocabulary = *read_vocabulary(vocabulary_files::vocabulary_toml(), "");
  return vocabulary;
}

struct TestTable {
  source::Table table;
  frame::Frame frame;
};

inline std::vector<std::string> split_line(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  if (line.ends_with(',')) cells.emplace_back();
  return cells;
}

inline frame::Column column_of_texts(const std::string& name, const std::vector<std::string>& texts,
                                     std::vector<std::uint64_t>& hashes) {
  using Type = source::ColumnBatch::Type;
  source::ColumnBatch batch;
  const auto parses = [&](auto parse) {
    bool any = false;
    for (const auto& text : texts) {
      if (text.empty()) continue;
      any = true;
      if (!parse(text)) return false;
    }
    return any;
  };
  const auto number = [](const std::string& text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size();
  };
  batch.type = parses([](const std::string& text) { return base::parse_day(text).has_value(); })
                   ? Type::day
               : parses(number) ? Type::real
                                : Type::text;
  for (const auto& text : texts) {
    batch.valid.push_back(text.empty() ? 0 : 1);
    if (batch.type == Type::text) batch.texts.emplace_back(text);
    if (batch.type == Type::real) batch.reals.push_back(text.empty() ? 0 : std::stod(text));
    if (batch.type == Type::day)
      batch.integers.push_back(text.empty() ? 0 : base::parse_day(text)->since_epoch);
  }
  frame::ColumnBuilder builder(name,
                               batch.type == Type::text  ? "VARCHAR"
                               : batch.type == Type::day ? "DATE"
                                                         : "DOUBLE",
                               texts.size(), 1'000'000);
  builder.append(batch, texts.size(), hashes);
  return builder.finish();
}

// First line: column names. Empty cells are null.
inline TestTable test_table(const std::string& name, const std::string& csv) {
  TestTable result;
  result.table.name = name;
  std::stringstream stream(csv);
  std::string line;
  std::getline(stream, line);
  const auto names = split_line(line);
  std::vector<std::vector<std::string>> columns(names.size());
  while (std::getline(stream, line)) {
    auto cells = split_line(line);
    cells.resize(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) columns[i].push_back(cells[i]);
  }
  result.frame.table = name;
  result.frame.rows = columns.empty() ? 0 : columns.front().size();
  result.frame.rows_in_source = static_cast<std::int64_t>(result.frame.rows);
  std::vector<std::uint64_t> hashes(result.frame.rows);
  for (std::size_t i = 0; i < names.size(); ++i) {
    result.table.columns.push_back({names[i], "ANY", ""});
    result.frame.columns.push_back(column_of_texts(names[i], columns[i], hashes));
  }
  return result;
}

inline Subject understood(const std::string& name, const std::string& csv,
                          const TableMetadata& metadata = {}) {
  auto table = test_table(name, csv);
  return understand(table.table, std::move(table.frame), test_vocabulary(), metadata);
}

}  // namespace insights::catalog
