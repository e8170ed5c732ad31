#include "catalog/vocabulary.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <sstream>

namespace insights::catalog {

namespace {

std::vector<std::string> texts(const toml::table& table, std::string_view key) {
  std::vector<std::string> result;
  if (const auto* array = table[key].as_array()) {
    for (const auto& node : *array) {
      if (const auto text = node.value<std::string>()) result.push_back(*text);
    }
  }
  return result;
}

void add_words(std::set<std::string, std::less<>>& into, const toml::table& words,
               std::string_view key) {
  for (auto& word : texts(words, key)) into.insert(std::move(word));
}

void add(Vocabulary& vocabulary, const toml::table& document) {
  if (const auto* kinds = document["kind"].as_array()) {
    for (const auto& node : *kinds) {
      const auto* table = node.as_table();
      if (table == nullptr) continue;
      Kind kind;
      kind.name = (*table)["name"].value_or(std::string{});
      kind.plural = (*table)["plural"].value_or(plural_of(kind.name));
      kind.words = texts(*table, "words");
      kind.entity = (*table)["entity"].value_or(false);
      kind.orders = (*table)["orders"].value_or(false);
      kind.event = (*table)["event"].value_or(false);
      kind.rank = (*table)["rank"].value_or(0);
      vocabulary.kinds.push_back(std::move(kind));
    }
  }
  if (const auto* measures = document["measure"].as_array()) {
    for (const auto& node : *measures) {
      const auto* table = node.as_table();
      if (table == nullptr) continue;
      vocabulary.measures.push_back({(*table)["name"].value_or(std::string{}),
                                     texts(*table, "words"), (*table)["additive"].value_or(false),
                                     (*table)["money"].value_or(false)});
    }
  }
  if (const auto* durations = document["duration"].as_array()) {
    for (const auto& node : *durations) {
      const auto* table = node.as_table();
      if (table == nullptr) continue;
      vocabulary.durations.push_back({(*table)["name"].value_or(std::string{}),
                                      (*table)["of"].value_or(std::string{}),
                                      texts(*table, "words")});
    }
  }
  if (const auto* entries = document["personal"].as_array()) {
    for (const auto& node : *entries) {
      const auto* table = node.as_table();
      if (table == nullptr) continue;
      vocabulary.personal.push_back({(*table)["name"].value_or(std::string{}),
                                     texts(*table, "words"), (*table)["guarded"].value_or(false),
                                     (*table)["numbers"].value_or(false),
                                     (*table)["dates"].value_or(false)});
    }
  }
  if (const auto* words = document["words"].as_table()) {
    add_words(vocabulary.identifier, *words, "identifier");
    add_words(vocabulary.label, *words, "label");
    add_words(vocabulary.time_preferred, *words, "time_preferred");
    add_words(vocabulary.time_avoided, *words, "time_avoided");
    add_words(vocabulary.calendar, *words, "calendar");
    add_words(vocabulary.bad, *words, "bad");
    add_words(vocabulary.good, *words, "good");
    add_words(vocabulary.yes, *words, "yes");
    add_words(vocabulary.no, *words, "no");
    add_words(vocabulary.bookkeeping, *words, "bookkeeping");
    add_words(vocabulary.date_words, *words, "date_words");
    add_words(vocabulary.target, *words, "target");
    add_words(vocabulary.status, *words, "status");
    add_words(vocabulary.person, *words, "person");
    add_words(vocabulary.prose, *words, "prose");
    add_words(vocabulary.outcome, *words, "outcome");
    add_words(vocabulary.given, *words, "given");
    add_words(vocabulary.linking, *words, "linking");
    add_words(vocabulary.stop, *words, "stop");
    add_words(vocabulary.about_personal, *words, "about_personal");
    add_words(vocabulary.company, *words, "company");
    add_words(vocabulary.legal_form, *words, "legal_form");
    add_words(vocabulary.time_units, *words, "time_units");
  }
  if (const auto* spelled = document["abbreviations"].as_table()) {
    for (const auto& [word, meaning] : *spelled) {
      if (const auto text = meaning.value<std::string>())
        vocabulary.abbreviations.emplace(std::string(word.str()), *text);
    }
  }
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
// Bytes of non-ASCII letters count as letters, so that names in any script stay whole.
bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Cuts at everything that is no letter, and before a capital that follows a small letter or that
// ends a run of capitals.
std::vector<std::string> cut(std::string_view name, bool keep_digits) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_letter(c) && !(keep_digits && is_digit(c))) {
      end_word();
      continue;
    }
    const bool after_small = i > 0 && is_letter(name[i - 1]) && !is_upper(name[i - 1]);
    const bool before_small = i > 0 && is_upper(name[i - 1]) && i + 1 < name.size() &&
                              is_letter(name[i + 1]) && !is_upper(name[i + 1]);
    if (is_upper(c) && (after_small || before_small)) end_word();
    word += lower(c);
  }
  end_word();
  return words;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view e) { return text.ends_with(e); });
}

template <class Entry>
const Entry* first_with_word(const std::vector<Entry>& entries,
                             const std::vector<std::string>& words) {
  for (const auto& entry : entries) {
    for (const auto& word : words) {
      if (std::ranges::find(entry.words, word) != entry.words.end()) return &entry;
    }
  }
  return nullptr;
}

}  // namespace

const Kind* Vocabulary::kind_named(std::string_view name) const {
  const auto found = std::ranges::find(kinds, name, &Kind::name);
  return found == kinds.end() ? nullptr : &*found;
}

const Kind* Vocabulary::kind_of(const std::vector<std::string>& words) const {
  return first_with_word(kinds, words);
}

const MeasureWords* Vocabulary::measure_of(const std::vector<std::string>& words) const {
  // The last word is the noun ("unit price" is a price, "price units" are units): it is asked
  // first.
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    if (const auto* found = first_with_word(measures, {*word, *word + "s"})) return found;
  }
  return nullptr;
}

base::Result<Vocabulary> read_vocabulary(std::string_view built_in, std::string_view additions) {
  Vocabulary vocabulary;
  for (const auto text : {additions, built_in}) {
    try {
      add(vocabulary, toml::parse(text));
    } catch (const toml::parse_error& error) {
      return base::fail(
          base::ErrorKind::invalid_input,
          fmt::format("vocabulary, line {}: {}", error.source().begin.line, error.description()),
          "see data/vocabulary.toml for the format");
    }
  }
  return vocabulary;
}

std::vector<std::string> words_of(std::string_view name) {
  auto words = cut(name, false);
  for (auto& word : words) {
    if (word.size() > 4 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")) {
      if (word.ends_with("ies")) {
        word.replace(word.size() - 3, 3, "y");
      } else {
        word.pop_back();
      }
    }
  }
  return words;
}

std::string spoken(std::string_view name) {
  std::string result;
  for (const auto& word : cut(name, true)) {
    if (!result.empty()) result += ' ';
    result += word;
  }
  return result.empty() ? std::string(name) : result;
}

std::string plural_of(std::string_view noun) {
  std::string text(noun);
  if (text.empty() || text.ends_with("people")) return text;
  if (text.ends_with('y') && text.size() > 1 &&
      std::string_view("aeiou").find(text[text.size() - 2]) == std::string_view::npos) {
    return text.substr(0, text.size() - 1) + "ies";
  }
  if (ends_with_any(text, {"s", "x", "ch", "sh"})) return text + "es";
  return text + "s";
}

}  // namespace insights::catalog
