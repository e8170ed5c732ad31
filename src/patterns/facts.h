// What the patterns that state facts share: the amount a table is told in, counted impacts, values
// that stand for "not known". A fact carries no test; it is true of the rows that were read, and
// its words must not say more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "findings/rank.h"
#include "patterns/pattern.h"
#include "patterns/wording.h"

namespace insights::patterns {

// What amounts are told in: the main measure where there is money, else rows.
class Amount {
 public:
  explicit Amount(const Workspace& workspace) : workspace_(workspace) {}

  bool is_money() const { return workspace_.subject.money.has_value(); }
  const catalog::Column* measure() const {
    return is_money() ? &workspace_.subject.columns[*workspace_.subject.money] : nullptr;
  }
  std::string name() const {
    return is_money() ? measure()->name : "";
  }  // of the column; "" for rows

  // From a cube of the workspace.
  double of(const Cube& cube, std::uint32_t value) const;
  double in_period(const Cube& cube, std::uint32_t value, std::size_t period) const;
  double total() const;  // over all rows

  std::string sum_sql() const;                                  // of the rows a query reads
  std::string sum_where_sql(std::string_view condition) const;  // of those of them

  findings::Format format() const {
    return is_money() ? amount_format(*measure()) : findings::Format::integer;
  }
  std::string unit() const { return is_money() ? measure()->unit : ""; }
  // "net sales", "rows": for templates.
  std::string phrase(findings::Values& values) const;
  findings::Chart::Axis axis(std::string_view column) const;

 private:
  const Workspace& workspace_;
};

// A hypothesis without a test: p = 1, entry.fact.
Candidate fact_candidate(std::string_view pattern, std::string fingerprint, double effect);

// The claim's impact is the named value (over all the time there is) spread over its months;
// counted, not estimated, so that both ends are the amount itself. Without a time column it counts
// once. `of` as in ImpactClaim.
void set_counted_impact(findings::Claim& claim, findings::Values& values,
                        const Workspace& workspace, std::string_view expression,
                        findings::Account account, std::string_view method);

// The same for what happened a few times and is no running amount: all of it, once.
void set_whole_impact(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                      std::string_view expression, std::string_view method);

// The number `name` as a value "{name} row" or "{name} rows", by what it is now.
std::string counted(std::string_view name, double count, std::string_view noun,
                    std::string_view nouns);

// A text that says that nothing is known: "", "unknown", "n/a" ...
bool says_missing(std::string_view text);
// A text that is no value of its own: the above, and "other".
bool says_nothing(std::string_view text);

// "col" IN ('a', 'b') for codes > 0 of a column; at least one.
std::string in_sql(const catalog::Subject& subject, std::size_t column,
                   const std::vector<std::uint32_t>& values);

// As label_sql, but cut to `characters_max` when the name is longer, so that a title has room for
// two.
inline constexpr std::size_t name_characters_max = 45;
std::string name_sql(const catalog::Subject& subject, std::size_t column, std::uint32_t value,
                     std::size_t characters_max = name_characters_max);
// The text an SQL expression gives, cut likewise.
std::string cut_sql(std::string_view text_sql, std::size_t characters_max = name_characters_max);

// The column's value as text, in SQL: "20417" for the number too.
std::string text_sql(const catalog::Subject& subject, std::size_t column);
// The value's name as a person knows it, over the rows of a group of equal values: its label, else
// its text.
std::string group_name_sql(const catalog::Subject& subject, std::size_t column);

// The column of names of a column of codes, when its values are known.
std::optional<std::size_t> label_column_of(const catalog::Subject& subject, std::size_t column);
// "a customer", "an invoice".
std::string with_article(std::string_view noun);

// Columns that the table itself holds, in order: no decoys, nothing derived or joined on.
std::vector<std::size_t> own_columns(const Workspace& workspace);

// The text, when it can stand in a template as it is (no numerals, no braces); else "".
std::string plain_words(std::string_view text);

}  // namespace insights::patterns
