// Rows that are there twice, and numbers that should name one row and name several.
//
// Rows that repeat in every column are a fault only where a row says which document or moment it
// belongs to: two equal purchases on one day are otherwise two purchases.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using findings::Format;

constexpr double share_min = 0.0005;  // of the rows
constexpr double share_max = 0.20;    // beyond, equal rows are how the table is, not a fault
constexpr double nearly_unique =
    0.98;  // distinct values a row, of a column that should have one each
constexpr double nearly_unique_full = 0.999999;

// Does a row say which document or moment it is from?
bool tells_rows_apart(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  return std::ranges::any_of(own_columns(workspace), [&](std::size_t column) {
    const auto& own = subject.columns[column];
    if (own.role == Role::identifier) return true;
    const auto* days = subject.frame.columns[column].days();
    return own.role == Role::time && days != nullptr && !days->seconds.empty();
  });
}

// Each column as it is read, not by its formula; `named`: so that an outer query reads it by name.
std::string own_column_list(const Workspace& workspace, bool named) {
  std::string list;
  for (const std::size_t column : own_columns(workspace)) {
    const auto& own = workspace.subject.columns[column];
    list += (list.empty() ? "" : ", ") + own.read_sql;
    const auto name = sql::quote_identifier(own.name);
    if (named && !own.read_sql.ends_with(name)) list += " AS " + name;
  }
  return list;
}

constexpr std::size_t named_max = 3;

// Who the rows belong to: the people or customers of them, of several columns the one with most.
std::optional<std::size_t> belongs_to(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  std::optional<std::size_t> found;
  if (!subject.joins.empty()) return found;
  for (const std::size_t column : own_columns(workspace)) {
    const auto& own = subject.columns[column];
    const auto* kind = workspace.vocabulary.kind_named(own.kind);
    const bool somebody = own.role == Role::entity && kind != nullptr &&
                          (kind->orders || kind->name == "person") && subject.is_coded(column);
    if (somebody && (!found || subject.codes(column).values() > subject.codes(*found).values()))
      found = column;
  }
  return found;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t part) {
  hash ^= part + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xbf58476d1ce4e5b9ULL;
}

// The values of `owner` on rows that repeat an earlier one; empty when the columns in memory do not
// tell which rows those are.
std::set<std::uint32_t> owners_of_repeats(const Workspace& workspace, std::size_t owner) {
  const auto& subject = workspace.subject;
  std::vector<std::uint64_t> hashes(subject.frame.rows, 0);
  for (const std::size_t column : own_columns(workspace)) {
    const auto& data = subject.frame.columns[column];
    for (std::size_t row = 0; row < hashes.size(); ++row) {
      if (const auto* coded = data.coded())
        hashes[row] = mixed(hashes[row], coded->codes[row]);
      else if (const auto* numbers = data.numbers())
        hashes[row] = mixed(hashes[row], std::hash<double>{}(numbers->values[row]));
      else if (const auto* days = data.days())
        hashes[row] =
            mixed(mixed(hashes[row], static_cast<std::uint64_t>(days->days[row])),
                  days->seconds.empty() ? 0 : static_cast<std::uint64_t>(days->seconds[row]));
    }
  }
  std::unordered_set<std::uint64_t> seen;
  std::set<std::uint32_t> owners;
  std::int64_t repeats = 0;
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    if (seen.insert(hashes[row]).second) continue;
    ++repeats;
    owners.insert(subject.codes(owner).codes[row]);
  }
  if (repeats != subject.frame.duplicate_rows || owners.contains(0)) return {};
  return owners;
}

// " They are of Ada, Bo and Cy.", when they are of so few.
std::string whose(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                  const std::string& groups) {
  const auto owner = belongs_to(workspace);
  if (!owner) return "";
  const auto owners = owners_of_repeats(workspace, *owner);
  if (owners.empty() || owners.size() > named_max) return "";
  const auto& own = workspace.subject.columns[*owner];
  const auto name = sql::quote_identifier(own.name);
  claim.evidence.push_back(
      {"d", fmt::format("SELECT CAST({0} AS VARCHAR) AS who, sum(copies - 1) AS repeats FROM ({1}) "
                        "AS repeated GROUP BY {0} ORDER BY repeats DESC, who LIMIT {2}",
                        name, groups, named_max)});
  std::string list;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto hole = fmt::format("whose_{}", "abc"[i]);
    values.cell(hole, "d", i, "who");
    list += fmt::format("{}{{{}}}", i == 0 ? "" : i + 1 == owners.size() ? " and " : ", ", hole);
  }
  claim.columns.push_back(own.name);
  return fmt::format(" They are of {}.", list);
}

findings::Claim state_rows(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  auto claim = claim_about_all(workspace, "duplicates", "duplicates", amount.name());
  claim.topics.emplace_back(findings::data_quality_topic);
  if (claim.columns.empty()) claim.columns.push_back(subject.columns.front().name);
  const auto columns = own_column_list(workspace, false);
  const auto groups =
      fmt::format("SELECT {0}, count(*) AS copies FROM {1} GROUP BY {2} HAVING count(*) > 1",
                  own_column_list(workspace, true), subject.from_sql, columns);
  const auto money = amount.is_money()
                         ? fmt::format(", coalesce(sum((copies - 1) * {}), 0) AS money",
                                       subject.columns[*subject.money].exact_sql)
                         : "";
  const auto name = sql::quote_identifier(subject.table);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT coalesce(sum(copies - 1), 0) AS repeats, count(*) AS originals, "
                        "max(copies) AS most{} FROM ({}) AS {}",
                        money, groups, name)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT count(*) AS row_count FROM {}", subject.from_sql)});
  claim.evidence.push_back(
      {"c", fmt::format("{} ORDER BY copies DESC, {} LIMIT 5", groups, columns)});
  findings::Values values;
  values.cell("repeats", "a", 0, "repeats", Format::integer)
      .cell("originals", "a", 0, "originals", Format::integer);
  values.cell("row_count", "b", 0, "row_count", Format::integer);
  values.formula("share", "repeats / row_count", Format::percent);
  const auto repeated = static_cast<double>(subject.frame.duplicate_rows);
  const auto rows =
      counted("repeats", repeated, plain_words(subject.noun), plain_words(subject.nouns));
  claim.title = fmt::format("{} ({{share}}) {} in every column", rows,
                            repeated == 1 ? "repeats an earlier one" : "repeat earlier ones");
  claim.summary = fmt::format("{{originals}} different {} were recorded more than once.",
                              plain_words(subject.nouns));
  claim.summary += whose(claim, values, workspace, groups);
  if (amount.is_money()) {
    values.cell("money", "a", 0, "money", amount.format(), amount.unit());
    claim.title += fmt::format(": {{money}} of {} may be counted twice", amount.phrase(values));
    set_whole_impact(claim, values, workspace, "abs(money)", "the amounts on the repeats");
  }
  claim.action =
      "Check a few of them against the documents; if they were loaded twice, remove the repeats "
      "and give each row a key.";
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

// A column that is meant to name one row each, and nearly does.
bool should_be_unique(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& profile = subject.frame.columns[column].profile;
  const auto present = static_cast<double>(profile.rows - profile.nulls);
  const auto distinct = static_cast<double>(profile.distinct);
  if (subject.columns[column].role != Role::identifier || present < 50 ||
      profile.distinct_is_lower_bound)
    return false;
  return distinct >= nearly_unique * present && distinct < present;
}

findings::Claim state_key(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  auto claim = claim_about_all(workspace, "duplicates", "duplicates", own.name);
  claim.topics.emplace_back(findings::data_quality_topic);
  const auto groups = fmt::format(
      "SELECT {0} AS name, count(*) AS copies FROM {1} WHERE {0} IS NOT NULL GROUP BY {0} HAVING "
      "count(*) > 1",
      own.sql, subject.from_sql);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) AS repeated, coalesce(sum(copies), 0) AS row_count, "
                        "max(copies) AS most FROM ({}) AS repeated",
                        groups)});
  claim.evidence.push_back({"b", fmt::format("{} ORDER BY copies DESC, name LIMIT 8", groups)});
  findings::Values values;
  values.cell("repeated", "a", 0, "repeated", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.cell("most", "a", 0, "most", Format::integer).cell("example", "b", 0, "name");
  const auto name = measure_phrase(values, own, "key");
  const auto& profile = subject.frame.columns[column].profile;
  const bool one = profile.rows - profile.nulls - profile.distinct == 1;
  claim.title = fmt::format("{{repeated}} {} of {} {} on more than one row",
                            one ? "value" : "values", name, one ? "stands" : "stand");
  claim.summary = fmt::format("Nearly every {} has its own {}; {{example}} is on {{most}} rows.",
                              plain_words(subject.noun), name);
  claim.action = "Check whether these rows were recorded twice, or numbers were given out twice.";
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace

std::vector<Candidate> examine_duplicates(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  const auto rows = static_cast<double>(subject.frame.rows);
  const double share = rows > 0 ? static_cast<double>(subject.frame.duplicate_rows) / rows : 0;
  auto candidate = fact_candidate("duplicates", "duplicates", share);
  candidate.material = share >= share_min && share <= share_max && tells_rows_apart(workspace);
  candidate.impact = std::max(0.0, share * workspace.money_per_month);
  candidate.surprise = 0.5;
  candidate.claim = [&workspace] { return state_rows(workspace); };
  candidates.push_back(std::move(candidate));
  for (const std::size_t column : own_columns(workspace)) {
    if (!should_be_unique(workspace, column)) continue;
    const auto& profile = subject.frame.columns[column].profile;
    const double repeats = 1 - static_cast<double>(profile.distinct) /
                                   static_cast<double>(profile.rows - profile.nulls);
    auto key = fact_candidate("duplicates",
                              fmt::format("duplicates/{}", subject.columns[column].name), repeats);
    // The same rows that repeat as a whole are not told twice.
    key.material = !(candidates.front().material && repeats <= 1.05 * share) &&
                   repeats > 1 - nearly_unique_full;
    key.surprise = 0.6;
    key.claim = [&workspace, column] { return state_key(workspace, column); };
    candidates.push_back(std::move(key));
  }
  return candidates;
}

}  // namespace insights::patterns
