// A customer that stopped ordering, measured against its own rhythm.
//
// Unit: the customer. Order days are its days with rows that are not returns. Gaps between them are
// gamma distributed with the customer's own mean and a shape shared by all; a silence is tested
// against that (stats/rhythm.h), so that a slow but faithful customer is not called lost. How often
// customers were as silent on a day in the past, and ordered again, bounds what a silence today can
// say (stats/backtest.h): projects, seasons and long pauses are no gamma gaps. A small table
// carries no test: there two order days are enough for a description, when the silence is long by
// any measure.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/all.h"
#include "patterns/order_days.h"
#include "patterns/wording.h"
#include "stats/backtest.h"
#include "stats/rhythm.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;

constexpr std::string_view family = "customer rhythm";
constexpr std::size_t order_days_min = 6;
constexpr double own_gaps_min = 3;          // silence, in mean gaps of its own
constexpr int silence_days_min_small = 90;  // in a small table
constexpr std::size_t months_back = 12;     // over which the money at risk is averaged
constexpr double past_days_max = 20'000;    // on which the test is tried again

struct Silence {
  std::uint32_t customer = 0;
  double p = 1;
  double silent_days = 0, gaps = 0;  // silence in days, and in own mean gaps
  double money_per_month = 0;
  bool material = false;
};

// Money a month of the customer, over the calendar months up to its last order, at most twelve.
struct Window {
  base::Day from, last;
  double months = 1;
};

Window window_of(const OrderDays& days, std::uint32_t customer) {
  const auto own = days.of(customer);
  const base::Day first{own.front()}, last{own.back()};
  const auto last_month = base::month_of(last);
  const auto first_month =
      std::max(base::month_of(first),
               base::Month{last_month.since_year_zero - static_cast<int>(months_back) + 1});
  return {base::first_day(first_month), last,
          static_cast<double>(last_month.since_year_zero - first_month.since_year_zero + 1)};
}

double money_in(const Workspace& workspace, std::size_t column, std::uint32_t customer,
                const Window& window) {
  if (!workspace.subject.money) return 0;
  const auto& money = workspace.subject.numbers(*workspace.subject.money);
  const auto& time = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  const auto& codes = workspace.subject.codes(column).codes;
  double sum = 0;
  for (std::size_t row = 0; row < money.size(); ++row) {
    if (codes[row] == customer && time[row] >= window.from.since_epoch &&
        time[row] <= window.last.since_epoch && !std::isnan(money[row]))
      sum += money[row];
  }
  return sum / window.months;
}

findings::Claim state(const Workspace& workspace, std::size_t column, const Silence& silence,
                      const Window& window) {
  const auto& subject = workspace.subject;
  const bool has_money = subject.money.has_value();
  auto claim = claim_about(workspace, "customer_silent", family, column, silence.customer,
                           has_money ? subject.columns[*subject.money].name : "");
  claim.columns.push_back(subject.columns[*subject.time].name);
  claim.scope.from = window.from;
  const auto who = equals_sql(subject, column, silence.customer);
  const auto orders =
      subject.returns ? fmt::format("{} AND NOT ({})", who, subject.returns->sql) : who;
  const auto day = time_sql(subject);
  const auto money_sql =
      has_money ? fmt::format(
                      ", {} AS money",
                      sum_where_sql(subject, *subject.money,
                                    fmt::format("{} AND {} >= {}", who, day, day_sql(window.from))))
                : std::string();
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT {} AS who, min({}) FILTER (WHERE {}) AS first_order, max({}) FILTER "
                   "(WHERE {}) AS last_order, "
                   "count(DISTINCT {}) FILTER (WHERE {}) AS order_days{}, {} AS data_end FROM {} "
                   "WHERE {}",
                   label_sql(subject, column, silence.customer), day, orders, day, orders, day,
                   orders, money_sql, day_sql(workspace.today), subject.from_sql, who)});
  findings::Values values;
  values.cell("who", "a", 0, "who");
  values.cell("last_order", "a", 0, "last_order", Format::date);
  values.cell("first_order", "a", 0, "first_order", Format::date);
  values.cell("order_days", "a", 0, "order_days", Format::integer);
  values.cell("data_end", "a", 0, "data_end", Format::date);
  values.formula("silence", "data_end - last_order", Format::days);
  values.formula("own_gap", "(last_order - first_order) / (order_days - 1)", Format::days);
  claim.title = subject_phrase(subject, column, silence.customer) +
                " stopped ordering: nothing since {last_order}";
  const bool until_the_end = workspace.today == subject.last_day;
  claim.summary = fmt::format(
      "The last order was on {{last_order}}, {{silence}} before {}; it used to order every "
      "{{own_gap}}.",
      until_the_end ? "the data ends" : "{data_end}");
  claim.action = "Call " + inside_sentence(subject_phrase(subject, column, silence.customer)) +
                 " this week: ask why the orders stopped, and what would bring them back.";
  if (has_money) {
    const auto& money = subject.columns[*subject.money];
    values.constant("months", window.months);
    values.cell("money", "a", 0, "money", amount_format(money), money.unit);
    values.formula("monthly", "money / months", amount_format(money), money.unit);
    claim.summary += " {monthly} of " + measure_phrase(values, money) + " a month is at risk.";
    claim.evidence.push_back(
        {"b",
         fmt::format("SELECT sum(day_money * day_money) AS squares FROM (SELECT {} AS order_day, "
                     "{} AS day_money FROM {} WHERE {} AND {} >= {} GROUP BY order_day) AS days",
                     day, sum_sql(subject, *subject.money), subject.from_sql, who, day,
                     day_sql(window.from))});
    values.cell("squares", "b", 0, "squares");
    claim.impact.account = Account::at_risk;
    claim.impact.amount = values.binding("monthly");
    claim.impact.low = values.expression("max(0, (money - 1.96 * sqrt(squares)) / months)");
    claim.impact.high = values.expression("(money + 1.96 * sqrt(squares)) / months");
    claim.impact.unit = money.unit;
    claim.impact.is_money = money.money;
    claim.impact.per = "month";
    claim.impact.of = measure_phrase(values, money);
    claim.impact.method =
        "its average over the months up to its last order, at most a year; range: orders as a "
        "compound Poisson process";
  }
  claim.values = values.bindings();
  const auto period = workspace.periods.count > 0 ? workspace.periods.grain : Grain::month;
  claim.evidence.push_back(
      {"c", fmt::format(
                "SELECT {} AS period, {} AS money FROM {} WHERE {} GROUP BY period ORDER BY period",
                period_sql(subject, period),
                has_money ? sum_sql(subject, *subject.money) : "count(*)", subject.from_sql, who)});
  claim.chart = {findings::Chart::Mark::bar,
                 "What {who} bought, by period",
                 "c",
                 {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"money", has_money ? subject.columns[*subject.money].label : "rows",
                  findings::Chart::Axis::Kind::quantitative,
                  has_money ? subject.columns[*subject.money].unit : ""},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back({"season", findings::GuardStatus::passed,
                          "the silence is longer than any earlier gap between its own orders"});
  claim.guards.push_back(
      {"offsetting_rows",
       subject.returns ? findings::GuardStatus::passed : findings::GuardStatus::not_applicable,
       subject.returns ? "returns do not count as orders" : "no rows take sales back"});
  return claim;
}

// What a customer brings while it orders, against the average one: a large customer gone matters
// more. Held within a quarter and four times; 1 where there is no money. It does not depend on the
// silence after its last order.
std::vector<double> weights_of(const Workspace& workspace, std::size_t column,
                               const OrderDays& days, const std::vector<Silence>& silences) {
  std::vector<double> weights(silences.size(), 1);
  const auto* flat = workspace.flat(column);
  if (!workspace.subject.money || flat == nullptr) return weights;
  const auto& money = flat->sums[flat->place(*workspace.subject.money)];
  double sum = 0;
  for (std::size_t i = 0; i < silences.size(); ++i) {
    const auto own = days.of(silences[i].customer);
    weights[i] = std::max(0.0, money[silences[i].customer]) / (own.back() - own.front() + 1);
    sum += weights[i];
  }
  const double mean = sum / static_cast<double>(silences.size());
  for (auto& weight : weights) weight = mean > 0 ? std::clamp(weight / mean, 0.25, 4.0) : 1;
  return weights;
}

// The test's p-values on evenly spaced days between orders of all customers, each against the
// customer's other gaps. By days, not by gaps: today, too, is more likely to fall into a long gap.
std::vector<double> past_p_values(const OrderDays& days, const std::vector<stats::Gaps>& gaps,
                                  double shape) {
  double all_days = 0;
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer) {
    if (const auto own = days.of(customer); own.size() >= order_days_min)
      all_days += own.back() - own.front();
  }
  const double step = std::max(1.0, all_days / past_days_max);
  std::vector<double> p_values;
  double silence = step / 2;
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer) {
    const auto own = days.of(customer);
    if (own.size() < order_days_min) continue;
    for (std::size_t i = 1; i < own.size(); ++i) {
      const double gap = own[i] - own[i - 1];
      const auto others = gaps[customer].count - 1;
      const stats::Gaps rest{others, (own.back() - own.front() - gap) / static_cast<double>(others),
                             0};
      for (; silence < gap; silence += step)
        p_values.push_back(stats::silence_p_value(silence, rest, shape));
      silence -= gap;
    }
  }
  return p_values;
}

}  // namespace

std::vector<Candidate> examine_customer_silent(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto column = workspace.customers();
  if (!column || !workspace.subject.time || workspace.subject.orders_left_out) return candidates;
  const auto days = order_days(workspace.subject, *column);
  std::vector<stats::Gaps> gaps(days.customers());
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer)
    gaps[customer] = gaps_of(days.of(customer));
  const double shape = stats::pooled_gamma_shape(gaps);
  const stats::Backtest backtest(past_p_values(days, gaps, shape));

  std::vector<Silence> silences;
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer) {
    const auto own = days.of(customer);
    const bool enough = own.size() >= (workspace.small ? 2 : order_days_min);
    if (!enough) continue;
    Silence silence{customer};
    silence.silent_days = workspace.today.since_epoch - own.back();
    silence.gaps = silence.silent_days / gaps[customer].mean;
    silence.p =
        backtest.p_value(stats::silence_p_value(silence.silent_days, gaps[customer], shape));
    const bool longest = silence.silent_days > longest_gap(own);
    silence.material = silence.gaps >= own_gaps_min && longest &&
                       (!workspace.small || silence.silent_days >= silence_days_min_small);
    silences.push_back(silence);
  }
  const auto weights = weights_of(workspace, *column, days, silences);
  for (std::size_t i = 0; i < silences.size(); ++i) {
    const auto& silence = silences[i];
    const auto window = window_of(days, silence.customer);
    Candidate candidate;
    candidate.entry.family = family;
    candidate.entry.pattern = "customer_silent";
    const auto entity = entity_of(workspace.subject, *column, silence.customer);
    candidate.entry.fingerprint = "customer_silent/" + entity.column + "=" + entity.value;
    candidate.entry.statistic = silence.gaps;
    candidate.entry.p = workspace.small ? 1 : silence.p;
    candidate.entry.fact = workspace.small;
    candidate.entry.effect = silence.gaps;
    candidate.column = *column;
    candidate.value = silence.customer;
    candidate.weight = weights[i];
    candidate.rank = 20;  // a customer gone explains what its rows show elsewhere
    candidate.material = silence.material;
    if (silence.material) {
      candidate.impact = money_in(workspace, *column, silence.customer, window);
      candidate.material = !workspace.subject.money ||
                           (candidate.impact > 0 && workspace.is_worth_telling(candidate.impact));
      candidate.surprise = std::min(1.0, silence.gaps / 12);
      candidate.claim = [&workspace, column = *column, silence, window] {
        return state(workspace, column, silence, window);
      };
    }
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
