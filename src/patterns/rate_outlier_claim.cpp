// A rate outlier put into words: sentences, values, evidence, guards.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/facts.h"
#include "patterns/rate_outlier.h"
#include "patterns/wording.h"
#include "stats/distributions.h"

namespace insights::patterns {

namespace {

using catalog::Subject;
using findings::Account;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr int recent_days =
    60;  // a value without rows for longer has come to its end: its cost is told once
constexpr std::size_t names_length_max =
    90;  // of who and what in a title, so that it stays within its limit
constexpr double p_guard = 0.001;

// What else one knows of the value: the product and plant of a batch. Things it is always found
// with, best ranked first.
struct Attribute {
  std::size_t column = 0;
  std::uint32_t value = 0;
  int rank = 0;
};

std::vector<Attribute> attributes_of(const Workspace& workspace, std::size_t column,
                                     std::uint32_t value) {
  const auto& subject = workspace.subject;
  std::vector<Attribute> found;
  for (const std::size_t other : workspace.groupings) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[other].kind);
    const bool is_thing = kind != nullptr && kind->entity && !kind->orders &&
                          subject.columns[other].role == catalog::Role::entity;
    if (other == column || workspace.is_decoy(other) || !is_thing ||
        kind->name == subject.columns[column].kind)
      continue;
    if (std::ranges::any_of(found, [&](const Attribute& one) {
          return subject.columns[one.column].kind == kind->name;
        }))
      continue;
    std::uint32_t only = 0;
    bool same = true;
    const auto& codes = subject.codes(column).codes;
    const auto& others = subject.codes(other).codes;
    for (std::size_t row = 0; row < subject.frame.rows && same; ++row) {
      if (codes[row] != value || others[row] == 0) continue;
      same = only == 0 || others[row] == only;
      only = others[row];
    }
    if (same && only != 0) found.push_back({other, only, kind->rank});
  }
  std::ranges::stable_sort(found,
                           [](const Attribute& a, const Attribute& b) { return a.rank > b.rank; });
  if (found.size() > 2) found.resize(2);
  return found;
}

class Statement {
 public:
  Statement(const Workspace& workspace, const RateOutlier& found, const RateContext& context)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        context_(context),
        flag_(subject_.columns[found.flag]),
        own_(equals_sql(subject_, found.column, found.value)),
        phrase_(subject_phrase(subject_, found.column, found.value)) {
    claim_ = claim_about(workspace, "rate_outlier", fmt::format("{}: {}", rate_family, flag_.name),
                         found.column, found.value, flag_.name);
    is_return_ = subject_.returns && subject_.returns->flag_column == found.flag;
    in_units_ = found.in_units || (is_return_ && found.is_bad && units_tell_the_same());
    higher_ = found.own.rate() > found.elsewhere.rate();
    with_money_ = found.is_bad && subject_.money.has_value();
  }

  findings::Claim made() {
    ask();
    if (in_units_)
      say_in_units();
    else
      say_in_rows();
    value_it();
    draw();
    guard();
    claim_.test.name = "beta-binomial test of a rate";
    claim_.test.effect_name = "times the rate elsewhere";
    const double rate =
        std::max(found_.elsewhere.rate(), 0.5 / static_cast<double>(found_.elsewhere.trials + 1));
    const double strength = rate_prior_strength(context_.scatter);
    const stats::Proportion pulled{found_.own.events + std::llround(rate * strength),
                                   found_.own.trials + std::llround(strength)};
    const auto interval = stats::wilson_interval(pulled, stats::confidence_default);
    if (!workspace_.small) {
      claim_.test.interval_low = interval.low / rate;
      claim_.test.interval_high = interval.high / rate;
    }
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  // One large order that was cancelled is no rate: units are told when they say what the rows say
  // and several rows do.
  bool units_tell_the_same() const {
    const auto sizes = taken_back_by_value(subject_, found_.column, {});
    TakenBack all;
    for (std::size_t value = 1; value < sizes.size(); ++value) {
      all.sold += sizes[value].sold;
      all.back += sizes[value].back;
    }
    const auto& own = sizes[found_.value];
    const TakenBack rest{all.sold - own.sold, all.back - own.back, 0};
    return own.back > 0 && own.back <= own.sold && own.largest <= 0.5 * own.back &&
           own.rate() >= 1.3 * rest.rate() && rest.sold > 0;
  }

  // The value's own rows and all rows that have a value, each in one pass that asks of a row no
  // more than it must; elsewhere is what is left.
  void ask() {
    const auto event = is_return_ ? subject_.returns->sql : fmt::format("{} = 1", flag_.sql);
    const auto case_sql = is_return_ ? "*" : flag_.sql;
    std::string own = names_sql(), all, elsewhere;
    const auto both = [&](const std::string& name, const std::string& sql) {
      own += fmt::format(", {} AS {}", sql, name);
      all += fmt::format("{}{} AS all_{}", all.empty() ? "" : ", ", sql, name);
      elsewhere += fmt::format(", all_{0} - {0} AS {0}_elsewhere", name);
    };
    both("events", fmt::format("count(*) FILTER (WHERE {})", event));
    both("cases", fmt::format("count({})", case_sql));
    if (in_units_) {
      const auto size = subject_.returns->size_column;
      const auto back = subject_.returns->sql;
      both("sold", sum_where_sql(subject_, size, fmt::format("NOT ({})", back)));
      both("back", fmt::format("0 - {}", sum_where_sql(subject_, size, back)));
    }
    if (with_money_)
      own += fmt::format(", {} AS money", sum_where_sql(subject_, *subject_.money, event));
    if (subject_.time) {
      own += fmt::format(", min({0}) AS first_day, max({0}) AS last_day", time_sql(subject_));
      values_.cell("first_day", "a", 0, "first_day", Format::date)
          .cell("last_day", "a", 0, "last_day", Format::date);
    }
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT own_rows.*{0} FROM (SELECT {1} FROM {2} WHERE {3}) AS own_rows "
                          "CROSS JOIN (SELECT {4} FROM {2} WHERE {5} IS NOT NULL) AS all_rows",
                          elsewhere, own, subject_.from_sql, own_, all,
                          subject_.columns[found_.column].sql)});
    values_.cell("events", "a", 0, "events", Format::integer)
        .cell("cases", "a", 0, "cases", Format::integer);
    values_.cell("events_elsewhere", "a", 0, "events_elsewhere", Format::integer)
        .cell("cases_elsewhere", "a", 0, "cases_elsewhere", Format::integer);
  }

  // The value's name, and of what and where it is.
  std::string names_sql() {
    std::string select = fmt::format("{} AS who", label_sql(subject_, found_.column, found_.value));
    values_.cell("who", "a", 0, "who");
    std::size_t names = entity_of(subject_, found_.column, found_.value).label.size();
    int place = 0;
    for (const auto& attribute : attributes_of(workspace_, found_.column, found_.value)) {
      names += entity_of(subject_, attribute.column, attribute.value).label.size();
      if (names > names_length_max) break;
      const auto name = place++ == 0 ? "made_of" : "made_at";
      select +=
          fmt::format(", {} AS {}", label_sql(subject_, attribute.column, attribute.value), name);
      values_.cell(name, "a", 0, name);
      auto phrase = subject_phrase(subject_, attribute.column, attribute.value);
      phrase.replace(phrase.find("{who}"), 5, fmt::format("{{{}}}", name));
      attributes_ += (attributes_.empty() ? "" : ", ") + inside_sentence(phrase);
    }
    if (!attributes_.empty()) attributes_ = " (" + attributes_ + ")";
    return select;
  }

  void say_in_units() {
    const auto& size = subject_.columns[subject_.returns->size_column];
    const auto format = size.money ? Format::money : Format::decimal;
    values_.cell("sold", "a", 0, "sold", format, size.money ? size.unit : "")
        .cell("back", "a", 0, "back", format, size.money ? size.unit : "");
    values_.cell("sold_elsewhere", "a", 0, "sold_elsewhere")
        .cell("back_elsewhere", "a", 0, "back_elsewhere");
    values_.formula("rate", "back / sold", Format::percent);
    values_.formula("elsewhere", "back_elsewhere / sold_elsewhere", Format::percent);
    const std::string what = size.money ? "" : " units";
    claim_.title =
        fmt::format("{}{}: {{back}} of {{sold}}{} came back, {{rate}}", phrase_, attributes_, what);
    claim_.summary = fmt::format(
        "That is {{rate}} of what was sold, against {{elsewhere}} elsewhere, in {{events}} of "
        "{{cases}} {}.",
        rows_noun());
    claim_.columns.push_back(size.name);
    claim_.action = action();
  }

  void say_in_rows() {
    values_.formula("rate", "events / cases", Format::percent)
        .formula("elsewhere", "events_elsewhere / cases_elsewhere", Format::percent);
    const auto happens = flag_phrase(flag_);
    claim_.title = fmt::format("{}{}: {}{{rate}} of its {} {}, against {{elsewhere}} elsewhere",
                               phrase_, attributes_, higher_ ? "" : "only ", rows_noun(), happens);
    values_.formula("difference",
                    higher_ ? "events - cases * elsewhere" : "cases * elsewhere - events",
                    Format::integer);
    claim_.summary = fmt::format(
        "{{events}} of {{cases}} {} {}, about {{difference}} {} than at the rate elsewhere.",
        rows_noun(), happens, higher_ ? "more" : "fewer");
    if (is_short_lived()) claim_.summary += " They are from {first_day} to {last_day}.";
    claim_.action = action();
  }

  bool is_short_lived() const {
    if (!subject_.time) return false;
    const auto [first, last] = own_days();
    return last - first < (subject_.last_day.since_epoch - subject_.first_day.since_epoch) * 4 / 5;
  }

  std::pair<std::int32_t, std::int32_t> own_days() const {
    const auto& days = subject_.frame.columns[*subject_.time].days()->days;
    const auto& codes = subject_.codes(found_.column).codes;
    std::int32_t first = workspace_.today.since_epoch, last = frame::no_day;
    for (std::size_t row = 0; row < days.size(); ++row) {
      if (codes[row] != found_.value || days[row] == frame::no_day) continue;
      first = std::min(first, days[row]);
      last = std::max(last, days[row]);
    }
    return {first, std::max(first, last)};
  }

  std::string rows_noun() const { return subject_.nouns; }

  std::string action() const {
    const auto& column = subject_.columns[found_.column];
    const auto* kind = workspace_.vocabulary.kind_named(column.kind);
    const auto who = inside_sentence(phrase_);
    if (!found_.is_bad) {
      return flag_.polarity == 0
                 ? fmt::format("Find out why {} differs, and whether that is wanted.", who)
                 : fmt::format("Find out what {} does better, and whether others can do the same.",
                               who);
    }
    if (kind != nullptr && kind->orders)
      return "Ask {who} what goes wrong, with the cases in hand, and settle it with those "
             "responsible.";
    if (is_return_ && kind != nullptr && kind->entity) {
      return fmt::format(
          "Open a quality investigation of {}: why did it come back? Hold further "
          "deliveries until that is known.",
          who);
    }
    return fmt::format(
        "Look into {}: compare the {} concerned with the others, find the cause, and "
        "settle it with those responsible.",
        who, rows_noun());
  }

  void value_it() {
    if (!with_money_) return;
    const auto& money = subject_.columns[*subject_.money];
    values_.cell("money", "a", 0, "money", amount_format(money), money.unit);
    bool is_over = true;
    if (subject_.time && !workspace_.small) {
      is_over = own_days().second < workspace_.today.since_epoch - recent_days;
      if (!is_over)
        values_.formula("months", "max(1, (last_day - first_day + 1) / 30.4375)", Format::decimal);
    }
    const std::string per = is_over ? "" : " / months";
    const std::string expected =
        found_.elsewhere.events == 0 ? "0 * events" : "events * elsewhere / rate";
    values_.formula("expected", expected, Format::decimal);
    values_.formula("cost", fmt::format("abs(money) / events * (events - expected){}", per),
                    amount_format(money), money.unit);
    claim_.impact.account = is_return_ ? Account::lost : Account::at_risk;
    claim_.impact.amount = values_.binding("cost");
    claim_.impact.low = claim_.impact.high = claim_.impact.amount;
    if (!workspace_.small) bound(per);
    claim_.impact.unit = money.unit;
    claim_.impact.is_money = money.money;
    claim_.impact.per = is_over ? "" : "month";
    claim_.impact.of = measure_phrase(values_, money);
    claim_.impact.method = fmt::format(
        "{} of the {} concerned beyond the rate elsewhere{}{}", measure_phrase(values_, money),
        rows_noun(), is_over ? "" : ", by month of its own time",
        workspace_.small ? "" : "; range: their number as a Poisson count");
    claim_.columns.push_back(money.name);
    claim_.summary +=
        is_return_
            ? fmt::format(" What came back beyond the rate elsewhere took {{cost}} of {}{} away.",
                          measure_phrase(values_, money), is_over ? "" : " a month")
            : fmt::format(" Those beyond the rate elsewhere stand for {{cost}} of {}{}.",
                          measure_phrase(values_, money), is_over ? "" : " a month");
  }

  void bound(const std::string& per) {
    claim_.impact.low = values_.expression(
        fmt::format("abs(money) / events * max(0, poisson_low(events) - expected){}", per));
    claim_.impact.high = values_.expression(
        fmt::format("abs(money) / events * (poisson_high(events) - expected){}", per));
  }

  void draw() {
    const auto& column = subject_.columns[found_.column];
    const auto rate =
        in_units_ ? fmt::format("CAST(0 - {} AS DOUBLE PRECISION) / nullif({}, 0)",
                                sum_where_sql(subject_, subject_.returns->size_column,
                                              subject_.returns->sql),
                                sum_where_sql(subject_, subject_.returns->size_column,
                                              fmt::format("NOT ({})", subject_.returns->sql)))
                  : fmt::format("CAST({} AS DOUBLE PRECISION) / count({})",
                                sum_sql(subject_, found_.flag), flag_.sql);
    // Beside others of some size: the rate of a handful of rows is no measure.
    const auto least =
        workspace_.small ? std::int64_t{1} : std::max<std::int64_t>(30, found_.own.trials / 4);
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {} AS value, {} AS rate FROM {} WHERE {} IS NOT NULL GROUP BY {} "
                          "HAVING count({}) >= {} ORDER BY rate {} NULLS LAST, value LIMIT 12",
                          group_name_sql(subject_, found_.column), rate, subject_.from_sql,
                          column.sql, column.sql, flag_.sql, least, higher_ ? "DESC" : "ASC")});
    claim_.chart = {findings::Chart::Mark::bar,
                    in_units_ ? fmt::format("Share that came back, by {}", noun_of(column))
                              : fmt::format("Share of {} that {}, by {}", rows_noun(),
                                            flag_phrase(flag_), noun_of(column)),
                    "b",
                    {"value", noun_of(column), findings::Chart::Axis::Kind::nominal, ""},
                    {"rate", "share", findings::Chart::Axis::Kind::quantitative, "%"},
                    "",
                    claim_.entities.front().label,
                    "",
                    ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back({"partial_period", GuardStatus::not_applicable,
                             "a share of rows does not depend on how long a month is"});
    claim_.guards.push_back(one_entity());
    if (!workspace_.small && workspace_.periods.count > 0) {
      claim_.guards.push_back({"season", GuardStatus::passed,
                               "it stands out against the same months elsewhere as well"});
    }
    claim_.guards.push_back(
        {"offsetting_rows", is_return_ ? GuardStatus::passed : GuardStatus::not_applicable,
         is_return_ ? "what came back is what is counted here" : "no amounts are added up here"});
  }

  // Its customer (or document) with most events left out: does it still stand out?
  Guard one_entity() const {
    if (workspace_.small)
      return {"one_entity", GuardStatus::not_applicable, "too few rows to leave any out"};
    std::string noun;
    const Dependence dependence(workspace_, found_.flag);
    const auto* entities = dependence.entities(found_.column, noun);
    if (entities == nullptr)
      return {"one_entity", GuardStatus::not_applicable,
              "the rows belong to nothing that could carry the effect alone"};
    const auto& flags = subject_.numbers(found_.flag);
    const auto& codes = subject_.codes(found_.column).codes;
    std::vector<stats::Proportion> counts(entities->values());
    for (std::size_t row = 0; row < flags.size(); ++row) {
      if (codes[row] != found_.value || std::isnan(flags[row])) continue;
      ++counts[entities->codes[row]].trials;
      counts[entities->codes[row]].events += flags[row] > 0 ? 1 : 0;
    }
    const auto largest = std::ranges::max_element(counts, [&](const auto& a, const auto& b) {
      return higher_ ? a.events < b.events : a.trials < b.trials;
    });
    const auto without =
        judge_rate({found_.own.events - largest->events, found_.own.trials - largest->trials},
                   found_.elsewhere, context_);
    if (without.material && without.p < p_guard)
      return {"one_entity", GuardStatus::passed,
              fmt::format("it stands out without the {} that has most of it as well", noun)};
    return {"one_entity", GuardStatus::downgraded,
            fmt::format("without one {} it would not stand out", noun)};
  }

  const Workspace& workspace_;
  const Subject& subject_;
  const RateOutlier& found_;
  const RateContext& context_;
  const catalog::Column& flag_;
  std::string own_, phrase_, attributes_;
  bool is_return_ = false, in_units_ = false, higher_ = true, with_money_ = false;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

std::vector<TakenBack> taken_back_by_value(const Subject& subject, std::size_t column,
                                           const frame::Mask& kept) {
  std::vector<TakenBack> sums(subject.codes(column).values());
  const auto& sizes = subject.numbers(subject.returns->size_column);
  const auto& returned = subject.numbers(subject.returns->flag_column);
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < sizes.size(); ++row) {
      if (std::isnan(sizes[row]) || (!kept.empty() && kept[row] == 0)) continue;
      auto& sum = sums[codes[row]];
      if (returned[row] > 0) {
        sum.back -= sizes[row];
        sum.largest = std::max(sum.largest, -sizes[row]);
      } else {
        sum.sold += sizes[row];
      }
    }
  });
  return sums;
}

findings::Claim state_rate_outlier(const Workspace& workspace, const RateOutlier& found,
                                   const RateContext& context) {
  return Statement(workspace, found, context).made();
}

}  // namespace insights::patterns
