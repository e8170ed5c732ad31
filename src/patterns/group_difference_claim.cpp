// A difference between groups put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/facts.h"
#include "patterns/group_means.h"
#include "patterns/rates.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr double p_guard = 0.001;

// Somebody is old, not long.
bool is_age(const catalog::Column& measure) {
  return std::ranges::count(catalog::words_of(measure.name), "age") > 0;
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Difference& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        measure_(subject_.columns[found.measure]),
        column_(subject_.columns[found.column]),
        own_(found.values.size() == 1 ? equals_sql(subject_, found.column, found.values.front())
                                      : in_sql(subject_, found.column, found.values)),
        is_rate_(measure_.role == catalog::Role::flag),
        groups_(groups_of(subject_, found, {})),
        apart_(apart(groups_, found.values)) {
    claim_ = claim_about(workspace, "group_difference", difference_family, found.column,
                         found.values, measure_.name);
  }

  findings::Claim made() {
    ask();
    const auto phrase =
        subjects_phrase(subject_, workspace_.vocabulary, found_.column, found_.values);
    const bool higher = apart_.relative > 0;
    const auto what = is_rate_ ? flag_phrase(measure_) : measure_phrase(values_, measure_);
    const auto told = comparison(higher);
    claim_.title = is_rate_ ? fmt::format("{}: {}{{mean}} of {} {}, against {{others}} elsewhere",
                                          phrase, higher ? "" : "only ", subject_.nouns, what)
                            : fmt::format("{}: average {} {{mean}}, {}", phrase, what, told);
    claim_.summary = fmt::format(
        "It is the average of {{cases}} {}; elsewhere {{cases_others}} {} have {{others}}.",
        subject_.nouns, subject_.nouns);
    if (is_rate_)
      claim_.summary = fmt::format("{{total}} of {{cases}} {} {}.", subject_.nouns, what);
    if (found_.unit) {
      const auto unit = noun_of(subject_.columns[*found_.unit]);
      claim_.summary += fmt::format(" It also holds when every {} counts once.", unit);
    }
    claim_.action = fmt::format("Find out why {} {} from the others, and whether {} should.",
                                inside_sentence(phrase), together() ? "differ" : "differs",
                                together() ? "they" : "it");
    claim_.test.name = found_.unit ? fmt::format("Welch's analysis of variance, by {}",
                                                 noun_of(subject_.columns[*found_.unit]))
                                   : "Welch's analysis of variance";
    claim_.test.effect_name = "difference in standard deviations";
    draw(what);
    if (!higher) claim_.summary += who_has_most();
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back({"partial_period", GuardStatus::not_applicable,
                             "averages do not depend on how long a month is"});
    claim_.guards.push_back(one_entity());
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  bool together() const { return found_.values.size() > 1; }

  void ask() {
    const auto other = fmt::format("NOT ({})", own_);
    const auto counted = [&](const std::string& condition) {
      return fmt::format("count({}) FILTER (WHERE {})", measure_.sql, condition);
    };
    std::string names;
    for (std::size_t i = 0; i < found_.values.size(); ++i) {
      const auto name = i == 0 ? std::string("who") : fmt::format("who_{}", "abcdefghij"[i]);
      names +=
          fmt::format("{} AS {}, ", label_sql(subject_, found_.column, found_.values[i]), name);
      values_.cell(name, "a", 0, name);
    }
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT {}{} AS total, {} AS cases, {} AS total_others, {} AS "
                          "cases_others FROM {}",
                          names, sum_where_sql(subject_, found_.measure, own_), counted(own_),
                          sum_where_sql(subject_, found_.measure, other), counted(other),
                          subject_.from_sql)});
    const auto format = is_rate_ ? Format::percent : amount_format(measure_);
    const auto unit = is_rate_ ? std::string() : measure_.unit;
    values_.cell("total", "a", 0, "total", Format::integer)
        .cell("cases", "a", 0, "cases", Format::integer);
    values_.cell("total_others", "a", 0, "total_others")
        .cell("cases_others", "a", 0, "cases_others", Format::integer);
    values_.formula("mean", "total / cases", format, unit)
        .formula("others", "total_others / cases_others", format, unit);
  }

  // More than twice as much is told as a multiple; against an average of nothing there is neither.
  std::string comparison(bool higher) {
    double rows = 0, sum = 0;
    for (std::size_t group = 1; group < groups_.rows.size(); ++group) {
      if (is_told(static_cast<std::uint32_t>(group))) continue;
      rows += groups_.rows[group];
      sum += groups_.sums[group];
    }
    if (!(rows > 0) || std::fabs(sum) < 1e-9 * rows) return "elsewhere none on average";
    if (sum > 0 && apart_.relative > 1) {
      values_.formula("times", "mean / others", Format::multiple);
      return fmt::format("{{times}} as {} as elsewhere ({{others}})", measure_.kind != "duration"
                                                                          ? "much"
                                                                      : is_age(measure_) ? "old"
                                                                                         : "long");
    }
    values_.formula("gap",
                    higher ? "(mean - others) / abs(others)" : "(others - mean) / abs(others)",
                    Format::percent);
    const bool is_time = measure_.kind == "duration" && !is_age(measure_);
    return fmt::format("{{gap}} {} than elsewhere ({{others}})", is_time
                                                                     ? higher ? "longer" : "shorter"
                                                                 : higher ? "higher"
                                                                          : "lower");
  }

  void draw(const std::string& measure) {
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {4} AS value, CAST({1} AS DOUBLE PRECISION) / count({2}) AS mean "
                          "FROM {3} WHERE {0} IS NOT NULL GROUP BY {0} HAVING count({2}) > 0 ORDER "
                          "BY mean DESC, value LIMIT 60",
                          column_.sql, sum_sql(subject_, found_.measure), measure_.sql,
                          subject_.from_sql, group_name_sql(subject_, found_.column))});
    const auto unit = is_rate_ ? std::string("%") : measure_.unit;
    const auto title = is_rate_ ? fmt::format("Share that {}, by {}", measure, noun_of(column_))
                                : fmt::format("Average {}, by {}", measure, noun_of(column_));
    claim_.chart = {
        findings::Chart::Mark::bar,
        title,
        "b",
        {"value", noun_of(column_), findings::Chart::Axis::Kind::nominal, ""},
        {"mean", is_rate_ ? "share" : measure, findings::Chart::Axis::Kind::quantitative, unit},
        "",
        claim_.entities.front().label,
        "",
        ""};
  }

  // The unit (or the row's customer) with most of it left out.
  Guard one_entity() const {
    const auto inside = found_.unit ? found_.unit : workspace_.customers();
    if (!inside || *inside == found_.column || subject_.has_dependency(found_.column, *inside)) {
      return {"one_entity", GuardStatus::not_applicable,
              "its rows belong to nothing that could carry the difference alone"};
    }
    std::vector<double> sums(subject_.codes(*inside).values(), 0);
    const auto &own = subject_.codes(found_.column).codes, &entity = subject_.codes(*inside).codes;
    const auto& numbers = subject_.numbers(found_.measure);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      if (is_told(own[row]) && entity[row] != 0 && !std::isnan(numbers[row]))
        sums[entity[row]] += std::fabs(numbers[row]);
    }
    const auto largest = static_cast<std::uint32_t>(std::ranges::max_element(sums) - sums.begin());
    const auto groups = groups_of(subject_, found_, mask_without(subject_, *inside, largest));
    const auto again = apart(groups, found_.values);
    const auto noun = noun_of(subject_.columns[*inside]);
    const bool stands = again.test && again.test->p_value < p_guard &&
                        (again.relative > 0) == (apart_.relative > 0) &&
                        std::fabs(again.relative) >= difference_relative_min;
    if (stands)
      return {"one_entity", GuardStatus::passed,
              fmt::format("it holds without its largest {} as well", noun)};
    return {"one_entity", GuardStatus::downgraded,
            fmt::format("without its largest {} it would not stand out", noun)};
  }

  // " The highest is Sales with 76.8K.": of those that are not told as low, when no smaller group
  // lies above it.
  std::string who_has_most() {
    std::uint32_t top = 0;
    std::size_t with_rows = 0;
    const auto mean = [&](std::uint32_t group) {
      return groups_.sums[group] / groups_.rows[group];
    };
    for (std::uint32_t group = 1; group < groups_.rows.size(); ++group) {
      if (!(groups_.rows[group] > 0)) continue;
      ++with_rows;
      if (top == 0 || mean(group) > mean(top)) top = group;
    }
    const bool sure = top != 0 && with_rows >= 3 && groups_.units[top].n >= groups_.least;
    if (!sure || is_told(top)) return "";
    values_.cell("most_who", "b", 0, "value")
        .cell("most", "b", 0, "mean", is_rate_ ? Format::percent : amount_format(measure_),
              is_rate_ ? "" : measure_.unit);
    return " The highest is {most_who} with {most}.";
  }

  bool is_told(std::uint32_t value) const {
    return std::ranges::find(found_.values, value) != found_.values.end();
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Difference& found_;
  const catalog::Column &measure_, &column_;
  std::string own_;
  bool is_rate_;
  Groups groups_;
  Apart apart_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_difference(const Workspace& workspace, const Difference& found) {
  return Statement(workspace, found).made();
}

}  // namespace insights::patterns
