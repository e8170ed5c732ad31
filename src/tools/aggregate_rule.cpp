#include "tools/aggregate_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace insights::tools {

namespace {

// Words in small letters, and single signs; texts and quoted names are told apart by their quote.
std::vector<std::string> words_of(std::string_view sql) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < sql.size();) {
    const auto c = static_cast<unsigned char>(sql[at]);
    if (std::isspace(c) != 0) {
      ++at;
    } else if (c == '\'' || c == '"') {
      const auto end = sql.find(sql[at], at + 1);
      words.push_back(c == '"' ? "\"name" : "'text");
      at = end == std::string_view::npos ? sql.size() : end + 1;
    } else if (std::isalnum(c) != 0 || c == '_' || c >= 0x80) {
      std::string word;
      for (; at < sql.size(); ++at) {
        const auto next = static_cast<unsigned char>(sql[at]);
        if (std::isalnum(next) == 0 && next != '_' && next != '.' && next < 0x80) break;
        word += static_cast<char>(std::tolower(next));
      }
      words.push_back(std::move(word));
    } else {
      words.emplace_back(1, sql[at++]);
    }
  }
  return words;
}

constexpr std::array<std::string_view, 30> calls{
    "count", "sum",   "avg",    "round",       "coalesce",   "nullif",   "extract",  "date_trunc",
    "cast",  "abs",   "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop",
    "corr",  "floor", "ceil",   "in",          "and",        "or",       "not",      "where",
    "by",    "on",    "having", "decimal",     "numeric",    "varchar"};
// A second table, or a table by itself again, would let the rows of a group be counted more than
// once: FROM holds one name, with an alias at most.
bool reads_one_table(const std::vector<std::string>& words) {
  static constexpr std::array<std::string_view, 6> ends{"where", "group", "having",
                                                        "order", "limit", "offset"};
  int depth = 0, found = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "(") ++depth;
    if (words[i] == ")") --depth;
    if (depth != 0 || words[i] != "from") continue;
    ++found;
    for (++i; i < words.size() && std::ranges::find(ends, words[i]) == ends.end(); ++i) {
      const bool is_name = std::isalnum(static_cast<unsigned char>(words[i][0])) != 0 ||
                           words[i][0] == '_' || words[i] == "\"name" || words[i] == "." ||
                           static_cast<unsigned char>(words[i][0]) >= 0x80;
      if (!is_name || words[i] == "join" || words[i] == "tablesample") return false;
    }
    if (i < words.size()) --i;
  }
  return found == 1;
}

constexpr std::array<std::string_view, 12> refused{"union",   "intersect", "except", "with",
                                                   "over",    "filter",    "case",   "window",
                                                   "qualify", "lateral",   "$",      "values"};

}  // namespace

std::string aggregate_objection(std::string_view sql, std::string_view rows_column) {
  const auto words = words_of(sql);
  const auto needed = fmt::format(
      "In this privacy mode a query may only return groups: one plain SELECT ... GROUP BY with "
      "count(*) AS {} among its columns, and sum, avg, count, round, date_trunc, extract.",
      rows_column);
  if (std::ranges::count(words, "select") != 1) return needed;
  for (const auto word : refused) {
    if (std::ranges::find(words, word) != words.end())
      return fmt::format("{} \"{}\" is not allowed in it.", needed, word);
  }
  if (sql.find("--") != std::string_view::npos || sql.find("/*") != std::string_view::npos)
    return needed + " Leave comments out.";
  if (!reads_one_table(words)) return needed + " It reads one table, without joins.";
  bool counts = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool is_call =
        words[i + 1] == "(" &&
        (std::isalpha(static_cast<unsigned char>(words[i][0])) != 0 || words[i] == "\"name");
    if (is_call && std::ranges::find(calls, words[i]) == calls.end())
      return fmt::format("{} \"{}\" is not among them.", needed, words[i]);
    counts = counts || (i + 5 < words.size() && words[i] == "count" && words[i + 1] == "(" &&
                        words[i + 2] == "*" && words[i + 3] == ")" && words[i + 4] == "as" &&
                        words[i + 5] == rows_column);
  }
  if (!counts || std::ranges::count(words, rows_column) != 1) return needed;
  return "";
}

}  // namespace insights::tools
