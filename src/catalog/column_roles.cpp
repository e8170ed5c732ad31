#include "catalog/column_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "catalog/roles.h"

namespace insights::catalog {

namespace {

using Words = std::vector<std::string>;
using WordSet = std::set<std::string, std::less<>>;

bool any_in(const Words& words, const WordSet& set) {
  return std::ranges::any_of(words, [&](const std::string& word) { return set.contains(word); });
}

bool last_in(const Words& words, const WordSet& set) {
  return !words.empty() && set.contains(words.back());
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// "customerid", "batchno": a known word and an identifier or label ending written as one.
Words split_compound(Words words, const Vocabulary& vocabulary) {
  if (words.size() != 1) return words;
  const std::string word = words.front();
  for (const auto* endings : {&vocabulary.identifier, &vocabulary.label}) {
    for (const auto& ending : *endings) {
      if (word.size() < ending.size() + 3 || !word.ends_with(ending)) continue;
      const std::string stem = word.substr(0, word.size() - ending.size());
      if (vocabulary.kind_of({stem}) != nullptr) return {stem, ending};
    }
  }
  return words;
}

// Sentences about something, not the name of it: "customer message", "short description".
bool says_prose(const Words& words, const Vocabulary& vocabulary) {
  return last_in(words, vocabulary.prose) && !last_in(words, vocabulary.label);
}

// The words without "id", "code", "name" at the end: "customer code" -> "customer". What a short
// description is short of is not said by "short" alone.
Words subject_words(const Words& words, const Vocabulary& vocabulary) {
  Words subject = words;
  const bool names_a_thing = words.size() < 2 || !last_in(words, vocabulary.prose) ||
                             vocabulary.kind_of({words[words.size() - 2]}) != nullptr;
  if (!names_a_thing) return subject;
  while (subject.size() > 1 &&
         (last_in(subject, vocabulary.identifier) || last_in(subject, vocabulary.label))) {
    subject.pop_back();
  }
  return subject;
}

// The kind of the noun: the last word decides ("customer segment" is a segment), earlier words help
// if it has none.
const Kind* kind_of_name(const Words& words, const Vocabulary& vocabulary) {
  if (says_prose(words, vocabulary)) return vocabulary.kind_of({words.back()});
  const auto subject = subject_words(words, vocabulary);
  for (auto word = subject.rbegin(); word != subject.rend(); ++word) {
    if (const auto* kind = vocabulary.kind_of({*word})) return kind;
  }
  return nullptr;
}

bool is_zero_or_one(const frame::Profile& profile) {
  return profile.whole && profile.distinct == 2 && profile.minimum == 0 && profile.maximum == 1;
}

// Parts of a whole: a few different numbers from 0 to 1, and not only these two.
bool is_share(const frame::Profile& profile) {
  constexpr std::int64_t different_max = 101;
  return profile.minimum >= 0 && profile.maximum <= 1 && !profile.whole &&
         profile.distinct <= different_max;
}

bool is_yes_or_no(const frame::Coded& coded, const Vocabulary& vocabulary) {
  if (coded.values() != 3) return false;  // null and two values
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  };
  const auto a = lower(coded.dictionary[1]), b = lower(coded.dictionary[2]);
  return (vocabulary.yes.contains(a) && vocabulary.no.contains(b)) ||
         (vocabulary.yes.contains(b) && vocabulary.no.contains(a));
}

// Most of its few values are words like "open", "declined".
bool says_what_became(const frame::Coded& coded, const Vocabulary& vocabulary) {
  constexpr std::size_t values_max = 20;
  if (coded.values() < 3 || coded.values() > values_max) return false;
  std::size_t known = 0;
  for (std::size_t value = 1; value < coded.values(); ++value)
    known += any_in(words_of(coded.dictionary[value]), vocabulary.status) ? 1 : 0;
  return known * 2 >= coded.values() - 1;
}

void as_flag(Column& column, const Words& words, const Vocabulary& vocabulary, std::string why) {
  column.role = Role::flag;
  column.polarity = any_in(words, vocabulary.bad) ? -1 : any_in(words, vocabulary.good) ? 1 : 0;
  column.why = std::move(why);
}

void as_kind(Column& column, const Kind* kind, Role role, std::string why) {
  column.role = role;
  if (kind != nullptr) column.kind = kind->name;
  column.why = std::move(why);
}

void classify_number(Column& column, const frame::Profile& profile, const Words& words,
                     std::size_t rows, const Vocabulary& vocabulary) {
  const auto* kind = kind_of_name(words, vocabulary);
  const auto* measure = vocabulary.measure_of(words);
  const bool says_identifier = last_in(words, vocabulary.identifier);
  const auto distinct = static_cast<std::size_t>(profile.distinct);
  if (is_zero_or_one(profile)) {
    as_flag(column, words, vocabulary, "only 0 and 1");
    return;
  }
  const bool unique = profile.nulls == 0 && distinct == rows && rows > 1;
  const bool names_a_thing =
      kind != nullptr && (says_identifier || (measure == nullptr && (kind->entity || kind->event)));
  if (profile.whole && names_a_thing) {
    if (kind->event || (unique && !kind->entity)) {
      as_kind(column, kind, Role::identifier,
              fmt::format("its name says it numbers {}", kind->plural));
    } else {
      as_kind(column, kind, kind->entity ? Role::entity : Role::dimension,
              fmt::format("whole numbers, and its name says {}", kind->name));
    }
    return;
  }
  if (profile.whole && says_identifier && (unique || distinct * 2 > rows || words.size() == 1)) {
    as_kind(column, nullptr, Role::identifier, "whole numbers, and its name says identifier");
    return;
  }
  if (profile.whole && last_in(words, vocabulary.calendar) && distinct <= 3000) {
    as_kind(column, nullptr, Role::dimension, "its name says a part of the calendar");
    column.kind = "calendar";
    return;
  }
  if (profile.whole && kind != nullptr && distinct <= 50 && profile.minimum >= 0) {
    as_kind(column, kind, Role::dimension,
            fmt::format("few whole numbers, and its name says {}", kind->name));
    return;
  }
  column.role = Role::measure;
  if (measure != nullptr && measure->name == "deduction" && is_share(profile)) {
    column.kind = "ratio";
    column.why = "its name says deduction, and its values are shares between 0 and 1";
  } else if (measure != nullptr) {
    column.kind = measure->name;
    column.additive = measure->additive;
    column.money = measure->money;
    column.why = fmt::format("numbers, and its name says {}", measure->name);
  } else {
    column.kind = "other";
    column.why = "numbers, of an unknown kind: averaged, never summed";
  }
}

// A document's number belongs to one day; a thing comes back on others.
bool looks_like_documents(const frame::Profile& profile, std::size_t rows) {
  return static_cast<double>(profile.distinct) > 0.5 * static_cast<double>(rows) && rows > 50;
}

// Sentences, however short and often repeated: their words say more than each text as a group. A
// lone "description" may be the name of what was sold, and a few texts are answers to choose from.
bool is_short_prose(const frame::Coded& coded, const Words& words, const Vocabulary& vocabulary) {
  constexpr std::size_t answers_max = 30, looked_at_max = 1000;
  constexpr double words_min = 2;
  if (words.size() < 2 && last_in(words, vocabulary.label)) return false;
  const std::size_t texts = coded.values() - 1, looked_at = std::min(texts, looked_at_max);
  if (!last_in(words, vocabulary.prose) || texts <= answers_max) return false;
  std::size_t several = 0;
  for (std::size_t text = 1; text <= looked_at; ++text)
    several += words_of(coded.dictionary[text]).size();
  return static_cast<double>(several) >= words_min * static_cast<double>(looked_at);
}

void classify_text(Column& column, const frame::Column& data, const Words& words, std::size_t rows,
                   const Vocabulary& vocabulary) {
  const auto& profile = data.profile;
  const auto* kind = kind_of_name(words, vocabulary);
  if (const auto* coded = data.coded(); coded == nullptr) {
    as_kind(column, kind, Role::identifier, "too many different texts to group by");
    return;
  }
  if (is_yes_or_no(*data.coded(), vocabulary)) {
    as_flag(column, words, vocabulary, "two texts that mean yes and no");
    return;
  }
  const auto* status = vocabulary.kind_named("status");
  const bool is_group = kind == nullptr || (!kind->entity && !kind->event);
  if (status != nullptr && is_group && says_what_became(*data.coded(), vocabulary)) {
    as_kind(column, status, Role::dimension, "its values say what became of a row");
    return;
  }
  if (kind != nullptr && kind->event) {
    as_kind(column, kind, Role::identifier,
            fmt::format("its name says it numbers {}", kind->plural));
    return;
  }
  const bool long_texts = profile.text_length_mean > 45;
  const bool label = last_in(words, vocabulary.label);
  const bool many = static_cast<double>(profile.distinct) > 0.3 * static_cast<double>(rows);
  if (long_texts && many && rows > 20) {
    as_kind(column, nullptr, Role::text, "long texts, nearly all different");
    return;
  }
  if (kind == nullptr && is_short_prose(*data.coded(), words, vocabulary)) {
    as_kind(column, nullptr, Role::text, "short texts of several words");
    return;
  }
  if (kind != nullptr && kind->name == "person" && any_in(words, vocabulary.bookkeeping)) {
    column.why = "who last changed the record, which is no part of what happened";
    return;
  }
  if (kind != nullptr && kind->entity) {
    as_kind(column, kind, Role::entity, fmt::format("its name says {}", kind->name));
    return;
  }
  if (looks_like_documents(profile, rows) && (kind == nullptr || label)) {
    as_kind(column, kind, profile.text_length_mean > 25 ? Role::text : Role::identifier,
            "texts that hardly ever repeat");
    return;
  }
  if (kind != nullptr) {
    as_kind(column, kind, Role::dimension, fmt::format("its name says {}", kind->name));
    return;
  }
  as_kind(column, nullptr, profile.distinct > 100 ? Role::entity : Role::dimension,
          fmt::format("{} texts that repeat",
                      profile.distinct > 100 ? "many different" : "few different"));
}

}  // namespace

Column column_role(const frame::Column& data, std::size_t rows, const Vocabulary& vocabulary) {
  Column column;
  column.name = data.name;
  column.engine_type = data.engine_type;
  column.type = data.type;
  column.label = spoken(data.name);
  const auto words = split_compound(words_of(data.name), vocabulary);
  const auto& profile = data.profile;
  const bool constant = profile.distinct <= 1 && !profile.distinct_is_lower_bound;
  if (profile.rows == profile.nulls) {
    column.why = "empty on every row";
  } else if (constant) {
    column.why = "the same value on every row";
  }
  if (!constant) {
    switch (data.type) {
      case frame::Type::boolean:
        as_flag(column, words, vocabulary, "true or false");
        break;
      case frame::Type::integer:
      case frame::Type::decimal:
        classify_number(column, profile, words, rows, vocabulary);
        break;
      case frame::Type::text:
        classify_text(column, data, words, rows, vocabulary);
        break;
      case frame::Type::date:
      case frame::Type::timestamp:
        column.role = Role::time;
        column.why = "dates";
        break;
    }
  } else if (data.type == frame::Type::date || data.type == frame::Type::timestamp) {
    column.role = rows > 0 && profile.distinct == 1 ? Role::time : Role::unused;
  }
  const auto subject = subject_words(words, vocabulary);
  const auto* kind = column.kind.empty() ? nullptr : vocabulary.kind_named(column.kind);
  column.noun = kind != nullptr && kind->entity ? kind->name : joined(subject);
  if (column.noun.empty()) column.noun = spoken(data.name);
  column.nouns = kind != nullptr && kind->entity ? kind->plural : plural_of(column.noun);
  return column;
}

}  // namespace insights::catalog
