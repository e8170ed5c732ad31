// One amount again and again under one name, where amounts hardly ever repeat: payments made twice,
// or claims made up.
//
// Where the same amounts are usual (list prices, allowances) nothing is said: what counts is that
// everybody else's amounts differ. Nor is one payment a month. A fact that lists its rows.

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr double repeats_min = 5;
constexpr double times_the_next_min = 3;   // repeats against the most that anybody else has
constexpr double usual_repeats_max = 0.1;  // of the other rows: beyond, amounts do repeat here
constexpr double money_share_min = 0.002;
constexpr double standing_min = 0.8;    // months with one, against the rows
constexpr double in_common_min = 0.95;  // of the rows, for a group to be named as what they share
constexpr double in_common_usual_max = 0.5;

struct Repeated {
  std::size_t column = no_column;
  std::uint32_t value = 0;
  double amount = 0, rows = 0, next_rows = 0;
  double others_repeated = 0;  // share of all other rows whose amount is there twice under one name
  double money() const { return amount * rows; }
};

// Who can file or bill something: people and suppliers. A customer that pays the same each time is
// a good customer.
bool acts(const Workspace& workspace, std::size_t column) {
  const auto& own = workspace.subject.columns[column];
  return own.role == catalog::Role::entity && (own.kind == "person" || own.kind == "supplier");
}

// One a month: rent, a salary, a subscription.
bool is_standing(const Workspace& workspace, const Repeated& repeated) {
  const auto& subject = workspace.subject;
  if (!subject.time) return false;
  const auto& money = subject.numbers(*subject.money);
  const auto& codes = subject.codes(repeated.column).codes;
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  std::set<base::Month> months;
  for (std::size_t row = 0; row < money.size(); ++row) {
    const bool same = codes[row] == repeated.value && money[row] == repeated.amount;
    if (same && days[row] != frame::no_day) months.insert(base::month_of(base::Day{days[row]}));
  }
  return static_cast<double>(months.size()) >= standing_min * repeated.rows;
}

// Each value's amounts above 0.
std::vector<std::vector<double>> amounts_by_value(const frame::Coded& coded,
                                                  const std::vector<double>& money) {
  std::vector<std::vector<double>> amounts(coded.values());
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < money.size(); ++row) {
      if (codes[row] != 0 && money[row] > 0) amounts[codes[row]].push_back(money[row]);
    }
  });
  return amounts;
}

struct Counted {
  double amount = 0, rows = 0;
};

// How many rows have each amount, in no order. A place whose amount is 0 is free.
std::vector<Counted> counted(const std::vector<double>& amounts) {
  std::vector<Counted> places(std::bit_ceil(amounts.size() + amounts.size() / 2 + 2));
  const std::size_t last = places.size() - 1;
  const int shift = std::countl_zero(last);
  for (const double amount : amounts) {
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;  // Knuth, vol. 3, 6.4: multiplicative
    auto place = static_cast<std::size_t>((std::bit_cast<std::uint64_t>(amount) * golden) >> shift);
    while (places[place].amount != 0 && places[place].amount != amount) place = (place + 1) & last;
    places[place].amount = amount;
    places[place].rows += 1;
  }
  return places;
}

Repeated repeated_in(const Workspace& workspace, std::size_t column) {
  const auto by_value = amounts_by_value(workspace.subject.codes(column),
                                         workspace.subject.numbers(*workspace.subject.money));
  Repeated top{column};
  double repeated = 0, all = 0;
  for (const auto& amounts : by_value) all += static_cast<double>(amounts.size());
  std::vector<double> most_of_value(by_value.size(), 0);
  for (std::uint32_t value = 1; value < by_value.size(); ++value) {
    // Whatever is still to come: amounts do repeat here, and no more need be known.
    if (repeated - top.rows > usual_repeats_max * all) break;
    for (const auto& [amount, rows] : counted(by_value[value])) {
      if (rows > 1) repeated += rows;
      most_of_value[value] = std::max(most_of_value[value], rows);
      const bool smaller = rows == top.rows && value == top.value && amount < top.amount;
      if (rows > top.rows || smaller) {
        top.value = value;
        top.amount = amount;
        top.rows = rows;
      }
    }
  }
  for (std::uint32_t value = 1; value < most_of_value.size(); ++value) {
    if (value != top.value) top.next_rows = std::max(top.next_rows, most_of_value[value]);
  }
  const double others = all - top.rows;
  top.others_repeated = others > 0 ? (repeated - top.rows) / others : 1;
  return top;
}

// Groups that nearly all of the rows are in, though most of the table is not.
std::vector<std::pair<std::size_t, std::uint32_t>> in_common(const Workspace& workspace,
                                                             const Repeated& repeated) {
  const auto& subject = workspace.subject;
  const auto& money = subject.numbers(*subject.money);
  const auto& codes = subject.codes(repeated.column).codes;
  std::vector<std::pair<std::size_t, std::uint32_t>> shared;
  for (const std::size_t column : workspace.groupings) {
    const auto* flat = workspace.flat(column);
    const bool group = subject.columns[column].role == catalog::Role::dimension &&
                       subject.columns[column].kind != "calendar";
    if (!group || workspace.is_decoy(column) || flat == nullptr) continue;
    std::vector<double> rows(flat->values, 0);
    for (std::size_t row = 0; row < money.size(); ++row) {
      if (codes[row] == repeated.value && money[row] == repeated.amount)
        rows[subject.codes(column).codes[row]] += 1;
    }
    const auto most = static_cast<std::uint32_t>(std::ranges::max_element(rows) - rows.begin());
    const bool usual =
        flat->rows_total(most) > in_common_usual_max * static_cast<double>(money.size());
    if (most != 0 && !usual && rows[most] >= in_common_min * repeated.rows && shared.size() < 2)
      shared.emplace_back(column, most);
  }
  return shared;
}

findings::Claim state(const Workspace& workspace, const Repeated& repeated) {
  const auto& subject = workspace.subject;
  const auto& money = subject.columns[*subject.money];
  const Amount amount(workspace);
  auto claim = claim_about(workspace, "repeated_amounts", "repeated_amounts", repeated.column,
                           repeated.value, money.name);
  claim.topics.emplace_back(findings::data_quality_topic);
  const auto who = equals_sql(subject, repeated.column, repeated.value);
  const auto& own = subject.columns[repeated.column].sql;
  const auto same =
      fmt::format("{} AND {} = {}", who, money.sql, frame::number_text(repeated.amount));
  const auto shared = in_common(workspace, repeated);
  std::string names, together;
  findings::Values values;
  values.cell("who", "a", 0, "who").cell("same_rows", "a", 0, "same_rows", Format::integer);
  values.cell("amount", "a", 0, "amount", amount.format(), amount.unit())
      .cell("same_money", "a", 0, "same_money", amount.format(), amount.unit());
  values.cell("next_rows", "b", 0, "row_count", Format::integer);
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const auto name = fmt::format("shared_{}", "ab"[i]);
    names += fmt::format(", {} AS {}", name_sql(subject, shared[i].first, shared[i].second), name);
    values.cell(name, "a", 0, name);
    together += fmt::format("{}{} {{{}}}", together.empty() ? "" : " and ",
                            noun_of(subject.columns[shared[i].first]), name);
  }
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {} AS who, count(*) FILTER (WHERE {}) AS same_rows, max({}) FILTER "
                        "(WHERE {}) AS amount, {} AS same_money{} FROM {}",
                        name_sql(subject, repeated.column, repeated.value), same, money.exact_sql,
                        same, amount.sum_where_sql(same), names, subject.from_sql)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {0} AS name, {1} AS amount, count(*) AS row_count FROM {2} WHERE "
                        "{0} IS NOT NULL AND {1} > 0 AND NOT ({3}) GROUP BY {0}, {1} "
                        "ORDER BY row_count DESC, name, amount DESC LIMIT 8",
                        own, money.exact_sql, subject.from_sql, who)});
  const auto nouns = plain_words(subject.nouns);
  claim.title = fmt::format(
      "{} has the same {{amount}} on {{same_rows}} {}: {{same_money}} of {} in all",
      subject_phrase(subject, repeated.column, repeated.value), nouns, amount.phrase(values));
  claim.summary = fmt::format(
      "Amounts hardly ever repeat here: nobody else has one on more than {{next_rows}} {}.",
      repeated.next_rows == 1 ? plain_words(subject.noun) : nouns);
  if (!together.empty()) claim.summary += fmt::format(" Nearly all of them are of {}.", together);
  claim.action = fmt::format(
      "Check these {} against their documents before the next is paid: the same amount again and "
      "again is rarely chance.",
      nouns);
  set_counted_impact(claim, values, workspace, "same_money", findings::Account::at_risk,
                     "the amounts on these rows, spread over the months of the data");
  claim.values = values.bindings();
  claim.test.effect_name = "rows with one amount";
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace

std::vector<Candidate> examine_repeated_amounts(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (!workspace.subject.money || workspace.small) return candidates;
  for (const std::size_t column : workspace.groupings) {
    if (workspace.is_decoy(column) || !acts(workspace, column)) continue;
    const auto repeated = repeated_in(workspace, column);
    auto candidate = fact_candidate(
        "repeated_amounts",
        fmt::format("repeated_amounts/{}", workspace.subject.columns[column].name), repeated.rows);
    candidate.material = repeated.rows >= repeats_min &&
                         repeated.rows >= times_the_next_min * repeated.next_rows &&
                         repeated.next_rows > 0 && repeated.others_repeated <= usual_repeats_max &&
                         repeated.money() >= money_share_min * std::fabs(workspace.money_total);
    candidate.material = candidate.material && !is_standing(workspace, repeated);
    candidate.column = repeated.column;
    candidate.value = repeated.value;
    // Where these are most of its rows, all that they show is told with them.
    const auto* flat = workspace.flat(repeated.column);
    if (flat != nullptr && repeated.rows >= 0.5 * flat->rows_total(repeated.value))
      candidate.rank = absorbing_rank;
    candidate.impact = repeated.money() / workspace.months;
    candidate.surprise = 1;
    if (candidate.material)
      candidate.claim = [&workspace, repeated] { return state(workspace, repeated); };
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
