// DuckDB's own grammar, asked through an empty engine in memory that never sees data.
#pragma once

#include <expected>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "sql/refusal.h"
#include "sql/syntax_tree.h"

namespace insights::sql {

// Not for use by two threads at once.
class DuckDbParser {
 public:
  static base::Result<DuckDbParser> open();
  DuckDbParser(DuckDbParser&&) noexcept;
  DuckDbParser& operator=(DuckDbParser&&) noexcept;
  ~DuckDbParser();

  // The tree of the one SELECT that the text is. Refusals: syntax, several_statements, not_a_read,
  // too_large.
  std::expected<SyntaxTree, Refusal> parse(const std::string& text) const;

  // Whether the engine has a function of this name (in small letters), allowed or not: what is
  // written without brackets could be one.
  bool is_function(const std::string& name) const;

 private:
  struct Engine;
  explicit DuckDbParser(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace insights::sql
