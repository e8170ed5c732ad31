#include "sql/gate.h"

#include <optional>
#include <utility>

#include "sql/duckdb_parser.h"
#include "sql/duckdb_rules.h"
#include "sql/names.h"
#include "sql/postgres_rules.h"
#include "sql/text_limits.h"

namespace insights::sql {

namespace {

struct Passed {
  std::string text;
  Resolved resolved;
};
using Judgement = std::expected<Passed, Refusal>;

Judgement judge_duckdb(std::string text, const DuckDbParser& parser, const Relations& relations) {
  const auto tree = TRY(parser.parse(text));
  Names names(relations, Letters::any_case, "main");
  TRY(DuckDbRules(names, parser).check(tree.root()));
  return Passed{std::move(text), names.resolved()};
}

}  // namespace

struct Gate::Judge {
  Dialect dialect;
  Relations relations;
  Reader reader;
  std::optional<DuckDbParser> duckdb;  // there for its own dialect
  RefusalSink on_refusal;              // may be empty

  Judgement operator()(std::string text) const {
    switch (dialect) {
      case Dialect::duckdb:
        return judge_duckdb(std::move(text), *duckdb, relations);
      case Dialect::postgres: {
        auto rewritten = TRY(check_postgres(text, relations));
        return Passed{std::move(rewritten.text), std::move(rewritten.resolved)};
      }
    }
    std::unreachable();
  }
};

base::Result<Gate> Gate::open(Dialect dialect, Relations relations, Reader reader) {
  auto judge =
      std::make_unique<Judge>(Judge{dialect, std::move(relations), reader, std::nullopt, {}});
  if (dialect == Dialect::duckdb) judge->duckdb.emplace(TRY(DuckDbParser::open()));
  return Gate(std::move(judge));
}

Gate::Gate(std::unique_ptr<Judge> judge) : judge_(std::move(judge)) {}
Gate::Gate(Gate&&) noexcept = default;
Gate& Gate::operator=(Gate&&) noexcept = default;
Gate::~Gate() = default;

Dialect Gate::dialect() const { return judge_->dialect; }

void Gate::on_refusal(RefusalSink sink) { judge_->on_refusal = std::move(sink); }

std::expected<CheckedQuery, Refusal> Gate::judge(std::string_view text) const {
  auto query = judged(text);
  if (!query && judge_->on_refusal) judge_->on_refusal(text, query.error());
  return query;
}

std::expected<CheckedQuery, Refusal> Gate::judged(std::string_view text) const {
  TRY(check_text(text));
  auto passed = TRY((*judge_)(std::string(text)));
  const auto& disclosure = passed.resolved.disclosure;
  if (judge_->reader == Reader::model && disclosure) return std::unexpected(*disclosure);
  return CheckedQuery(std::move(passed.text), judge_->dialect, std::move(passed.resolved));
}

base::Result<CheckedQuery> Gate::check(std::string_view text) const {
  auto judged = judge(text);
  if (!judged) return std::unexpected(error_of(judged.error()));
  return *std::move(judged);
}

}  // namespace insights::sql
