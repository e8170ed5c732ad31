// One value looks worse than another in total and is better within every group of a second column,
// because it is given the harder ones.
//
// For two values of a small column, a flag and a second small column as strata: the pooled
// difference and the common difference within strata (Mantel-Haenszel) have opposite signs, and
// both are sure, and so is it that the two values are spread differently over the strata
// (stats/simpson.h). Told only when every stratum agrees. Tested only where the mix makes enough of
// a difference for a reversal to matter: most pairs of columns are mixed alike, and would dilute
// those that are not.

#include "stats/simpson.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/rates.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::GuardStatus;
using stats::Proportion;

constexpr std::string_view family = "reversal within groups";
constexpr std::size_t values_max = 6, strata_max = 12;
constexpr std::int64_t trials_min = 30;
constexpr double difference_min = 0.01;
constexpr double mix_difference_min = 1.5 * difference_min;  // two differences must fit into it
constexpr double mix_p_max = 0.001;
constexpr std::size_t names_length_max = 45;

struct Reversed {
  std::size_t flag = 0, column = 0, strata_column = 0;
  std::uint32_t first = 0, second = 0;  // first: the higher rate in total
  std::uint32_t main_stratum = 0;       // where first is over-represented most
  std::vector<std::uint32_t> strata;    // in which both have enough rows
  stats::Reversal reversal;
};

// Counts by (value of column, value of strata column), [value * strata + stratum].
std::vector<Proportion> counts_of(const catalog::Subject& subject, std::size_t flag,
                                  std::size_t column, std::size_t strata_column) {
  const std::size_t width = subject.codes(strata_column).values();
  std::vector<Proportion> counts(subject.codes(column).values() * width);
  const auto& flags = subject.numbers(flag);
  subject.codes(column).codes.visit([&](const auto* codes) {
    subject.codes(strata_column).codes.visit([&](const auto* strata) {
      for (std::size_t row = 0; row < flags.size(); ++row) {
        if (std::isnan(flags[row])) continue;
        auto& cell = counts[codes[row] * width + strata[row]];
        ++cell.trials;
        cell.events += flags[row] > 0 ? 1 : 0;
      }
    });
  });
  return counts;
}

Proportion divided(const Proportion& counts, double design) {
  const auto part = [&](std::int64_t count) {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(count) / design));
  };
  return {std::min(part(counts.events), part(counts.trials)), part(counts.trials)};
}

bool is_small(const Workspace& workspace, std::size_t column, std::size_t most) {
  const auto values = workspace.subject.codes(column).values();
  return values >= 3 && values <= most + 1;
}

Reversed judged(const Workspace& workspace, Reversed pair, const std::vector<Proportion>& counts,
                double design) {
  const std::size_t width = workspace.subject.codes(pair.strata_column).values();
  const auto cell = [&](std::uint32_t value, std::size_t stratum) {
    return divided(counts[value * width + stratum], design);
  };
  std::vector<stats::Stratum> strata;
  for (std::uint32_t stratum = 1; stratum < width; ++stratum) {
    const auto first = cell(pair.first, stratum), second = cell(pair.second, stratum);
    if (first.trials < trials_min || second.trials < trials_min) continue;
    strata.push_back({first, second});
    pair.strata.push_back(stratum);
  }
  if (strata.size() < 2) return pair;
  pair.reversal = stats::simpson_reversal(strata, trials_min);
  if (pair.reversal.pooled_difference < 0) {
    std::swap(pair.first, pair.second);
    pair.reversal.pooled_difference = -pair.reversal.pooled_difference;
    pair.reversal.common_difference = -pair.reversal.common_difference;
    pair.reversal.mix_difference = -pair.reversal.mix_difference;
  }
  double first_all = 0, second_all = 0, most = -1;
  for (const auto stratum : pair.strata) {
    first_all += static_cast<double>(cell(pair.first, stratum).trials);
    second_all += static_cast<double>(cell(pair.second, stratum).trials);
  }
  for (const auto stratum : pair.strata) {
    const double more = static_cast<double>(cell(pair.first, stratum).trials) / first_all -
                        static_cast<double>(cell(pair.second, stratum).trials) / second_all;
    if (more > most) pair.main_stratum = stratum;
    most = std::max(most, more);
  }
  return pair;
}

// Known from the totals of the strata alone, before anything is asked of the rates within.
bool can_be_reversed(const Reversed& pair) {
  return pair.strata.size() >= 2 && pair.reversal.p_mix <= mix_p_max &&
         std::fabs(pair.reversal.mix_difference) >= mix_difference_min;
}

bool is_material(const stats::Reversal& reversal) {
  return reversal.reversed && std::fabs(reversal.pooled_difference) >= difference_min &&
         std::fabs(reversal.common_difference) >= difference_min &&
         reversal.strata_with_common_sign == reversal.strata_used;
}

// Where the rates are asked from: the table, or, where values are names by themselves, the groups
// that the two columns make. There a row is asked for its values once, and not for each condition.
class Asked {
 public:
  Asked(const catalog::Subject& subject, const Reversed& found)
      : subject_(subject),
        found_(found),
        grouped_(is_name(subject.columns[found.column]) &&
                 is_name(subject.columns[found.strata_column])) {}

  bool is_grouped() const { return grouped_; }
  std::string from() const {
    if (!grouped_) return subject_.from_sql;
    return fmt::format(
        "(SELECT {0} AS part, {1} AS stratum_of, coalesce(sum({2}), 0) AS events, count({2}) AS "
        "cases FROM {3} GROUP BY {0}, {1}) AS both_columns",
        subject_.columns[found_.column].sql, subject_.columns[found_.strata_column].sql, flag(),
        subject_.from_sql);
  }
  std::string equals(std::size_t column, std::uint32_t value) const {
    if (!grouped_) return equals_sql(subject_, column, value);
    return fmt::format("{} = {}", alias(column),
                       sql::quote_text(subject_.codes(column).dictionary[value]));
  }
  // The same of a group of from(), where that is of groups: asked of what the group has at most, so
  // that the engine cannot ask each row first, which takes five times as long.
  std::string group_equals(std::size_t column, std::uint32_t value) const {
    if (!grouped_) return equals(column, value);
    return fmt::format("max({}) = {}", alias(column),
                       sql::quote_text(subject_.codes(column).dictionary[value]));
  }
  std::string name(std::size_t column, std::uint32_t value) const {
    if (!grouped_) return label_sql(subject_, column, value);
    return fmt::format("max({}) FILTER (WHERE {})", alias(column), equals(column, value));
  }
  std::string events(const std::string& condition) const {
    if (!grouped_) return sum_where_sql(subject_, found_.flag, condition);
    return fmt::format("coalesce(sum(events) FILTER (WHERE {}), 0)", condition);
  }
  std::string cases(const std::string& condition) const {
    if (!grouped_) return fmt::format("count({}) FILTER (WHERE {})", flag(), condition);
    return fmt::format("coalesce(sum(cases) FILTER (WHERE {}), 0)", condition);
  }

 private:
  static bool is_name(const catalog::Column& column) {
    return column.type == frame::Type::text && column.label_column.empty();
  }
  std::string_view alias(std::size_t column) const {
    return column == found_.column ? "part" : "stratum_of";
  }
  const std::string& flag() const { return subject_.columns[found_.flag].sql; }

  const catalog::Subject& subject_;
  const Reversed& found_;
  bool grouped_;
};

std::string within_sql(const Reversed& found, auto equals) {
  std::string within;
  for (const auto stratum : found.strata)
    within += (within.empty() ? "" : " OR ") + equals(found.strata_column, stratum);
  return "(" + within + ")";
}

// Events and cases of both values, over all strata and in the main one.
std::string totals_sql(const catalog::Subject& subject, const Reversed& found) {
  const Asked asked(subject, found);
  const auto equals = [&](std::size_t column, std::uint32_t value) {
    return asked.equals(column, value);
  };
  const auto within = within_sql(found, equals), first = equals(found.column, found.first),
             second = equals(found.column, found.second),
             main = equals(found.strata_column, found.main_stratum);
  const auto pair = [&](const std::string& condition, const std::string& name) {
    return fmt::format("{} AS events_{}, {} AS cases_{}", asked.events(condition), name,
                       asked.cases(condition), name);
  };
  return fmt::format(
      "SELECT {} AS who, {} AS other, {} AS stratum, {}, {}, {}, {} FROM {}",
      asked.name(found.column, found.first), asked.name(found.column, found.second),
      asked.name(found.strata_column, found.main_stratum), pair(first + " AND " + within, "first"),
      pair(second + " AND " + within, "second"), pair(first + " AND " + main, "first_in"),
      pair(second + " AND " + main, "second_in"), asked.from());
}

// The rate of both values in each stratum.
std::string rates_sql(const catalog::Subject& subject, const Reversed& found,
                      const std::vector<findings::Entity>& entities) {
  const Asked asked(subject, found);
  const auto equals = [&](std::size_t column, std::uint32_t value) {
    return asked.group_equals(column, value);
  };
  const auto first = equals(found.column, found.first), second = equals(found.column, found.second);
  const auto wanted = fmt::format("({} OR {}) AND {}", first, second, within_sql(found, equals));
  if (asked.is_grouped()) {
    return fmt::format(
        "SELECT max(stratum_of) AS stratum, max(part) AS who, CAST(sum(events) AS DOUBLE "
        "PRECISION) / sum(cases) AS rate FROM {} GROUP BY part, stratum_of HAVING {} ORDER BY 1, 2",
        asked.from(), wanted);
  }
  const auto& strata = subject.columns[found.strata_column];
  const auto text = strata.type == frame::Type::text
                        ? strata.sql
                        : fmt::format("CAST({} AS VARCHAR)", strata.sql);
  return fmt::format(
      "SELECT {} AS stratum, CASE WHEN {} THEN {} ELSE {} END AS who, CAST({} AS DOUBLE PRECISION) "
      "/ count({}) AS rate FROM {} WHERE {} GROUP BY 1, 2 ORDER BY 1, 2",
      text, first, sql::quote_text(entities.front().label), sql::quote_text(entities.back().label),
      sum_sql(subject, found.flag), subject.columns[found.flag].sql, subject.from_sql, wanted);
}

findings::Claim state(const Workspace& workspace, const Reversed& found) {
  const auto& subject = workspace.subject;
  const auto& flag = subject.columns[found.flag];
  const auto& strata = subject.columns[found.strata_column];
  auto claim = claim_about(workspace, "simpson", family, found.column, found.first, flag.name);
  const std::vector<findings::Entity> both{
      claim.entities.front(),
      {claim.entities.front().column, subject.codes(found.column).dictionary[found.second], ""},
      {strata.name, "", ""}};
  claim.fingerprint = findings::fingerprint("simpson", flag.name, both);
  claim.columns.push_back(strata.name);
  claim.entities.push_back(entity_of(subject, found.column, found.second));
  claim.evidence.push_back({"a", totals_sql(subject, found)});
  findings::Values values;
  values.cell("who", "a", 0, "who")
      .cell("other", "a", 0, "other")
      .cell("stratum", "a", 0, "stratum");
  for (const std::string name : {"first", "second", "first_in", "second_in"}) {
    values.cell("events_" + name, "a", 0, "events_" + name, Format::integer)
        .cell("cases_" + name, "a", 0, "cases_" + name, Format::integer);
    values.formula("rate_" + name, fmt::format("events_{0} / cases_{0}", name), Format::percent);
  }
  values.formula("part_first", "cases_first_in / cases_first", Format::percent)
      .formula("part_second", "cases_second_in / cases_second", Format::percent);
  const auto group = noun_of(strata), happens = flag_phrase(flag);
  claim.title = fmt::format(
      "{}: {{rate_first}} of its {} {}, {{rate_second}} of {{other}}'s, but fewer within every {}",
      subject_phrase(subject, found.column, found.first), subject.nouns, happens, group);
  claim.summary = fmt::format(
      "{{part_first}} of the {0} of {{who}} are of {1} {{stratum}}, {{part_second}} of those of "
      "{{other}}. There {{rate_first_in}} {2} against {{rate_second_in}}: the mix makes the "
      "difference, not {{who}}.",
      subject.nouns, group, happens);
  claim.action = fmt::format(
      "Do not judge {{who}} and {{other}} by the total: compare them within each {} before work is "
      "moved from one to the other.",
      group);
  claim.values = values.bindings();
  claim.evidence.push_back({"b", rates_sql(subject, found, claim.entities)});
  claim.chart = {findings::Chart::Mark::line,
                 fmt::format("Part of {} that {}, within each {}", subject.nouns, happens, group),
                 "b",
                 {"stratum", group, findings::Chart::Axis::Kind::nominal, ""},
                 {"rate", "part", findings::Chart::Axis::Kind::quantitative, "%"},
                 "who",
                 claim.entities.front().label,
                 "",
                 ""};
  claim.test.name = "pooled, within groups, and mix; the weakest of the three";
  claim.test.effect_name = "difference within groups";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back({"mix_shift", GuardStatus::passed,
                          "the mix is what this is about: every group by itself says the same"});
  claim.guards.push_back({"partial_period", GuardStatus::not_applicable,
                          "rates do not depend on how long a month is"});
  return claim;
}

std::size_t length_of(const catalog::Subject& subject, const Reversed& found) {
  return subject.codes(found.column).dictionary[found.first].size() +
         subject.codes(found.column).dictionary[found.second].size() +
         subject.columns[found.strata_column].noun.size();
}

Candidate candidate_of(const Workspace& workspace, const Reversed& found) {
  const auto& subject = workspace.subject;
  const auto& column = subject.columns[found.column];
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "simpson";
  const auto& names = subject.codes(found.column).dictionary;
  const std::vector<findings::Entity> both{{column.name, names[found.first], ""},
                                           {column.name, names[found.second], ""},
                                           {subject.columns[found.strata_column].name, "", ""}};
  candidate.entry.fingerprint =
      findings::fingerprint("simpson", subject.columns[found.flag].name, both);
  candidate.entry.statistic = found.reversal.pooled_difference;
  candidate.entry.p = found.reversal.p_value;
  candidate.entry.effect = found.reversal.common_difference;
  candidate.column = found.column;
  candidate.value = found.first;
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  candidate.rank = kind == nullptr ? 0 : kind->rank;
  // A story of its own beside the plain rate. No `survives`: without one of the groups there is
  // nothing left to reverse.
  candidate.measure = subject.columns[found.flag].name + " within groups";
  candidate.measure_column = found.flag;
  candidate.associates = {std::min(found.column, found.strata_column),
                          std::max(found.column, found.strata_column)};
  candidate.material = is_material(found.reversal) && length_of(subject, found) <= names_length_max;
  candidate.surprise = 1;
  if (candidate.material) candidate.claim = [&workspace, found] { return state(workspace, found); };
  return candidate;
}

// Of several strata columns that reverse one pair, the surest is told.
void keep_surest(std::vector<Reversed>& found) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> surest;
  const auto pair_of = [](const Reversed& one) { return std::minmax(one.first, one.second); };
  for (const auto& one : found) {
    if (!is_material(one.reversal)) continue;
    const auto [place, is_new] = surest.try_emplace(pair_of(one), one.reversal.p_value);
    if (!is_new) place->second = std::min(place->second, one.reversal.p_value);
  }
  for (auto& one : found) {
    const auto place = surest.find(pair_of(one));
    if (place != surest.end() && is_material(one.reversal) && one.reversal.p_value > place->second)
      one.reversal.reversed = false;
  }
}

std::vector<Reversed> pairs_of(const Workspace& workspace, std::size_t flag, std::size_t column) {
  const auto rates = rates_of(workspace, flag, column);
  std::vector<Reversed> pairs;
  for (std::uint32_t a = 1; a < rates.values.size(); ++a) {
    for (std::uint32_t b = a + 1; b < rates.values.size(); ++b) {
      const bool apart =
          std::fabs(rates.values[a].rate() - rates.values[b].rate()) >= difference_min / 2;
      if (apart && rates.values[a].trials >= 2 * trials_min &&
          rates.values[b].trials >= 2 * trials_min)
        pairs.push_back({flag, column, 0, a, b, 0, {}, {}});
    }
  }
  return pairs;
}

void examine_column(const Workspace& workspace, std::size_t flag, std::size_t column,
                    const std::vector<std::size_t>& strata_columns, Dependence& dependence,
                    std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  const auto pairs = pairs_of(workspace, flag, column);
  if (pairs.empty()) return;
  const double design = dependence.overall(column);
  std::vector<Reversed> found;
  for (const std::size_t strata : strata_columns) {
    if (strata == column || subject.has_dependency(column, strata) ||
        subject.has_dependency(strata, column))
      continue;
    const auto counts = counts_of(subject, flag, column, strata);
    for (auto pair : pairs) {
      pair.strata_column = strata;
      pair = judged(workspace, std::move(pair), counts, design);
      if (can_be_reversed(pair)) found.push_back(std::move(pair));
    }
  }
  keep_surest(found);
  for (const auto& one : found) candidates.push_back(candidate_of(workspace, one));
}

}  // namespace

std::vector<Candidate> examine_simpson(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small) return candidates;
  std::vector<std::size_t> columns, strata_columns;
  for (const std::size_t column : workspace.groupings) {
    if (is_small(workspace, column, values_max)) columns.push_back(column);
    if (is_small(workspace, column, strata_max)) strata_columns.push_back(column);
  }
  for (const std::size_t flag : flag_columns(workspace.subject)) {
    std::unique_ptr<Dependence> dependence;
    for (const std::size_t column : columns) {
      if (!dependence) dependence = std::make_unique<Dependence>(workspace, flag);
      examine_column(workspace, flag, column, strata_columns, *dependence, candidates);
    }
  }
  return candidates;
}

}  // namespace insights::patterns
