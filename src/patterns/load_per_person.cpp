// How much one person has to carry, by group: two managers for a hundred people, forty tickets a
// head. The parts of a grouping are compared by their rows for each of their people.
//
// The people are the cases: what each has in the group, on a logarithmic scale, one group against
// all others (pooled variance, so that one or two people can be held against the spread of the
// rest), confirmed on ranks where there are enough. Only where people (nearly) belong to one group
// each: somebody who works for all of them has more rows in a larger one, which says nothing.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/facts.h"
#include "stats/distributions.h"
#include "stats/mean_tests.h"
#include "stats/rank_tests.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::string_view family = "load per person";
constexpr std::size_t groups_max = 40, cells_max = 4'000'000;
constexpr double times_min = 2, times_min_small = 3;
constexpr double groups_a_person_max = 1.3, rows_a_person_min = 1.5;
constexpr double rows_min = 20, rows_min_small = 10;
constexpr std::size_t people_elsewhere_min = 6, ranked_min = 5;
constexpr double p_stands = 0.01;

struct Load {
  std::size_t person = 0, group = 0;  // columns
  std::uint32_t value = 0;            // of the group
  double rows = 0, rows_elsewhere = 0;
  std::size_t people = 0, people_elsewhere = 0;
  double each() const { return rows / static_cast<double>(people); }
  double each_elsewhere() const { return rows_elsewhere / static_cast<double>(people_elsewhere); }
  double times() const { return each() / each_elsewhere(); }
};

// [group][people that are in it]: their rows there.
using Loads = std::vector<std::vector<double>>;

Loads loads_of(const catalog::Subject& subject, std::size_t person, std::size_t group,
               const frame::Mask& kept) {
  const auto &people = subject.codes(person), &groups = subject.codes(group);
  std::vector<double> cells(people.values() * groups.values(), 0);
  people.codes.visit([&](const auto* person_of) {
    groups.codes.visit([&](const auto* group_of) {
      for (std::size_t row = 0; row < subject.frame.rows; ++row) {
        if (kept.empty() || kept[row] != 0)  // those without a person or a group are left out below
          cells[group_of[row] * people.values() + person_of[row]] += 1;
      }
    });
  });
  Loads loads(groups.values());
  for (std::size_t value = 1; value < groups.values(); ++value) {
    for (std::size_t one = 1; one < people.values(); ++one) {
      const double rows = cells[value * people.values() + one];
      if (rows > 0) loads[value].push_back(rows);
    }
  }
  return loads;
}

Load load_of(const Loads& loads, Load found) {
  found.rows = found.rows_elsewhere = 0;
  found.people = found.people_elsewhere = 0;
  for (std::size_t value = 1; value < loads.size(); ++value) {
    double rows = 0;
    for (const double one : loads[value]) rows += one;
    const bool own = value == found.value;
    (own ? found.rows : found.rows_elsewhere) += rows;
    (own ? found.people : found.people_elsewhere) += loads[value].size();
  }
  return found;
}

double p_of(const Loads& loads, std::uint32_t value) {
  std::vector<stats::Moments> sides(2);
  std::vector<double> own, others;
  for (std::size_t group = 1; group < loads.size(); ++group) {
    for (const double rows : loads[group]) {
      sides[group == value ? 0 : 1].add(std::log(rows));
      (group == value ? own : others).push_back(rows);
    }
  }
  const auto test = stats::one_way_anova(sides);
  if (!test) return 1;
  double p = test->p_value;
  if (std::min(own.size(), others.size()) >= ranked_min) {
    if (const auto ranks = stats::mann_whitney(own, others)) p = std::max(p, ranks->p_value);
  }
  return p;
}

bool is_material(const Load& load, bool small) {
  if (load.people == 0 || load.people_elsewhere < people_elsewhere_min) return false;
  const double least = small ? times_min_small : times_min;
  return load.rows >= (small ? rows_min_small : rows_min) &&
         (load.times() >= least || load.times() <= 1 / least);
}

// A row a person: then the rows are people.
std::string row_nouns(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& profile = subject.frame.columns[i].profile;
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[i].kind);
    const bool one_each = profile.nulls == 0 && !profile.distinct_is_lower_bound &&
                          profile.distinct == static_cast<std::int64_t>(subject.frame.rows);
    if (one_each && kind != nullptr && subject.columns[i].kind == "person" &&
        !workspace.is_decoy(i))
      return kind->plural;
  }
  const auto nouns = plain_words(subject.nouns);
  return nouns.empty() ? "rows" : nouns;
}

// "manager" of a column that names them by what they do; else "person".
std::string person_noun(const Workspace& workspace, std::size_t person) {
  const auto words = catalog::words_of(workspace.subject.columns[person].name);
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    if (workspace.vocabulary.person.contains(*word)) return *word;
  }
  return noun_of(workspace.subject.columns[person]);
}

std::string people_noun(const Workspace& workspace, std::size_t person) {
  const auto noun = person_noun(workspace, person);
  const auto& column = workspace.subject.columns[person];
  return noun == noun_of(column) ? nouns_of(column) : catalog::plural_of(noun);
}

void ask(findings::Claim& claim, const catalog::Subject& subject, const Load& found) {
  const auto &person = subject.columns[found.person], &group = subject.columns[found.group];
  const auto pairs = fmt::format(
      "(SELECT {0} AS part, {1} AS one_person, count(*) AS row_count FROM {2} WHERE {0} IS NOT "
      "NULL AND {1} IS NOT NULL GROUP BY {0}, {1}) AS pairs",
      group.sql, person.sql, subject.from_sql);
  const auto own = "part" + equals_sql(subject, found.group, found.value).substr(group.sql.size());
  claim.evidence.push_back(
      {"a", fmt::format("SELECT sum(row_count) FILTER (WHERE {0}) AS own_rows, count(*) FILTER "
                        "(WHERE {0}) AS people, sum(row_count) FILTER (WHERE NOT ({0})) AS "
                        "rows_elsewhere, count(*) FILTER (WHERE NOT ({0})) AS people_elsewhere "
                        "FROM {1}",
                        own, pairs)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {} AS who FROM {}", name_sql(subject, found.group, found.value),
                        subject.from_sql)});
  claim.evidence.push_back(
      {"c", fmt::format("SELECT {} AS value, CAST(count(*) AS DOUBLE PRECISION) / count(DISTINCT "
                        "{}) AS load FROM {} WHERE {} IS NOT NULL AND {} IS NOT NULL GROUP BY {} "
                        "ORDER BY load DESC, value LIMIT 40",
                        patterns::group_name_sql(subject, found.group), person.sql,
                        subject.from_sql, group.sql, person.sql, group.sql)});
}

findings::Claim state(const Workspace& workspace, const Load& found) {
  const auto& subject = workspace.subject;
  auto claim = claim_about(workspace, "load_per_person", family, found.group, found.value,
                           subject.columns[found.person].name);
  ask(claim, subject, found);
  findings::Values values;
  values.cell("who", "b", 0, "who");
  for (const std::string_view cell : {"own_rows", "people", "rows_elsewhere", "people_elsewhere"})
    values.cell(cell, "a", 0, cell, Format::integer);
  values.formula("each", "own_rows / people", Format::decimal)
      .formula("others", "rows_elsewhere / people_elsewhere", Format::decimal);
  const auto noun = person_noun(workspace, found.person),
             nouns = people_noun(workspace, found.person), rows = row_nouns(workspace);
  const auto who = subject_phrase(subject, found.group, found.value);
  const bool one = found.people == 1;
  claim.title = fmt::format("{}: {{people}} {} for {{own_rows}} {}{}, against {{others}} elsewhere",
                            who, one ? noun : nouns, rows, one ? "" : ", {each} each");
  const bool more = found.times() > 1;
  values.formula("times", more ? "each / others" : "others / each", Format::multiple);
  claim.summary = fmt::format(
      "{}{{times}} as many {} for each {} {}. Elsewhere {{people_elsewhere}} {} have "
      "{{rows_elsewhere}} {}.",
      more ? "" : "Elsewhere there are ", rows, noun, more ? "as elsewhere" : "as here", nouns,
      rows);
  claim.action =
      more ? fmt::format("Check whether {} can carry that, and who could take some of it.",
                         one ? "one " + noun : "these " + nouns)
           : fmt::format("Check whether {} needs so many {}.", inside_sentence(who), nouns);
  claim.test.name = fmt::format("analysis of variance of what each {} has", noun);
  claim.test.effect_name = "times as many a head";
  using Axis = findings::Chart::Axis;
  claim.chart = {findings::Chart::Mark::bar,
                 fmt::format("{} for each {}, by {}", capitalized(rows), noun,
                             noun_of(subject.columns[found.group])),
                 "c",
                 {"value", noun_of(subject.columns[found.group]), Axis::Kind::nominal, ""},
                 {"load", rows + " each", Axis::Kind::quantitative, ""},
                 "",
                 claim.entities.front().label,
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back({"partial_period", findings::GuardStatus::not_applicable,
                          "both sides are counted over the same time"});
  claim.values = values.bindings();
  return claim;
}

Candidate candidate_of(const Workspace& workspace, const Load& load, const Loads& loads) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "load_per_person";
  const std::vector<findings::Entity> entity{
      {subject.columns[load.group].name, subject.codes(load.group).dictionary[load.value], ""}};
  candidate.entry.fingerprint =
      findings::fingerprint("load_per_person", subject.columns[load.person].name, entity);
  candidate.entry.fact = workspace.small;
  candidate.entry.p =
      workspace.small ? 1 : std::clamp(p_of(loads, load.value), stats::p_value_min, 1.0);
  candidate.entry.statistic = load.each();
  candidate.entry.effect = load.people > 0 && load.people_elsewhere > 0 ? load.times() : 0;
  candidate.column = load.group;
  candidate.value = load.value;
  candidate.measure = "rows a head of " + subject.columns[load.person].name;
  candidate.of_total = true;
  candidate.material = is_material(load, workspace.small);
  if (!candidate.material) return candidate;
  candidate.surprise = std::clamp(std::fabs(std::log(load.times())) / std::log(10.0), 0.3, 1.0);
  candidate.claim = [&workspace, load] { return state(workspace, load); };
  candidate.survives = [&workspace, load](const frame::Mask& kept) {
    const auto again = loads_of(workspace.subject, load.person, load.group, kept);
    const auto left = load_of(again, load);
    return is_material(left, workspace.small) && (left.times() > 1) == (load.times() > 1) &&
           p_of(again, load.value) < p_stands;
  };
  return candidate;
}

// Do people belong to one group each, and have several rows?
bool is_a_load(const catalog::Subject& subject, std::size_t person, const Loads& loads) {
  double pairs = 0, rows = 0;
  for (const auto& group : loads) {
    pairs += static_cast<double>(group.size());
    for (const double one : group) rows += one;
  }
  std::vector<bool> seen(subject.codes(person).values(), false);
  double people = 0;
  subject.codes(person).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < subject.frame.rows; ++row) {
      if (codes[row] == 0 || seen[codes[row]]) continue;
      seen[codes[row]] = true;
      people += 1;
    }
  });
  return people > 0 && pairs <= groups_a_person_max * people && rows >= rows_a_person_min * pairs;
}

}  // namespace

std::vector<Candidate> examine_load_per_person(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  for (const std::size_t person : workspace.groupings) {
    if (subject.columns[person].kind != "person" || workspace.is_decoy(person)) continue;
    for (const std::size_t group : workspace.groupings) {
      const auto values = subject.codes(group).values();
      const bool parts = group != person && values >= 3 && values <= groups_max + 1 &&
                         subject.columns[group].kind != "calendar" &&
                         subject.columns[group].kind != "person" &&
                         values * subject.codes(person).values() <= cells_max;
      if (!parts) continue;
      const auto loads = loads_of(subject, person, group, {});
      if (!is_a_load(subject, person, loads)) continue;
      for (std::uint32_t value = 1; value < values; ++value) {
        const auto load = load_of(loads, {person, group, value});
        if (load.people > 0) candidates.push_back(candidate_of(workspace, load, loads));
      }
    }
  }
  return candidates;
}

}  // namespace insights::patterns
