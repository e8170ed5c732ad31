#include "cli/query_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <variant>

#include "cli/progress.h"
#include "report/json_text.h"

namespace insights::cli {
namespace {

using Json = nlohmann::ordered_json;
using source::Cell;

constexpr std::size_t cell_characters_max = 60;

std::string dumped(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Cell& cell) {
  if (source::is_null(cell)) return nullptr;
  if (const auto* value = std::get_if<bool>(&cell)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&cell)) return *value;
  if (const auto* value = std::get_if<double>(&cell)) return *value;
  return source::text_of(cell);
}

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

// How many places of a terminal a text takes, near enough: one for each character.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return to_the_right ? blanks + text : text + blanks;
}

Json columns_json(const sql::Resolved& resolved) {
  Json columns = Json::array();
  for (const auto& column : resolved.columns) columns.push_back(column.table + "." + column.column);
  return columns;
}

Json id_json(const StatementLine& line) {
  return line.id.empty() ? Json(nullptr) : Json::parse(line.id, nullptr, false);
}

}  // namespace

std::string rows_text(const source::Rows& rows) {
  std::vector<std::vector<std::string>> lines{{}};
  for (const auto& column : rows.columns)
    lines.front().push_back(one_line(column, cell_characters_max));
  for (const auto& row : rows.rows) {
    auto& line = lines.emplace_back();
    for (const auto& cell : row)
      line.push_back(source::is_null(cell) ? "null"
                                           : one_line(source::text_of(cell), cell_characters_max));
  }
  std::vector<std::size_t> widths(rows.columns.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t column = 0; column < line.size(); ++column)
      widths[column] = std::max(widths[column], width_of(line[column]));
  }
  std::string text;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    std::string line;
    for (std::size_t column = 0; column < lines[index].size(); ++column) {
      const auto& row = rows.rows;
      const bool right = index == 0 ? !row.empty() && is_number(row.front()[column])
                                    : is_number(row[index - 1][column]);
      line += (column == 0 ? "" : "  ") + padded(lines[index][column], widths[column], right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (index == 0) {
      std::string rule;
      for (std::size_t column = 0; column < widths.size(); ++column)
        rule += (column == 0 ? "" : "  ") + std::string(widths[column], '-');
      text += rule + "\n";
    }
  }
  return text;
}

std::string rows_json(const source::Rows& rows) {
  Json list = Json::array();
  for (const auto& row : rows.rows) {
    Json cells = Json::array();
    for (const auto& cell : row) cells.push_back(json_of(cell));
    list.push_back(std::move(cells));
  }
  const Json whole{{"columns", rows.columns},
                   {"rows", std::move(list)},
                   {"row_count", rows.rows.size()},
                   {"truncated", rows.truncated}};
  return report::harmless_json(dumped(whole)) + "\n";
}

std::string truncation_remark(const source::Rows& rows, const source::Limits& limits) {
  const bool by_rows = std::cmp_greater_equal(rows.rows.size(), limits.rows_max);
  return fmt::format("Only the first {} rows are shown: there were more than --{} {} allows.",
                     rows.rows.size(), by_rows ? "rows" : "bytes",
                     by_rows ? limits.rows_max : limits.bytes_max);
}

std::string_view verdict_of(const sql::CheckedQuery& query, sql::Reader reader) {
  const bool masks = reader == sql::Reader::model && sql::gives_personal(query.resolved());
  return masks ? "mask" : "allow";
}

std::string judgement_json(const sql::CheckedQuery& query, sql::Reader reader) {
  const Json whole{{"verdict", verdict_of(query, reader)},
                   {"dialect", sql::name(query.dialect())},
                   {"sql", query.text()},
                   {"tables", query.resolved().tables},
                   {"columns", columns_json(query.resolved())},
                   {"personal", query.resolved().touches_personal}};
  return report::harmless_json(dumped(whole, 2)) + "\n";
}

std::string judgement_json(const sql::Refusal& refusal) {
  const Json whole{{"verdict", "refuse"},
                   {"class", sql::name(refusal.reason)},
                   {"reason", refusal.message},
                   {"hint", refusal.hint}};
  return report::harmless_json(dumped(whole, 2)) + "\n";
}

std::string judgement_text(const sql::CheckedQuery& query) {
  std::string tables;
  for (const auto& table : query.resolved().tables)
    tables += (tables.empty() ? " It reads " : ", ") + table;
  const std::string personal = sql::gives_personal(query.resolved())
                                   ? " It gives personal data, which is masked for a model."
                                   : "";
  return one_line("Allowed." + tables + (tables.empty() ? "" : ".") + personal, 2000) + "\n";
}

base::Result<StatementLine> parse_statement_line(const std::string& line) {
  constexpr std::size_t bytes_max = std::size_t{1} << 20;
  const auto wrong = [](std::string why) {
    return base::fail(base::ErrorKind::invalid_input, std::move(why),
                      R"(Write {"id": "a", "dialect": "duckdb", "sql": "SELECT 1"}.)");
  };
  if (line.size() > bytes_max) return wrong("the line is longer than 1 MB");
  if (report::depth_of_json(line) > 64) return wrong("the line is nested too deeply");
  const auto json = Json::parse(line, nullptr, false);
  if (!json.is_object() || !json.contains("sql") || !json["sql"].is_string())
    return wrong("the line is not a JSON object with \"sql\"");
  StatementLine statement;
  if (json.contains("id")) statement.id = dumped(json["id"]);
  if (json.contains("dialect") && json["dialect"].is_string())
    statement.dialect = json["dialect"].get<std::string>();
  statement.sql = json["sql"].get<std::string>();
  return statement;
}

std::string verdict_line(const StatementLine& line, const sql::CheckedQuery& query,
                         sql::Reader reader) {
  const auto verdict = verdict_of(query, reader);
  const auto* reason = verdict == "mask" ? "its result holds personal data" : "";
  return dumped({{"id", id_json(line)}, {"verdict", verdict}, {"reason", reason}}) + "\n";
}

std::string verdict_line(const StatementLine& line, const sql::Refusal& refusal) {
  return dumped({{"id", id_json(line)},
                 {"verdict", "refuse"},
                 {"reason", refusal.message},
                 {"class", sql::name(refusal.reason)},
                 {"hint", refusal.hint}}) +
         "\n";
}

std::string verdict_line(const StatementLine& line, const base::Error& error) {
  return dumped({{"id", id_json(line)}, {"verdict", "refuse"}, {"reason", error.message}}) + "\n";
}

}  // namespace insights::cli
