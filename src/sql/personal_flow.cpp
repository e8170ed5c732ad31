#include "sql/personal_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sql/letters.h"

namespace insights::sql {

namespace {

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::string_view count_instead =
    "Count or join it, or show it: a column of the result is masked.";

}  // namespace

void PersonalFlow::disclose(std::string message, std::string hint) {
  if (disclosure_) return;
  disclosure_ = Refusal{RefusalClass::personal, std::move(message), std::move(hint)};
}

void PersonalFlow::compare(const Side& left, const Side& right, bool for_equality) {
  if (std::max(left.privacy, right.privacy) < Privacy::guarded) return;
  const bool both = std::min(left.privacy, right.privacy) >= Privacy::guarded;
  if (for_equality && both && left.is_plain && right.is_plain) return;
  if (for_equality && ((left.is_plain && right.is_empty) || (left.is_empty && right.is_plain)))
    return;
  disclose("a comparison with personal data would tell what it is", std::string(count_instead));
}

void PersonalFlow::decide(Privacy privacy) {
  if (privacy < Privacy::guarded) return;
  disclose("which rows there are would tell what personal data is", std::string(count_instead));
}

void PersonalFlow::order(Privacy privacy, Privacy shown) {
  if (privacy < Privacy::guarded || shown >= Privacy::guarded) return;
  disclose("the order of the rows would tell what personal data is",
           "Order by a column that is not personal.");
}

void PersonalFlow::convert(Privacy privacy) {
  if (privacy < Privacy::masked) return;
  disclose("a cast of personal data would tell in its error what it is",
           "Leave the cast out, or cast to text.");
}

void PersonalFlow::close(std::string_view column) {
  disclose(fmt::format("the column {} may not be read here", column),
           "The metadata closes it: name the columns that you need instead.");
}

Privacy most(const Columns& columns) {
  auto privacy = columns.rest;
  for (const auto& column : columns.all) privacy = std::max(privacy, column.privacy);
  return privacy;
}

void merge(Columns& into, const Columns& other) {
  const bool side_by_side =
      into.is_counted && other.is_counted && into.all.size() == other.all.size();
  if (side_by_side) {
    for (std::size_t index = 0; index < into.all.size(); ++index)
      into.all[index].privacy = std::max(into.all[index].privacy, other.all[index].privacy);
  } else {
    for (auto& column : into.all) column.privacy = std::max(column.privacy, most(other));
    into.is_counted = into.is_counted && other.is_counted;
  }
  into.rest = std::max(into.rest, other.rest);
}

void compare_rows(const Columns& left, const Columns& right, PersonalFlow& flow) {
  const bool side_by_side =
      left.is_counted && right.is_counted && left.all.size() == right.all.size();
  if (!side_by_side) return flow.compare({most(left), true}, {most(right), true}, true);
  for (std::size_t index = 0; index < left.all.size(); ++index)
    flow.compare({left.all[index].privacy, true}, {right.all[index].privacy, true}, true);
}

std::vector<bool> personal_columns(const Resolved& resolved,
                                   const std::vector<std::string>& names) {
  const auto& output = resolved.output;
  std::vector<bool> personal(names.size(), resolved.touches_personal);
  if (output.is_counted && output.all.size() == names.size()) {
    for (std::size_t index = 0; index < names.size(); ++index)
      personal[index] = output.all[index].privacy >= Privacy::masked;
    return personal;
  }
  // Which is which is known by the names alone, and only if none can be another's.
  if (output.rest >= Privacy::masked) return personal;
  for (std::size_t index = 0; index < names.size(); ++index) {
    auto found = Privacy::open;
    bool is_known = false;
    for (const auto& column : output.all) {
      if (!std::ranges::equal(column.name, names[index], {}, small_letter, small_letter)) continue;
      is_known = true;
      found = std::max(found, column.privacy);
    }
    if (is_known) personal[index] = found >= Privacy::masked;
  }
  return personal;
}

bool gives_personal(const Resolved& resolved) { return most(resolved.output) >= Privacy::masked; }

bool folds(std::string_view function) {
  static constexpr std::array<std::string_view, 19> names{
      "lower", "upper",    "lcase",   "ucase",  "trim",         "btrim",  "ltrim",
      "rtrim", "md5",      "sha1",    "sha224", "sha256",       "sha384", "sha512",
      "hash",  "casefold", "initcap", "text",   "strip_accents"};
  return is_one_of(function, names);
}

bool shortens(std::string_view function) {
  static constexpr std::array<std::string_view, 16> names{
      "split_part",  "left",   "right", "substr",          "reverse", "length",
      "char_length", "strlen", "len",   "octet_length",    "replace", "regexp_replace",
      "translate",   "concat", "||",    "character_length"};
  return is_one_of(function, names);
}

bool counts(std::string_view function) {
  static constexpr std::array<std::string_view, 4> names{"count", "count_star", "regr_count",
                                                         "approx_count_distinct"};
  return is_one_of(function, names);
}

bool tests_null(std::string_view function) {
  return function == "num_nulls" || function == "num_nonnulls";
}

bool matches(std::string_view function) {
  static constexpr std::array<std::string_view, 20> names{"~~",
                                                          "!~~",
                                                          "~~*",
                                                          "!~~*",
                                                          "~~~",
                                                          "^@",
                                                          "~",
                                                          "~*",
                                                          "!~",
                                                          "!~*",
                                                          "like",
                                                          "notlike",
                                                          "like_escape",
                                                          "not_like_escape",
                                                          "ilike_escape",
                                                          "not_ilike_escape",
                                                          "~<~",
                                                          "~>~",
                                                          "~<=~",
                                                          "~>=~"};
  return is_one_of(function, names);
}

bool is_text_type(std::string_view type) {
  static constexpr std::array<std::string_view, 8> names{
      "text", "varchar", "bpchar", "char", "name", "string", "nvarchar", "json_text"};
  return is_one_of(type, names);
}

bool opens_up(std::string_view function) {
  const bool of_json = function.starts_with("json") && !function.contains("path");
  return function == "unnest" || of_json;
}

}  // namespace insights::sql
