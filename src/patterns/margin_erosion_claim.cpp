// Margin erosion put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/facts.h"
#include "patterns/margin_erosion.h"
#include "patterns/one_entity.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using catalog::Subject;
using findings::Account;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr std::size_t name_length_max = 50;     // of who, so that all of a title fits
constexpr std::size_t periods_drawn_max = 100;  // two lines of them stay within a chart's 200 rows

class Statement {
 public:
  Statement(const Workspace& workspace, const Erosion& erosion)
      : workspace_(workspace),
        subject_(workspace.subject),
        erosion_(erosion),
        from_(subject_.columns[erosion.step.from]),
        to_(subject_.columns[erosion.step.to]),
        is_whole_(erosion.column == no_column) {
    const auto family = erosion.change ? erosion_change_family : erosion_level_family;
    const auto measure = from_.name + "-" + to_.name;
    claim_ = is_whole_ ? claim_about_all(workspace, "margin_erosion", family, to_.name)
                       : claim_about(workspace, "margin_erosion", family, erosion.column,
                                     erosion.value, to_.name);
    claim_.fingerprint = findings::fingerprint(erosion.change ? "margin_change" : "margin_level",
                                               measure, claim_.scope.equals);
    claim_.columns.push_back(from_.name);
    claim_.topics.emplace_back("margin");
    own_ = is_whole_ ? "" : equals_sql(subject_, erosion.column, erosion.value);
    phrase_ = is_whole_ ? "All together" : subject_phrase(subject_, erosion.column, erosion.value);
    // Labels that hold digits are values of their own; a label without them is plain text in the
    // sentence.
    gross_ = measure_phrase(values_, from_, "gross_name");
    net_ = measure_phrase(values_, to_, "net_name");
  }

  findings::Claim made() {
    if (erosion_.change)
      say_change();
    else if (erosion_.level)
      say_level();
    else
      say_small();
    claim_.action = action();
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(
        erosion_.change || erosion_.level
            ? partial_period_guard(workspace_)
            : Guard{"partial_period", GuardStatus::not_applicable, "no series of periods is used"});
    claim_.guards.push_back(one_entity());
    if (erosion_.change) claim_.guards.push_back(season());
    claim_.guards.push_back(
        {"offsetting_rows", GuardStatus::passed,
         "amounts and what takes them back are added up together on both sides"});
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  std::string who_sql() const {
    return is_whole_ ? "" : label_sql(subject_, erosion_.column, erosion_.value) + " AS who, ";
  }
  base::Day day_of(std::size_t period) const { return workspace_.periods.starts[period]; }
  std::string within(std::size_t begin, std::size_t end) const {
    return between_sql(subject_, day_of(begin), day_of(end));
  }
  double months_of(std::size_t periods) const {
    return static_cast<double>(periods) * 12 / workspace_.periods.per_year();
  }

  void say_change() {
    const auto& change = *erosion_.change;
    const auto before = within(change.before_begin, change.before_end),
               now = within(change.now_begin, change.now_end);
    const std::size_t year =
        std::min(workspace_.periods.count,
                 static_cast<std::size_t>(std::lround(workspace_.periods.per_year())));
    const auto last_year = within(workspace_.periods.count - year, workspace_.periods.count);
    const auto loss_from = erosion_.step.from, loss_to = erosion_.step.to;
    const auto own = fmt::format(
        "SELECT {}{} AS gross_before, {} AS net_before, {} AS gross_now, {} AS net_now, {} AS "
        "gross_year, {} AS since FROM {}",
        who_sql(), sum_where_sql(subject_, loss_from, before),
        sum_where_sql(subject_, loss_to, before), sum_where_sql(subject_, loss_from, now),
        sum_where_sql(subject_, loss_to, now), sum_where_sql(subject_, loss_from, last_year),
        day_sql(day_of(change.since)), subject_.from_sql);
    // Its own rows, and those of everybody now: each pass asks of a row no more than it must.
    const auto others = fmt::format(
        "SELECT own_rows.*, gross_all - gross_now AS gross_others, net_all - net_now AS net_others "
        "FROM ({} WHERE {}) AS own_rows CROSS JOIN (SELECT {} AS gross_all, {} AS net_all FROM {} "
        "WHERE {} IS NOT NULL AND {}) AS all_rows",
        own, own_, sum_sql(subject_, loss_from), sum_sql(subject_, loss_to), subject_.from_sql,
        is_whole_ ? "" : subject_.columns[erosion_.column].sql, now);
    claim_.evidence.push_back({"a", is_whole_ ? own : others});
    if (!is_whole_)
      values_.cell("who", "a", 0, "who")
          .cell("gross_others", "a", 0, "gross_others")
          .cell("net_others", "a", 0, "net_others");
    for (const auto* name : {"gross_before", "net_before", "gross_now", "net_now", "gross_year"})
      values_.cell(name, "a", 0, name, Format::money, from_.unit);
    values_.cell("since", "a", 0, "since",
                 workspace_.periods.grain == Grain::month ? Format::month : Format::date);
    const bool margin = erosion_.step.is_margin;
    values_.formula("before",
                    margin ? "net_before / gross_before" : "1 - net_before / gross_before",
                    Format::percent);
    values_.formula("now", margin ? "net_now / gross_now" : "1 - net_now / gross_now",
                    Format::percent);
    values_.formula("gap", margin ? "before - now" : "now - before", Format::points);
    values_.constant("months", months_of(year)).constant("margin", change.margin);
    const bool is_sudden = change.fit.shape == stats::Shape::step;
    claim_.title =
        margin ? fmt::format("{}: {} fell from {{before}} to {{now}} of {} since {{since}}",
                             phrase_, net_, gross_)
               : fmt::format(
                     "{}: the loss from {} to {} rose from {{before}} to {{now}} since {{since}}",
                     phrase_, gross_, net_);
    claim_.summary = is_sudden ? "The change came at once and has held"
                     : change.fit.shape == stats::Shape::hinge ? "It has grown steadily since then"
                                                               : "It has grown all along";
    if (margin)
      claim_.summary = is_sudden ? "The fall came at once and has held"
                       : change.fit.shape == stats::Shape::hinge
                           ? "It has fallen steadily since then"
                           : "It has fallen all along";
    if (!is_whole_) {
      values_.formula("others",
                      margin ? "net_others / gross_others" : "1 - net_others / gross_others",
                      Format::percent);
      claim_.summary += margin ? "; the others keep {others}" : "; the others lose {others}";
    }
    put_cost("max(0, gap) * gross_year / months", "max(0, gap - margin) * gross_year / months",
             "(max(0, gap) + margin) * gross_year / months", "month",
             "the larger part that is lost, on the sales of the last twelve months; range: the "
             "spread of the months around the change");
    claim_.summary += ". At the earlier rate {cost} more a month would be kept.";
    claim_.scope.from = day_of(change.since);
    claim_.test.name = "best of line, step and hinge";
    claim_.test.effect_name = "change of the lost part";
    claim_.test.interval_low = change.change - change.margin;
    claim_.test.interval_high = change.change + change.margin;
    draw_series();
  }

  void say_level() {
    const auto all = within(0, workspace_.periods.count);
    const auto own = fmt::format("{} AND {}", own_, all),
               others = fmt::format("NOT ({}) AND {}", own_, all);
    claim_.evidence.push_back(
        {"a", fmt::format(
                  "SELECT {}{} AS gross, {} AS net, {} AS gross_others, {} AS net_others FROM {}",
                  who_sql(), sum_where_sql(subject_, erosion_.step.from, own),
                  sum_where_sql(subject_, erosion_.step.to, own),
                  sum_where_sql(subject_, erosion_.step.from, others),
                  sum_where_sql(subject_, erosion_.step.to, others), subject_.from_sql)});
    values_.cell("who", "a", 0, "who");
    for (const auto* name : {"gross", "net", "gross_others", "net_others"})
      values_.cell(name, "a", 0, name, Format::money, from_.unit);
    name_rates("others", "net_others / gross_others");
    values_.constant("months", months_of(workspace_.periods.count))
        .constant("margin", (erosion_.level->interval().high - erosion_.level->interval().low) / 2);
    claim_.title = title_of_level() + ", against {others} elsewhere";
    put_cost("max(0, gap) * gross / months", "max(0, gap - margin) * gross / months",
             "(max(0, gap) + margin) * gross / months", "month",
             "what it loses beyond the others, on its own sales; range: the spread of the months");
    claim_.summary = "That is {gap} less kept than elsewhere, on {gross} of " + gross_ +
                     ". At the rate of the others {cost} more a month would be kept.";
    claim_.test.name = "paired comparison by " + workspace_.periods.noun();
    claim_.test.effect_name = "lost part beyond the others";
    claim_.test.interval_low = erosion_.level->interval().low;
    claim_.test.interval_high = erosion_.level->interval().high;
    draw_series();
  }

  void say_small() {
    const auto& column = subject_.columns[erosion_.column];
    std::string select = fmt::format("{}{} AS gross, {} AS net", who_sql(),
                                     sum_where_sql(subject_, erosion_.step.from, own_),
                                     sum_where_sql(subject_, erosion_.step.to, own_));
    if (subject_.quantity)
      select += fmt::format(", {} AS units", sum_where_sql(subject_, *subject_.quantity, own_));
    claim_.evidence.push_back({"a", fmt::format("SELECT {} FROM {}", select, subject_.from_sql)});
    const auto loss =
        fmt::format("1 - CAST({} AS DOUBLE PRECISION) / {}", sum_sql(subject_, erosion_.step.to),
                    sum_sql(subject_, erosion_.step.from));
    const auto siblings =
        fmt::format("FROM {} WHERE {} IS NOT NULL GROUP BY {} HAVING {} > 0", subject_.from_sql,
                    column.sql, column.sql, sum_sql(subject_, erosion_.step.from));
    claim_.evidence.push_back(
        {"c", fmt::format("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY loss) AS typical "
                          "FROM (SELECT {} AS loss {}) AS siblings",
                          loss, siblings)});
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {} AS value, {} AS loss {} ORDER BY loss DESC, value LIMIT 12",
                          group_name_sql(subject_, erosion_.column), loss, siblings)});
    values_.cell("who", "a", 0, "who")
        .cell("gross", "a", 0, "gross", Format::money, from_.unit)
        .cell("net", "a", 0, "net", Format::money, from_.unit);
    if (subject_.quantity) values_.cell("units", "a", 0, "units", Format::decimal);
    values_.cell("typical_loss", "c", 0, "typical");
    name_rates("typical", "1 - typical_loss");
    const bool short_name = claim_.entities.front().label.size() <= name_length_max;
    claim_.title = title_of_level() + (subject_.quantity && short_name ? " on {units} units" : "") +
                   fmt::format(", against {{typical}} for the typical {}", noun_of(column));
    values_.formula("lost", "gross - net", Format::money, from_.unit);
    put_cost("max(0, gap) * gross", "max(0, gap) * gross", "max(0, gap) * gross", "",
             "what it loses beyond the typical one, on its own sales");
    claim_.summary = fmt::format(
        "{{lost}} of {{gross}} is gone between {} and {}. At the typical rate {{cost}} more would "
        "have been kept.",
        gross_, net_);
    claim_.chart = {findings::Chart::Mark::bar,
                    fmt::format("Lost from {} to {}, by {}", gross_, net_, noun_of(column)),
                    "b",
                    {"value", noun_of(column), findings::Chart::Axis::Kind::nominal, ""},
                    {"loss", "lost", findings::Chart::Axis::Kind::quantitative, "%"},
                    "",
                    claim_.entities.front().label,
                    "",
                    ""};
  }

  // "loss" or "kept" of its own, `other` of those it is held against, and the gap between the two.
  void name_rates(const std::string& other, const std::string& kept_part) {
    const bool margin = erosion_.step.is_margin;
    values_.formula("own", margin ? "net / gross" : "1 - net / gross", Format::percent);
    values_.formula(other, margin ? kept_part : fmt::format("1 - ({})", kept_part),
                    Format::percent);
    values_.formula("gap", margin ? other + " - own" : "own - " + other, Format::points);
  }

  std::string title_of_level() const {
    return erosion_.step.is_margin
               ? fmt::format("{} keeps {{own}} of {} as {}", phrase_, gross_, net_)
               : fmt::format("{} loses {{own}} from {} to {}", phrase_, gross_, net_);
  }

  void put_cost(std::string_view amount, std::string_view low, std::string_view high,
                std::string per, std::string method) {
    values_.formula("cost", amount, Format::money, from_.unit);
    claim_.impact.account = Account::lost;
    claim_.impact.amount = values_.binding("cost");
    claim_.impact.low = values_.expression(low);
    claim_.impact.high = values_.expression(high);
    claim_.impact.unit = from_.unit;
    claim_.impact.is_money = true;
    claim_.impact.per = std::move(per);
    claim_.impact.of = erosion_.step.is_margin ? net_ : gross_;
    claim_.impact.method = std::move(method);
  }

  std::string action() const {
    if (is_whole_)
      return erosion_.step.is_margin
                 ? "Find out which costs have grown and whether prices follow them."
                 : "Review the discount policy: who grants what since then, and for what in "
                   "return.";
    const auto* kind = workspace_.vocabulary.kind_named(subject_.columns[erosion_.column].kind);
    if (erosion_.step.is_margin)
      return fmt::format("Review price and cost of {}.", inside_sentence(phrase_));
    if (kind != nullptr && kind->orders)
      return fmt::format(
          "Review the discounts of {}: what was agreed, who grants them, and what comes back for "
          "them.",
          inside_sentence(phrase_));
    return fmt::format(
        "Review the discount policy for {}: who grants what, and for what in return.",
        inside_sentence(phrase_));
  }

  void draw_series() {
    const std::size_t count = workspace_.periods.count,
                      first = count > periods_drawn_max ? count - periods_drawn_max : 0;
    const std::string label = is_whole_ ? "all" : claim_.entities.front().label;
    const auto series = is_whole_ ? sql::quote_text(label)
                                  : fmt::format("CASE WHEN {} THEN {} ELSE 'the others' END", own_,
                                                sql::quote_text(label));
    const auto not_null =
        is_whole_ ? "" : fmt::format(" AND {} IS NOT NULL", subject_.columns[erosion_.column].sql);
    const auto ratio =
        fmt::format("CAST({} AS DOUBLE PRECISION) / {}", sum_sql(subject_, erosion_.step.to),
                    sum_sql(subject_, erosion_.step.from));
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {} AS period, {} AS who, {}{} AS part FROM {} WHERE {}{} GROUP "
                          "BY 1, 2 HAVING {} > 0 ORDER BY 1, 2",
                          period_sql(subject_, workspace_.periods.grain), series,
                          erosion_.step.is_margin ? "" : "1 - ", ratio, subject_.from_sql,
                          within(first, count), not_null, sum_sql(subject_, erosion_.step.from))});
    claim_.chart = {findings::Chart::Mark::line,
                    erosion_.step.is_margin
                        ? fmt::format("{} as a part of {}", capitalized(net_), gross_)
                        : fmt::format("Lost from {} to {}", gross_, net_),
                    "b",
                    {"period", "", findings::Chart::Axis::Kind::temporal, ""},
                    {"part", erosion_.step.is_margin ? "kept" : "lost",
                     findings::Chart::Axis::Kind::quantitative, "%"},
                    "who",
                    label,
                    "",
                    ""};
  }

  // The customer (for a customer: the product) that has most of it left out.
  Guard one_entity() const {
    if (is_whole_)
      return {"one_entity", GuardStatus::passed,
              "it holds without each of those that changed most"};
    return one_entity_guard(
        workspace_, erosion_.column, erosion_.value, erosion_.step.from,
        [&](const frame::Mask& kept) { return erosion_stands(workspace_, erosion_, kept); });
  }

  // The compared periods against the same ones a year before: a loss that comes every winter is no
  // news.
  Guard season() const {
    const auto& change = *erosion_.change;
    const auto year = static_cast<std::size_t>(std::lround(workspace_.periods.per_year()));
    if (change.now_begin < year)
      return {"season", GuardStatus::not_applicable, "there is no earlier year to compare with"};
    const auto* cube = is_whole_ ? &workspace_.total : workspace_.cube(erosion_.column);
    const auto amounts = amounts_of(*cube, erosion_.step, is_whole_ ? 0 : erosion_.value);
    const auto loss = [&](std::size_t begin, std::size_t end) {
      double from = 0, to = 0;
      for (std::size_t i = begin; i < end; ++i) {
        from += amounts.from[i];
        to += amounts.to[i];
      }
      return from > 0 ? 1 - to / from : 0;
    };
    const double then = loss(change.now_begin - year, change.now_end - year),
                 now = loss(change.now_begin, change.now_end);
    if (now - then > 0.25 * change.change)
      return {"season", GuardStatus::passed,
              "it is larger than in the same months a year before as well"};
    if (change.since + year <= change.now_begin)
      return {"season", GuardStatus::passed,
              "the same months a year before lie after the change and look alike"};
    return {"season", GuardStatus::downgraded,
            "in the same months a year before it was about as large"};
  }

  const Workspace& workspace_;
  const Subject& subject_;
  const Erosion& erosion_;
  const catalog::Column &from_, &to_;
  bool is_whole_;
  std::string own_, phrase_, gross_, net_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_erosion(const Workspace& workspace, const Erosion& erosion) {
  return Statement(workspace, erosion).made();
}

}  // namespace insights::patterns
