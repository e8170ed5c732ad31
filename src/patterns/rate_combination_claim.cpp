// A combination put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/facts.h"
#include "patterns/rate_combination.h"
#include "patterns/rates.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::GuardStatus;

constexpr std::size_t name_characters = 26;  // so that a title has room for each name twice

class Statement {
 public:
  Statement(const Workspace& workspace, const Combination& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        measure_(subject_.columns[found.measure]) {
    auto& parts = found_.parts;
    put_place_last(subject_, parts[0], parts[1]);
    rows_ = by_parts(subject_, found_, {});
    is_return_ = subject_.returns && subject_.returns->flag_column == found_.measure;
    is_bad_ = found_.is_flag && measure_.polarity != 0;
  }

  findings::Claim made() {
    claim_ = claim_about_both(workspace_, "rate_combination",
                              fmt::format("{}: {}", combination_family, measure_.name),
                              found_.parts[0], found_.parts[1], measure_.name);
    if (found_.parts.size() > 2) {
      const auto third = entity_of(subject_, found_.parts[2].column, found_.parts[2].value);
      claim_.entities.push_back(third);
      claim_.columns.push_back(third.column);
      claim_.scope.equals.push_back({third.column, third.value, third.value});
      std::ranges::sort(claim_.scope.equals, {}, &findings::Entity::column);
      claim_.fingerprint =
          findings::fingerprint("rate_combination", measure_.name, claim_.scope.equals);
    }
    ask();
    if (found_.is_flag)
      say_rate();
    else
      say_average();
    claim_.action = action();
    draw();
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  static constexpr const char* holes[] = {"first", "second", "third"};

  std::string equals(std::size_t part) const {
    return equals_sql(subject_, found_.parts[part].column, found_.parts[part].value);
  }
  // All parts; or all but one, and that one not.
  std::string condition(std::size_t without) const {
    std::string sql;
    for (std::size_t part = 0; part < found_.parts.size(); ++part)
      sql += fmt::format("{}{}", sql.empty() ? "" : " AND ",
                         part == without ? fmt::format("NOT ({})", equals(part)) : equals(part));
    return sql;
  }
  std::string own() const { return condition(found_.parts.size()); }

  std::string total_sql(const std::string& where) const {
    if (is_return_)
      return fmt::format("count(*) FILTER (WHERE {} AND {})", where, subject_.returns->sql);
    return sum_where_sql(subject_, found_.measure, where);
  }
  std::string cases_sql(const std::string& where) const {
    return fmt::format("count({}) FILTER (WHERE {})", is_return_ ? "*" : measure_.sql, where);
  }

  // rate (or average) of the combination, and rate_0, rate_1 ... of its parents, by the part that
  // they lack.
  void ask() {
    std::string select;
    for (std::size_t part = 0; part < found_.parts.size(); ++part) {
      const auto& one = found_.parts[part];
      select +=
          fmt::format("{}{} AS {}", select.empty() ? "" : ", ",
                      name_sql(subject_, one.column, one.value, name_characters), holes[part]);
      values_.cell(holes[part], "a", 0, holes[part]);
    }
    const auto format = found_.is_flag ? Format::percent : amount_format(measure_);
    const auto total_format = found_.is_flag ? Format::integer : amount_format(measure_);
    const auto add = [&](const std::string& name, const std::string& where) {
      select += fmt::format(", {} AS total_{}, {} AS cases_{}", total_sql(where), name,
                            cases_sql(where), name);
      values_.cell("total_" + name, "a", 0, "total_" + name, total_format, measure_.unit)
          .cell("cases_" + name, "a", 0, "cases_" + name, Format::integer);
      values_.formula("rate_" + name, fmt::format("total_{0} / cases_{0}", name), format,
                      found_.is_flag ? "" : measure_.unit);
    };
    add("own", own());
    for (std::size_t part = 0; part < found_.parts.size(); ++part)
      add(parent(part), condition(part));
    if (with_money()) {
      select += fmt::format(
          ", {} AS money",
          sum_where_sql(subject_, *subject_.money, fmt::format("{} AND {}", own(), event_sql())));
      const auto& money = subject_.columns[*subject_.money];
      values_.cell("money", "a", 0, "money", amount_format(money), money.unit);
    }
    claim_.evidence.push_back({"a", fmt::format("SELECT {} FROM {}", select, subject_.from_sql)});
  }

  static std::string parent(std::size_t part) { return fmt::format("without_{}", holes[part]); }
  std::string event_sql() const {
    return is_return_ ? subject_.returns->sql : fmt::format("{} = 1", measure_.sql);
  }
  bool with_money() const { return found_.is_flag && is_bad_ && found_.higher && subject_.money; }
  std::string nearest() const { return parent(nearest_parent(found_, rows_)); }

  std::string who(bool at_start) const {
    auto text = both_named(workspace_, found_.parts[0], found_.parts[1], at_start);
    if (found_.parts.size() > 2) text += placed(workspace_, found_.parts[2], "third", "and");
    return text;
  }
  // "9 % of the others of Express and 8 % of the others of depot B": the parent that has a value is
  // the one that lacks the other.
  std::string parents(std::string_view linked) const {
    if (found_.parts.size() > 2) {
      return fmt::format("{} {{rate_{}}} where one of the three is another",
                         found_.higher ? "at most" : "at least", nearest());
    }
    return fmt::format("{{rate_without_second}} {0} {1} and {{rate_without_first}} {0} {2}", linked,
                       named(subject_, found_.parts[0], "first"),
                       named(subject_, found_.parts[1], "second"));
  }

  void say_rate() {
    const auto happens = flag_phrase(measure_);
    values_.formula("extra",
                    found_.higher ? fmt::format("total_own - cases_own * rate_{}", nearest())
                                  : fmt::format("cases_own * rate_{} - total_own", nearest()),
                    Format::integer);
    const bool two = found_.parts.size() == 2;
    claim_.title =
        fmt::format("{}: {}{{rate_own}} of {} {}, against {}", who(true),
                    found_.higher ? "" : "only ", subject_.nouns, happens,
                    two ? fmt::format("{{rate_{}}} where only one of the two holds", nearest())
                        : parents("of the other"));
    claim_.summary = fmt::format(
        "{{total_own}} of {{cases_own}} {} {}, about {{extra}} {} than at that rate. {}It is the "
        "combination: neither of the values does it alone.",
        subject_.nouns, happens, found_.higher ? "more" : "fewer",
        two ? fmt::format("{0} without {1}: {{rate_without_second}}; {2} without {3}: "
                          "{{rate_without_first}}. ",
                          capitalized(named(subject_, found_.parts[0], "first")),
                          named(subject_, found_.parts[1], "second"),
                          capitalized(named(subject_, found_.parts[1], "second")),
                          named(subject_, found_.parts[0], "first"))
            : "");
    claim_.test.name = "against each parent, as an interaction, and by customer; the least sure";
    claim_.test.effect_name = "times the rate of the nearest parent";
    value_it();
  }

  void say_average() {
    const auto what = measure_phrase(values_, measure_);
    claim_.title = fmt::format("{}: average {} {{rate_own}}, against {}", who(true), what,
                               parents("for the other"));
    claim_.summary = fmt::format(
        "Over {{cases_own}} {}. It is the combination: neither of the values does it alone.",
        subject_.nouns);
    claim_.test.name = "against each parent, as an interaction, and by customer; the least sure";
    claim_.test.effect_name = "difference to the nearest parent in standard deviations";
    const bool is_time = measure_.unit == "days" || measure_.unit == "hours";
    if (!is_time || !found_.higher || !subject_.time) return;
    values_.constant("months", workspace_.months);
    claim_.impact.amount = claim_.impact.low = claim_.impact.high =
        values_.expression(fmt::format("(rate_own - rate_{}) * cases_own / months", nearest()));
    claim_.impact.is_money = false;
    claim_.impact.unit = measure_.unit;
    claim_.impact.per = "month";
    claim_.impact.method = "what it takes beyond the nearest of the others, over all of its cases";
  }

  std::string action() const {
    const auto what = who(false);
    if (found_.is_flag && measure_.polarity != 0)
      return fmt::format(
          "Look at how {} work together: take some of the {} concerned and follow "
          "them through.",
          what, subject_.nouns);
    return fmt::format("Find out what is different about {}, and whether it should be.", what);
  }

  void value_it() {
    values_.constant("months", subject_.time ? workspace_.months : 1);
    const std::string per = subject_.time ? "month" : "";
    if (!with_money()) {
      if (!found_.higher) return;
      claim_.impact.amount = values_.expression("extra / months");
      claim_.impact.low = values_.expression(
          fmt::format("max(0, poisson_low(total_own) - cases_own * rate_{}) / months", nearest()));
      claim_.impact.high = values_.expression(
          fmt::format("(poisson_high(total_own) - cases_own * rate_{}) / months", nearest()));
      claim_.impact.is_money = false;
      claim_.impact.unit = subject_.nouns;
      claim_.impact.per = per;
      claim_.impact.method = "cases beyond the nearest of the other rates";
      return;
    }
    const auto& money = subject_.columns[*subject_.money];
    values_.formula("cost", "abs(money) / total_own * extra / months", amount_format(money),
                    money.unit);
    const auto bound = [&](const char* side) {
      return values_.expression(fmt::format(
          "abs(money) / total_own * max(0, {}(total_own) - cases_own * rate_{}) / months", side,
          nearest()));
    };
    claim_.impact.account = is_return_ ? Account::lost : Account::at_risk;
    claim_.impact.amount = values_.binding("cost");
    claim_.impact.low = bound("poisson_low");
    claim_.impact.high = bound("poisson_high");
    claim_.impact.unit = money.unit;
    claim_.impact.is_money = money.money;
    claim_.impact.per = per;
    claim_.impact.of = measure_phrase(values_, money);
    claim_.impact.method = fmt::format("{} of the {} beyond the nearest of the other rates",
                                       measure_phrase(values_, money), subject_.nouns);
    claim_.columns.push_back(money.name);
    claim_.summary += fmt::format(" Those beyond it stand for {{cost}} of {}{}.",
                                  measure_phrase(values_, money), per.empty() ? "" : " a month");
  }

  // The first value, over the values of the second column.
  void draw() {
    const auto column = found_.parts[1].column;
    const auto rate = fmt::format("CAST({} AS DOUBLE PRECISION) / nullif({}, 0)",
                                  total_sql(equals(0)), cases_sql(equals(0)));
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {0} AS value, {1} AS rate FROM {2} WHERE {3} IS NOT NULL AND {4} "
                          "GROUP BY {3} HAVING {5} >= 10 ORDER BY rate {6} NULLS LAST, value LIMIT "
                          "12",
                          group_name_sql(subject_, column), rate, subject_.from_sql,
                          subject_.columns[column].sql, equals(0), cases_sql(equals(0)),
                          found_.higher ? "DESC" : "ASC")});
    const auto noun = noun_of(subject_.columns[column]);
    claim_.chart = {
        findings::Chart::Mark::bar,
        fmt::format("{{first}}, by {}", noun),
        "b",
        {"value", noun, findings::Chart::Axis::Kind::nominal, ""},
        {"rate", found_.is_flag ? "share" : measure_.label,
         findings::Chart::Axis::Kind::quantitative, found_.is_flag ? "%" : measure_.unit},
        "",
        entity_of(subject_, column, found_.parts[1].value).label,
        "",
        ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back({"partial_period", GuardStatus::not_applicable,
                             "a share of rows does not depend on how long a month is"});
    claim_.guards.push_back(
        {"one_entity", GuardStatus::passed,
         "it is as sure when the customers or orders behind the rows are counted "
         "once each"});
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  Combination found_;
  const catalog::Column& measure_;
  ByParts rows_;
  bool is_return_ = false, is_bad_ = false;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_combination(const Workspace& workspace, const Combination& found) {
  return Statement(workspace, found).made();
}

}  // namespace insights::patterns
