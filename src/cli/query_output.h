// What `insights query` reads and prints: rows, judgements, and JSON lines of both.
#pragma once

#include <string>

#include "base/result.h"
#include "source/source.h"
#include "sql/gate.h"

namespace insights::cli {

// A table with a heading, values aligned; control characters are taken out.
std::string rows_text(const source::Rows& rows);
// {"columns": [...], "rows": [[...]], "row_count": N, "truncated": false}
std::string rows_json(const source::Rows& rows);
// "Only the first 1,000 rows are shown ..."
std::string truncation_remark(const source::Rows& rows, const source::Limits& limits);

// "allow", or "mask" when a column of the result is personal.
std::string_view verdict_of(const sql::CheckedQuery& query, sql::Reader reader);
// {"verdict": "allow" or "mask", "dialect", "sql", "tables", "columns", "personal"}, or
// {"verdict": "refuse", "class", "reason", "hint"}
std::string judgement_json(const sql::CheckedQuery& query, sql::Reader reader);
std::string judgement_json(const sql::Refusal& refusal);
std::string judgement_text(const sql::CheckedQuery& query);

// One line of `--check --jsonl`.
struct StatementLine {
  std::string id;  // as JSON: "\"a-1\"", "7"
  std::string dialect;
  std::string sql;
};
// Error (invalid_input): no JSON object, or without "sql".
base::Result<StatementLine> parse_statement_line(const std::string& line);
// {"id", "verdict", "reason"} and a line end; a refusal with "class" and "hint" besides.
std::string verdict_line(const StatementLine& line, const sql::CheckedQuery& query,
                         sql::Reader reader);
std::string verdict_line(const StatementLine& line, const sql::Refusal& refusal);
std::string verdict_line(const StatementLine& line, const base::Error& error);

}  // namespace insights::cli
