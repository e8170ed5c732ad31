#include "patterns/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "catalog/vocabulary.h"
#include "findings/fingerprint.h"

namespace insights::patterns {

namespace {

using catalog::Subject;
using findings::Guard;
using findings::GuardStatus;

bool is_numeric(frame::Type type) {
  return type == frame::Type::integer || type == frame::Type::decimal;
}

// The label most rows of the value carry; ties go to the text that sorts first.
std::string frequent_label(const Subject& subject, std::size_t column, std::uint32_t value,
                           std::size_t label) {
  const auto& codes = subject.codes(column).codes;
  const auto& labels = subject.codes(label);
  std::map<std::string, std::int64_t> counts;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] == value && labels.codes[row] != 0)
      ++counts[labels.dictionary[labels.codes[row]]];
  }
  std::string best;
  std::int64_t best_count = 0;
  for (const auto& [text, count] : counts) {
    if (count > best_count) {
      best = text;
      best_count = count;
    }
  }
  return best;
}

std::optional<std::size_t> label_of(const Subject& subject, std::size_t column) {
  const auto& name = subject.columns[column].label_column;
  if (name.empty()) return std::nullopt;
  const auto label = subject.index_of(name);
  if (!label || !subject.is_coded(*label)) return std::nullopt;
  return label;
}

std::string without_digits(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '{' && c != '}') result += c;
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result.empty() ? "value" : result;
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// A name, or so it looks: it begins with a capital, goes on in small letters, and has no digits.
// "remote" and "C7" do not.
bool speaks_for_itself(std::string_view text) {
  if (text.size() < 3 || has_digit(text)) return false;
  const auto first = static_cast<unsigned char>(text.front());
  const bool small =
      std::ranges::any_of(text, [](unsigned char c) { return std::islower(c) != 0 || c >= 0x80; });
  return small && (std::isupper(first) != 0 || first >= 0x80);
}

}  // namespace

std::string equals_sql(const Subject& subject, std::size_t column, std::uint32_t value) {
  const auto& sql_name = subject.columns[column].sql;
  if (value == 0) return fmt::format("{} IS NULL", sql_name);
  const auto& text = subject.codes(column).dictionary[value];
  if (is_numeric(subject.columns[column].type)) return fmt::format("{} = {}", sql_name, text);
  return fmt::format("{} = {}", sql_name, sql::quote_text(text));
}

std::string day_sql(base::Day day) { return fmt::format("DATE '{}'", base::iso_text(day)); }

std::string between_sql(const Subject& subject, base::Day from, base::Day to_exclusive) {
  const auto& time = subject.columns[*subject.time].sql;
  return fmt::format("{0} >= {1} AND {0} < {2}", time, day_sql(from), day_sql(to_exclusive));
}

std::string time_sql(const Subject& subject) {
  const auto& time = subject.columns[*subject.time];
  return time.type == frame::Type::date ? time.sql : fmt::format("CAST({} AS DATE)", time.sql);
}

std::string period_sql(const Subject& subject, Grain grain) {
  const auto day = time_sql(subject);
  // Half of what date_trunc takes, which goes through a moment in time.
  if (grain == Grain::month)
    return fmt::format("{0} - (CAST(extract(day FROM {0}) AS INTEGER) - 1)", day);
  return fmt::format("CAST(date_trunc('week', {}) AS DATE)", day);
}

std::string sum_sql(const Subject& subject, std::size_t measure) {
  return sum_where_sql(subject, measure, "");
}

std::string sum_where_sql(const Subject& subject, std::size_t measure, std::string_view condition) {
  const auto& column = subject.columns[measure];
  const auto filter = condition.empty() ? "" : fmt::format(" FILTER (WHERE {})", condition);
  return column.sum_decimals ? fmt::format("coalesce(CAST(fsum({}){} AS DECIMAL(38, {})), 0)",
                                           column.sql, filter, *column.sum_decimals)
                             : fmt::format("coalesce(sum({}){}, 0)", column.exact_sql, filter);
}

std::string label_sql(const Subject& subject, std::size_t column, std::uint32_t value) {
  const auto condition = equals_sql(subject, column, value);
  const auto label = label_of(subject, column);
  if (!label) {
    const auto& own = subject.columns[column];
    const bool whole =
        own.type == frame::Type::decimal && subject.frame.columns[column].profile.whole;
    const auto number =
        whole ? fmt::format("CAST({} AS BIGINT)", own.sql) : own.sql;  // 14646, not 14646.0
    const auto text =
        own.type == frame::Type::text ? own.sql : fmt::format("CAST({} AS VARCHAR)", number);
    return fmt::format("max({}) FILTER (WHERE {})", text, condition);
  }
  const auto& label_column = subject.columns[*label];
  const auto text = frequent_label(subject, column, value, *label);
  return fmt::format("max({0}) FILTER (WHERE {1} AND {0} = {2})", label_column.sql, condition,
                     sql::quote_text(text));
}

findings::Entity entity_of(const Subject& subject, std::size_t column, std::uint32_t value) {
  findings::Entity entity;
  entity.column = subject.columns[column].name;
  entity.value = subject.codes(column).dictionary[value];
  entity.label = entity.value;
  if (const auto label = label_of(subject, column)) {
    const auto text = frequent_label(subject, column, value, *label);
    if (!text.empty()) entity.label = text;
  }
  return entity;
}

std::string subject_phrase(const Subject& subject, std::size_t column, std::uint32_t value) {
  const auto entity = entity_of(subject, column, value);
  const auto& own = subject.columns[column];
  // "Priority Low", "State Completed", "Department Sales": such values say little by themselves.
  const bool is_part = (own.kind == "level" || own.kind == "status" || own.kind == "department") &&
                       !inside_sentence(entity.label).starts_with(noun_of(own));
  if (entity.label != entity.value || (speaks_for_itself(entity.label) && !is_part)) return "{who}";
  return capitalized(noun_of(subject.columns[column])) + " {who}";
}

std::string subjects_phrase(const Subject& subject, const catalog::Vocabulary& vocabulary,
                            std::size_t column, const std::vector<std::uint32_t>& values) {
  if (values.size() == 1) return subject_phrase(subject, column, values.front());
  std::string list = "{who}";
  for (std::size_t i = 1; i < values.size(); ++i)
    list += fmt::format("{}{{who_{}}}", i + 1 == values.size() ? " and " : ", ",
                        std::string_view("abcdefghij").substr(i, 1));
  const auto* kind = vocabulary.kind_named(subject.columns[column].kind);
  const bool named =
      kind != nullptr && kind->entity && subject_phrase(subject, column, values.front()) == "{who}";
  return named ? list : capitalized(noun_of(subject.columns[column])) + " " + list;
}

std::string having_phrase(const catalog::Column& column, const catalog::Vocabulary& vocabulary,
                          std::string_view hole) {
  const auto words = catalog::words_of(column.name);
  const bool links = words.size() > 1 && vocabulary.linking.contains(words.back());
  const auto said = links ? without_digits(catalog::spoken(column.name)) : "";
  if (!said.empty()) return fmt::format("are {} {}", said, hole);
  const bool is_person = !words.empty() && vocabulary.person.contains(words.back());
  return fmt::format("have the {} {}", is_person ? words.back() : noun_of(column), hole);
}

std::string inside_sentence(std::string phrase) {
  if (!phrase.empty())
    phrase[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(phrase[0])));
  return phrase;
}

std::size_t words_in_name(const Subject& subject, std::size_t column) {
  return catalog::words_of(subject.columns[column].name).size();
}

std::string noun_of(const catalog::Column& column) { return without_digits(column.noun); }
std::string person_noun(const catalog::Column& column, const catalog::Vocabulary& vocabulary) {
  const auto words = catalog::words_of(column.name);
  const auto role = std::ranges::find_if(
      words, [&](const std::string& word) { return vocabulary.person.contains(word); });
  return role == words.end() ? noun_of(column) : *role;
}
std::string nouns_of(const catalog::Column& column) { return without_digits(column.nouns); }

std::string capitalized(std::string_view text) {
  std::string result(text);
  if (!result.empty())
    result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
  return result;
}

std::string measure_phrase(findings::Values& values, const catalog::Column& measure,
                           std::string_view name) {
  if (!has_digit(measure.label)) return measure.label;
  if (!values.has(name)) values.name(name, measure.name);
  // "net sales (net2)": words, and the name that tells it from others.
  const auto own_name = measure.label.rfind(measure.name);
  const auto words = own_name == std::string::npos
                         ? std::string_view()
                         : std::string_view(measure.label).substr(0, own_name);
  if (!words.empty() && !has_digit(words))
    return fmt::format("{}{{{}}}{}", words, name,
                       measure.label.substr(own_name + measure.name.size()));
  return fmt::format("{{{}}}", name);
}

findings::Format amount_format(const catalog::Column& measure) {
  return measure.money ? findings::Format::money : findings::Format::decimal;
}

findings::Claim claim_about(const Workspace& workspace, std::string_view pattern,
                            std::string_view family, std::size_t column, std::uint32_t value,
                            std::string_view measure) {
  const auto& subject = workspace.subject;
  auto claim = claim_about_all(workspace, pattern, family, measure);
  const auto entity = entity_of(subject, column, value);
  claim.entities = {entity};
  claim.columns.insert(claim.columns.begin(), entity.column);
  claim.scope.equals = {{entity.column, entity.value, entity.value}};
  claim.fingerprint = findings::fingerprint(pattern, measure, claim.scope.equals);
  const auto& kind = subject.columns[column].kind;
  if (!kind.empty()) claim.topics.push_back(kind);
  return claim;
}

findings::Claim claim_about(const Workspace& workspace, std::string_view pattern,
                            std::string_view family, std::size_t column,
                            const std::vector<std::uint32_t>& values, std::string_view measure) {
  auto claim = claim_about(workspace, pattern, family, column, values.front(), measure);
  for (std::size_t i = 1; i < values.size(); ++i)
    claim.entities.push_back(entity_of(workspace.subject, column, values[i]));
  if (values.size() > 1) {
    claim.scope.equals.clear();  // a conjunction cannot say one or the other
    claim.fingerprint = findings::fingerprint(pattern, measure, claim.entities);
  }
  return claim;
}

findings::Claim claim_about_all(const Workspace& workspace, std::string_view pattern,
                                std::string_view family, std::string_view measure) {
  findings::Claim claim;
  claim.pattern = pattern;
  claim.family = family;
  claim.scope.table = workspace.subject.table;
  if (!measure.empty()) claim.columns.emplace_back(measure);
  claim.topics = {std::string(pattern)};
  if (workspace.subject.find(measure) != nullptr && workspace.subject.find(measure)->money)
    claim.topics.emplace_back("money");
  claim.fingerprint = findings::fingerprint(pattern, measure, {});
  if (workspace.small) claim.strength = findings::Strength::descriptive;
  return claim;
}

Guard partial_period_guard(const Workspace& workspace) {
  const auto& periods = workspace.periods;
  if (periods.count == 0)
    return {"partial_period", GuardStatus::not_applicable, "no series of periods is used"};
  const std::string noun = periods.noun();
  if (periods.last_left_out && periods.first_left_out) {
    return {"partial_period", GuardStatus::passed,
            fmt::format("the first and the last {} are incomplete and left out", noun)};
  }
  if (periods.last_left_out)
    return {"partial_period", GuardStatus::passed,
            fmt::format("the last {} is incomplete and left out", noun)};
  if (periods.first_left_out)
    return {"partial_period", GuardStatus::passed,
            fmt::format("the first {} is incomplete and left out", noun)};
  return {"partial_period", GuardStatus::passed, fmt::format("every {} is complete", noun)};
}

Guard sample_guard(const Workspace& workspace) {
  if (workspace.small) {
    return {"minimum_sample", GuardStatus::downgraded,
            fmt::format("too few {} to test anything: a description, not a proof",
                        workspace.subject.nouns)};
  }
  return {"minimum_sample", GuardStatus::passed, "enough cases for the test"};
}

Guard fan_out_guard(const Workspace& workspace) {
  if (workspace.subject.joins.empty())
    return {"fan_out", GuardStatus::not_applicable, "one table, no join"};
  return {"fan_out", GuardStatus::passed,
          "every row finds at most one partner in each joined table, so nothing is counted twice"};
}

Guard truncation_guard(const Workspace& workspace) {
  if (!workspace.subject.frame.truncated())
    return {"truncation", GuardStatus::passed, "all rows were read"};
  return {"truncation", GuardStatus::downgraded, "only the first part of the rows was read"};
}

std::vector<Guard> usual_guards(const Workspace& workspace) {
  return {sample_guard(workspace), fan_out_guard(workspace), truncation_guard(workspace)};
}

frame::Mask mask_without(const Subject& subject, std::size_t column, std::uint32_t value) {
  auto mask = mask_only(subject, column, value);
  for (auto& kept : mask) kept = kept == 0 ? 1 : 0;
  return mask;
}

frame::Mask mask_only(const Subject& subject, std::size_t column, std::uint32_t value) {
  frame::Mask mask(subject.frame.rows);
  subject.codes(column).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < mask.size(); ++row) mask[row] = codes[row] == value ? 1 : 0;
  });
  return mask;
}

std::vector<double> percentiles(const std::vector<double>& effects) {
  std::vector<double> sorted = effects;
  std::ranges::sort(sorted);
  std::vector<double> result;
  result.reserve(effects.size());
  for (const double effect : effects) {
    const auto above = std::ranges::upper_bound(sorted, effect) - sorted.begin();
    result.push_back(static_cast<double>(above) / static_cast<double>(sorted.size()));
  }
  return result;
}

}  // namespace insights::patterns
