// The gate: the one way from a text of SQL to something a source runs.
//
// A text passes when it is valid UTF-8 of at most 64 KB, not nested or chained beyond the limits
// (text_limits.h), one statement by the engine's own grammar, and made only of what is on the
// dialect's lists: kinds of nodes and their fields (duckdb_rules.h, postgres_rules.h), functions,
// operators and types (functions.h), and tables and columns of the catalog, with names understood
// as the engine understands them (names.h). What is not known is refused. Functions that make more
// than they are given are held to caps (bounds.h).
//
// Every path to a database goes through here: the engine's own patterns, `insights query`, and
// `insights verify`, whose reports are outside input.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/dialect.h"
#include "sql/refusal.h"
#include "sql/relations.h"

namespace insights::sql {

// Who is to see what a statement gives. For a model a statement is refused (class personal) that
// would give personal data away although its columns are masked; who runs it masks them before they
// are shown (source/masks.h). A person who may read the database sees what it holds.
enum class Reader { person, model };

// A statement that passed the gate. Only Gate makes one.
class CheckedQuery {
 public:
  // What is to be run. DuckDB: the text as it was, to be read by the same build of the library that
  // judged it. PostgreSQL: written anew from the tree that was judged, with every table's schema,
  // so that a search path of pg_catalog alone finds everything, and nothing else.
  const std::string& text() const { return text_; }
  Dialect dialect() const { return dialect_; }
  // Which tables and columns it reads, and what each column of its result tells about persons.
  const Resolved& resolved() const { return resolved_; }

 private:
  friend class Gate;
  CheckedQuery(std::string text, Dialect dialect, Resolved resolved)
      : text_(std::move(text)), dialect_(dialect), resolved_(std::move(resolved)) {}
  std::string text_;
  Dialect dialect_;
  Resolved resolved_;
};

// Owns a parser and the catalog it judges by. Not for use by two threads at once.
class Gate {
 public:
  // Error: unavailable (the parser did not start).
  static base::Result<Gate> open(Dialect dialect, Relations relations,
                                 Reader reader = Reader::person);
  Gate(Gate&&) noexcept;
  Gate& operator=(Gate&&) noexcept;
  ~Gate();

  Dialect dialect() const;

  // Told of every statement that this refuses from now on.
  using RefusalSink = std::function<void(std::string_view text, const Refusal& refusal)>;
  void on_refusal(RefusalSink sink);

  // The query, or why it is refused and what to write instead.
  std::expected<CheckedQuery, Refusal> judge(std::string_view text) const;
  // The same, with the refusal as an Error (refusal.h: error_of).
  base::Result<CheckedQuery> check(std::string_view text) const;

 private:
  struct Judge;
  explicit Gate(std::unique_ptr<Judge> judge);
  std::expected<CheckedQuery, Refusal> judged(std::string_view text) const;
  std::unique_ptr<Judge> judge_;
};

}  // namespace insights::sql
