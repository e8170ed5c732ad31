// A correlation in words: what the outer quarters of the one number are like in the other, and by
// how much a step of the one goes with the other.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/correlation.h"
#include "patterns/facts.h"
#include "patterns/one_entity.h"
#include "patterns/rates.h"
#include "patterns/survival.h"
#include "stats/moments.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

constexpr double days_a_month = 30.4375;
constexpr double mix_share = 0.5;  // of the correlation, to be left within the groups of a mix

class Statement {
 public:
  Statement(const Workspace& workspace, const CorrelatedPair& pair)
      : workspace_(workspace),
        subject_(workspace.subject),
        pair_(pair),
        x_(subject_.columns[pair.x]),
        y_(subject_.columns[pair.y]),
        fates_(workspace),
        together_(*together(cases_of(workspace, fates_, pair, {}))),
        quarters_(*quarters_of(workspace, pair, {})),
        date_(is_date(subject_, pair.x)),
        flag_(y_.role == Role::flag),
        inside_(pair.segment != no_column) {
    const auto both = y_.name + " by " + x_.name;
    claim_ = inside_ ? claim_about(workspace, "correlation", "correlation", pair.segment,
                                   pair.value, both)
                     : claim_about_all(workspace, "correlation", "correlation", both);
    std::erase(claim_.columns, both);
    claim_.columns.insert(claim_.columns.begin(), {y_.name, x_.name});
  }

  findings::Claim made() {
    query();
    rises_ = together_.effect > 0;
    const auto nouns = plain_words(subject_.nouns).empty() ? "rows" : plain_words(subject_.nouns);
    claim_.title = title(nouns);
    claim_.summary = summary(nouns);
    claim_.action =
        fmt::format("Find out why {} goes with {}, and which of the two can be changed.",
                    flag_ ? "the one" : y_word_, x_word_);
    claim_.test.name = pair_.unit ? fmt::format("Spearman's rank correlation, by {}",
                                                noun_of(subject_.columns[*pair_.unit]))
                                  : "Spearman's rank correlation";
    claim_.test.effect_name =
        flag_ && !pair_.unit ? "rank-biserial correlation" : "rank correlation";
    draw();
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(mix_guard());
    claim_.guards.push_back(entity_guard());
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  std::string word(const catalog::Column& column, std::string_view hole) {
    return measure_phrase(values_, column, hole);
  }

  std::string x_sql() const {
    return date_ ? fmt::format("(CAST({} AS DATE) - DATE '1970-01-01')", x_.sql) : x_.exact_sql;
  }
  // x against an edge of a quarter.
  std::string edge_sql(std::string_view how, double edge) const {
    if (date_) {
      return fmt::format("CAST({} AS DATE) {} {}", x_.sql, how,
                         day_sql(base::Day{static_cast<std::int32_t>(edge)}));
    }
    return fmt::format("{} {} {}", x_.sql, how, frame::number_text(edge));
  }

  std::string where_both() const {
    auto text = fmt::format("{} IS NOT NULL AND {} IS NOT NULL", x_sql(), y_.exact_sql);
    if (pair_.began_by)
      text += " AND " + edge_sql("<=", static_cast<double>(pair_.began_by->since_epoch));
    return text;
  }
  std::string where() const {
    return where_both() +
           (inside_ ? " AND " + equals_sql(subject_, pair_.segment, pair_.value) : "");
  }

  // Both quarters of a query's rows: how many, and the sums.
  std::string quarters_sql(const Quarters& quarters) const {
    const auto low = edge_sql("<=", quarters.low_to), high = edge_sql(">=", quarters.high_from);
    const auto x_number = date_ ? x_sql() : x_.exact_sql;
    std::string text;
    for (const auto& [name, condition] : {std::pair{"low", low}, std::pair{"high", high}}) {
      text += fmt::format(
          ", count(*) FILTER (WHERE {1}) AS {0}_cases, {2} AS {0}_sum, sum({3}) FILTER (WHERE {1}) "
          "AS {0}_x",
          name, condition, sum_where_sql(subject_, pair_.y, condition), x_number);
    }
    return text;
  }

  void query() {
    const auto edge = [&](std::string_view what, const std::string& condition) {
      const auto column = date_ ? fmt::format("CAST({} AS DATE)", x_.sql) : x_.sql;
      return fmt::format("{}({}) FILTER (WHERE {})", what, column, condition);
    };
    const auto who = inside_ ? label_sql(subject_, pair_.segment, pair_.value) + " AS who, " : "";
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT {}count(*) AS cases, {} AS low_to, {} AS high_from{}{} FROM {} "
                          "WHERE {}",
                          who, edge("max", edge_sql("<=", quarters_.low_to)),
                          edge("min", edge_sql(">=", quarters_.high_from)), quarters_sql(quarters_),
                          date_ ? "" : fmt::format(", {} AS step", frame::number_text(step())),
                          subject_.from_sql, where())});
    const auto edge_format = date_ ? Format::date : amount_format(x_);
    values_.cell("cases", "a", 0, "cases", Format::integer)
        .cell("low_to", "a", 0, "low_to", edge_format, x_.unit)
        .cell("high_from", "a", 0, "high_from", edge_format, x_.unit);
    if (inside_) values_.cell("who", "a", 0, "who");
    bind_quarters("a", "");
    x_word_ = x_phrase();
    y_word_ = word(y_, "y_name");
    if (!inside_) return;
    if (const auto others = quarters_of(workspace_, pair_, {}, Side::outside)) {
      claim_.evidence.push_back(
          {"b", fmt::format("SELECT count(*) AS cases{} FROM {} WHERE {} AND NOT ({})",
                            quarters_sql(*others), subject_.from_sql, where_both(),
                            equals_sql(subject_, pair_.segment, pair_.value))});
      differs_elsewhere_ = others->high_mean != 0 || others->low_mean != 0;
      bind_quarters("b", "_elsewhere");
    }
  }

  void bind_quarters(std::string_view query, std::string_view suffix) {
    for (const std::string side : {"low", "high"}) {
      for (const std::string what : {"cases", "sum", "x"})
        values_.cell(side + "_" + what + std::string(suffix), query, 0, side + "_" + what);
      values_.formula(fmt::format("{}{}", side, suffix),
                      fmt::format("{0}_sum{1} / {0}_cases{1}", side, suffix),
                      flag_ ? Format::percent : amount_format(y_), y_.unit);
    }
  }

  // "the date "bought on"", "the start date of the customer".
  std::string x_phrase() {
    auto text = word(x_, "x_name");
    if (date_) {
      const auto words = catalog::words_of(text);
      const bool says_date = std::ranges::find(words, "date") != words.end() ||
                             std::ranges::find(words, "day") != words.end();
      text = says_date ? "the " + text : fmt::format("the date \"{}\"", text);
    }
    for (const auto& one : subject_.owned) {
      if (one.column == pair_.x)
        text += fmt::format(" of the {}",
                            person_noun(subject_.columns[one.owner], workspace_.vocabulary));
    }
    return text;
  }

  // One significant digit of what lies between the quarters.
  double step() const { return std::pow(10, std::floor(std::log10(quarters_.spread))); }

  // No verb, so that "cost" and "days" both fit.
  std::string title(const std::string& nouns) {
    const auto in =
        inside_ ? subject_phrase(subject_, pair_.segment, pair_.value) + ": the" : "The";
    const auto what = flag_ ? fmt::format("the {} the share of {} that {}",
                                          rises_ ? "larger" : "smaller", nouns, flag_phrase(y_))
                            : fmt::format("the {} the {}", rises_ ? "higher" : "lower", y_word_);
    const std::string most = date_ ? "latest" : "highest", least = date_ ? "earliest" : "lowest";
    return fmt::format("{} {} {}, {}: {{high}} in the {} quarter, {{low}} in the {}", in,
                       date_ ? "later" : "higher the", x_word_, what, most, least);
  }

  std::string summary(const std::string& nouns) {
    std::string text;
    if (date_) {
      text = fmt::format(
          "The latest quarter of {} is of {{high_from}} or later, the earliest {{low_to}} or "
          "before.",
          nouns);
    } else {
      text = fmt::format(
          "The highest quarter of {} has {{high_from}} or more in {}, the lowest {{low_to}} or "
          "less.",
          nouns, x_word_);
    }
    if (!flag_) text += " The figures are their averages.";
    text += slope();
    if (inside_ && values_.has("high_elsewhere") && differs_elsewhere_)
      text += " Elsewhere: {high_elsewhere} and {low_elsewhere}.";
    if (pair_.began_by)
      text += fmt::format(" The newest {} are left out: they had no time to become long.", nouns);
    if (pair_.unit) {
      const auto unit = noun_of(subject_.columns[*pair_.unit]);
      text += fmt::format(" It also holds when every {} counts once.", unit);
    }
    return text;
  }

  // The slope between the means of the outer quarters: a line through three groups. Source:
  // Bartlett (1949), Biometrics 5, 207-212.
  std::string slope() {
    if (flag_ || !quarters_.straight) return "";
    values_.formula("slope", "(high - low) / (high_x / high_cases - low_x / low_cases)",
                    Format::decimal);
    const auto format = amount_format(y_);
    const auto more = rises_ ? "more" : "less";
    if (date_) {
      values_.constant("month", days_a_month);
      values_.formula("change", "abs(slope) * month", format, y_.unit);
      return fmt::format(" Each month later goes with {{change}} {} in {} on average.", more,
                         y_word_);
    }
    values_.cell("step", "a", 0, "step", amount_format(x_), x_.unit);
    values_.formula("change", "abs(slope) * step", format, y_.unit);
    return fmt::format(" Each {{step}} more in {} goes with {{change}} {} in {} on average.",
                       x_word_, more, y_word_);
  }

  // Fifths of x, from the lowest to the highest.
  void draw() {
    std::vector<double> xs;
    for (const std::size_t row : workspace_.sample) {
      const double x = number_at(subject_, pair_.x, row);
      const bool own = !inside_ || subject_.codes(pair_.segment).codes[row] == pair_.value;
      if (own && !std::isnan(x) && !std::isnan(number_at(subject_, pair_.y, row))) xs.push_back(x);
    }
    std::ranges::sort(xs);
    std::string bands = "CASE";
    for (std::size_t fifth = 1; fifth < 5; ++fifth) {
      bands += fmt::format(" WHEN {} THEN {}", edge_sql("<=", xs[xs.size() * fifth / 5]), fifth);
    }
    bands += " ELSE 5 END";
    const auto column = date_ ? fmt::format("CAST({} AS DATE)", x_.sql) : x_.sql;
    claim_.evidence.push_back(
        {"c", fmt::format("SELECT {0} AS fifth, min({1}) AS begins, CAST({2} AS DOUBLE PRECISION) "
                          "/ count(*) AS mean FROM {3} WHERE {4} GROUP BY {0} ORDER BY fifth",
                          bands, column, sum_sql(subject_, pair_.y), subject_.from_sql, where())});
    const auto y_title = flag_ ? "share that " + flag_phrase(y_) : "average " + y_word_;
    using Axis = findings::Chart::Axis;
    claim_.chart = {findings::Chart::Mark::bar,
                    fmt::format("{}, by fifths of {}", capitalized(y_title), x_word_),
                    "c",
                    {"begins", x_.label + ", from", Axis::Kind::ordinal, x_.unit},
                    {"mean", y_title, Axis::Kind::quantitative, flag_ ? "%" : y_.unit},
                    "",
                    "",
                    "",
                    ""};
    if (y_title.find('{') != std::string::npos) claim_.chart.y.title = y_.label;
  }

  // What is left of the correlation among the cases of one group, for the grouping that takes most
  // of it.
  Guard mix_guard() const {
    double least = 1;
    std::size_t most = no_column;
    const auto& rows = workspace_.sample;
    for (const std::size_t column : workspace_.groupings) {
      const auto values = subject_.codes(column).values();
      if (workspace_.is_decoy(column) || column == pair_.segment || values > 41 ||
          subject_.columns[column].role != Role::dimension)
        continue;
      const auto left = share_within(column, rows);
      if (left && *left < least) {
        least = *left;
        most = column;
      }
    }
    if (most == no_column)
      return {"mix", GuardStatus::not_applicable, "there are no groups that could be behind it"};
    const auto noun = noun_of(subject_.columns[most]);
    if (least >= mix_share)
      return {"mix", GuardStatus::passed, fmt::format("it holds within each {} as well", noun)};
    return {"mix", GuardStatus::downgraded,
            fmt::format("most of it comes from the mix of {}", nouns_of(subject_.columns[most]))};
  }

  std::optional<double> share_within(std::size_t column, std::span<const std::size_t> rows) const {
    const auto& coded = subject_.codes(column);
    std::vector<stats::CoMoments> groups(coded.values());
    for (const std::size_t row : rows) {
      const double x = number_at(subject_, pair_.x, row), y = number_at(subject_, pair_.y, row);
      const bool own = !inside_ || subject_.codes(pair_.segment).codes[row] == pair_.value;
      if (own && !std::isnan(x) && !std::isnan(y)) groups[coded.codes[row]].add(x, y);
    }
    double within = 0, within_x = 0, within_y = 0;
    stats::CoMoments whole;
    for (const auto& group : groups) {
      within += group.c2;
      within_x += group.m2_x;
      within_y += group.m2_y;
      whole.merge(group);
    }
    if (!(within_x > 0 && within_y > 0 && whole.m2_x > 0 && whole.m2_y > 0)) return std::nullopt;
    const double left = within / std::sqrt(within_x * within_y),
                 all = whole.c2 / std::sqrt(whole.m2_x * whole.m2_y);
    return all == 0 ? std::nullopt : std::optional(left / all);
  }

  Guard entity_guard() const {
    const auto stands = [&](const frame::Mask& kept) {
      const auto again = together(cases_of(workspace_, fates_, pair_, kept));
      return again && still_stands(again->p, again->effect, together_.effect);
    };
    if (inside_) return one_entity_guard(workspace_, pair_.segment, pair_.value, no_column, stands);
    const auto customers = workspace_.customers();
    if (!customers || pair_.unit)
      return {"one_entity", GuardStatus::not_applicable,
              "its rows belong to nothing that could carry it alone"};
    const auto* flat = workspace_.flat(*customers);
    if (flat == nullptr || flat->values < 3)
      return {"one_entity", GuardStatus::not_applicable, "its rows belong to no one in particular"};
    std::uint32_t largest = 1;
    for (std::uint32_t value = 2; value < flat->values; ++value) {
      if (flat->rows_total(value) > flat->rows_total(largest)) largest = value;
    }
    const auto noun = noun_of(subject_.columns[*customers]);
    if (stands(mask_without(subject_, *customers, largest)))
      return {"one_entity", GuardStatus::passed,
              fmt::format("it holds without its largest {} as well", noun)};
    return {"one_entity", GuardStatus::downgraded,
            fmt::format("without its largest {} it would not stand out", noun)};
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const CorrelatedPair& pair_;
  const catalog::Column &x_, &y_;
  Fates fates_;
  Together together_;
  Quarters quarters_;
  bool date_, flag_, inside_, rises_ = true, differs_elsewhere_ = false;
  std::string x_word_, y_word_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_correlation(const Workspace& workspace, const CorrelatedPair& pair) {
  return Statement(workspace, pair).made();
}

}  // namespace insights::patterns
