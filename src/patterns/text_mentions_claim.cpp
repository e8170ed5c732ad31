#include <fmt/format.h>

#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/facts.h"
#include "patterns/rates.h"
#include "patterns/text_mentions.h"
#include "sql/dialect.h"

namespace insights::patterns {

namespace {

using catalog::Subject;
using findings::Format;
using findings::Guard;
using findings::GuardStatus;

std::string row_nouns(const Subject& subject) {
  const auto nouns = plain_words(subject.nouns);
  return nouns.empty() ? "rows" : nouns;
}

std::string text_sql_of(const Subject& subject, const Mention& mention) {
  return subject.columns[mention.text].sql;
}

// "description" as one says it; a name with digits as a value.
std::string text_noun(findings::Values& values, const catalog::Column& column) {
  return measure_phrase(values, column, "text_name");
}

void add_word(findings::Values& values) { values.cell("word", "a", 0, "word"); }

std::string word_sql(const Term& term) { return sql::quote_text(term.text) + " AS word"; }

Guard wording_guard() {
  return {"wording", GuardStatus::passed,
          "a word is counted as it is written; other words for the same thing are not"};
}

findings::Claim begun(const Workspace& workspace, const Mention& mention) {
  const auto& subject = workspace.subject;
  const auto& text = subject.columns[mention.text].name;
  auto claim = mention.column == no_column
                   ? claim_about_all(workspace, "text_mentions", "text mentions", "")
                   : claim_about(workspace, "text_mentions", "text mentions", mention.column,
                                 mention.value, "");
  claim.columns.push_back(text);
  std::vector<findings::Entity> entities{{text, mention.term->text, ""}};
  std::string measure;
  if (mention.measure != no_column) {
    measure = subject.columns[mention.measure].name;
    claim.columns.insert(claim.columns.begin(), measure);
  }
  if (mention.column != no_column)
    entities.push_back({subject.columns[mention.column].name,
                        subject.codes(mention.column).dictionary[mention.value], ""});
  claim.fingerprint = findings::fingerprint("text_mentions", measure, entities);
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(wording_guard());
  return claim;
}

}  // namespace

findings::Claim state_common_word(const Workspace& workspace, const Mention& mention,
                                  const Term& next) {
  const auto& subject = workspace.subject;
  auto claim = begun(workspace, mention);
  const auto text = text_sql_of(subject, mention);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {}, {} AS next_word, count({}) AS texts, count(*) FILTER (WHERE "
                        "{}) AS hits, count(*) FILTER (WHERE {}) AS next_hits FROM {}",
                        word_sql(*mention.term), sql::quote_text(next.text), text,
                        mentions_sql(text, mention.term->text), mentions_sql(text, next.text),
                        subject.from_sql)});
  findings::Values values;
  add_word(values);
  values.cell("next_word", "a", 0, "next_word")
      .cell("texts", "a", 0, "texts", Format::integer)
      .cell("hits", "a", 0, "hits", Format::integer)
      .cell("next_hits", "a", 0, "next_hits", Format::integer);
  values.formula("share", "hits / texts", Format::percent)
      .formula("next_share", "next_hits / texts", Format::percent);
  const auto noun = text_noun(values, subject.columns[mention.text]);
  const bool plural = noun.ends_with("s") && !noun.ends_with("ss");  // "remarks"
  const auto nouns = noun.starts_with("{") ? "texts" : plural ? noun : catalog::plural_of(noun);
  claim.title = fmt::format(
      "{{share}} of the {} mention \"{{word}}\"; the next word, \"{{next_word}}\", {{next_share}}",
      nouns);
  claim.summary = fmt::format("{{hits}} of {{texts}} {}.", nouns);
  claim.action = "Look at what these have in common: one cause may be behind most of them.";
  claim.test.effect_name = "share of the texts";
  claim.values = values.bindings();
  return claim;
}

findings::Claim state_mentions_in_group(const Workspace& workspace, const Mention& mention) {
  const auto& subject = workspace.subject;
  auto claim = begun(workspace, mention);
  const auto text = text_sql_of(subject, mention);
  const auto& group = subject.columns[mention.column];
  const auto in_group = equals_sql(subject, mention.column, mention.value),
             mentions = mentions_sql(text, mention.term->text);
  const auto &own = mention.word_first ? mentions : in_group,
             &said = mention.word_first ? in_group : mentions;
  const auto both = fmt::format("{} IS NOT NULL AND {} IS NOT NULL", text, group.sql);
  const auto count = [](const std::string& condition) {
    return fmt::format("count(*) FILTER (WHERE {})", condition);
  };
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {}, {} AS who, {} AS hits, {} AS cases, {} AS hits_elsewhere, {} "
                        "AS cases_elsewhere FROM {} WHERE {}",
                        word_sql(*mention.term), name_sql(subject, mention.column, mention.value),
                        count(own + " AND " + said), count(own),
                        count(fmt::format("NOT ({}) AND {}", own, said)),
                        count(fmt::format("NOT ({})", own)), subject.from_sql, both)});
  claim.evidence.push_back(
      {"b", fmt::format("SELECT {0} AS value, CAST({1} AS DOUBLE PRECISION) / count(*) AS share "
                        "FROM {2} WHERE {3} GROUP BY {4} ORDER BY share DESC, value LIMIT 40",
                        patterns::group_name_sql(subject, mention.column), count(mentions),
                        subject.from_sql, both, group.sql)});
  findings::Values values;
  add_word(values);
  values.cell("who", "a", 0, "who");
  for (const std::string_view cell : {"hits", "cases", "hits_elsewhere", "cases_elsewhere"})
    values.cell(cell, "a", 0, cell, Format::integer);
  values.formula("share", "hits / cases", Format::percent)
      .formula("others", "hits_elsewhere / cases_elsewhere", Format::percent);
  const auto nouns = row_nouns(subject);
  const auto who = subject_phrase(subject, mention.column, mention.value);
  const auto noun = text_noun(values, subject.columns[mention.text]);
  if (mention.word_first) {
    claim.title =
        fmt::format("{} that mention \"{{word}}\": {{share}} {}, against {{others}} of the others",
                    capitalized(nouns), having_phrase(group, workspace.vocabulary, "{who}"));
    claim.summary = fmt::format(
        "{{hits}} of {{cases}} {} that have it in their {}, against {{hits_elsewhere}} of "
        "{{cases_elsewhere}} that do not.",
        nouns, noun);
  } else {
    claim.title = fmt::format(
        "{}: {{share}} of its {} mention \"{{word}}\", against {{others}} elsewhere", who, nouns);
    claim.summary = fmt::format(
        "{{hits}} of {{cases}} {} have it in their {}, against {{hits_elsewhere}} of "
        "{{cases_elsewhere}} elsewhere.",
        nouns, noun);
  }
  claim.action = fmt::format("Find out what is behind it: one cause may explain {} {} of {}.",
                             mention.word_first ? "these" : "most", nouns, inside_sentence(who));
  claim.test.name = "rank correlation of the mention and the group";
  claim.test.effect_name = "difference of shares";
  using Axis = findings::Chart::Axis;
  claim.chart = {findings::Chart::Mark::bar,
                 fmt::format("Share that mention \"{{word}}\", by {}", noun_of(group)),
                 "b",
                 {"value", noun_of(group), Axis::Kind::nominal, ""},
                 {"share", "share that mention it", Axis::Kind::quantitative, "%"},
                 "",
                 claim.entities.front().label,
                 "",
                 ""};
  claim.values = values.bindings();
  return claim;
}

namespace {

// "{gap} higher than the others ({mean_others})"; no part of nothing or of less.
std::string against_others(findings::Values& values, const MentionMeans& means) {
  if (!(means.others.mean > 0)) return "against {mean_others} for the others";
  const bool higher = means.own.mean > means.others.mean;
  values.formula(
      "gap", higher ? "(mean - mean_others) / mean_others" : "(mean_others - mean) / mean_others",
      Format::percent);
  return fmt::format("{{gap}} {} than the others ({{mean_others}})", higher ? "higher" : "lower");
}

}  // namespace

findings::Claim state_mentions_and_measure(const Workspace& workspace, const Mention& mention) {
  const auto& subject = workspace.subject;
  auto claim = begun(workspace, mention);
  const auto text = text_sql_of(subject, mention);
  const auto& measure = subject.columns[mention.measure];
  const auto said = mentions_sql(text, mention.term->text);
  const auto side = [&](const std::string& condition, std::string_view suffix) {
    return fmt::format("{} AS total{}, count({}) FILTER (WHERE {}) AS cases{}",
                       sum_where_sql(subject, mention.measure, condition), suffix,
                       measure.exact_sql, condition, suffix);
  };
  claim.evidence.push_back(
      {"a", fmt::format("SELECT {}, {}, {} FROM {} WHERE {} IS NOT NULL", word_sql(*mention.term),
                        side(said, ""), side(fmt::format("NOT ({})", said), "_others"),
                        subject.from_sql, text)});
  const bool flag = measure.role == catalog::Role::flag;
  findings::Values values;
  add_word(values);
  for (const std::string_view suffix : {"", "_others"}) {
    values.cell(fmt::format("total{}", suffix), "a", 0, fmt::format("total{}", suffix))
        .cell(fmt::format("cases{}", suffix), "a", 0, fmt::format("cases{}", suffix),
              Format::integer);
    values.formula(fmt::format("mean{}", suffix), fmt::format("total{0} / cases{0}", suffix),
                   flag ? Format::percent : amount_format(measure), measure.unit);
  }
  const auto nouns = row_nouns(subject);
  const auto name = measure_phrase(values, measure);
  claim.title =
      flag
          ? fmt::format(
                "{} that mention \"{{word}}\": {{mean}} {}, against {{mean_others}} of the "
                "others",
                capitalized(nouns), flag_phrase(measure))
          : fmt::format("{} that mention \"{{word}}\": average {} {{mean}}, {}", capitalized(nouns),
                        name, against_others(values, mention_means(subject, mention, {})));
  claim.summary = fmt::format("{{cases}} {} have it in their {}, {{cases_others}} do not.", nouns,
                              text_noun(values, subject.columns[mention.text]));
  claim.action =
      fmt::format("Read some of these {}, and find out what makes the difference.", nouns);
  claim.test.name = "rank correlation of the mention and the number";
  claim.test.effect_name = flag ? "difference of shares" : "difference in standard deviations";
  claim.values = values.bindings();
  return claim;
}

}  // namespace insights::patterns
