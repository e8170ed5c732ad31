#include "patterns/text_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <unordered_map>

#include "sql/dialect.h"

namespace insights::patterns {

namespace {

using catalog::Role;

constexpr double share_min = 0.02, share_max = 0.95;
constexpr std::int64_t rows_min = 10;
constexpr std::size_t letters_min = 3, terms_max = 40, columns_max = 3;
constexpr std::size_t words_known_max =
    400'000;  // different words of a column; later ones are rare
constexpr double words_a_text_min = 3;
constexpr double words_a_short_text_min = 2;  // the same, where the column's name says sentences
constexpr double texts_min = 8;               // different ones; fewer are a dimension
constexpr double texts_a_row_min = 0.3;       // of a label, to be more than a name
constexpr double same_rows = 0.9;             // of the rows of either

bool is_between(unsigned char c) {
  return c < 0x80 && (std::isspace(c) != 0 || std::ispunct(c) != 0 || std::isdigit(c) != 0);
}

std::size_t letters_of(std::string_view word) {
  return static_cast<std::size_t>(
      std::ranges::count_if(word, [](unsigned char c) { return c < 0x80 || c >= 0xC0; }));
}

std::vector<std::string_view> words_in(const std::string& spaced_text) {
  std::vector<std::string_view> words;
  const std::string_view text = spaced_text;
  for (std::size_t at = 1; at < text.size();) {
    const auto end = text.find(' ', at);
    if (end == std::string_view::npos) break;
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Texts of several words each, that are no names of things.
bool is_free_text(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  if (workspace.is_decoy(column) || !subject.is_coded(column) || own.derived ||
      own.type != frame::Type::text || own.role == Role::flag)
    return false;
  const auto& dictionary = subject.codes(column).dictionary;
  const auto texts = static_cast<double>(dictionary.size() - 1);
  const auto name = catalog::words_of(own.name);
  const bool prose = !name.empty() && workspace.vocabulary.prose.contains(name.back());
  const bool names_things = !name.empty() && workspace.vocabulary.label.contains(name.back());
  // What names a code that comes again and again is a name, whatever the column is called.
  const bool of_a_code =
      own.role == Role::label && texts < texts_a_row_min * static_cast<double>(subject.frame.rows);
  if (of_a_code || texts < texts_min || !(prose || (own.role == Role::text && !names_things)))
    return false;
  double words = 0;
  const std::size_t looked_at = std::min<std::size_t>(dictionary.size() - 1, 2000);
  for (std::size_t code = 1; code <= looked_at; ++code)
    words += static_cast<double>(words_in(spaced(dictionary[code])).size());
  return words >=
         (prose ? words_a_short_text_min : words_a_text_min) * static_cast<double>(looked_at);
}

std::vector<std::int64_t> rows_by_text(const frame::Coded& coded) {
  std::vector<std::int64_t> rows(coded.values(), 0);
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < coded.codes.size(); ++row) ++rows[codes[row]];
  });
  return rows;
}

// Words that every text of the table is about: of its name and its columns' names.
std::set<std::string, std::less<>> own_words(const Workspace& workspace) {
  std::set<std::string, std::less<>> words;
  const auto add = [&](std::string_view name) {
    for (const auto& word : catalog::words_of(name)) {
      words.insert(word);
      words.insert(catalog::plural_of(word));
    }
  };
  add(workspace.subject.table);
  add(workspace.subject.noun);
  for (const auto& column : workspace.subject.columns) add(column.name);
  return words;
}

class Collecting {
 public:
  Collecting(const Workspace& workspace, std::size_t column)
      : workspace_(workspace),
        coded_(workspace.subject.codes(column)),
        rows_(rows_by_text(coded_)),
        own_words_(own_words(workspace)) {
    found_.column = column;
    for (std::size_t code = 1; code < rows_.size(); ++code) found_.rows += rows_[code];
  }

  TextColumn run() {
    count_words();
    count_pairs();
    mark();
    keep_one_of_the_same();
    return std::move(found_);
  }

 private:
  bool is_content(std::string_view word) const {
    return letters_of(word) >= letters_min && !workspace_.vocabulary.stop.contains(word);
  }
  bool is_frequent(std::int64_t rows) const {
    const auto all = static_cast<double>(found_.rows), some = static_cast<double>(rows);
    return rows >= rows_min && some >= share_min * all && some <= share_max * all;
  }

  // Rows by word, each text once.
  void count_words() {
    struct Count {
      std::int64_t rows = 0;
      std::size_t last = 0;
    };
    std::unordered_map<std::string, Count> counts;
    for (std::size_t code = 1; code < rows_.size(); ++code) {
      const auto text = spaced(coded_.dictionary[code]);
      for (const auto word : words_in(text)) {
        if (!is_content(word)) continue;
        auto place = counts.find(std::string(word));
        if (place == counts.end()) {
          if (counts.size() >= words_known_max) continue;
          place = counts.emplace(word, Count{}).first;
        }
        if (place->second.last == code) continue;
        place->second.last = code;
        place->second.rows += rows_[code];
      }
    }
    for (const auto& [word, count] : counts) {
      if (is_frequent(count.rows)) terms_.emplace(word, 0);
    }
  }

  // Two frequent words that follow each other.
  void count_pairs() {
    std::unordered_map<std::string, std::pair<std::int64_t, std::size_t>> counts;
    std::vector<std::string> pairs;
    for (std::size_t code = 1; code < rows_.size(); ++code) {
      const auto text = spaced(coded_.dictionary[code]);
      const auto words = words_in(text);
      for (std::size_t i = 1; i < words.size(); ++i) {
        if (!terms_.contains(std::string(words[i - 1])) || !terms_.contains(std::string(words[i])))
          continue;
        auto& [rows, last] = counts[fmt::format("{} {}", words[i - 1], words[i])];
        if (last == code) continue;
        last = code;
        rows += rows_[code];
      }
    }
    for (const auto& [pair, count] : counts) {
      if (is_frequent(count.first)) pairs.push_back(pair);
    }
    // A word of the table's own names says nothing alone, and two of them neither.
    std::erase_if(terms_, [&](const auto& term) { return own_words_.contains(term.first); });
    for (const auto& pair : pairs) {
      const auto space = pair.find(' ');
      if (!own_words_.contains(pair.substr(0, space)) ||
          !own_words_.contains(pair.substr(space + 1)))
        terms_.emplace(pair, 0);
    }
  }

  // Which texts mention each, most frequent first.
  void mark() {
    for (const auto& [text, unused] : terms_) {
      Term term{text, 0, std::vector<std::uint8_t>(coded_.values(), 0)};
      found_.terms.push_back(std::move(term));
    }
    std::unordered_map<std::string_view, std::size_t> place_of;
    for (std::size_t i = 0; i < found_.terms.size(); ++i) place_of[found_.terms[i].text] = i;
    for (std::size_t code = 1; code < rows_.size(); ++code) {
      const auto text = spaced(coded_.dictionary[code]);
      const auto words = words_in(text);
      for (std::size_t i = 0; i < words.size(); ++i) {
        note(place_of, words[i], code);
        if (i > 0) note(place_of, fmt::format("{} {}", words[i - 1], words[i]), code);
      }
    }
    std::ranges::sort(found_.terms, [](const Term& a, const Term& b) {
      return a.rows != b.rows ? a.rows > b.rows : a.text < b.text;
    });
  }

  void note(const std::unordered_map<std::string_view, std::size_t>& place_of,
            std::string_view text, std::size_t code) {
    const auto place = place_of.find(text);
    if (place == place_of.end()) return;
    auto& term = found_.terms[place->second];
    if (term.in_text[code] != 0) return;
    term.in_text[code] = 1;
    term.rows += rows_[code];
  }

  // Of terms on (nearly) the same rows two words tell more than one, and longer ones more.
  void keep_one_of_the_same() {
    std::vector<Term> kept;
    const auto is_pair = [](const Term& term) { return term.text.find(' ') != std::string::npos; };
    std::ranges::stable_sort(found_.terms, [&](const Term& a, const Term& b) {
      return is_pair(a) != is_pair(b) ? is_pair(a) : a.text.size() > b.text.size();
    });
    for (auto& term : found_.terms) {
      const bool again = std::ranges::any_of(kept, [&](const Term& other) {
        std::int64_t both = 0;
        for (std::size_t code = 1; code < rows_.size(); ++code)
          both += term.in_text[code] != 0 && other.in_text[code] != 0 ? rows_[code] : 0;
        return static_cast<double>(both) >=
               same_rows * static_cast<double>(std::max(term.rows, other.rows));
      });
      if (!again) kept.push_back(std::move(term));
    }
    std::ranges::sort(kept, [](const Term& a, const Term& b) {
      return a.rows != b.rows ? a.rows > b.rows : a.text < b.text;
    });
    if (kept.size() > terms_max) kept.resize(terms_max);
    found_.terms = std::move(kept);
  }

  const Workspace& workspace_;
  const frame::Coded& coded_;
  std::vector<std::int64_t> rows_;  // [code]
  std::set<std::string, std::less<>> own_words_;
  std::map<std::string, int> terms_;
  TextColumn found_;
};

}  // namespace

std::string spaced(std::string_view text) {
  std::string result = " ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_between(c)) {
      if (result.back() != ' ') result += ' ';
    } else if (c == 0xC3 && i + 1 < text.size()) {  // A with grave to Thorn: capitals of Latin-1
      const auto next = static_cast<unsigned char>(text[++i]);
      const bool capital = next >= 0x80 && next <= 0x9E && next != 0x97;
      result += static_cast<char>(c);
      result += static_cast<char>(capital ? next + 0x20 : next);
    } else {
      result += c < 0x80 ? static_cast<char>(std::tolower(c)) : text[i];
    }
  }
  if (result.back() != ' ') result += ' ';
  return result;
}

std::string mentions_sql(std::string_view text_sql, std::string_view words) {
  return fmt::format(
      "(' ' || regexp_replace(lower({}), '[[:space:][:punct:][:digit:]]+', ' ', 'g') || ' ') LIKE "
      "{}",
      text_sql, sql::quote_text(fmt::format("% {} %", words)));
}

std::vector<TextColumn> text_columns(const Workspace& workspace) {
  std::vector<TextColumn> columns;
  for (std::size_t i = 0; i < workspace.subject.columns.size(); ++i) {
    if (columns.size() < columns_max && is_free_text(workspace, i))
      columns.push_back(Collecting(workspace, i).run());
  }
  return columns;
}

}  // namespace insights::patterns
