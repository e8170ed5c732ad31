// Groups whose cases differ in size, duration, score or another number that is averaged, never
// summed: orders of one region are twice as large, one team takes longer.
//
// Unit: what determines the group (the customer of a segment), by its mean; rows where nothing
// does. Welch's analysis of variance over the units' means, confirmed on their ranks where they are
// few; then the value furthest from all others is told. With millions of rows everything is
// significant, so the difference must also be one that can be seen.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/names.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/mean_tests.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;
using stats::Moments;

constexpr std::string_view family = "group difference";
constexpr std::size_t values_max = 60;
constexpr std::int64_t rows_min = 10, units_min = 3;  // of a group, to be told of
constexpr double eta_squared_min = 0.01, effect_min = 0.2;
constexpr double relative_min = 0.1;  // of the mean of rows, which the sentence tells
constexpr double p_survives = 0.001;
constexpr std::size_t ranked_units_max = 50'000, ranked_a_group_min = 5;

struct Difference {
  std::size_t measure = 0, column = 0;
  std::uint32_t value = 0;
  std::optional<std::size_t> unit;
};

// Measures that are averaged, and the money of a row. Prices differ because things do.
std::vector<std::size_t> averaged_measures(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> measures;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    const bool averaged =
        column.role == catalog::Role::measure && !column.additive && column.kind != "price";
    if ((averaged || subject.money == i) && subject.frame.columns[i].numbers() != nullptr)
      measures.push_back(i);
  }
  return measures;
}

// By group: the moments over units (their means) or rows, and the plain sums over rows.
struct Groups {
  std::vector<Moments> units;      // [value]
  std::vector<double> rows, sums;  // [value]
  std::int64_t least = rows_min;   // units (or rows) of a group that is told of
  std::vector<std::vector<double>>
      values;  // [value] of the units, when they are few enough to be ranked
};

void add(Groups& groups, std::size_t group, double value, bool ranked) {
  groups.units[group].add(value);
  if (ranked) groups.values[group].push_back(value);
}

// Moments of rows from their sums about a common centre: one addition a row, and no digits lost.
struct CentredSums {
  std::vector<double> rows, sums, squares;  // [value], of number - centre
};

// Calls visit(row, group, number) for each row that takes part.
void each_row(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept,
              auto visit) {
  const auto& numbers = subject.numbers(what.measure);
  subject.codes(what.column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      if (codes[row] != 0 && !std::isnan(numbers[row]) && (kept.empty() || kept[row] != 0))
        visit(row, codes[row], numbers[row]);
    }
  });
}

void add_units(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept,
               Groups& groups) {
  const auto& units = subject.codes(*what.unit);
  std::vector<double> sums(units.values()), rows(units.values());
  std::vector<std::uint32_t> group_of(units.values());
  units.codes.visit([&](const auto* codes) {
    each_row(subject, what, kept, [&](std::size_t row, std::uint32_t group, double number) {
      sums[codes[row]] += number;
      rows[codes[row]] += 1;
      group_of[codes[row]] = group;
    });
  });
  for (std::size_t unit = 1; unit < sums.size(); ++unit) {
    if (rows[unit] > 0)
      add(groups, group_of[unit], sums[unit] / rows[unit], units.values() <= ranked_units_max);
  }
}

// When part of the rows is gone, a unit may be gone with them.
std::int64_t least_of(const Difference& what, const frame::Mask& kept) {
  return what.unit ? units_min - (kept.empty() ? 0 : 1) : rows_min;
}

Groups groups_of(const catalog::Subject& subject, const Difference& what, const frame::Mask& kept) {
  const std::size_t count = subject.codes(what.column).values();
  Groups groups{std::vector<Moments>(count), std::vector<double>(count), std::vector<double>(count),
                least_of(what, kept), std::vector<std::vector<double>>(count)};
  const auto& profile = subject.frame.columns[what.measure].profile;
  const double centre = profile.rows > profile.nulls
                            ? profile.sum / static_cast<double>(profile.rows - profile.nulls)
                            : 0;
  CentredSums centred{std::vector<double>(count), std::vector<double>(count),
                      std::vector<double>(count)};
  const bool ranked = !what.unit && subject.frame.rows <= ranked_units_max;
  each_row(subject, what, kept, [&](std::size_t, std::uint32_t group, double number) {
    const double off = number - centre;
    centred.rows[group] += 1;
    centred.sums[group] += off;
    centred.squares[group] += off * off;
    if (ranked) groups.values[group].push_back(number);
  });
  for (std::size_t group = 1; group < count; ++group) {
    const double n = centred.rows[group], mean = n > 0 ? centred.sums[group] / n : 0;
    groups.rows[group] = n;
    groups.sums[group] = centred.sums[group] + n * centre;
    if (!what.unit && n > 0)
      groups.units[group] = {std::llround(n), centre + mean,
                             std::max(0.0, centred.squares[group] - n * mean * mean)};
  }
  if (what.unit) add_units(subject, what, kept, groups);
  return groups;
}

// Zero on every row, to rounding, beside what the other side has.
bool is_nothing(const Moments& moments, double beside) {
  return std::fabs(moments.mean) <= 1e-9 * std::fabs(beside) &&
         moments.m2 <= 1e-9 * beside * beside * static_cast<double>(moments.n);
}

// One group against all others.
struct Apart {
  std::optional<stats::WelchT> test;
  bool both_have = false;  // a number that is zero all over on one side is no difference
  double relative = 0;     // of the means of rows, own over others less 1
};

Apart apart(const Groups& groups, std::uint32_t value) {
  Moments others;
  double rows = 0, sum = 0;
  for (std::size_t other = 1; other < groups.units.size(); ++other) {
    if (other == value) continue;
    others.merge(groups.units[other]);
    rows += groups.rows[other];
    sum += groups.sums[other];
  }
  Apart result{stats::welch_t(groups.units[value], others),
               !is_nothing(groups.units[value], others.mean) &&
                   !is_nothing(others, groups.units[value].mean),
               0};
  if (rows > 0 && sum != 0 && groups.rows[value] > 0)
    result.relative = (groups.sums[value] / groups.rows[value]) / (sum / rows) - 1;
  return result;
}

bool is_material(const Groups& groups, std::uint32_t value, const Apart& one) {
  return one.test && one.both_have && groups.units[value].n >= groups.least &&
         std::fabs(one.test->effect) >= effect_min && std::fabs(one.relative) >= relative_min &&
         (one.test->difference > 0) == (one.relative > 0);
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Difference& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        measure_(subject_.columns[found.measure]),
        column_(subject_.columns[found.column]),
        own_(equals_sql(subject_, found.column, found.value)),
        groups_(groups_of(subject_, found, {})),
        apart_(apart(groups_, found.value)) {
    claim_ = claim_about(workspace, "group_difference", family, found.column, found.value,
                         measure_.name);
  }

  findings::Claim made() {
    const auto other = fmt::format("NOT ({})", own_);
    const auto counted = [&](const std::string& condition) {
      return fmt::format("count({}) FILTER (WHERE {})", measure_.sql, condition);
    };
    claim_.evidence.push_back(
        {"a", fmt::format("SELECT {} AS who, {} AS total, {} AS cases, {} AS total_others, {} AS "
                          "cases_others FROM {}",
                          label_sql(subject_, found_.column, found_.value),
                          sum_where_sql(subject_, found_.measure, own_), counted(own_),
                          sum_where_sql(subject_, found_.measure, other), counted(other),
                          subject_.from_sql)});
    const auto format = amount_format(measure_);
    values_.cell("who", "a", 0, "who")
        .cell("total", "a", 0, "total")
        .cell("cases", "a", 0, "cases", Format::integer);
    values_.cell("total_others", "a", 0, "total_others")
        .cell("cases_others", "a", 0, "cases_others", Format::integer);
    values_.formula("mean", "total / cases", format, measure_.unit)
        .formula("others", "total_others / cases_others", format, measure_.unit);
    const bool higher = apart_.relative > 0;
    const auto measure = measure_word();
    claim_.title = fmt::format("{}: average {} {{mean}}, against {{others}} elsewhere",
                               subject_phrase(subject_, found_.column, found_.value), measure);
    claim_.summary = comparison(higher);
    claim_.summary += fmt::format(" over {{cases}} {}.", subject_.nouns);
    if (found_.unit) {
      const auto unit = noun_of(subject_.columns[*found_.unit]);
      claim_.summary += fmt::format(" It holds from {} to {} as well.", unit, unit);
    }
    claim_.action =
        fmt::format("Find out why {} differs from the others, and whether it should.",
                    inside_sentence(subject_phrase(subject_, found_.column, found_.value)));
    claim_.test.name = found_.unit ? fmt::format("Welch's analysis of variance, by {}",
                                                 noun_of(subject_.columns[*found_.unit]))
                                   : "Welch's analysis of variance";
    claim_.test.effect_name = "difference in standard deviations";
    draw(measure);
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back({"partial_period", GuardStatus::not_applicable,
                             "averages do not depend on how long a month is"});
    claim_.guards.push_back(one_entity());
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  // More than twice as much is told as a multiple; against an average of nothing there is neither.
  std::string comparison(bool higher) {
    double rows = 0, sum = 0;
    for (std::size_t group = 1; group < groups_.rows.size(); ++group) {
      if (group == found_.value) continue;
      rows += groups_.rows[group];
      sum += groups_.sums[group];
    }
    if (!(rows > 0) || std::fabs(sum) < 1e-9 * rows) return "Elsewhere there is none on average,";
    if (sum > 0 && apart_.relative > 1) {
      values_.formula("times", "mean / others", Format::multiple);
      return "That is {times} the average elsewhere,";
    }
    values_.formula("gap",
                    higher ? "(mean - others) / abs(others)" : "(others - mean) / abs(others)",
                    Format::percent);
    return fmt::format("That is {{gap}} {} than elsewhere,", higher ? "more" : "less");
  }

  // A column's name as one says it, unless somebody gave it a better one or it holds digits.
  std::string measure_word() {
    const auto phrase = measure_phrase(values_, measure_);
    return phrase == measure_.name ? catalog::spoken(measure_.name) : phrase;
  }

  void draw(const std::string& measure) {
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {4} AS value, CAST({1} AS DOUBLE PRECISION) / count({2}) AS mean "
                          "FROM {3} WHERE {0} IS NOT NULL GROUP BY {0} HAVING count({2}) > 0 ORDER "
                          "BY mean DESC, value LIMIT 60",
                          column_.sql, sum_sql(subject_, found_.measure), measure_.sql,
                          subject_.from_sql, group_name_sql(subject_, found_.column))});
    claim_.chart = {findings::Chart::Mark::bar,
                    fmt::format("Average {}, by {}", measure, noun_of(column_)),
                    "b",
                    {"value", noun_of(column_), findings::Chart::Axis::Kind::nominal, ""},
                    {"mean", measure, findings::Chart::Axis::Kind::quantitative, measure_.unit},
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
      if (own[row] == found_.value && entity[row] != 0 && !std::isnan(numbers[row]))
        sums[entity[row]] += std::fabs(numbers[row]);
    }
    const auto largest = static_cast<std::uint32_t>(std::ranges::max_element(sums) - sums.begin());
    const auto groups = groups_of(subject_, found_, mask_without(subject_, *inside, largest));
    const auto again = apart(groups, found_.value);
    const auto noun = noun_of(subject_.columns[*inside]);
    const bool stands = again.test && again.test->p_value < p_survives &&
                        (again.relative > 0) == (apart_.relative > 0) &&
                        std::fabs(again.relative) >= relative_min;
    if (stands)
      return {"one_entity", GuardStatus::passed,
              fmt::format("it holds without its largest {} as well", noun)};
    return {"one_entity", GuardStatus::downgraded,
            fmt::format("without its largest {} it would not stand out", noun)};
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Difference& found_;
  const catalog::Column &measure_, &column_;
  std::string own_;
  Groups groups_;
  Apart apart_;
  findings::Claim claim_;
  findings::Values values_;
};

// Only what lies furthest from all others is told of a column.
std::uint32_t furthest(const Groups& groups) {
  std::uint32_t found = 0;
  double most = -1;
  for (std::uint32_t value = 1; value < groups.units.size(); ++value) {
    if (groups.units[value].n < groups.least) continue;
    const auto one = apart(groups, value);
    const double t = one.test ? std::fabs(one.test->t) : 0;
    if (t > most) {
      most = t;
      found = value;
    }
  }
  return found;
}

// Both tests of all groups, and the test of the one that is told, which was picked from all.
double p_of(const Groups& groups, const stats::AnalysisOfVariance& analysis, const Apart& told) {
  std::size_t units = 0, used = 0;
  for (const auto& values : groups.values) {
    units += values.size();
    used += values.empty() ? 0 : 1;
  }
  // Ranks of a few units a group cannot be sure of anything.
  const auto ranks =
      units >= ranked_a_group_min * used ? stats::kruskal_wallis(groups.values) : std::nullopt;
  const auto picked_from = std::ranges::count_if(
      groups.units, [&](const Moments& moments) { return moments.n >= groups.least; });
  const double p_told = told.test ? told.test->p_value * static_cast<double>(picked_from) : 1;
  return std::min(1.0, std::max({analysis.p_value, ranks ? ranks->p_value : 0, p_told}));
}

std::optional<Candidate> candidate_of(const Workspace& workspace, Difference what) {
  const auto& subject = workspace.subject;
  const auto groups = groups_of(subject, what, {});
  const auto analysis = stats::welch_anova(std::span(groups.units).subspan(1));
  what.value = furthest(groups);
  if (!analysis || what.value == 0) return std::nullopt;
  const auto one = apart(groups, what.value);
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "group_difference";
  const auto& column = subject.columns[what.column];
  const findings::Entity entity{column.name, subject.codes(what.column).dictionary[what.value], ""};
  candidate.entry.fingerprint = findings::fingerprint(
      "group_difference", subject.columns[what.measure].name, std::vector{entity});
  candidate.entry.statistic = analysis->f;
  candidate.entry.p = p_of(groups, *analysis, one);
  candidate.entry.effect = one.test ? one.test->effect : 0;
  candidate.column = what.column;
  candidate.value = what.value;
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  candidate.rank = kind == nullptr ? 0 : kind->rank;
  candidate.measure = subject.columns[what.measure].name + " on average";
  candidate.of_total = true;
  candidate.material =
      analysis->eta_squared >= eta_squared_min && is_material(groups, what.value, one);
  candidate.surprise = std::clamp(std::fabs(candidate.entry.effect), 0.2, 1.0);
  if (!candidate.material) return candidate;
  candidate.claim = [&workspace, what] { return Statement(workspace, what).made(); };
  candidate.survives = [&subject, what, before = candidate.entry.effect](const frame::Mask& kept) {
    const auto again = groups_of(subject, what, kept);
    const auto left = apart(again, what.value);
    return is_material(again, what.value, left) &&
           still_stands(left.test->p_value, left.test->effect, before);
  };
  return candidate;
}

}  // namespace

std::vector<Candidate> examine_group_difference(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small) return candidates;
  const auto& subject = workspace.subject;
  for (const std::size_t measure : averaged_measures(workspace)) {
    for (const std::size_t column : workspace.groupings) {
      const auto values = subject.codes(column).values();
      if (values < 3 || values > values_max + 1 || subject.columns[column].kind == "calendar")
        continue;
      if (auto candidate = candidate_of(workspace, {measure, column, 0, workspace.unit_of(column)}))
        candidates.push_back(*std::move(candidate));
    }
  }
  return candidates;
}

}  // namespace insights::patterns
