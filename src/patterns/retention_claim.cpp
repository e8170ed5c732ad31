// Customers kept, and customers gone quiet, put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include "findings/fingerprint.h"
#include "patterns/retention.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::GuardStatus;

class Statement {
 public:
  Statement(const Workspace& workspace, const Retention& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        customer_(subject_.columns[found.customers]),
        column_(subject_.columns[found.column]),
        own_(equals_sql(subject_, found.column, found.value)),
        phrase_(subject_phrase(subject_, found.column, found.value)),
        customers_(nouns_of(customer_)),
        day_(time_sql(subject_)),
        orders_(fmt::format("{} IS NOT NULL AND {} IS NOT NULL", customer_.sql, column_.sql)) {
    if (subject_.returns) orders_ += fmt::format(" AND NOT ({})", subject_.returns->sql);
    claim_ = claim_about(workspace, "retention", retention_family, found.column, found.value,
                         customer_.name);
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
    claim_.topics.push_back(customer_.kind);
    values_.cell("who", "a", 0, "who");
  }

  findings::Claim kept() {
    const auto& spans = found_.spans;
    const auto money =
        subject_.money
            ? fmt::format(", {} AS money",
                          sum_where_sql(subject_, *subject_.money,
                                        fmt::format("{} < {}", day_, day_sql(spans.second))))
            : std::string();
    const auto per_customer = [&](const std::string& group) {
      return fmt::format(
          "(SELECT {} AS customer, {}, max(CASE WHEN {} >= {} THEN 1 ELSE 0 END) AS came_back{} "
          "FROM {} WHERE {} AND {} >= {} AND {} <= {} GROUP BY {} HAVING min({}) < {}) AS "
          "customers",
          customer_.sql, group, day_, day_sql(spans.second), money, subject_.from_sql, orders_,
          day_, day_sql(spans.first), day_, day_sql(spans.end), customer_.sql, day_,
          day_sql(spans.second));
    };
    const auto own = fmt::format("max(CASE WHEN {} THEN 1 ELSE 0 END) AS own, max({}) AS name",
                                 own_, fmt::format("CASE WHEN {} THEN {} END", own_, text_sql()));
    claim_.evidence.push_back(
        {"a",
         fmt::format(
             "SELECT max(name) AS who, count(*) FILTER (WHERE own = 1) AS customers, "
             "sum(came_back) FILTER (WHERE own = 1) AS kept, "
             "count(*) FILTER (WHERE own = 0) AS other_customers, sum(came_back) FILTER (WHERE own "
             "= 0) AS other_kept{}, {} AS first_day, {} AS second_day, {} AS last_day FROM {}",
             subject_.money ? ", percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(money AS DOUBLE "
                              "PRECISION)) AS typical_money"
                            : "",
             day_sql(spans.first), day_sql(spans.second), day_sql(spans.end), per_customer(own))});
    claim_.evidence.push_back(
        {"b",
         fmt::format("SELECT value, CAST(sum(came_back) AS DOUBLE PRECISION) / count(*) AS part "
                     "FROM {} GROUP BY value HAVING count(*) >= 8 ORDER BY part, value LIMIT 20",
                     per_customer(fmt::format("max({}) AS value", text_sql())))});
    values_.cell("customers", "a", 0, "customers", Format::integer)
        .cell("kept", "a", 0, "kept", Format::integer);
    values_.cell("other_customers", "a", 0, "other_customers", Format::integer)
        .cell("other_kept", "a", 0, "other_kept", Format::integer);
    values_.cell("first_day", "a", 0, "first_day", Format::date)
        .cell("second_day", "a", 0, "second_day", Format::date)
        .cell("last_day", "a", 0, "last_day", Format::date);
    values_.formula("rate", "kept / customers", Format::percent)
        .formula("others", "other_kept / other_customers", Format::percent);
    claim_.title =
        fmt::format("{} kept {{rate}} of its {}, the others {{others}}", phrase_, customers_);
    claim_.summary = fmt::format(
        "{{customers}} {} ordered from {{first_day}} on, and {{kept}} of them again from "
        "{{second_day}} to {{last_day}}; elsewhere {{other_kept}} of {{other_customers}}.",
        customers_);
    if (subject_.money) cost_of_leaving();
    claim_.action = fmt::format(
        "Ask the {} of {{who}} that did not come back for the reason, largest first, and compare "
        "with how the others are looked after.",
        customers_);
    claim_.test.name = "two rates, exact, also within order frequency";
    claim_.test.effect_name = "difference in the part kept";
    const auto interval = stats::newcombe_interval(found_.own, found_.others);
    claim_.test.interval_low = interval.low;
    claim_.test.interval_high = interval.high;
    claim_.scope.from = found_.spans.first;
    guard();
    claim_.guards.push_back(
        {"season", GuardStatus::passed, "the others are measured over the same time"});
    draw("Part that ordered again", "part");
    return finished();
  }

  // One or more customers of a small table that stopped.
  findings::Claim quiet() {
    const auto today = day_sql(workspace_.today);
    const auto money = subject_.money
                           ? fmt::format(", {} AS money", sum_sql(subject_, *subject_.money))
                           : std::string();
    const auto per_customer = [&](const std::string& group) {
      return fmt::format(
          "(SELECT {0} AS customer, {1}, min({2}) AS first_order, max({2}) AS last_order, "
          "count(DISTINCT {2}) AS order_days{3} FROM {4} WHERE {5} GROUP BY {0}) AS customers",
          customer_.sql, group, day_, money, subject_.from_sql, orders_);
    };
    const auto is_quiet = fmt::format(
        "order_days > 1 AND {0} - last_order >= {1} AND ({0} - last_order) * (order_days - 1) > "
        "{2} * (last_order - first_order)",
        today, quiet_days_min, quiet_gaps_min);
    const auto own = fmt::format("max(CASE WHEN {} THEN {} END) AS own", own_, text_sql());
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT max(own) AS who, count(*) AS customers, count(*) FILTER (WHERE "
                          "{}) AS quiet{} FROM {} WHERE own IS NOT NULL",
                          is_quiet,
                          subject_.money ? fmt::format(", sum(money) AS all_money, sum(money) "
                                                       "FILTER (WHERE {}) AS quiet_money",
                                                       is_quiet)
                                         : "",
                          per_customer(own))});
    const auto name = customer_.label_column.empty()
                          ? fmt::format("max({})", customer_.sql)
                          : fmt::format("max({})", subject_.find(customer_.label_column)->sql);
    std::string columns = "name, first_order, last_order, order_days";
    if (subject_.money) columns += ", money";
    claim_.evidence.push_back(
        {"c",
         fmt::format(
             "SELECT {} FROM {} WHERE own IS NOT NULL AND {} ORDER BY last_order, name LIMIT 5",
             columns, per_customer(own + ", " + name + " AS name"), is_quiet)});
    claim_.evidence.push_back(
        {"b",
         fmt::format("SELECT value, CAST(count(*) FILTER (WHERE {}) AS DOUBLE PRECISION) / "
                     "count(*) AS part FROM {} GROUP BY value ORDER BY part DESC, value LIMIT 12",
                     is_quiet, per_customer(fmt::format("max({}) AS value", text_sql())))});
    values_.cell("customers", "a", 0, "customers", Format::integer)
        .cell("quiet", "a", 0, "quiet", Format::integer);
    values_.formula("part", "quiet / customers", Format::percent);
    values_.cell("name", "c", 0, "name").cell("last_order", "c", 0, "last_order", Format::date);
    claim_.title = fmt::format("{} has {{customers}} {}, {{quiet}} of them gone quiet ({{part}})",
                               phrase_, customers_);
    claim_.summary =
        found_.own.events == 1
            ? "{name} has not ordered since {last_order}, far longer than it used to wait."
            : "They have not ordered for far longer than they used to wait; {name} for longest, "
              "since {last_order}.";
    if (subject_.money) part_of_quiet();
    claim_.action =
        fmt::format("Call the {} of {{who}} that went quiet, {{name}} first.", customers_);
    guard();
    draw("Part that went quiet", "part");
    return finished();
  }

 private:
  std::string text_sql() const {
    return column_.type == frame::Type::text ? column_.sql
                                             : fmt::format("CAST({} AS VARCHAR)", column_.sql);
  }

  void cost_of_leaving() {
    const auto& money = subject_.columns[*subject_.money];
    values_.cell("typical_money", "a", 0, "typical_money", amount_format(money), money.unit);
    values_.constant("months",
                     (found_.spans.second.since_epoch - found_.spans.first.since_epoch) / 30.4375);
    values_.formula("cost", "max(0, others - rate) * customers * typical_money / months",
                    amount_format(money), money.unit);
    claim_.summary += fmt::format(
        " Those who left beyond the others' rate would bring {{cost}} of {} a month, if each "
        "bought "
        "as much as the typical one.",
        measure_phrase(values_, money));
    put_impact(
        Account::lost,
        "max(0, others - wilson_high(kept, customers)) * customers * max(0, typical_money) / "
        "months",
        "max(0, others - wilson_low(kept, customers)) * customers * max(0, typical_money) / months",
        "month",
        "those not kept beyond the others' rate, at what the typical one bought a month; range: of "
        "the part kept");
  }

  // What is at risk with each of them is told with it; here, what they were to the others.
  void part_of_quiet() {
    const auto& money = subject_.columns[*subject_.money];
    values_.cell("all_money", "a", 0, "all_money").cell("quiet_money", "a", 0, "quiet_money");
    values_.formula("share", "max(0, quiet_money) / max(0.01, all_money)", Format::percent);
    claim_.summary += fmt::format(" {} brought {{share}} of the {} of {{who}}.",
                                  found_.own.events == 1 ? "It has" : "Together they have",
                                  measure_phrase(values_, money));
    claim_.columns.push_back(money.name);
  }

  void put_impact(Account account, std::string_view low, std::string_view high, std::string per,
                  std::string method) {
    const auto& money = subject_.columns[*subject_.money];
    claim_.impact.account = account;
    claim_.impact.amount = values_.binding("cost");
    claim_.impact.low = values_.expression(low);
    claim_.impact.high = values_.expression(high);
    claim_.impact.unit = money.unit;
    claim_.impact.is_money = money.money;
    claim_.impact.per = std::move(per);
    claim_.impact.of = measure_phrase(values_, money);
    claim_.impact.method = std::move(method);
    claim_.columns.push_back(money.name);
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(
        {"partial_period", GuardStatus::passed, "spans of days are counted, not months"});
    claim_.guards.push_back(
        {"one_entity", GuardStatus::passed, "every one counts once, however large"});
    claim_.guards.push_back(
        {"offsetting_rows", subject_.returns ? GuardStatus::passed : GuardStatus::not_applicable,
         subject_.returns ? "returns do not count as orders" : "no rows take sales back"});
  }

  void draw(std::string title, std::string column) {
    claim_.chart = {findings::Chart::Mark::bar,
                    std::move(title),
                    "b",
                    {"value", noun_of(column_), findings::Chart::Axis::Kind::nominal, ""},
                    {std::move(column), "part of " + customers_,
                     findings::Chart::Axis::Kind::quantitative, "%"},
                    "",
                    claim_.entities.front().value,
                    "",
                    ""};
  }

  findings::Claim finished() {
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Retention& found_;
  const catalog::Column &customer_, &column_;
  std::string own_, phrase_, customers_, day_, orders_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_retention(const Workspace& workspace, const Retention& found) {
  return Statement(workspace, found).kept();
}
findings::Claim state_quiet_customers(const Workspace& workspace, const Retention& found) {
  return Statement(workspace, found).quiet();
}

}  // namespace insights::patterns
