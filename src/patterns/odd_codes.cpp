#include "patterns/odd_codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t values_min = 30;
constexpr double usual_share_min = 0.05;
constexpr double together_min = 0.90;
constexpr std::size_t odd_max = 300;       // more are another way of coding, not oddities
constexpr double money_share_min = 0.002;  // of the money, taken without sign
constexpr double rows_share_min = 0.001;
constexpr std::size_t named_max = 3;

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

struct Odd {
  std::size_t column = no_column;
  std::vector<std::uint32_t> values;  // most money first
  double rows = 0, money = 0;         // money without sign, code by code
};

Odd odd_in(const Workspace& workspace, std::size_t column) {
  const Amount amount(workspace);
  const auto& cube = *workspace.flat(column);
  Odd odd{column, odd_codes(workspace.subject, column), 0, 0};
  for (const auto value : odd.values) {
    odd.rows += cube.rows_total(value);
    if (amount.is_money()) odd.money += std::fabs(amount.of(cube, value));
  }
  std::ranges::stable_sort(odd.values, [&](std::uint32_t a, std::uint32_t b) {
    return std::fabs(amount.of(cube, a)) > std::fabs(amount.of(cube, b));
  });
  return odd;
}

// Counts, the names of the first `named` and the money of all; then the codes one by one.
void add_evidence(findings::Claim& claim, const Workspace& workspace, const Odd& odd,
                  std::size_t named) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[odd.column];
  const Amount amount(workspace);
  const auto odd_sql = in_sql(subject, odd.column, odd.values);
  std::string names;
  for (std::size_t i = 0; i < named; ++i)
    names +=
        fmt::format(", {} AS name_{}", name_sql(subject, odd.column, odd.values[i], 25), "abc"[i]);
  std::string money_columns;
  if (amount.is_money()) {
    const auto& money = subject.columns[*subject.money].sql;
    money_columns = fmt::format(", {} AS added, {} AS taken",
                                amount.sum_where_sql(fmt::format("{} AND {} > 0", odd_sql, money)),
                                amount.sum_where_sql(fmt::format("{} AND {} < 0", odd_sql, money)));
  }
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(DISTINCT {}) FILTER (WHERE {}) AS codes, count(*) FILTER "
                        "(WHERE {}) AS odd_rows{}{} FROM {}",
                        own.sql, odd_sql, odd_sql, names, money_columns, subject.from_sql)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {} AS code, {} AS name, count(*) AS row_count, {} AS amount FROM "
                        "{} WHERE {} GROUP BY {} ORDER BY abs({}) DESC, code LIMIT 9",
                        own.sql, group_name_sql(subject, odd.column), amount.sum_sql(),
                        subject.from_sql, odd_sql, own.sql, amount.sum_sql())});
}

bool take_away(const Workspace& workspace, const Odd& odd) {
  const auto& money = workspace.subject.numbers(*workspace.subject.money);
  const auto& codes = workspace.subject.codes(odd.column).codes;
  std::vector<bool> is_odd(workspace.subject.codes(odd.column).values(), false);
  for (const auto value : odd.values) is_odd[value] = true;
  for (std::size_t row = 0; row < money.size(); ++row) {
    if (is_odd[codes[row]] && money[row] < 0) return true;
  }
  return false;
}

findings::Claim state(const Workspace& workspace, const Odd& odd) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[odd.column];
  const Amount amount(workspace);
  auto claim = claim_about_all(workspace, "odd_codes", "odd_codes", amount.name());
  claim.fingerprint = fmt::format("odd_codes/{}", own.name);
  claim.columns.insert(claim.columns.begin(), own.name);
  claim.topics.emplace_back(findings::data_quality_topic);
  if (!own.kind.empty()) claim.topics.push_back(own.kind);
  const std::size_t named = std::min(named_max, odd.values.size());
  add_evidence(claim, workspace, odd, named);
  findings::Values values;
  values.cell("codes", "a", 0, "codes", Format::integer)
      .cell("odd_rows", "a", 0, "odd_rows", Format::integer);
  std::string examples;
  for (std::size_t i = 0; i < named; ++i) {
    const auto name = fmt::format("name_{}", "abc"[i]);
    values.cell(name, "a", 0, name);
    examples += fmt::format("{}{{{}}}", i == 0 ? "" : ", ", name);
  }
  const bool one = odd.values.size() == 1;
  claim.title = fmt::format("{} {} not look like the others ({}{})",
                            counted("codes", static_cast<double>(odd.values.size()),
                                    noun_of(own) + " code", noun_of(own) + " codes"),
                            one ? "does" : "do", examples, odd.values.size() > named ? " ..." : "");
  const auto* kind = workspace.vocabulary.kind_named(own.kind);
  const bool product = kind != nullptr && kind->entity && !kind->orders && kind->name == "product";
  claim.summary = product ? "They read like fees, postage or adjustments rather than products."
                          : fmt::format("They may be no {} at all.", nouns_of(own));
  if (amount.is_money()) {
    values.cell("added", "a", 0, "added", amount.format(), amount.unit())
        .cell("taken", "a", 0, "taken")
        .formula("back", "0 - taken", amount.format(), amount.unit());
    claim.summary +=
        fmt::format(" Their {{odd_rows}} rows add {{added}} to {}{}.", amount.phrase(values),
                    take_away(workspace, odd) ? " and take {back} away" : "");
    set_counted_impact(
        claim, values, workspace, "added - taken", findings::Account::none,
        "what these rows add and take away, without sign, spread over the months of the data");
  } else {
    claim.summary += " They stand on {odd_rows} rows.";
  }
  claim.action = fmt::format(
      "Decide which of them are {}; keep the others out of every ranking and average by {}.",
      nouns_of(own), noun_of(own));
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace

std::string shape_of(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const char mark = std::isdigit(byte) != 0                   ? '9'
                      : std::isalpha(byte) != 0 || byte >= 0x80 ? 'A'
                                                                : c;
    const bool run =
        !shape.empty() && shape.back() == mark && (mark == '9' || mark == 'A' || mark == ' ');
    if (!run) shape += mark;
  }
  return shape;
}

std::vector<std::uint32_t> odd_codes(const catalog::Subject& subject, std::size_t column) {
  const auto& dictionary = subject.codes(column).dictionary;
  if (subject.columns[column].type != frame::Type::text || dictionary.size() <= values_min)
    return {};
  std::map<std::string, std::vector<std::uint32_t>> by_shape;
  for (std::uint32_t value = 1; value < dictionary.size(); ++value) {
    if (!says_missing(dictionary[value])) by_shape[shape_of(dictionary[value])].push_back(value);
  }
  const auto all = static_cast<double>(dictionary.size() - 1);
  double covered = 0;
  std::vector<std::uint32_t> odd;
  for (const auto& [shape, values] : by_shape) {
    const bool usual = static_cast<double>(values.size()) >= usual_share_min * all;
    const bool reads_as_code = has_digit(shape) && shape.find(' ') == std::string::npos;
    if (usual && !reads_as_code) return {};  // words: a column of names has no shape
    if (usual)
      covered += static_cast<double>(values.size());
    else
      odd.insert(odd.end(), values.begin(), values.end());
  }
  if (covered < together_min * all || odd.size() > odd_max) return {};
  std::ranges::sort(odd);
  return odd;
}

std::vector<Candidate> examine_odd_codes(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const Amount amount(workspace);
  for (const std::size_t column : workspace.groupings) {
    const auto& own = workspace.subject.columns[column];
    if (workspace.is_decoy(column) || workspace.flat(column) == nullptr ||
        own.role != catalog::Role::entity)
      continue;
    const auto odd = odd_in(workspace, column);
    const double rows_share = odd.rows / static_cast<double>(workspace.subject.frame.rows);
    auto candidate = fact_candidate("odd_codes", fmt::format("odd_codes/{}", own.name), rows_share);
    const bool money_counts =
        amount.is_money() && odd.money >= money_share_min * std::fabs(workspace.money_total);
    candidate.material = !odd.values.empty() && (money_counts || rows_share >= rows_share_min);
    candidate.impact = odd.money / workspace.months;
    candidate.surprise = 0.4;
    if (candidate.material) candidate.claim = [&workspace, odd] { return state(workspace, odd); };
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
