#include <fmt/format.h>

#include "findings/fingerprint.h"
#include "patterns/facts.h"
#include "patterns/mix_difference.h"
#include "patterns/one_entity.h"
#include "patterns/survival.h"

namespace insights::patterns {

namespace {

using findings::Format;
using findings::Guard;
using findings::GuardStatus;

// Cases as a query counts them: rows, or the values of the unit.
std::string count_sql(const catalog::Subject& subject, const MixPair& pair,
                      std::string_view condition) {
  const auto what =
      pair.unit ? fmt::format("count(DISTINCT {})", subject.columns[*pair.unit].sql) : "count(*)";
  return fmt::format("{} FILTER (WHERE {})", what, condition);
}

std::string case_nouns(const catalog::Subject& subject, const MixPair& pair) {
  if (pair.unit) return nouns_of(subject.columns[*pair.unit]);
  const auto nouns = plain_words(subject.nouns);
  return nouns.empty() ? "rows" : nouns;
}

// "have the category {what}", "have the priority {what} or {what_too}", "are assigned to {what}".
std::string mix_phrase(const Workspace& workspace, const MixFinding& found) {
  auto text =
      having_phrase(workspace.subject.columns[found.pair.mix], workspace.vocabulary, "{what}");
  if (found.values.size() > 1) text += " or {what_too}";
  return text;
}

void draw(findings::Claim& claim, const Workspace& workspace, const MixFinding& found,
          const std::string& mix_condition, const std::string& both) {
  const auto& subject = workspace.subject;
  const auto& segment = subject.columns[found.pair.segment];
  const auto& mix = subject.columns[found.pair.mix];
  const auto all = found.pair.unit
                       ? fmt::format("count(DISTINCT {})", subject.columns[*found.pair.unit].sql)
                       : "count(*)";
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {} AS value, CAST({} AS DOUBLE PRECISION) / {} AS share FROM {} "
                        "WHERE {} GROUP BY {} ORDER BY share DESC, value LIMIT 40",
                        patterns::group_name_sql(subject, found.pair.segment),
                        count_sql(subject, found.pair, mix_condition), all, subject.from_sql, both,
                        segment.sql)});
  using Axis = findings::Chart::Axis;
  claim.chart = {
      findings::Chart::Mark::bar,
      fmt::format("Share that {}, by {}", mix_phrase(workspace, found), noun_of(segment)),
      "b",
      {"value", noun_of(segment), Axis::Kind::nominal, ""},
      {"share", "share with this " + noun_of(mix), Axis::Kind::quantitative, "%"},
      "",
      claim.entities.front().label,
      "",
      ""};
}

Guard entity_guard(const Workspace& workspace, const MixFinding& found) {
  if (found.pair.unit)
    return {
        "one_entity", GuardStatus::not_applicable,
        fmt::format("each {} counts once", noun_of(workspace.subject.columns[*found.pair.unit]))};
  const double gap = found.own.rate() - found.elsewhere.rate();
  return one_entity_guard(
      workspace, found.pair.segment, found.value, no_column, [&](const frame::Mask& kept) {
        auto again = found;
        count_again(mix_counts(workspace, found.pair, kept), again);
        return still_stands(p_of_mix(again), again.own.rate() - again.elsewhere.rate(), gap);
      });
}

}  // namespace

findings::Claim state_mix_difference(const Workspace& workspace, const MixFinding& found) {
  const auto& subject = workspace.subject;
  const auto& mix = subject.columns[found.pair.mix];
  auto claim = claim_about(workspace, "mix_difference", "mix difference", found.pair.segment,
                           found.value, mix.name);
  const auto own = equals_sql(subject, found.pair.segment, found.value);
  const auto of_mix = in_sql(subject, found.pair.mix, found.values);
  const auto both = fmt::format("{} IS NOT NULL AND {} IS NOT NULL",
                                subject.columns[found.pair.segment].sql, mix.sql);
  std::string names = name_sql(subject, found.pair.mix, found.values.front()) + " AS what";
  if (found.values.size() > 1)
    names += ", " + name_sql(subject, found.pair.mix, found.values[1]) + " AS what_too";
  const auto counted = [&](const std::string& condition) {
    return count_sql(subject, found.pair, condition);
  };
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT {} AS who, {}, {} AS hits, {} AS cases, {} AS hits_elsewhere, {} AS "
                   "cases_elsewhere FROM {} WHERE {}",
                   name_sql(subject, found.pair.segment, found.value), names,
                   counted(fmt::format("{} AND {}", own, of_mix)), counted(own),
                   counted(fmt::format("NOT ({}) AND {}", own, of_mix)),
                   counted(fmt::format("NOT ({})", own)), subject.from_sql, both)});
  findings::Values values;
  values.cell("who", "a", 0, "who").cell("what", "a", 0, "what");
  if (found.values.size() > 1) values.cell("what_too", "a", 0, "what_too");
  for (const std::string_view cell : {"hits", "cases", "hits_elsewhere", "cases_elsewhere"})
    values.cell(cell, "a", 0, cell, Format::integer);
  values.formula("share", "hits / cases", Format::percent)
      .formula("others", "hits_elsewhere / cases_elsewhere", Format::percent);
  const auto nouns = case_nouns(subject, found.pair);
  const auto who = subject_phrase(subject, found.pair.segment, found.value);
  claim.title = fmt::format("{}: {{share}} of its {} {}, against {{others}} elsewhere", who, nouns,
                            mix_phrase(workspace, found));
  claim.summary = fmt::format(
      "{{hits}} of {{cases}} {}, against {{hits_elsewhere}} of "
      "{{cases_elsewhere}} elsewhere.",
      nouns);
  claim.action = fmt::format(
      "Find out why {} has another mix of {} than the others, and whether it "
      "should.",
      inside_sentence(who), nouns_of(mix));
  claim.test.name = "likelihood-ratio test of the mix";
  claim.test.effect_name = "difference of shares";
  draw(claim, workspace, found, of_mix, both);
  claim.guards = usual_guards(workspace);
  claim.guards.push_back({"partial_period", GuardStatus::not_applicable,
                          "shares do not depend on how long a month is"});
  claim.guards.push_back(entity_guard(workspace, found));
  claim.values = values.bindings();
  return claim;
}

findings::Claim state_nearly_the_same(const Workspace& workspace, const MixPair& pair) {
  const auto& subject = workspace.subject;
  const auto &first = subject.columns[pair.segment], &second = subject.columns[pair.mix];
  auto claim = claim_about_all(workspace, "mix_difference", "mix difference",
                               second.name + " by " + first.name);
  claim.columns = {first.name, second.name};
  const auto pairs = fmt::format(
      "SELECT {0} AS first_value, {1} AS second_value, count(*) AS row_count FROM {2} "
      "WHERE {0} IS NOT NULL AND {1} IS NOT NULL GROUP BY {0}, {1}",
      first.sql, second.sql, subject.from_sql);
  // How many rows have the most frequent partner of their value.
  claim.evidence.push_back(
      {"a", fmt::format("SELECT sum(row_count) AS cases, sum(largest) AS usual FROM (SELECT "
                        "first_value, sum(row_count) AS row_count, max(row_count) AS largest FROM "
                        "({}) AS pairs GROUP BY first_value) AS partners",
                        pairs)});
  findings::Values values;
  values.cell("cases", "a", 0, "cases", Format::integer).cell("usual", "a", 0, "usual");
  values.formula("share", "usual / cases", Format::percent);
  const auto word = [&](const catalog::Column& column, std::string_view hole) {
    return measure_phrase(values, column, hole);
  };
  claim.title =
      fmt::format("{} and {} say nearly the same: {{share}} of the rows have the usual pair",
                  capitalized(word(first, "first")), word(second, "second"));
  claim.summary =
      "Each value of the one goes with one value of the other, so what is found of the one holds "
      "of "
      "the other as well.";
  claim.action = "Read the two as one; look at the rows without the usual pair for wrong entries.";
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows with the usual pair";
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace insights::patterns
