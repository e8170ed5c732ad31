// Masks personal data before rows go to a language model, and puts the values back into what comes
// from it. A masked value becomes a token: "masked-3f9c0a7be215". Within a run the same value has
// the same token, in whatever column or query, so that a model can group, join and name what it
// sees; another run, or anybody without the key, can neither make the token of a value nor find the
// value of a token (BLAKE2b with a key of the run's own, by libsodium; nothing is written down).
//
// The way of a statement that a model wrote:
//   gate    sql::Gate::open(source.dialect(), catalog::relations_for_model(...), Reader::model)
//   text    masks.values_in_sql(statement): tokens in it become the values they stand for
//   run     source.query(*gate.check(text), ...)
//   shown   masks.masked(rows, query.resolved()); an error by masks.masked(error, resolved)
//   told    masks.values_in(text): what the model wrote, as a person in the house reads it
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "source/rows.h"
#include "sql/relations.h"

namespace insights::source {

// Remembers what it masked. Not for use by two threads at once.
class Masks {
 public:
  using Key = std::array<unsigned char, 32>;

  // With a key that nobody knows.
  static Masks fresh();
  explicit Masks(const Key& key) : key_(key) {}

  // The rows with every cell of a personal column (sql::personal_columns) as its token; null stays
  // null. `resolved`: of the query that gave them.
  Rows masked(Rows rows, const sql::Resolved& resolved);
  // The token of one value.
  std::string token(std::string_view value);
  // What a database says may quote values: of a query that touches personal data only the kind of
  // error is left.
  static base::Error masked(base::Error error, const sql::Resolved& resolved);

  // The text with the tokens that this made as their values; others stay as they are.
  std::string values_in(std::string_view text) const;
  // The same within a statement, where a token stands in a text literal: quotes are doubled.
  std::string values_in_sql(std::string_view statement) const;

 private:
  template <class Written>
  std::string replaced(std::string_view text, Written written) const;

  Key key_{};
  std::unordered_map<std::string, std::string> values_;  // by token
};

}  // namespace insights::source
