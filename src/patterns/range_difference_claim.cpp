// A range in words: what happens inside it, what elsewhere, what below and above.

#include <fmt/format.h>

#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/by_construction.h"
#include "patterns/facts.h"
#include "patterns/range_difference.h"
#include "patterns/rates.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;

class Statement {
 public:
  Statement(const Workspace& workspace, const Range& range)
      : workspace_(workspace),
        subject_(workspace.subject),
        range_(range),
        x_(subject_.columns[range.axis.column]),
        y_(subject_.columns[range.y]),
        flag_(y_.role == catalog::Role::flag),
        parts_(parts_of(subject_, range, {})) {
    claim_ = claim_about_all(workspace, "range_difference", "range difference", y_.name);
    claim_.columns.push_back(x_.name);
    const auto by = range.axis.is_lag()
                        ? x_.name + " since " + subject_.columns[range.axis.since].name
                        : x_.name;
    if (range.axis.is_lag()) claim_.columns.push_back(subject_.columns[range.axis.since].name);
    claim_.fingerprint = findings::fingerprint("range_difference", y_.name + " by " + by, {});
  }

  findings::Claim made() {
    ask();
    const auto nouns = plain_words(subject_.nouns).empty() ? "rows" : plain_words(subject_.nouns);
    const auto where = range_.axis.is_lag() ? days_phrase() : number_phrase();
    const bool higher = parts_.inside.mean > parts_.outside.mean;
    if (flag_) {
      const auto share = parts_.inside.mean > 0
                             ? fmt::format("{}{{mean}} of {}", higher ? "" : "only ", nouns)
                             : fmt::format("none of {{cases}} {}", nouns);
      claim_.title =
          fmt::format("{}: {} {}, against {{others}} otherwise", where, share, flag_phrase(y_));
      claim_.summary = fmt::format("{{total}} of {{cases}} {} {}.", nouns, flag_phrase(y_));
    } else {
      values_.formula("gap", higher ? "mean / others - 1" : "1 - mean / others", Format::percent);
      claim_.title = fmt::format("{}: average {} {{mean}}, {{gap}} {} than otherwise ({{others}})",
                                 where, word(y_, "y_name"), higher ? "higher" : "lower");
      claim_.summary = fmt::format("It is the average of {{cases}} {}.", nouns);
    }
    claim_.summary += beside();
    claim_.action = fmt::format(
        "Look at these {} beside the others: what is done, or checked, in another way there?",
        nouns);
    claim_.test.name = "rank correlation with being inside the range, for all ranges looked at";
    claim_.test.effect_name = flag_ ? "rank-biserial correlation" : "rank correlation";
    claim_.guards = usual_guards(workspace_);
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  std::string word(const catalog::Column& column, std::string_view hole) {
    return measure_phrase(values_, column, hole);
  }

  std::string place_sql() const {
    if (!range_.axis.is_lag()) return x_.sql;
    return fmt::format("(CAST({} AS DATE) - CAST({} AS DATE))", x_.sql,
                       subject_.columns[range_.axis.since].sql);
  }

  std::string edge(double number) const {
    return range_.axis.is_lag() ? fmt::format("{}", std::llround(number))
                                : frame::number_text(number);
  }

  void ask() {
    const auto place = place_sql();
    const auto below = fmt::format("{} < {}", place, edge(range_.from)),
               above = fmt::format("{} > {}", place, edge(range_.to));
    const auto inside =
        fmt::format("{0} >= {1} AND {0} <= {2}", place, edge(range_.from), edge(range_.to));
    std::string select = fmt::format(
        "min({0}) FILTER (WHERE {1}) AS range_from, max({0}) FILTER "
        "(WHERE {1}) AS range_to",
        place, inside);
    for (const auto& [suffix, condition] :
         {std::pair{std::string(), inside}, std::pair{std::string("_below"), below},
          std::pair{std::string("_above"), above}}) {
      select += fmt::format(", {} AS total{}, count({}) FILTER (WHERE {}) AS cases{}",
                            sum_where_sql(subject_, range_.y, condition), suffix, y_.exact_sql,
                            condition, suffix);
      values_.cell("total" + suffix, "a", 0, "total" + suffix, Format::integer)
          .cell("cases" + suffix, "a", 0, "cases" + suffix, Format::integer);
    }
    claim_.evidence.push_back({"a", fmt::format("SELECT {} FROM {}", select, subject_.from_sql)});
    const auto format = flag_ ? Format::percent : amount_format(y_);
    const auto unit = flag_ ? std::string() : y_.unit;
    values_.formula("mean", "total / cases", format, unit)
        .formula("others", "(total_below + total_above) / (cases_below + cases_above)", format,
                 unit);
    if (parts_.below.n > 0) values_.formula("below", "total_below / cases_below", format, unit);
    if (parts_.above.n > 0) values_.formula("above", "total_above / cases_above", format, unit);
  }

  // "Up to 20 days after the start date of the user".
  std::string days_phrase() {
    const auto& since = subject_.columns[range_.axis.since];
    auto date = word(since, "since_name");
    const auto words = catalog::words_of(date);
    const bool says_date = !words.empty() && (words.back() == "date" || words.back() == "day");
    date = says_date ? "the " + date : fmt::format("the date \"{}\"", date);
    for (const auto& one : subject_.owned) {
      if (one.column == range_.axis.since)
        date += fmt::format(" of the {}",
                            person_noun(subject_.columns[one.owner], workspace_.vocabulary));
    }
    values_.cell("range_from", "a", 0, "range_from", Format::integer)
        .cell("range_to", "a", 0, "range_to", Format::integer);
    if (range_.from >= 0)
      return fmt::format("{} to {{range_to}} days after {}",
                         range_.from < 1 ? "Up" : "{range_from}", date);
    values_.formula("days_before", "0 - range_from", Format::integer);
    if (range_.to > 0)
      return fmt::format("From {{days_before}} days before to {{range_to}} days after {}", date);
    values_.formula("days_left", "0 - range_to", Format::integer);
    return fmt::format("{{days_before}} to {{days_left}} days before {}", date);
  }

  // "Amount from 1,200 to 2,500".
  std::string number_phrase() {
    const auto format = amount_format(x_);
    values_.cell("range_from", "a", 0, "range_from", format, x_.unit)
        .cell("range_to", "a", 0, "range_to", format, x_.unit);
    return fmt::format("{} from {{range_from}} to {{range_to}}", capitalized(word(x_, "x_name")));
  }

  std::string beside() const {
    const bool lag = range_.axis.is_lag();
    if (parts_.below.n > 0 && parts_.above.n > 0)
      return fmt::format(" It is {{below}} {} and {{above}} {}.",
                         lag ? "before that" : "below that", lag ? "later" : "above it");
    return "";
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Range& range_;
  const catalog::Column &x_, &y_;
  bool flag_;
  RangeParts parts_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

findings::Claim state_range(const Workspace& workspace, const Range& range) {
  return Statement(workspace, range).made();
}

}  // namespace insights::patterns
