// How much of the total hangs on one customer, product, region ..., or on the largest tenth of
// them.
//
// Facts, not tests: the largest share, when it is large and far ahead of the second; and for things
// of which there are many, the share of the top tenth (top_tenth.cpp). A leader that leads in one
// half of the time only, or by a single row of a large table, is not one. Columns that show the
// same leader (a customer and its segment) tell it once.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/parts.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr double leader_share_min = 0.15;
constexpr double ahead_of_second_min = 2;
// One of many values needs less of the total when the next one is far behind; one of few that are
// counted is ahead when chance does not explain it.
constexpr double leader_of_many_share_min = 0.10, ahead_of_many_min = 2.5;
constexpr std::size_t many_values = 20, few_values = 12;
constexpr double ahead_of_few_min = 1.5, ahead_of_few_deviations = 4;
constexpr double ahead_of_even_min =
    1.5;  // of two values one has three quarters before it says anything
constexpr double same_rows_min = 0.9;       // of the rows of both: one leader under two names
constexpr double same_name_rows_min = 0.7;  // the same, where the names are equal
constexpr double negative_share_max =
    0.10;  // shares of a total with large negative parts mean nothing

struct Leader {
  std::size_t column = no_column;
  std::uint32_t value = 0, second = 0;
  double amount = 0, second_amount = 0, total = 0;
  double rows = 0;
  double share() const { return amount / total; }
};

bool leads(double amount, double second, double total, std::size_t values, bool counted) {
  if (total <= 0) return false;
  if (values >= many_values && amount >= leader_of_many_share_min * total &&
      amount >= ahead_of_many_min * second)
    return true;
  if (amount < leader_share_min * total) return false;
  const bool surely_more = counted && values <= few_values && amount >= ahead_of_few_min * second &&
                           amount - second >= ahead_of_few_deviations * std::sqrt(amount + second);
  return (surely_more || amount >= ahead_of_second_min * second) &&
         amount * static_cast<double>(values) >= ahead_of_even_min * total;
}

std::optional<Leader> leader_of(const Workspace& workspace, const Amount& amount,
                                std::size_t column) {
  const auto& cube = *workspace.flat(column);
  Leader leader{column, 0, 0, 0, 0, amount.total(), 0};
  double positive = 0, negative = 0;
  const auto parts = parts_of(workspace.subject, column);
  for (const auto value : parts) {
    const double own = amount.of(cube, value);
    (own > 0 ? positive : negative) += std::fabs(own);
    if (leader.value == 0 || own > leader.amount) {
      leader.second = leader.value;
      leader.second_amount = leader.amount;
      leader.value = value;
      leader.amount = own;
    } else if (leader.second == 0 || own > leader.second_amount) {
      leader.second = value;
      leader.second_amount = own;
    }
  }
  const bool sums_up = leader.total > 0 && negative <= negative_share_max * positive;
  if (parts.size() < 2 || !sums_up ||
      !leads(leader.amount, leader.second_amount, leader.total, parts.size(), !amount.is_money()))
    return std::nullopt;
  leader.rows = cube.rows_total(leader.value);
  return leader;
}

// Does it lead in the first half of the periods and in the second?
bool leads_in_both_halves(const Workspace& workspace, const Amount& amount, const Leader& leader) {
  const auto* cube = workspace.cube(leader.column);
  if (cube == nullptr || cube->periods < 4 || workspace.small) return true;
  const auto parts = parts_of(workspace.subject, leader.column);
  for (const bool late : {false, true}) {
    const std::size_t from = late ? cube->periods / 2 : 0,
                      to = late ? cube->periods : cube->periods / 2;
    double own = 0, best_other = 0;
    for (const auto value : parts) {
      double sum = 0;
      for (std::size_t period = from; period < to; ++period)
        sum += amount.in_period(*cube, value, period);
      if (value == leader.value)
        own = sum;
      else
        best_other = std::max(best_other, sum);
    }
    if (own < ahead_of_even_min * best_other) return false;
  }
  return true;
}

// One row alone may not make a leader where there are many rows.
bool leads_without_its_largest_row(const Workspace& workspace, const Amount& amount,
                                   const Leader& leader) {
  if (!amount.is_money() || workspace.small) return true;
  const auto& money = workspace.subject.numbers(*workspace.subject.money);
  const auto& codes = workspace.subject.codes(leader.column).codes;
  double largest = 0;
  codes.visit([&](const auto* code) {
    for (std::size_t row = 0; row < money.size(); ++row) {
      if (code[row] == leader.value && money[row] > largest) largest = money[row];
    }
  });
  return leads(leader.amount - largest, leader.second_amount, leader.total - largest,
               workspace.subject.codes(leader.column).values() - 1, !workspace.subject.money);
}

// Whom a sentence is best about: who comes back by itself (a customer), then things, then groups;
// what is seen once (a batch a row) comes last.
int importance(const Workspace& workspace, std::size_t column) {
  const auto& own = workspace.subject.columns[column];
  const auto* kind = workspace.vocabulary.kind_named(own.kind);
  const auto values = static_cast<double>(workspace.subject.codes(column).values() - 1);
  const bool hardly_repeats = values * 1.5 > static_cast<double>(workspace.subject.frame.rows);
  if (hardly_repeats) return 0;
  const int named = kind == nullptr ? 1 : kind->orders ? 50 : kind->rank + 1;
  return named + (own.role == catalog::Role::entity ? 20 : 0);
}

// The value of `column` on the first row of another column's value.
std::uint32_t partner(const catalog::Subject& subject, std::size_t from, std::uint32_t value,
                      std::size_t column) {
  const auto& codes = subject.codes(from).codes;
  const auto& others = subject.codes(column).codes;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] == value) return others[row];
  }
  return 0;
}

// Rows of both leaders, as a share of the larger one's.
double shared_rows_share(const catalog::Subject& subject, const Leader& a, const Leader& b) {
  const double larger = std::max(a.rows, b.rows);
  if (std::min(a.rows, b.rows) < same_name_rows_min * larger) return 0;
  const auto &codes_a = subject.codes(a.column).codes, &codes_b = subject.codes(b.column).codes;
  double both = 0;
  codes_a.visit([&](const auto* code_a) {
    codes_b.visit([&](const auto* code_b) {
      for (std::size_t row = 0; row < codes_a.size(); ++row)
        both += code_a[row] == a.value && code_b[row] == b.value ? 1 : 0;
    });
  });
  return both / larger;
}

// Is `leader` only there because of `other`'s rows, or the same rows in another column?
bool is_told_by(const Workspace& workspace, const Leader& leader, const Leader& other) {
  const auto& subject = workspace.subject;
  if (leader.column == other.column) return false;
  const bool same_name = subject.codes(leader.column).dictionary[leader.value] ==
                         subject.codes(other.column).dictionary[other.value];
  const bool same_rows =
      shared_rows_share(subject, leader, other) >= (same_name ? same_name_rows_min : same_rows_min);
  if (!same_rows && !subject.has_dependency(other.column, leader.column)) return false;
  if (same_rows) return true;
  if (partner(subject, other.column, other.value, leader.column) != leader.value) return false;
  return !leads(leader.amount - other.amount, leader.second_amount, leader.total - other.amount,
                subject.codes(leader.column).values() - 1, !subject.money);
}

std::string advice(const Workspace& workspace, const catalog::Column& column) {
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  if (kind != nullptr && kind->name == "person")
    return "Ask whether so much is meant to rest with {who}, and who stands in.";
  if (!workspace.subject.money) return "Look at {who} first: a change there moves the whole.";
  if (kind != nullptr && kind->orders) {
    return "Agree next year's volumes and terms with {who} early, and grow the ones behind it, so "
           "that one decision there does not decide the year.";
  }
  if (kind != nullptr && column.role == catalog::Role::entity)
    return "Make sure that supply, quality and price of {who} are safe, and have a plan for the "
           "day it fails.";
  return "Decide whether to depend on {who} this much, and what it would take for the next "
         "ones to grow.";
}

// A status is passed through, not chosen: that most rows have reached the last one is hardly news.
bool is_status(const catalog::Column& column) {
  if (column.kind == "status") return true;
  static constexpr std::array<std::string_view, 5> words{"stage", "phase", "step", "priority",
                                                         "severity"};
  const auto named = catalog::words_of(column.name);
  return !named.empty() && std::ranges::find(words, named.back()) != words.end();
}

Guard half_guard(const Workspace& workspace, std::size_t column) {
  const auto* cube = workspace.cube(column);
  if (cube == nullptr || cube->periods < 4 || workspace.small)
    return {"stability", GuardStatus::not_applicable,
            "too few rows, or too short a time, to be cut in halves"};
  return {"stability", GuardStatus::passed,
          "it leads in the first half of the time and in the second"};
}

Guard one_row_guard(const Workspace& workspace, const Leader& leader) {
  if (!workspace.subject.money) return {"one_row", GuardStatus::not_applicable, "rows are counted"};
  if (leader.rows == 1) return {"one_row", GuardStatus::downgraded, "a single row makes it up"};
  if (workspace.small)
    return {"one_row", GuardStatus::not_applicable, "too few rows to leave one out"};
  return {"one_row", GuardStatus::passed, "it leads without its largest row too"};
}

findings::Claim state_leader(const Workspace& workspace, const Leader& leader) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  auto claim = claim_about(workspace, "concentration", "concentration", leader.column, leader.value,
                           amount.name());
  const auto who = equals_sql(subject, leader.column, leader.value),
             next = equals_sql(subject, leader.column, leader.second);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {} AS who, {} AS next_name, {} AS amount, {} AS next_amount, {} AS "
                        "total, count(*) FILTER (WHERE {}) AS row_count FROM {}",
                        name_sql(subject, leader.column, leader.value),
                        name_sql(subject, leader.column, leader.second), amount.sum_where_sql(who),
                        amount.sum_where_sql(next), amount.sum_sql(), who, subject.from_sql)});
  claim.evidence.push_back({"b", top_parts_sql(subject, amount, leader.column, 9)});
  findings::Values values;
  values.cell("who", "a", 0, "who").cell("next", "a", 0, "next_name");
  values.cell("amount", "a", 0, "amount", amount.format(), amount.unit())
      .cell("next_amount", "a", 0, "next_amount", amount.format(), amount.unit());
  values.cell("total", "a", 0, "total", amount.format(), amount.unit());
  values.formula("share", "amount / total", Format::percent);
  const bool has_next = leader.second_amount > 0;
  if (has_next) values.formula("next_share", "next_amount / total", Format::percent);
  const auto what = amount.phrase(values);
  const auto who_is = subject_phrase(subject, leader.column, leader.value);
  claim.title =
      fmt::format("{} is {{share}} of {}{}", who_is, amount.is_money() ? what : "all " + what,
                  has_next ? "; the next, {next}, {next_share}" : "");
  claim.summary =
      fmt::format("{{amount}} of {{total}}{}.", amount.is_money() ? " in all" : " " + what);
  if (leader.rows == 1 && amount.is_money())
    claim.summary += fmt::format(" It is a single {}.", plain_words(subject.noun));
  else if (half_guard(workspace, leader.column).status == GuardStatus::passed)
    claim.summary += " It led in the first half of the time as well as in the second.";
  claim.action = advice(workspace, subject.columns[leader.column]);
  set_counted_impact(claim, values, workspace, "amount", findings::Account::none,
                     "what it brings, spread over the months of the data");
  claim.values = values.bindings();
  claim.test.effect_name = "share of the total";
  claim.chart = {
      findings::Chart::Mark::bar,
      "The largest, by " + what,
      "b",
      {"name", subject.columns[leader.column].label, findings::Chart::Axis::Kind::nominal, ""},
      amount.axis("amount"),
      "",
      claim.entities.front().label,
      "",
      ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(half_guard(workspace, leader.column));
  claim.guards.push_back(one_row_guard(workspace, leader));
  return claim;
}

bool is_worth_a_look(const Workspace& workspace, std::size_t column) {
  const auto& own = workspace.subject.columns[column];
  return !workspace.is_decoy(column) && workspace.flat(column) != nullptr &&
         own.kind != "calendar" && own.return_value.empty();
}

Candidate candidate_of(const Workspace& workspace, const Amount& amount, std::size_t column,
                       const std::optional<Leader>& leader, bool told) {
  auto candidate = fact_candidate(
      "concentration", fmt::format("concentration/{}", workspace.subject.columns[column].name),
      leader ? leader->share() : 0);
  candidate.measure = "share of total";
  if (!leader) return candidate;
  candidate.material = !told && !is_status(workspace.subject.columns[column]);
  candidate.impact = amount.is_money() ? leader->amount / workspace.months : 0;
  candidate.surprise = std::min(1.0, 0.2 + 0.5 * leader->share());
  candidate.claim = [&workspace, found = *leader] { return state_leader(workspace, found); };
  return candidate;
}

// Batches and the like: each is gone after a while, and that some were larger is no dependence.
bool is_made_in_lots(const Workspace& workspace, std::size_t column) {
  const auto* kind = workspace.vocabulary.kind_named(workspace.subject.columns[column].kind);
  const auto* cube = workspace.cube(column);
  return kind != nullptr && !kind->orders && cube != nullptr && comes_and_goes(*cube);
}

}  // namespace

std::vector<Candidate> examine_concentration(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const Amount amount(workspace);
  std::vector<std::size_t> columns;
  for (const std::size_t column : workspace.groupings) {
    if (is_worth_a_look(workspace, column)) columns.push_back(column);
  }
  std::ranges::stable_sort(columns, [&](std::size_t a, std::size_t b) {
    return importance(workspace, a) > importance(workspace, b);
  });
  std::vector<Leader> told;
  std::vector<std::size_t> tenths;
  for (const std::size_t column : columns) {
    auto leader = leader_of(workspace, amount, column);
    if (leader && (!leads_in_both_halves(workspace, amount, *leader) ||
                   !leads_without_its_largest_row(workspace, amount, *leader)))
      leader.reset();
    const bool again = leader && std::ranges::any_of(told, [&](const Leader& other) {
                         return is_told_by(workspace, *leader, other);
                       });
    candidates.push_back(candidate_of(workspace, amount, column, leader, again));
    if (leader && !again) told.push_back(*leader);

    const auto share = top_tenth_share(workspace, column);
    if (!share || is_made_in_lots(workspace, column)) continue;
    const auto& subject = workspace.subject;
    const bool twin = std::ranges::any_of(tenths, [&](std::size_t other) {
      return subject.has_dependency(other, column) && subject.has_dependency(column, other);
    });
    auto tenth = fact_candidate(
        "concentration", fmt::format("concentration/top_tenth/{}", subject.columns[column].name),
        *share);
    tenth.material = *share >= top_tenth_share_min && !twin && !(leader && !again);
    tenth.impact = *share * workspace.money_per_month;
    tenth.surprise = std::min(1.0, std::max(0.0, *share - 0.3));
    tenth.claim = [&workspace, column] { return state_top_tenth(workspace, column); };
    if (tenth.material) tenths.push_back(column);
    candidates.push_back(std::move(tenth));
  }
  return candidates;
}

}  // namespace insights::patterns
