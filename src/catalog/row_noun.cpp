#include "catalog/row_noun.h"

#include <algorithm>
#include <vector>

namespace insights::catalog {

namespace {

using Words = std::vector<std::string>;

// Below it a column of different values may be one by chance: twelve orders of twelve customers.
constexpr std::int64_t rows_of_a_key_min = 50;

// "incident", not the kind of thing it is (an order): readers know their rows by their own word.
std::string event_in(const Words& table, const Vocabulary& vocabulary) {
  for (const auto& word : table) {
    const auto* kind = vocabulary.kind_of({word});
    if (kind != nullptr && kind->event) return word;
  }
  return "";
}

// "employee" of a table of employees.
std::string person_in(const Words& table, const Vocabulary& vocabulary) {
  const bool is_person = !table.empty() && vocabulary.person.contains(table.back());
  return is_person ? table.back() : "";
}

// The words of the key's name that the table's name has too.
std::string shared_words(const Words& key, const Words& table) {
  std::string shared;
  for (const auto& word : key) {
    if (std::ranges::find(table, word) == table.end()) continue;
    shared += (shared.empty() ? "" : " ") + word;
  }
  return shared;
}

// "user" of user_id, where a user is something that the vocabulary knows.
std::string known_thing(const Words& key, const Vocabulary& vocabulary) {
  if (key.size() < 2 || !vocabulary.identifier.contains(key.back())) return "";
  const auto& word = key[key.size() - 2];
  const auto* kind = vocabulary.kind_of({word});
  const bool is_thing = kind != nullptr && (kind->entity || kind->event);
  return is_thing || vocabulary.person.contains(word) ? word : "";
}

bool is_key(const Subject& subject, std::size_t column) {
  const auto& own = subject.columns[column];
  const auto& profile = subject.frame.columns[column].profile;
  const bool names_rows = own.role == Role::identifier || own.role == Role::entity;
  return names_rows && !own.derived && profile.nulls == 0 && !profile.distinct_is_lower_bound &&
         profile.distinct == profile.rows && profile.rows >= rows_of_a_key_min;
}

}  // namespace

std::string noun_of_rows(const Subject& subject, const Vocabulary& vocabulary) {
  const auto table = words_of(subject.table);
  if (auto event = event_in(table, vocabulary); !event.empty()) return event;
  for (std::size_t column = 0; column < subject.columns.size(); ++column) {
    if (!is_key(subject, column)) continue;
    const auto key = words_of(subject.columns[column].name);
    if (auto shared = shared_words(key, table); !shared.empty()) return shared;
    if (auto person = person_in(table, vocabulary); !person.empty()) return person;
    if (auto known = known_thing(key, vocabulary); !known.empty()) return known;
  }
  return "row";
}

}  // namespace insights::catalog
