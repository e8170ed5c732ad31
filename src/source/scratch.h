// For this room's tests: short words to open and ask.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "base/scratch.h"
#include "source/engine.h"
#include "source/gate.h"
#include "source/open.h"

namespace insights::source {

using base::Scratch;

// Runs statements of the test's own in a fresh database; the file, or memory when the path is
// empty.
inline void make(const std::vector<std::string>& statements, const std::string& database = "") {
  const auto engine = engine::Database::open(database, {{"threads", "1"}});
  REQUIRE(engine);
  const auto connection = engine::Connection::open(*engine);
  REQUIRE(connection);
  for (const auto& statement : statements) {
    const auto done = engine::run(*connection, statement);
    INFO(statement << ": " << (done ? "" : done.error().message));
    REQUIRE(done);
  }
}

inline base::Result<std::unique_ptr<Source>> try_open(std::vector<std::string> locations,
                                                      int threads = 2) {
  return open({.locations = std::move(locations), .threads = threads}, {});
}

inline std::unique_ptr<Source> opened(std::vector<std::string> locations, int threads = 2) {
  auto source = try_open(std::move(locations), threads);
  INFO((source ? "" : source.error().message));
  REQUIRE(source);
  return *std::move(source);
}

inline sql::CheckedQuery checked(const Source& source, std::string_view text) {
  const auto gate = open_gate(source);
  REQUIRE(gate);
  auto query = gate->check(text);
  INFO(text << ": " << (query ? "" : query.error().message));
  REQUIRE(query);
  return *std::move(query);
}

inline Rows ask(Source& source, std::string_view text, Limits limits = {}) {
  auto rows = source.query(checked(source, text), limits, {});
  INFO(text << ": " << (rows ? "" : rows.error().message));
  REQUIRE(rows);
  return *std::move(rows);
}

// All of a result in one text: cells parted by |, rows by line ends.
inline std::string text_of(const Rows& rows) {
  std::string text;
  for (const auto& row : rows.rows) {
    std::string line;
    for (const auto& cell : row)
      line += (line.empty() ? "" : "|") + (is_null(cell) ? "null" : text_of(cell));
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

inline std::string answer(Source& source, std::string_view text) {
  return text_of(ask(source, text));
}

// "a BIGINT, b VARCHAR"
inline std::string columns_of(const Table& table) {
  std::string text;
  for (const auto& column : table.columns)
    text += (text.empty() ? "" : ", ") + column.name + " " + column.engine_type;
  return text;
}

inline std::string tables_of(const Source& source) {
  std::string text;
  for (const auto& table : source.tables()) text += (text.empty() ? "" : ", ") + table.name;
  return text;
}

inline std::string notes_of(const Source& source) {
  std::string text;
  for (const auto& note : source.notes()) text += note + "\n";
  return text;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace insights::source
