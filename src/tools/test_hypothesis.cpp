// test_hypothesis: one statement, tested in memory; its numbers come as a query that can be cited.
//
// A group is held against others over independent units: where the values of the group column are
// those of an entity (customers of a region), each entity counts once, by its mean.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "findings/fingerprint.h"
#include "patterns/periods.h"
#include "patterns/wording.h"
#include "stats/mean_tests.h"
#include "stats/proportion_tests.h"
#include "stats/trend.h"
#include "tools/arguments.h"
#include "tools/correction.h"
#include "tools/desk.h"
#include "tools/segment.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr double relative_min = 0.05;  // a smaller difference is not worth telling
constexpr std::size_t units_min = 5;
constexpr std::size_t periods_min = 8;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct Outcome {
  Tested tested;
  std::string sql;  // its numbers
};

// What each row has: the number, or for rates whether it happened; NaN for nothing.
struct Measured {
  std::vector<double> values;
  std::string sum_sql, count_sql;  // of a condition: "{}" in them
  std::string name;
};

std::string with_condition(const std::string& text, const std::string& condition) {
  auto result = text;
  for (auto at = result.find("{}"); at != std::string::npos;
       at = result.find("{}", at + condition.size()))
    result.replace(at, 2, condition);
  return result;
}

Result<Measured> measured(const Desk& desk, const Segment& segment,
                          const TestArguments& arguments) {
  const auto& subject = *segment.prepared->subject;
  const auto column = TRY(desk.column(subject, arguments.measure));
  Measured result{{}, "", "", subject.columns[column].name};
  const auto rows = subject.frame.rows;
  const auto* numbers = subject.frame.columns[column].numbers();
  if (arguments.kind == Comparison::rates && arguments.event) {
    const auto code = TRY(code_of(desk, subject, column, *arguments.event));
    const auto& codes = subject.codes(column).codes;
    for (std::size_t row = 0; row < rows; ++row)
      result.values.push_back(codes[row] == 0 ? none : codes[row] == code ? 1 : 0);
    const auto& sql = subject.columns[column].sql;
    result.sum_sql = fmt::format("count(*) FILTER (WHERE {{}} AND {})",
                                 patterns::equals_sql(subject, column, code));
    result.count_sql = fmt::format("count({}) FILTER (WHERE {{}})", sql);
    return result;
  }
  if (numbers == nullptr || subject.columns[column].exact_sql.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is no column of numbers{}.", result.name,
                            arguments.kind == Comparison::rates
                                ? ": give the value that is counted as \"event\""
                                : ""));
  }
  result.values = numbers->values;
  if (arguments.kind == Comparison::rates && !std::ranges::all_of(result.values, [](double v) {
        return std::isnan(v) || v == 0 || v == 1;
      })) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{} is no flag of 0 and 1: use kind \"means\", or an event.", result.name));
  }
  result.sum_sql =
      fmt::format("coalesce(sum({}) FILTER (WHERE {{}}), 0)", subject.columns[column].exact_sql);
  result.count_sql = fmt::format("count({}) FILTER (WHERE {{}})", subject.columns[column].sql);
  return result;
}

// The entity whose values each belong to one value of the group column: the independent unit.
std::optional<std::size_t> unit_of(const catalog::Subject& subject, std::size_t group) {
  std::optional<std::size_t> unit;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (i == group || !subject.is_coded(i) || subject.columns[i].role != catalog::Role::entity ||
        !subject.has_dependency(i, group) || subject.columns[i].name.starts_with("decoy "))
      continue;
    if (!unit || subject.codes(i).values() < subject.codes(*unit).values()) unit = i;
  }
  // As many as there are groups: the unit is the group itself under another name.
  if (unit && subject.has_dependency(group, *unit)) return std::nullopt;
  return unit;
}

struct Sides {
  stats::Moments rows[2];                  // [0] the group, [1] the others
  std::vector<stats::Moments> by_unit[2];  // [side][unit]
};

Sides sides_of(const Segment& segment, const Measured& what, std::size_t column, std::uint32_t own,
               std::optional<std::uint32_t> other, std::optional<std::size_t> unit) {
  const auto& subject = *segment.prepared->subject;
  const auto& codes = subject.codes(column).codes;
  Sides sides;
  for (auto& side : sides.by_unit) side.resize(unit ? subject.codes(*unit).values() : 0);
  for (std::size_t row = 0; row < what.values.size(); ++row) {
    if ((!segment.kept.empty() && segment.kept[row] == 0) || std::isnan(what.values[row])) continue;
    const bool is_own = codes[row] == own;
    if (!is_own && (codes[row] == 0 || (other && codes[row] != *other))) continue;
    const std::size_t side = is_own ? 0 : 1;
    sides.rows[side].add(what.values[row]);
    if (unit) sides.by_unit[side][subject.codes(*unit).codes[row]].add(what.values[row]);
  }
  return sides;
}

stats::Moments means_of(const std::vector<stats::Moments>& units) {
  stats::Moments means;
  for (const auto& unit : units) {
    if (unit.n > 0) means.add(unit.mean);
  }
  return means;
}

void fill(Tested& tested, double statistic, double p, double effect,
          const stats::Interval& interval) {
  tested.test.statistic = statistic;
  tested.test.p = p;
  tested.test.effect = effect;
  tested.test.interval_low = interval.low;
  tested.test.interval_high = interval.high;
}

base::Status compare(const catalog::Subject& subject, const Sides& sides,
                     std::optional<std::size_t> unit, bool is_rate, std::size_t least,
                     Tested& tested) {
  const auto counts = [&](std::size_t side) {
    return unit ? static_cast<std::size_t>(means_of(sides.by_unit[side]).n)
                : static_cast<std::size_t>(sides.rows[side].n);
  };
  if (std::min(counts(0), counts(1)) < least) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("Too few to test: {} {} in the group and {} among the others; each needs "
                    "{}. What you saw may be told without a test, as your claim.",
                    counts(0), unit ? patterns::nouns_of(subject.columns[*unit]) : "rows",
                    counts(1), least));
  }
  if (is_rate && !unit) {
    const auto share = [&](std::size_t side) {
      const auto& rows = sides.rows[side];
      return stats::Proportion{std::llround(rows.mean * static_cast<double>(rows.n)), rows.n};
    };
    const auto result = stats::compare_proportions(share(0), share(1));
    tested.test.name = "difference of two proportions";
    fill(tested, result.z, result.p_value, result.difference, result.interval);
  } else {
    const auto own = unit ? means_of(sides.by_unit[0]) : sides.rows[0];
    const auto others = unit ? means_of(sides.by_unit[1]) : sides.rows[1];
    const auto result = stats::welch_t(own, others);
    if (!result || !std::isfinite(result->t))
      return fail(ErrorKind::invalid_input, "The values do not vary: there is nothing to test.");
    tested.test.name = unit ? fmt::format("Welch's test of two means, by {}",
                                          patterns::noun_of(subject.columns[*unit]))
                            : "Welch's test of two means";
    fill(tested, result->t, result->p_value, result->difference, result->interval);
  }
  tested.test.effect_name = "difference";
  const double others = std::fabs(sides.rows[1].mean);
  tested.hypothesis.material =
      std::fabs(sides.rows[0].mean - sides.rows[1].mean) >= relative_min * others;
  return {};
}

std::string group_sql(const Segment& segment, const Measured& what, const std::string& own,
                      const std::string& others) {
  const auto& from = segment.prepared->subject->from_sql;
  const auto mean = [&](const std::string& condition) {
    return fmt::format("CAST({} AS DOUBLE PRECISION) / nullif({}, 0)",
                       with_condition(what.sum_sql, condition),
                       with_condition(what.count_sql, condition));
  };
  return fmt::format(
      "SELECT {} AS group_mean, {} AS group_rows, {} AS other_mean, {} AS other_rows FROM {}{}",
      mean(own), with_condition(what.count_sql, own), mean(others),
      with_condition(what.count_sql, others), from,
      segment.condition.empty() ? "" : " WHERE " + segment.condition);
}

Result<Outcome> of_groups(const Desk& desk, const Segment& segment,
                          const TestArguments& arguments) {
  const auto& subject = *segment.prepared->subject;
  if (!arguments.group_column || !arguments.group_value)
    return fail(ErrorKind::invalid_input,
                "\"group_column\" and \"group_value\" say which group is held against the others.");
  const auto what = TRY(measured(desk, segment, arguments));
  const auto column = TRY(desk.column(subject, *arguments.group_column));
  const auto own = TRY(code_of(desk, subject, column, *arguments.group_value));
  std::optional<std::uint32_t> other;
  if (arguments.other_value) other = TRY(code_of(desk, subject, column, *arguments.other_value));
  const auto unit = unit_of(subject, column);
  const auto sides = sides_of(segment, what, column, own, other, unit);
  Outcome outcome;
  const auto least =
      std::max(units_min, static_cast<std::size_t>(desk.curtain.privacy().group_min));
  TRY(compare(subject, sides, unit, arguments.kind == Comparison::rates, least, outcome.tested));
  const auto own_sql = patterns::equals_sql(subject, column, own);
  const auto other_sql =
      other ? patterns::equals_sql(subject, column, *other)
            : fmt::format("NOT ({}) AND {} IS NOT NULL", own_sql, subject.columns[column].sql);
  outcome.sql = group_sql(segment, what, own_sql, other_sql);
  outcome.tested.columns = {what.name, subject.columns[column].name};
  outcome.tested.group = patterns::entity_of(subject, column, own);
  return outcome;
}

Result<Outcome> of_trend(const Desk& desk, const Segment& segment, const TestArguments& arguments) {
  const auto subject = TRY(cut_out(segment));
  const bool counts = arguments.measure == "rows";
  std::optional<std::size_t> measure;
  if (!counts) {
    measure = TRY(desk.column(subject, arguments.measure));
    if (subject.frame.columns[*measure].numbers() == nullptr || !subject.columns[*measure].additive)
      return fail(ErrorKind::invalid_input,
                  fmt::format("{} is no number that may be added up.", arguments.measure));
  }
  const auto periods = subject.time ? patterns::periods_of(subject) : patterns::Periods{};
  if (periods.count < periods_min) {
    return fail(ErrorKind::invalid_input,
                fmt::format("There are {} complete periods; a trend needs {}.", periods.count,
                            periods_min));
  }
  std::vector<double> sums(periods.count, 0);
  for (std::size_t row = 0; row < subject.frame.rows; ++row) {
    if (periods.of_row[row] == patterns::no_period) continue;
    const double value = counts ? 1 : subject.numbers(*measure)[row];
    if (!std::isnan(value)) sums[periods.of_row[row]] += value;
  }
  const auto kendall = stats::mann_kendall(sums);
  const auto slope = stats::theil_sen(sums);
  if (!kendall || !slope) return fail(ErrorKind::invalid_input, "The series cannot be tested.");
  Outcome outcome;
  auto& tested = outcome.tested;
  tested.test.name = "Mann-Kendall test of a trend";
  tested.test.statistic = kendall->s;
  tested.test.p = kendall->p_value;
  tested.test.effect_name = fmt::format("change a {}", periods.noun());
  tested.test.effect = slope->slope;
  double total = 0;
  for (const double sum : sums) total += std::fabs(sum);
  const double usual = total / static_cast<double>(sums.size());
  tested.hypothesis.material =
      std::fabs(slope->slope) * static_cast<double>(sums.size()) >= relative_min * usual;
  tested.columns = {counts ? subject.columns[*subject.time].name : subject.columns[*measure].name};
  tested.group = segment.entity;
  const auto period = patterns::period_sql(subject, periods.grain);
  outcome.sql = fmt::format(
      "SELECT {0} AS {1}, {2} AS total, count(*) AS group_rows FROM {3} WHERE {4} GROUP BY {0} "
      "ORDER BY {0}",
      period, periods.noun(), counts ? "count(*)" : patterns::sum_sql(subject, *measure),
      subject.from_sql,
      patterns::between_sql(subject, periods.starts.front(), periods.starts.back()));
  return outcome;
}

struct Made {
  Outcome outcome;
  Result<Query> query;
};

Result<Made> made(const Desk& desk, const TestArguments& arguments) {
  const auto segment = TRY(segment_of(desk, arguments.segment));
  auto outcome = TRY(arguments.kind == Comparison::trend ? of_trend(desk, segment, arguments)
                                                         : of_groups(desk, segment, arguments));
  auto& tested = outcome.tested;
  tested.table = segment.prepared->subject->table;
  auto& entry = tested.hypothesis.entry;
  entry.family = "asked";
  entry.pattern = arguments.kind == Comparison::means   ? "asked_means"
                  : arguments.kind == Comparison::rates ? "asked_rates"
                                                        : "asked_trend";
  std::vector<findings::Entity> entities;
  if (tested.group) entities.push_back(*tested.group);
  entry.fingerprint = findings::fingerprint(entry.pattern, tested.columns.front(), entities) +
                      (segment.words.empty() ? "" : " of " + segment.words);
  entry.statistic = tested.test.statistic;
  entry.p = tested.test.p;
  entry.effect = tested.test.effect;
  auto query = desk.run(outcome.sql);
  return Made{std::move(outcome), std::move(query)};
}

Answer kept(Desk& desk, const std::string& id, Result<Made> test) {
  if (!test) return refusal(test.error());
  const auto name = "test-" + id;
  desk.tests.emplace(name, test->outcome.tested);
  const bool holds = is_accepted(desk, name);
  const auto& entry = test->outcome.tested.hypothesis;
  auto text = fmt::format("{}: {} ({}, p = {:.2g}, test {} of this run){}.", name,
                          holds ? "it holds" : "it may well be chance, or is too small to matter",
                          test->outcome.tested.test.name, entry.entry.p, desk.tests.size(),
                          entry.material ? "" : "; the difference is below 5 %");
  if (!test->query)
    return {text + " Its numbers could not be read: " +
            desk.curtain.told_quoting(test->query.error().message)};
  if (test->query->rows)
    text += "\n" + desk.curtain.block("q" + id, *test->query->rows, test->query->read);
  desk.queries.emplace("q" + id, *std::move(test->query));
  return {std::move(text)};
}

}  // namespace

Work begin_test_hypothesis(Desk& desk, const std::string& id, std::string_view arguments) {
  const auto read = read_test(arguments);
  if (!read) return [error = read.error()] { return refusal(error); };
  return [&desk, id, test = made(desk, *read)] { return kept(desk, id, test); };
}

}  // namespace insights::tools
