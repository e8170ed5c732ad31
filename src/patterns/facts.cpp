#include "patterns/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "findings/characters.h"
#include "findings/sentence.h"

namespace insights::patterns {

namespace {

std::string folded(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto first = result.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return result.substr(first, result.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

double Amount::of(const Cube& cube, std::uint32_t value) const {
  return is_money() ? cube.total(cube.place(*workspace_.subject.money), value)
                    : cube.rows_total(value);
}

double Amount::in_period(const Cube& cube, std::uint32_t value, std::size_t period) const {
  return is_money() ? cube.series(cube.place(*workspace_.subject.money), value)[period]
                    : cube.row_series(value)[period];
}

double Amount::total() const {
  return is_money() ? workspace_.money_total : static_cast<double>(workspace_.subject.frame.rows);
}

std::string Amount::sum_sql() const {
  return is_money() ? patterns::sum_sql(workspace_.subject, *workspace_.subject.money) : "count(*)";
}

std::string Amount::sum_where_sql(std::string_view condition) const {
  return is_money()
             ? patterns::sum_where_sql(workspace_.subject, *workspace_.subject.money, condition)
             : fmt::format("count(*) FILTER (WHERE {})", condition);
}

std::string Amount::phrase(findings::Values& values) const {
  return is_money() ? measure_phrase(values, *measure()) : plain_words(workspace_.subject.nouns);
}

findings::Chart::Axis Amount::axis(std::string_view column) const {
  return {std::string(column), is_money() ? measure()->label : workspace_.subject.nouns,
          findings::Chart::Axis::Kind::quantitative, unit()};
}

Candidate fact_candidate(std::string_view pattern, std::string fingerprint, double effect) {
  Candidate candidate;
  candidate.entry.family = pattern;
  candidate.entry.pattern = pattern;
  candidate.entry.fingerprint = std::move(fingerprint);
  candidate.entry.effect = effect;
  candidate.entry.fact = true;
  return candidate;
}

void set_counted_impact(findings::Claim& claim, findings::Values& values,
                        const Workspace& workspace, std::string_view expression,
                        findings::Account account, std::string_view method) {
  const Amount amount(workspace);
  const bool spread = workspace.subject.time.has_value();
  if (spread && !values.has("months")) values.constant("months", workspace.months);
  const auto text = spread ? fmt::format("({}) / months", expression) : std::string(expression);
  claim.impact.account = account;
  claim.impact.amount = claim.impact.low = claim.impact.high = values.expression(text);
  claim.impact.is_money = amount.is_money();
  claim.impact.unit = amount.is_money() ? amount.unit() : workspace.subject.nouns;
  claim.impact.per = spread ? "month" : "";
  claim.impact.of = amount.is_money() ? amount.phrase(values) : "";
  claim.impact.method = method;
}

void set_whole_impact(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                      std::string_view expression, std::string_view method) {
  set_counted_impact(claim, values, workspace, expression, findings::Account::none, method);
  claim.impact.amount = claim.impact.low = claim.impact.high = values.expression(expression);
  claim.impact.per = "";
}

std::string counted(std::string_view name, double count, std::string_view noun,
                    std::string_view nouns) {
  return fmt::format("{{{}}} {}", name, count == 1 ? noun : nouns);
}

bool says_missing(std::string_view text) {
  static constexpr std::array<std::string_view, 19> words{"",
                                                          "unknown",
                                                          "n/a",
                                                          "none",
                                                          "null",
                                                          "nil",
                                                          "nan",
                                                          "-",
                                                          "--",
                                                          "?",
                                                          "tbd",
                                                          "missing",
                                                          "blank",
                                                          "(blank)",
                                                          "not specified",
                                                          "not available",
                                                          "unspecified",
                                                          "undefined",
                                                          "(null)"};
  return std::ranges::find(words, folded(text)) != words.end();
}

bool says_nothing(std::string_view text) {
  static constexpr std::array<std::string_view, 5> words{"other", "others", "misc", "miscellaneous",
                                                         "various"};
  return says_missing(text) || std::ranges::find(words, folded(text)) != words.end();
}

std::string in_sql(const catalog::Subject& subject, std::size_t column,
                   const std::vector<std::uint32_t>& values) {
  const auto& dictionary = subject.codes(column).dictionary;
  const auto type = subject.columns[column].type;
  const bool numeric = type == frame::Type::integer || type == frame::Type::decimal;
  std::string list;
  for (const auto value : values) {
    list += (list.empty() ? "" : ", ") +
            (numeric ? dictionary[value] : sql::quote_text(dictionary[value]));
  }
  return fmt::format("{} IN ({})", subject.columns[column].sql, list);
}

std::string cut_sql(std::string_view text_sql, std::size_t characters_max) {
  return fmt::format("substr({}, 1, {})", text_sql, characters_max);
}

std::string name_sql(const catalog::Subject& subject, std::size_t column, std::uint32_t value,
                     std::size_t characters_max) {
  const auto name = label_sql(subject, column, value);
  const bool fits =
      findings::characters_in(entity_of(subject, column, value).label) <= characters_max;
  return fits ? name : cut_sql(name, characters_max);
}

std::string text_sql(const catalog::Subject& subject, std::size_t column) {
  const auto& own = subject.columns[column];
  if (own.type == frame::Type::text) return own.sql;
  if (own.type == frame::Type::decimal && subject.frame.columns[column].profile.whole) {
    return fmt::format("CAST(CAST({} AS BIGINT) AS VARCHAR)", own.sql);
  }
  return fmt::format("CAST({} AS VARCHAR)", own.sql);
}

std::string group_name_sql(const catalog::Subject& subject, std::size_t column) {
  const auto index = label_column_of(subject, column);
  if (!index) return fmt::format("max({})", text_sql(subject, column));
  return fmt::format("coalesce(max({}), max({}))", subject.columns[*index].sql,
                     text_sql(subject, column));
}

std::optional<std::size_t> label_column_of(const catalog::Subject& subject, std::size_t column) {
  const auto& label = subject.columns[column].label_column;
  const auto index = label.empty() ? std::nullopt : subject.index_of(label);
  if (!index || subject.columns[*index].type != frame::Type::text || !subject.is_coded(*index))
    return std::nullopt;
  return index;
}

std::string with_article(std::string_view noun) {
  const bool vowel =
      !noun.empty() && std::string_view("aeiouAEIOU").find(noun.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", noun);
}

std::vector<std::size_t> own_columns(const Workspace& workspace) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < workspace.subject.columns.size(); ++i) {
    const auto& column = workspace.subject.columns[i];
    if (!workspace.is_decoy(i) && !column.derived && column.table == workspace.subject.table)
      columns.push_back(i);
  }
  return columns;
}

std::string plain_words(std::string_view text) {
  const auto holes = findings::holes_of(text);
  return holes && holes->empty() ? std::string(text) : "";
}

}  // namespace insights::patterns
