// The words that business tables use (data/vocabulary.toml), and how a column name is read with
// them. The only place where the program's knowledge of words comes in; it is data, and users add
// to it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace insights::catalog {

// What a column of codes or names stands for.
struct Kind {
  std::string name, plural;
  std::vector<std::string> words;
  bool entity = false;  // a thing with a life of its own
  bool orders = false;  // comes back by itself, on a rhythm: can go silent
  bool event = false;   // one happening or document; never grouped by
  int rank = 0;         // which column leads when several show one cause; higher leads
};

// What a column of numbers measures.
struct MeasureWords {
  std::string name;
  std::vector<std::string> words;
  bool additive = false;
  bool money = false;
};

// What the time up to an event is called.
struct DurationWords {
  std::string name;  // "resolution time"
  std::string of;    // "period": said after what else the column's name holds ("warranty period")
  std::vector<std::string> words;  // of the end's name
};

// Data about persons, by the words of a column's name.
struct PersonalWords {
  std::string name;                // "email"
  std::vector<std::string> words;  // each one word, or several that follow each other
  bool guarded = false;            // it reaches or identifies somebody
  bool numbers = false;            // whole numbers may be it
  bool dates = false;              // dates may be it
};

struct Vocabulary {
  std::vector<Kind> kinds;
  std::vector<MeasureWords> measures;
  std::vector<DurationWords> durations;
  std::vector<PersonalWords> personal;
  std::set<std::string, std::less<>> identifier, label, time_preferred, time_avoided, calendar, bad,
      good, yes, no, bookkeeping, date_words, target, status, person, prose, outcome, given,
      linking, stop, about_personal, company, legal_form, time_units;
  std::map<std::string, std::string, std::less<>> abbreviations;  // "qty" -> "quantity"

  const Kind* kind_named(std::string_view name) const;
  // The first kind one of whose words is among `words`; nullptr when none is.
  const Kind* kind_of(const std::vector<std::string>& words) const;
  const MeasureWords* measure_of(const std::vector<std::string>& words) const;
};

// The vocabulary built into the program. `additions` (TOML, may be empty) come first, so that they
// win. Errors: invalid_input with the line.
base::Result<Vocabulary> read_vocabulary(std::string_view built_in, std::string_view additions);

// "store_code" -> {store, code}; "StockCode" -> {stock, code}; "value2" -> {value}; lower case, a
// plural "s" removed when a word without it is longer than three letters.
std::vector<std::string> words_of(std::string_view name);

// "store_code" -> "store code", "StockCode" -> "stock code": for sentences.
std::string spoken(std::string_view name);

// "order line" -> "order lines", "category" -> "categories", "batch" -> "batches".
std::string plural_of(std::string_view noun);

}  // namespace insights::catalog
