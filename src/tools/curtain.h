// What stands between the rows of a database and whoever reads an answer: the one place where
// values are withheld, replaced and cleaned. Everything a tool says goes through it.
//
//   schema      names and types only: a result is told by its shape
//   aggregates  only groups of at least `group_min` rows, and no value of a single row
//   tokens      names of things and persons are replaced ("buyer~4") and put back in what
//               comes back
//   full        values as they are
//
// In every mode personal data (catalog/personal.h) comes as tokens of its own (source/masks.h).
// Whatever the mode, a value is data: cut to a length, on one line, without invisible characters.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyst/analyst.h"
#include "catalog/personal.h"
#include "findings/finding.h"
#include "source/masks.h"
#include "source/rows.h"
#include "sql/gate.h"

namespace insights::tools {

enum class PrivacyMode { schema, aggregates, tokens, full };
std::string_view name(PrivacyMode mode);

struct Privacy {
  PrivacyMode mode = PrivacyMode::tokens;
  std::int64_t group_min = 5;
};

// How much of a result is told.
struct Caps {
  std::size_t rows_max = 50;
  std::size_t bytes_max = 12'000;
  std::size_t value_characters_max = 120;
};

// A column whose values left with an answer.
using Carried = std::set<sql::ColumnName>;

class Curtain {
 public:
  // Reads from the subjects which columns name things or persons, and their values. Borrows
  // nothing.
  Curtain(const std::vector<analyst::Prepared>& subjects, const catalog::PersonalColumns& personal,
          Privacy privacy, Caps caps, const source::Masks::Key& key);

  PrivacyMode mode() const { return privacy_.mode; }
  const Privacy& privacy() const { return privacy_; }

  // A result as a block of data: "<data query="q3" rows="2" ...>", a line of names, a line a row
  // with tabs between. Says when it was cut or withheld. What it carried is added to carried().
  std::string block(std::string_view id, const source::Rows& rows, const sql::Resolved& read);

  // The cells of one row as they may be told, with tabs between.
  std::string row(const source::Rows& rows, std::size_t row, const sql::Resolved& read);
  // One value of a column of a subject, as it may be told.
  std::string told(const source::Cell& cell) const;
  // A finding's title and summary as they may be told; `personal` names the values that are about
  // persons.
  std::string told(const findings::Finding& finding, const std::set<std::string>& personal);
  // A text that is data (a name, a description): on one line, cut, unable to end its block.
  std::string cleaned(std::string_view text) const;
  // What a reader wrote in his own words, in which any name may stand: with the tokens of the
  // personal values in it, and only in the mode `full`; else empty.
  std::string told_note(std::string_view note) const;
  // A text that may quote values: the words of an engine, a statement.
  std::string told_quoting(std::string_view text) const;

  // The text with each token replaced by what it stands for: within a text of SQL as it stands in
  // quotes.
  std::string restored(std::string_view text) const;
  std::string restored_sql(std::string_view sql) const;

  // Why a statement may not be answered in this mode; empty when it may.
  std::string objection(std::string_view sql) const;

  const Carried& carried() const { return carried_; }
  void carry(sql::ColumnName column) { carried_.insert(std::move(column)); }

 private:
  std::string told_text(const std::string& text) const;
  std::string replaced(std::string_view text, bool in_sql) const;

  Privacy privacy_;
  Caps caps_;
  source::Masks masks_;
  std::map<std::string, std::string, std::less<>> token_of_;  // by value
  std::map<std::string, std::string, std::less<>> value_of_;  // by token
  std::set<std::string, std::less<>> plain_;                  // values of columns that only group
  Carried carried_;
};

}  // namespace insights::tools
