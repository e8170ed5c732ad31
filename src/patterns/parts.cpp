#include "patterns/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "patterns/odd_codes.h"

namespace insights::patterns {

namespace {

// Codes that are no value of their own, ascending: "unknown", "other", and fees among products.
std::vector<std::uint32_t> left_out_of(const catalog::Subject& subject, std::size_t column) {
  // Only products have such rules: a customer that is named among numbered ones is a customer.
  auto left_out = subject.columns[column].kind == "product" ? odd_codes(subject, column)
                                                            : std::vector<std::uint32_t>{};
  const auto& dictionary = subject.codes(column).dictionary;
  for (std::uint32_t value = 1; value < dictionary.size(); ++value) {
    if (says_nothing(dictionary[value])) left_out.push_back(value);
  }
  std::ranges::sort(left_out);
  return left_out;
}

// The WHERE condition that leaves them.
std::string is_part_sql(const catalog::Subject& subject, std::size_t column) {
  const auto left_out = left_out_of(subject, column);
  const auto known = fmt::format("{} IS NOT NULL", subject.columns[column].sql);
  return left_out.empty()
             ? known
             : fmt::format("{} AND NOT ({})", known, in_sql(subject, column, left_out));
}

}  // namespace

std::vector<std::uint32_t> parts_of(const catalog::Subject& subject, std::size_t column) {
  const auto left_out = left_out_of(subject, column);
  std::vector<std::uint32_t> parts;
  for (std::uint32_t value = 1; value < subject.codes(column).values(); ++value) {
    if (!std::ranges::binary_search(left_out, value)) parts.push_back(value);
  }
  return parts;
}

std::string parts_sql(const catalog::Subject& subject, const Amount& amount, std::size_t column) {
  const auto& own = subject.columns[column].sql;
  const auto label = label_column_of(subject, column);
  if (!label) {
    return fmt::format(
        "SELECT {0} AS part, {1} AS name, {2} AS amount FROM {3} WHERE {4} GROUP BY {0}", own,
        fmt::format("max({})", text_sql(subject, column)), amount.sum_sql(), subject.from_sql,
        is_part_sql(subject, column));
  }
  // A code may carry several labels over time; the most frequent one names it.
  const auto labelled = fmt::format(
      "SELECT {0} AS part, {1} AS label, {2} AS amount, row_number() OVER (PARTITION BY {0} ORDER "
      "BY CASE WHEN {1} IS NULL THEN 1 ELSE 0 END, count(*) DESC, {1}) AS place "
      "FROM {3} WHERE {4} GROUP BY {0}, {1}",
      own, subject.columns[*label].sql, amount.sum_sql(), subject.from_sql,
      is_part_sql(subject, column));
  return fmt::format(
      "SELECT part, coalesce(max(label) FILTER (WHERE place = 1), CAST(part AS VARCHAR)) AS name, "
      "sum(amount) AS amount FROM ({}) AS labelled GROUP BY part",
      labelled);
}

std::string top_parts_sql(const catalog::Subject& subject, const Amount& amount, std::size_t column,
                          int rows) {
  return fmt::format(
      "SELECT name, amount FROM ({}) AS parts_of_all ORDER BY amount DESC, part LIMIT {}",
      parts_sql(subject, amount, column), rows);
}

}  // namespace insights::patterns
