// A season put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/one_entity.h"
#include "patterns/seasonality.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

std::string month_word(std::size_t phase) {
  return std::string(base::month_name(static_cast<int>(phase) + 1));
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Season& season, const Periods& months)
      : workspace_(workspace),
        subject_(workspace.subject),
        season_(season),
        months_(months),
        is_whole_(season.column == no_column),
        own_(is_whole_ ? "" : equals_sql(subject_, season.column, season.value)),
        measure_(season.measure == no_column ? nullptr : &subject_.columns[season.measure]) {
    const std::string name = measure_ == nullptr ? "" : measure_->name;
    claim_ = is_whole_ ? claim_about_all(workspace, "seasonality", season_family, name)
                       : claim_about(workspace, "seasonality", season_family, season.column,
                                     season.value, name);
    claim_.columns.push_back(subject_.columns[*subject_.time].name);
  }

  findings::Claim made() {
    const std::size_t count = months_.count, first = first_of_full_years(count);
    const auto span = between_sql(subject_, months_.starts[first], months_.starts[count]);
    const auto rows = is_whole_ ? span : fmt::format("{} AND {}", own_, span);
    const auto time = subject_.columns[*subject_.time].sql;
    const auto in = [&](std::size_t phase) {
      return fmt::format("{} AND extract(month FROM {}) = {}", rows, time, phase + 1);
    };
    const auto who = is_whole_ ? std::string()
                               : label_sql(subject_, season_.column, season_.value) + " AS who, ";
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT {}{} AS peak, {} AS trough, {} AS all_months FROM {}", who,
                          sum_where(in(season_.found.highest_phase)),
                          sum_where(in(season_.found.lowest_phase)), sum_where(rows),
                          subject_.from_sql)});
    claim_.evidence.push_back(
        {"c", fmt::format(
                  "SELECT min(peak) AS weakest, max(peak) AS strongest FROM (SELECT extract(year "
                  "FROM {}) AS year, {} AS peak FROM {} WHERE {} GROUP BY 1) AS years",
                  time, sum_all(), subject_.from_sql, in(season_.found.highest_phase))});
    if (!is_whole_) values_.cell("who", "a", 0, "who");
    for (const auto* name : {"peak", "trough", "all_months"})
      values_.cell(name, "a", 0, name, format(), unit());
    values_.cell("weakest", "c", 0, "weakest").cell("strongest", "c", 0, "strongest");
    const auto years = (count - first) / months_a_year;
    values_.constant("years", static_cast<double>(years))
        .constant("months", static_cast<double>(months_a_year));
    values_.formula("usual", "all_months / years / months", format(), unit());
    values_.formula("above", "peak / years / usual - 1", Format::percent)
        .formula("below", "1 - trough / years / usual", Format::percent);
    values_.formula("at_peak", "peak / years", format(), unit());
    const auto phrase =
        is_whole_ ? "All together" : subject_phrase(subject_, season_.column, season_.value);
    const auto peak = month_word(season_.found.highest_phase),
               trough = month_word(season_.found.lowest_phase);
    const auto verb =
        is_whole_ || measure_ == nullptr || !is_goods(workspace_, season_.column) ? "is" : "sells";
    claim_.title =
        fmt::format("{} {} {{above}} above its average in {}, every year", phrase, verb, peak);
    const auto of = measure_ == nullptr ? subject_.nouns
                    : !measure_->money  ? "units"
                                        : measure_phrase(values_, *measure_);
    claim_.summary = fmt::format(
        "{{at_peak}}{} {} in a {} against {{usual}} in the average month; {} is the weakest, "
        "{{below}} below.",
        measure_ != nullptr && measure_->money ? " of" : "", of, peak, trough);
    claim_.action = is_goods(workspace_, season_.column)
                        ? fmt::format(
                              "Have stock of {{who}} ready before {}, and plan campaigns, prices "
                              "and capacity by it.",
                              peak)
                        : fmt::format(
                              "Plan stock, people and cash for {}, and do not read the fall after "
                              "it as a loss.",
                              peak);
    claim_.impact.account = Account::none;
    claim_.impact.amount = values_.expression("at_peak - usual");
    claim_.impact.low = values_.expression("weakest - usual");
    claim_.impact.high = values_.expression("strongest - usual");
    claim_.impact.unit = measure_ == nullptr ? subject_.nouns
                         : measure_->money   ? measure_->unit
                                             : "units";
    claim_.impact.is_money = measure_ != nullptr && measure_->money;
    claim_.impact.per = "year";
    claim_.impact.of = measure_ == nullptr || !measure_->money ? "" : of;
    claim_.impact.method =
        "what the strongest month brings beyond the average one; range: its weakest and its "
        "strongest year";
    claim_.test.name = "months of the year, F test";
    claim_.test.effect_name = "strongest month above the average";
    draw(rows, of);
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  Format format() const { return measure_ == nullptr ? Format::integer : amount_format(*measure_); }
  std::string unit() const { return measure_ == nullptr || !measure_->money ? "" : measure_->unit; }
  std::string sum_all() const {
    return measure_ == nullptr ? "count(*)" : sum_sql(subject_, season_.measure);
  }
  std::string sum_where(const std::string& condition) const {
    return measure_ == nullptr ? fmt::format("count(*) FILTER (WHERE {})", condition)
                               : sum_where_sql(subject_, season_.measure, condition);
  }

  void draw(const std::string& rows, const std::string& of) {
    claim_.evidence.push_back(
        {"b",
         fmt::format("SELECT {} AS period, {} AS amount FROM {} WHERE {} GROUP BY 1 ORDER BY 1",
                     period_sql(subject_, Grain::month), sum_all(), subject_.from_sql, rows)});
    claim_.chart = {findings::Chart::Mark::line,
                    is_whole_ ? "By month" : "{who} by month",
                    "b",
                    {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                    {"amount", of, findings::Chart::Axis::Kind::quantitative, unit()},
                    "",
                    "",
                    "",
                    ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    const bool added = months_.count > workspace_.periods.count;
    claim_.guards.push_back(
        added ? Guard{"partial_period", GuardStatus::passed,
                      "a first or last month that lacks a few days is counted as it is"}
              : partial_period_guard(workspace_));
    claim_.guards.push_back(one_entity());
    claim_.guards.push_back(
        {"season", GuardStatus::passed, "the years look alike: no single year makes the peak"});
    claim_.guards.push_back({"offsetting_rows", GuardStatus::passed,
                             "amounts and what takes them back are added up together"});
  }

  Guard one_entity() const {
    if (is_whole_)
      return {"one_entity", GuardStatus::not_applicable, "it is a statement about everything"};
    return one_entity_guard(
        workspace_, season_.column, season_.value, season_.measure,
        [&](const frame::Mask& kept) { return season_stands(workspace_, season_, months_, kept); });
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Season& season_;
  const Periods& months_;
  bool is_whole_;
  std::string own_;
  const catalog::Column* measure_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_season(const Workspace& workspace, const Season& season,
                             const Periods& months) {
  return Statement(workspace, season, months).made();
}

}  // namespace insights::patterns
