// A change that a segment explains, put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/change_explained.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;

class Statement {
 public:
  Statement(const Workspace& workspace, const ExplainedChange& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        amount_(workspace),
        fell_(found.total.difference() < 0) {}

  findings::Claim made() {
    begin();
    ask();
    say();
    value_it();
    draw();
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  void begin() {
    auto& values = found_.segment.values;
    if (found_.segment.is_cell) {
      put_place_last(subject_, values[0], values[1]);
      claim_ = claim_about_both(workspace_, "change_explained", change_family, values[0], values[1],
                                amount_.name());
    } else {
      claim_ = claim_about(workspace_, "change_explained", change_family, values[0].column,
                           values[0].value, amount_.name());
      for (std::size_t i = 1; i < values.size(); ++i)
        claim_.entities.push_back(entity_of(subject_, values[i].column, values[i].value));
      if (values.size() > 1) {
        claim_.scope.equals.clear();  // their rows differ in the column
        claim_.fingerprint =
            findings::fingerprint("change_explained", amount_.name(), claim_.entities);
      }
    }
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
  }

  std::string own_sql() const {
    std::string sql;
    for (const auto& one : found_.segment.values)
      sql += fmt::format("{}{}",
                         sql.empty()              ? ""
                         : found_.segment.is_cell ? " AND "
                                                  : " OR ",
                         equals_sql(subject_, one.column, one.value));
    return "(" + sql + ")";
  }

  void ask() {
    const auto sql = sql_of(workspace_, found_.comparison);
    std::string select = date_columns(workspace_, found_.comparison, values_, "a");
    for (std::size_t i = 0; i < found_.segment.values.size(); ++i) {
      const auto& one = found_.segment.values[i];
      select += fmt::format(", {} AS {}", name_sql(subject_, one.column, one.value), holes[i]);
      values_.cell(holes[i], "a", 0, holes[i]);
    }
    const auto add = [&](const char* name, const std::string& condition) {
      select += fmt::format(", {} AS {}", amount_.sum_where_sql(condition), name);
      values_.cell(name, "a", 0, name, amount_.format(), amount_.unit());
    };
    add("total_before", sql.before);
    add("total_after", sql.after);
    add("own_before", fmt::format("{} AND {}", own_sql(), sql.before));
    add("own_after", fmt::format("{} AND {}", own_sql(), sql.after));
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT {} FROM {} WHERE {}", select, subject_.from_sql, sql.both)});
    values_.formula("rest_before", "total_before - own_before", amount_.format(), amount_.unit())
        .formula("rest_after", "total_after - own_after", amount_.format(), amount_.unit())
        .formula("change", "abs(total_after / total_before - 1)", Format::percent)
        .formula("own_difference", "abs(own_after - own_before)", amount_.format(), amount_.unit())
        .formula("rest_change", "abs(rest_after / rest_before - 1)", Format::percent)
        .formula("explained", "(own_after - own_before) / (total_after - total_before)",
                 Format::percent)
        .formula("share_before", "own_before / total_before", Format::percent);
  }

  std::string who() const {
    const auto& values = found_.segment.values;
    if (found_.segment.is_cell) return both_named(workspace_, values[0], values[1], false);
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
      text += i == 0 ? "" : i + 1 == values.size() ? " and " : ", ";
      text += named(subject_, values[i], holes[i]);
    }
    return text;
  }

  void say() {
    const auto what = amount_.phrase(values_);
    const Change rest{found_.total.before - found_.own.before,
                      found_.total.after - found_.own.after};
    const bool others_go_the_other_way = (rest.difference() < 0) != fell_;
    const auto direction = [](bool fell) { return fell ? "fell" : "rose"; };
    claim_.title = fmt::format("{} {} by {{change}} {}: ", capitalized(what), direction(fell_),
                               when(found_.comparison));
    claim_.title +=
        others_go_the_other_way
            ? fmt::format("all of that is {}, all others together {} by {{rest_change}}", who(),
                          direction(!fell_))
            : fmt::format("{{explained}} of the {} is {}", fell_ ? "fall" : "rise", who());
    claim_.summary = fmt::format(
        "{} went from {{own_before}} to {{own_after}}, {{own_difference}} {}{}; before, that was "
        "{{share_before}} of all.",
        capitalized(who()), fell_ ? "less" : "more", stretches(found_.comparison));
    if (!others_go_the_other_way)
      claim_.summary +=
          fmt::format(" All others together {} by {{rest_change}}.", direction(fell_));
    claim_.summary += season_remark(found_.comparison);
    claim_.action = fell_
                        ? fmt::format("Look there first: find out what changed for {}.", who())
                        : fmt::format("Find out what drives {}, and whether it will last.", who());
    claim_.test.name = "growth of the segment against all others, by period and by customer";
    claim_.test.effect_name = "part of the change";
  }

  void value_it() {
    const auto* measure = amount_.measure();
    const bool is_loss = fell_ && amount_.is_money() && measure->kind != "cost";
    values_.constant("months", static_cast<double>(found_.comparison.length) /
                                   workspace_.periods.per_year() * 12);
    claim_.impact.account = is_loss ? Account::lost : Account::none;
    claim_.impact.amount = claim_.impact.low = claim_.impact.high =
        values_.expression("own_difference / months");
    claim_.impact.is_money = amount_.is_money();
    claim_.impact.unit = amount_.is_money() ? amount_.unit() : subject_.nouns;
    claim_.impact.per = "month";
    claim_.impact.of = amount_.is_money() ? amount_.phrase(values_) : "";
    claim_.impact.method = fmt::format("what it moved against {}", against(found_.comparison));
  }

  // What each value of the column (for a cell: of the second one, within the first) adds.
  void draw() {
    const auto sql = sql_of(workspace_, found_.comparison);
    const auto& values = found_.segment.values;
    const auto column = found_.segment.is_cell ? values[1].column : values[0].column;
    const auto within = found_.segment.is_cell
                            ? " AND " + equals_sql(subject_, values[0].column, values[0].value)
                            : std::string();
    const auto& own = subject_.columns[column].sql;
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {0} AS value, {1} - {2} AS difference FROM {3} WHERE {4} AND {5} "
                          "IS NOT NULL{6} GROUP BY {5} ORDER BY difference {7}, value LIMIT 12",
                          group_name_sql(subject_, column), amount_.sum_where_sql(sql.after),
                          amount_.sum_where_sql(sql.before), subject_.from_sql, sql.both, own,
                          within, fell_ ? "ASC" : "DESC")});
    const auto noun = noun_of(subject_.columns[column]);
    auto axis = amount_.axis("difference");
    claim_.chart = {
        findings::Chart::Mark::bar,
        fmt::format("What each {} adds to the change", noun),
        "b",
        {"value", noun, findings::Chart::Axis::Kind::nominal, ""},
        axis,
        "",
        entity_of(subject_, column, found_.segment.is_cell ? values[1].value : values[0].value)
            .label,
        "",
        ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(partial_period_guard(workspace_));
    claim_.guards.push_back(season_guard(found_.comparison));
  }

  static constexpr const char* holes[] = {"first", "second", "third"};

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  ExplainedChange found_;
  Amount amount_;
  bool fell_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_explained_change(const Workspace& workspace, const ExplainedChange& found) {
  return Statement(workspace, found).made();
}

}  // namespace insights::patterns
