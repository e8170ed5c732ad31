#include "catalog/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "catalog/roles.h"
#include "catalog/row_noun.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

namespace {

using Words = std::vector<std::string>;

constexpr std::size_t opaque_letters_max = 4, description_words_max = 4;

Words split(std::string_view text) {
  Words words;
  std::string word;
  for (const char c : text) {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string joined(const Words& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::string without_trailing_digits(std::string word) {
  while (!word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) != 0)
    word.pop_back();
  return word;
}

// "qty" -> "quantity", also with a number after it; other words stay as they are.
std::string expanded(const std::string& text, const Vocabulary& vocabulary) {
  auto words = split(text);
  for (auto& word : words) {
    const auto known = vocabulary.abbreviations.find(without_trailing_digits(word));
    if (known != vocabulary.abbreviations.end()) word = known->second;
  }
  return joined(words);
}

// The description up to the first mark, when it is as short as a name: "early-bird discount".
std::string short_description(const std::string& description) {
  auto text = description.substr(0, description.find_first_of(":;,.("));
  while (text.ends_with(' ')) text.pop_back();
  const bool has_digit =
      std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  const auto words = split(text);
  if (words.size() < 2 || words.size() > description_words_max || has_digit ||
      text.find_first_of("{}") != std::string::npos)
    return "";
  const auto is_upper = [&](std::size_t i) {
    return std::isupper(static_cast<unsigned char>(text[i])) != 0;
  };
  if (is_upper(0) && !is_upper(1))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

bool is_opaque(const Column& column, const Vocabulary& vocabulary) {
  const auto words = words_of(column.name);
  return words.size() == 1 && words.front().size() <= opaque_letters_max &&
         vocabulary.kind_of(words) == nullptr && vocabulary.measure_of(words) == nullptr;
}

// "payment days" -> "payment time", and days are its unit when it had none.
void name_duration(Column& column, const Vocabulary& vocabulary) {
  auto words = split(column.label);
  if (column.kind != "duration" || words.size() < 2 ||
      !vocabulary.time_units.contains(words.back()))
    return;
  if (column.unit.empty()) column.unit = words.back();
  if (column.unit != words.back()) return;
  words.back() = "time";
  if (words[words.size() - 2].ends_with("time")) words.pop_back();  // "downtime"
  column.label = joined(words);
}

void name_measure(Column& column, const Vocabulary& vocabulary) {
  if (column.label != spoken(column.name)) return;  // the metadata or a formula gave it
  const auto known = expanded(column.label, vocabulary);
  if (known == column.label && is_opaque(column, vocabulary)) {
    if (auto text = short_description(column.description); !text.empty())
      column.label = std::move(text);
  } else {
    auto words = split(known);
    // "profit1": the number tells it from others, if there are others.
    if (!words.empty())
      if (auto word = without_trailing_digits(words.back()); !word.empty())
        words.back() = std::move(word);
    column.label = joined(words);
  }
  name_duration(column, vocabulary);
  // "net amount usd": the currency is said with each amount.
  if (auto words = split(column.label); column.money && words.size() > 1 &&
                                        currency_of(words.back()) == column.unit &&
                                        !column.unit.empty()) {
    words.pop_back();
    column.label = joined(words);
  }
}

void tell_apart(Subject& subject) {
  std::map<std::string, std::vector<std::size_t>> same;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == Role::measure) same[subject.columns[i].label].push_back(i);
  }
  for (const auto& [label, columns] : same) {
    if (columns.size() < 2) continue;
    for (const std::size_t i : columns) {
      auto& column = subject.columns[i];
      if (i != subject.money && column.label != spoken(column.name))
        column.label = fmt::format("{} ({})", label, column.name);
    }
  }
}

// The word by which a person is called for what he or she does: "manager" of "account_manager".
void name_person(Column& column, const Vocabulary& vocabulary) {
  const auto words = words_of(column.name);
  const auto role = std::ranges::find_if(
      words, [&](const std::string& word) { return vocabulary.person.contains(word); });
  if (role == words.end()) return;
  column.noun = expanded(*role, vocabulary);
  column.nouns = plural_of(column.noun);
}

// A row is what row_noun.h says; where the number of that document comes again and again it is a
// line of it.
void name_rows(Subject& subject, const Vocabulary& vocabulary) {
  subject.noun = noun_of_rows(subject, vocabulary);
  const bool has_lines = std::ranges::any_of(subject.columns, [&](const Column& column) {
    const auto place = static_cast<std::size_t>(&column - subject.columns.data());
    const auto& profile = subject.frame.columns[place].profile;
    const auto of_column = words_of(column.name);
    return column.role == Role::identifier &&
           std::ranges::find(of_column, subject.noun) != of_column.end() &&
           !profile.distinct_is_lower_bound && profile.distinct > 1 &&
           profile.distinct * 10 < static_cast<std::int64_t>(subject.frame.rows) * 9;
  });
  if (has_lines) subject.noun += " line";
  subject.nouns = plural_of(subject.noun);
}

}  // namespace

void name_for_people(Subject& subject, const Vocabulary& vocabulary) {
  for (auto& column : subject.columns) {
    const bool is_text_of_words = column.role == Role::dimension || column.role == Role::entity;
    if (column.role == Role::measure && !column.derived) name_measure(column, vocabulary);
    if (is_text_of_words && column.kind == "person") name_person(column, vocabulary);
    if (column.role == Role::dimension && column.kind != "person") {
      column.noun = expanded(column.noun, vocabulary);
      column.nouns = plural_of(column.noun);
    }
  }
  tell_apart(subject);
  name_rows(subject, vocabulary);
}

}  // namespace insights::catalog
