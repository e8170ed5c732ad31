// A customer that still orders, but less and less often, or less each time: an early warning.
//
// Unit: the customer, by its order days. The gaps between its last orders are held against its own
// earlier gaps: both are gamma distributed with one shape, so the ratio of their means follows an F
// distribution (stats/rhythm.h). The shape is the one shared by all customers, or the customer's
// own where that is the more irregular. How often customers slowed down as much in the past bounds
// what it can say today (stats/backtest.h). What it spends on an order day is compared on the
// logarithm. A customer that has fallen silent already is not told here but in customer_silent.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/order_days.h"
#include "patterns/wording.h"
#include "stats/backtest.h"
#include "stats/distributions.h"
#include "stats/mean_tests.h"
#include "stats/rank_tests.h"
#include "stats/rhythm.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::GuardStatus;

constexpr std::string_view family = "customer slowing";
constexpr std::size_t last_gaps = 3, earlier_gaps_min = 6;
constexpr std::size_t last_orders = 5, earlier_orders_min = 8;  // for the money of an order
constexpr double ratio_min = 1.8;
constexpr double same_season_ratio_min = 1.3;  // against its gaps at this time last year
constexpr double silent_gaps_min = 3;          // customer_silent's
constexpr int year_days = 365, season_slack = 30;
constexpr std::size_t past_moments_max = 3000;  // at which the test is tried again

struct Slowdown {
  std::uint32_t customer = 0;
  bool of_money = false;  // less an order, else fewer orders
  double p = 1, ratio = 1, ratio_low = 1, ratio_high = 1;
  bool material = false;
  double monthly = 0;    // money a month before
  base::Day turning{0};  // the order day from which on it is slower
};

// The slowest run of as many gaps as are compared, among order days in [from, to]; 0 when there is
// none.
double slowest_run(std::span<const std::int32_t> days, int from, int to) {
  double slowest = 0;
  for (std::size_t i = last_gaps; i < days.size(); ++i) {
    if (days[i - last_gaps] < from || days[i] > to) continue;
    slowest = std::max(slowest, static_cast<double>(days[i] - days[i - last_gaps]) /
                                    static_cast<double>(last_gaps));
  }
  return slowest;
}

// Slower than ever before, and well slower than at this time of last year?
bool is_new(std::span<const std::int32_t> days, double recent_gap) {
  const int turning = days[days.size() - 1 - last_gaps];
  const double ever = slowest_run(days, days.front(), turning);
  const double last_year =
      slowest_run(days, turning - year_days - season_slack, days.back() - year_days + season_slack);
  return recent_gap > ever && recent_gap >= same_season_ratio_min * last_year;
}

// The factor by which the ratio of two gamma means is off with a chance of one in forty.
double f_bound(double shape, std::size_t last, std::size_t earlier) {
  double low = 1, high = 1e4;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    const double tail = stats::f_upper_tail(middle, 2 * shape * static_cast<double>(last),
                                            2 * shape * static_cast<double>(earlier));
    (tail > 0.025 ? low : high) = middle;
  }
  return low;
}

constexpr std::size_t rhythm_days_min = 1 + earlier_gaps_min + last_gaps;

// REQUIRES: rhythm_days_min days.
std::optional<stats::Slowing> slowing_of(std::span<const std::int32_t> days, double pooled_shape,
                                         double& shape) {
  const auto turning = days.size() - last_gaps;  // its first gap ends there
  const auto earlier = gaps_of(days.first(turning)), last = gaps_of(days.subspan(turning - 1));
  shape = std::min(pooled_shape, stats::gamma_shape(earlier).value_or(pooled_shape));
  return stats::slowing(earlier, last, shape);
}

// The test's p-values as they were after earlier orders, evenly spread over all customers'.
std::vector<double> past_p_values(const OrderDays& days, double pooled_shape) {
  std::size_t moments = 0;
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer)
    moments += std::max(days.of(customer).size(), rhythm_days_min) - rhythm_days_min;
  const std::size_t step = 1 + moments / past_moments_max;
  std::vector<double> p_values;
  double shape = 1;
  std::size_t next = 0;
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer) {
    const auto own = days.of(customer);
    for (next += rhythm_days_min; next < own.size(); next += step) {
      if (const auto slowing = slowing_of(own.first(next), pooled_shape, shape))
        p_values.push_back(slowing->p_value);
    }
    next -= std::max(own.size(), rhythm_days_min);
  }
  return p_values;
}

std::optional<Slowdown> rhythm_of(std::span<const std::int32_t> days, std::uint32_t customer,
                                  double pooled_shape, base::Day today,
                                  const stats::Backtest& backtest) {
  if (days.size() < rhythm_days_min) return std::nullopt;
  const auto turning = days.size() - last_gaps;
  const auto last = gaps_of(days.subspan(turning - 1));
  double shape = pooled_shape;
  const auto slowing = slowing_of(days, pooled_shape, shape);
  if (!slowing) return std::nullopt;
  Slowdown result{customer, false, backtest.p_value(slowing->p_value), slowing->ratio};
  result.turning = base::Day{days[turning - 1]};
  const double silence = today.since_epoch - days.back();
  const bool is_silent =
      silence >= silent_gaps_min * gaps_of(days).mean && silence > longest_gap(days);
  result.material = result.ratio >= ratio_min && !is_silent && is_new(days, last.mean);
  if (result.material) {  // only what may be told needs its range
    const double bound = f_bound(shape, last_gaps, turning - 1);
    result.ratio_low = result.ratio / bound;
    result.ratio_high = result.ratio * bound;
  }
  return result;
}

// Money by order day of one customer, for those days that brought any.
std::vector<double> money_by_day(const std::vector<std::pair<std::int32_t, double>>& rows,
                                 std::span<const std::int32_t> days) {
  std::vector<double> money(days.size(), 0);
  for (const auto& [day, amount] : rows) {
    const auto place = std::ranges::lower_bound(days, day);
    if (place != days.end() && *place == day)
      money[static_cast<std::size_t>(place - days.begin())] += amount;
  }
  return money;
}

std::optional<Slowdown> order_size_of(std::span<const double> money,
                                      std::span<const std::int32_t> days, std::uint32_t customer,
                                      bool is_silent) {
  if (money.size() < last_orders + earlier_orders_min) return std::nullopt;
  std::vector<double> earlier, last;  // logarithms
  double sum_earlier = 0, sum_last = 0;
  const std::size_t turning = money.size() - last_orders;
  for (std::size_t i = 0; i < money.size(); ++i) {
    (i < turning ? sum_earlier : sum_last) += money[i];
    if (money[i] > 0) (i < turning ? earlier : last).push_back(std::log(money[i]));
  }
  const std::array both{stats::moments_of(earlier), stats::moments_of(last)};
  const auto test = stats::welch_t(both[0], both[1]);
  // Of a few orders neither the spread nor the shape is known: the least sure of three tests
  // counts.
  const auto pooled = stats::one_way_anova(both);
  const auto ranks = stats::mann_whitney(earlier, last);
  if (!test || !pooled || !ranks || last.size() < last_orders || sum_last <= 0) return std::nullopt;
  Slowdown result{customer, true, std::max({test->p_value, pooled->p_value, ranks->p_value})};
  result.ratio =
      (sum_earlier / static_cast<double>(turning)) / (sum_last / static_cast<double>(last_orders));
  result.ratio_low = result.ratio * std::exp(test->interval.low - test->difference);
  result.ratio_high = result.ratio * std::exp(test->interval.high - test->difference);
  result.turning = base::Day{days[turning]};
  result.material =
      !is_silent && result.ratio >= ratio_min && std::exp(test->difference) >= ratio_min;
  return result;
}

class Statement {
 public:
  Statement(const Workspace& workspace, std::size_t column, const Slowdown& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        column_(column),
        found_(found),
        who_(equals_sql(subject_, column, found.customer)) {}

  findings::Claim made() {
    const bool has_money = subject_.money.has_value();
    claim_ = claim_about(workspace_, "customer_slowing", family, column_, found_.customer,
                         has_money ? subject_.columns[*subject_.money].name : "");
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
    ask();
    values_.formula("recent_gap", "(last_order - turning) / last_gaps", Format::days)
        .formula("earlier_gap", "(turning - first_order) / (order_days - last_gaps - 1)",
                 Format::days);
    const auto phrase = subject_phrase(subject_, column_, found_.customer);
    if (found_.of_money)
      say_money(phrase);
    else
      say_rhythm(phrase);
    if (has_money) value_it();
    draw();
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  void ask() {
    const auto orders =
        subject_.returns ? fmt::format("{} AND NOT ({})", who_, subject_.returns->sql) : who_;
    const auto money = subject_.money ? sum_sql(subject_, *subject_.money) : "count(*)";
    const auto days = fmt::format(
        "SELECT {0} AS order_day, {1} AS money, row_number() OVER (ORDER BY {0} DESC) "
        "AS place FROM {2} WHERE {3} AND {0} IS NOT NULL GROUP BY {0}",
        time_sql(subject_), money, subject_.from_sql, orders);
    const auto turning = found_.of_money ? last_orders : last_gaps + 1;
    claim_.evidence.push_back(
        {"a",
         fmt::format("SELECT min(order_day) AS first_order, max(order_day) FILTER (WHERE place "
                     "= {0}) AS turning, max(order_day) AS last_order, count(*) AS order_days, "
                     "sum(money) FILTER (WHERE place <= {1}) AS money_last, sum(money) FILTER "
                     "(WHERE place > {1}) AS money_earlier FROM ({2}) AS days",
                     turning, last_orders, days)});
    claim_.evidence.push_back(
        {"n", fmt::format("SELECT {} AS who FROM {}", label_sql(subject_, column_, found_.customer),
                          subject_.from_sql)});
    values_.cell("who", "n", 0, "who");
    for (const auto* day : {"first_order", "turning", "last_order"})
      values_.cell(day, "a", 0, day, Format::date);
    values_.cell("order_days", "a", 0, "order_days", Format::integer);
    values_.constant("last_gaps", static_cast<double>(turning - 1))
        .constant("last_orders", static_cast<double>(last_orders));
  }

  void say_rhythm(const std::string& phrase) {
    claim_.title = fmt::format(
        "{}: an order every {{recent_gap}} since {{turning}}, before that every {{earlier_gap}}",
        phrase);
    claim_.summary =
        "It has ordered on {order_days} days since {first_order} and still does, last on "
        "{last_order}, but the gaps between its orders have grown.";
    claim_.action =
        "Call " + inside_sentence(phrase) +
        " before the orders stop: ask what has changed, and who else delivers there now.";
    claim_.test.name = "last gaps against its earlier ones (gamma renewal, F)";
    claim_.test.effect_name = "times its earlier gap";
  }

  void say_money(const std::string& phrase) {
    const auto& money = subject_.columns[*subject_.money];
    const auto format = amount_format(money);
    values_.cell("money_last", "a", 0, "money_last")
        .cell("money_earlier", "a", 0, "money_earlier")
        .formula("recent", "money_last / last_orders", format, money.unit)
        .formula("earlier", "money_earlier / (order_days - last_orders)", format, money.unit);
    claim_.title = fmt::format(
        "{}: {{recent}} on an order day since {{turning}}, before that {{earlier}}", phrase);
    claim_.summary =
        "It still orders, last on {last_order}, but buys less each time than it used to since "
        "{first_order}.";
    claim_.action =
        "Ask {who} what it buys elsewhere now: compare its last orders with its earlier ones.";
    claim_.test.name = "money of its last order days against earlier ones (Welch, variance, ranks)";
    claim_.test.effect_name = "times less money on an order day";
  }

  // What it brought in a month in the year up to the turn, less what is left of it.
  void value_it() {
    const auto& money = subject_.columns[*subject_.money];
    claim_.evidence.push_back(
        {"m", fmt::format("SELECT {} AS usual FROM {} WHERE {} AND {} < {}",
                          sum_sql(subject_, *subject_.money), subject_.from_sql, who_,
                          time_sql(subject_), day_sql(found_.turning))});
    values_.cell("usual", "m", 0, "usual");
    values_.formula("monthly", "usual / max(1, (turning - first_order) / 30.4375)",
                    amount_format(money), money.unit);
    values_.constant("kept_low", 1 / found_.ratio_high)
        .constant("kept_high", 1 / std::max(1.0, found_.ratio_low));
    const auto kept = found_.of_money ? "(money_last / last_orders) / (money_earlier / (order_days "
                                        "- last_orders))"
                                      : "earlier_gap / recent_gap";
    if (!values_.has("money_last"))
      values_.cell("money_last", "a", 0, "money_last")
          .cell("money_earlier", "a", 0, "money_earlier");
    values_.formula("missing", fmt::format("max(0, monthly * (1 - {}))", kept),
                    amount_format(money), money.unit);
    claim_.impact.account = Account::at_risk;
    claim_.impact.amount = values_.binding("missing");
    claim_.impact.low = values_.expression("min(missing, max(0, monthly * (1 - kept_high)))");
    claim_.impact.high = values_.expression("max(missing, monthly * (1 - kept_low))");
    claim_.impact.unit = money.unit;
    claim_.impact.is_money = money.money;
    claim_.impact.per = "month";
    claim_.impact.of = measure_phrase(values_, money);
    claim_.impact.method =
        "what it brought a month before, less the part that its new rhythm leaves; range: how far "
        "so few orders can be off by chance";
    claim_.summary += fmt::format(" At that pace {{missing}} of {} a month is missing.",
                                  measure_phrase(values_, money));
  }

  void draw() {
    const bool has_money = subject_.money.has_value();
    const auto grain = workspace_.periods.count > 0 ? workspace_.periods.grain : Grain::month;
    claim_.evidence.push_back(
        {"c", fmt::format("SELECT {} AS period, {} AS money FROM {} WHERE {} GROUP BY period ORDER "
                          "BY period",
                          period_sql(subject_, grain),
                          has_money ? sum_sql(subject_, *subject_.money) : "count(*)",
                          subject_.from_sql, who_)});
    claim_.chart = {findings::Chart::Mark::bar,
                    "What {who} bought, by period",
                    "c",
                    {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                    {"money", has_money ? subject_.columns[*subject_.money].label : "rows",
                     findings::Chart::Axis::Kind::quantitative,
                     has_money ? subject_.columns[*subject_.money].unit : ""},
                    "",
                    "",
                    "",
                    ""};
  }

  void guard() {
    claim_.test.interval_low = found_.ratio_low;
    claim_.test.interval_high = found_.ratio_high;
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(
        {"season", GuardStatus::passed,
         found_.of_money
             ? "its last order days are compared with all of its earlier ones"
             : "slower than in any earlier run of as many orders, and than a year ago"});
    claim_.guards.push_back(
        {"offsetting_rows", subject_.returns ? GuardStatus::passed : GuardStatus::not_applicable,
         subject_.returns ? "returns do not count as orders" : "no rows take sales back"});
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  std::size_t column_;
  const Slowdown& found_;
  std::string who_;
  findings::Claim claim_;
  findings::Values values_;
};

Candidate candidate_of(const Workspace& workspace, std::size_t column, Slowdown found) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "customer_slowing";
  candidate.entry.fingerprint =
      fmt::format("customer_slowing/{}/{}={}", found.of_money ? "order size" : "rhythm",
                  subject.columns[column].name, subject.codes(column).dictionary[found.customer]);
  candidate.entry.statistic = found.ratio;
  candidate.entry.p = found.p;
  candidate.entry.effect = found.ratio;
  candidate.column = column;
  candidate.value = found.customer;
  // Below a customer gone, which stands for this as well; above what its fewer rows show elsewhere.
  candidate.rank = 12;
  candidate.measure = "rhythm";
  candidate.impact = std::max(0.0, found.monthly * (1 - 1 / found.ratio));
  candidate.material =
      found.material &&
      (!subject.money || (found.monthly > 0 && workspace.is_worth_telling(candidate.impact)));
  candidate.surprise = std::min(1.0, found.ratio / 4);
  if (candidate.material) {
    candidate.claim = [&workspace, column, found] {
      return Statement(workspace, column, found).made();
    };
  }
  return candidate;
}

// Each customer's rows as (day, money), those that have both.
std::vector<std::vector<std::pair<std::int32_t, double>>> money_rows(const Workspace& workspace,
                                                                     std::size_t column) {
  const auto& subject = workspace.subject;
  std::vector<std::vector<std::pair<std::int32_t, double>>> rows(subject.codes(column).values());
  if (!subject.money) return rows;
  const auto& money = subject.numbers(*subject.money);
  const auto& time = subject.frame.columns[*subject.time].days()->days;
  const auto* returned = subject.returns ? &subject.numbers(subject.returns->flag_column) : nullptr;
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < money.size(); ++row) {
      const bool counts = returned == nullptr || (*returned)[row] == 0;
      if (codes[row] != 0 && counts && time[row] != frame::no_day && !std::isnan(money[row]))
        rows[codes[row]].emplace_back(time[row], money[row]);
    }
  });
  return rows;
}

}  // namespace

std::vector<Candidate> examine_customer_slowing(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto column = workspace.customers();
  if (!column || !workspace.subject.time || workspace.small || workspace.subject.orders_left_out)
    return candidates;
  const auto days = order_days(workspace.subject, *column);
  std::vector<stats::Gaps> gaps(days.customers());
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer)
    gaps[customer] = gaps_of(days.of(customer));
  const double shape = stats::pooled_gamma_shape(gaps);
  const stats::Backtest backtest(past_p_values(days, shape));
  const auto rows = money_rows(workspace, *column);
  for (std::uint32_t customer = 1; customer < days.customers(); ++customer) {
    const auto own = days.of(customer);
    if (own.size() < 2) continue;
    const auto money = money_by_day(rows[customer], own);
    double sum = 0;
    for (const double amount : money) sum += amount;
    const double monthly = sum / std::max(1.0, (own.back() - own.front()) / 30.4375);
    const double silence = workspace.today.since_epoch - own.back();
    const bool is_silent = silence >= silent_gaps_min * gaps[customer].mean;
    for (auto found : {rhythm_of(own, customer, shape, workspace.today, backtest),
                       workspace.subject.money ? order_size_of(money, own, customer, is_silent)
                                               : std::nullopt}) {
      if (!found) continue;
      found->monthly = monthly;
      candidates.push_back(candidate_of(workspace, *column, *found));
    }
  }
  return candidates;
}

}  // namespace insights::patterns
