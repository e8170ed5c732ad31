// Follows personal data through a statement: what an expression carries of it, and whether the
// statement gives it away although the columns of its result are masked. The rules of each dialect
// tell it what they read while they walk the tree.
//
// A value made from personal data carries it, unless it is a count, a test for NULL or the outcome
// of a comparison. Of what is guarded nothing may be learnt bit by bit either: it may be compared
// with other guarded values for equality (a join), and with nothing else.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sql/refusal.h"
#include "sql/relations.h"

namespace insights::sql {

class PersonalFlow {
 public:
  // What was read is part of the value.
  void carry(Privacy privacy) { carried_ = carried_ < privacy ? privacy : carried_; }
  Privacy carried() const { return carried_; }
  Privacy exchange(Privacy privacy) { return std::exchange(carried_, privacy); }

  // One side of a comparison. Plain: a column as it is, or in one case of letters. Empty: the text
  // without letters, by which is told whether there is a value, as by NULL.
  struct Side {
    Privacy privacy = Privacy::open;
    bool is_plain = false;
    bool is_empty = false;
  };
  // Two values are compared; only for equality, or also for their order or by a pattern.
  void compare(const Side& left, const Side& right, bool for_equality);
  // The value decides which rows there are, or how many.
  void decide(Privacy privacy);
  // Rows come in the order of a value, and the result shows no more than `shown`.
  void order(Privacy privacy, Privacy shown);
  // The value is cast to another type than text: if it cannot be, the error says what it is.
  void convert(Privacy privacy);
  // A column that may not be read is.
  void close(std::string_view column);

  const std::optional<Refusal>& disclosure() const { return disclosure_; }

 private:
  void disclose(std::string message, std::string hint);

  Privacy carried_ = Privacy::open;
  std::optional<Refusal> disclosure_;
};

// What `walk` reads carries; what was carried before is left out of it, and stays as it was.
template <class Walk>
std::expected<Privacy, Refusal> carried_by(PersonalFlow& flow, Walk walk) {
  const auto before = flow.exchange(Privacy::open);
  auto walked = walk();
  const auto carried = flow.exchange(before);
  if (!walked) return std::unexpected(std::move(walked).error());
  return carried;
}

// The most that one of the columns tells.
Privacy most(const Columns& columns);
// Adds those of a second query to the same columns (UNION).
void merge(Columns& into, const Columns& other);
// The rows of the one are looked for among those of the other (INTERSECT, EXCEPT).
void compare_rows(const Columns& left, const Columns& right, PersonalFlow& flow);

// Functions by what they do to a value, by their names in small letters.
//   folds      the same value in another writing: lower, trim, md5
//   shortens   never NULL of a value: its parts and lengths; they can be counted
//   counts     how many there are
//   tests_null whether there is one
//   matches    compares with a pattern
bool folds(std::string_view function);
bool shortens(std::string_view function);
bool counts(std::string_view function);
bool tests_null(std::string_view function);
bool matches(std::string_view function);
// A name of a type whose values are texts.
bool is_text_type(std::string_view type);
// A function in FROM, or one that gives rows, whose rows are those of its argument.
bool opens_up(std::string_view function);

}  // namespace insights::sql
