// The gate: the one way from a text of SQL to something a source runs.
//
// A text passes when it is one statement of at most 64 KB, valid UTF-8 without NUL, not nested
// deeper than the limit, and a SELECT by the engine's own grammar. (The allow-lists of functions,
// nodes and relations for text that a language model wrote come with the gate issue; today's
// callers are the engine's own patterns, and `insights verify`, whose source is read-only and cut
// off from files and network besides.)
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/dialect.h"

namespace insights::sql {

// A statement that passed the gate. Only Gate makes one.
class CheckedQuery {
 public:
  const std::string& text() const { return text_; }
  Dialect dialect() const { return dialect_; }

 private:
  friend class Gate;
  CheckedQuery(std::string text, Dialect dialect) : text_(std::move(text)), dialect_(dialect) {}
  std::string text_;
  Dialect dialect_;
};

// Owns a parser: an empty, in-memory engine that never sees data. Not for use by two threads at
// once.
class Gate {
 public:
  static base::Result<Gate> open(Dialect dialect);
  Gate(Gate&&) noexcept;
  Gate& operator=(Gate&&) noexcept;
  ~Gate();

  // The query, or an Error of kind `refused` that says what to write instead.
  base::Result<CheckedQuery> check(std::string_view text) const;

 private:
  struct Parser;
  explicit Gate(std::unique_ptr<Parser> parser);
  std::unique_ptr<Parser> parser_;
};

}  // namespace insights::sql
