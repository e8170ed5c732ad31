// One thing written in two ways: values that are equal but for capitals, spaces and punctuation,
// and long ones that differ by a single letter where one of the two is rare. Their sums are split
// until somebody joins them.
//
// Digits are never ignored ("1-23" is not "12-3"), a letter that stands alone is a variant and no
// slip ("size S", "size M"), and a rare spelling counts only beside one that is much more frequent.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <unordered_map>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using findings::Format;

constexpr std::size_t values_max = 20'000;  // of a column that is compared
constexpr std::size_t letters_min = 8;      // of a value that one letter may differ in
constexpr double rare_share_max = 0.02;     // rows of the rare spelling against the frequent one
constexpr double rare_rows_max = 20, frequent_rows_min = 50;
constexpr double share_max = 0.10;  // of the values: beyond, the spelling carries meaning here
constexpr std::size_t pairs_shown = 4;

// The rarer spelling and the more frequent one.
struct Pair {
  std::uint32_t rare = 0, frequent = 0;
  double rare_rows = 0;
};

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Without capitals, spaces and punctuation; a mark between two digits stays.
std::string folded(std::string_view text) {
  std::string result;
  bool gap = false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c)) {
      gap = true;
      continue;
    }
    if (gap && is_digit(c) && !result.empty() && is_digit(result.back())) result += '.';
    gap = false;
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

// Is the letter at `at` a word by itself?
bool stands_alone(std::string_view text, std::size_t at) {
  const bool before = at > 0 && is_letter(text[at - 1]),
             after = at + 1 < text.size() && is_letter(text[at + 1]);
  return !before && !after;
}

// One letter put in, left out, changed, or two neighbours swapped.
bool differs_by_one_letter(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  std::size_t same = 0;
  while (same < b.size() && a[same] == b[same]) ++same;
  if (same >= a.size() || !is_letter(a[same]) || stands_alone(a, same)) return false;
  if (a.size() == b.size() + 1) return a.substr(same + 1) == b.substr(same);
  if (a.size() != b.size() || !is_letter(b[same])) return false;
  if (a.substr(same + 1) == b.substr(same + 1)) return !stands_alone(b, same);
  const bool swapped = same + 1 < a.size() && a[same] == b[same + 1] && a[same + 1] == b[same];
  return swapped && a.substr(same + 2) == b.substr(same + 2);
}

class Spellings {
 public:
  Spellings(const catalog::Subject& subject, const Cube& cube, std::size_t column)
      : dictionary_(subject.codes(column).dictionary), cube_(cube) {}

  std::vector<Pair> pairs() {
    find_equal_when_folded();
    find_one_letter_apart();
    std::ranges::sort(pairs_, [](const Pair& a, const Pair& b) {
      return a.rare_rows != b.rare_rows ? a.rare_rows > b.rare_rows : a.rare < b.rare;
    });
    return pairs_;
  }

 private:
  double rows(std::uint32_t value) const { return cube_.rows_total(value); }

  void add(std::uint32_t a, std::uint32_t b) {
    const bool a_is_rare = rows(a) != rows(b) ? rows(a) < rows(b) : a > b;
    const auto rare = a_is_rare ? a : b;
    if (std::ranges::any_of(pairs_, [&](const Pair& pair) { return pair.rare == rare; })) return;
    pairs_.push_back({rare, a_is_rare ? b : a, rows(rare)});
  }

  void find_equal_when_folded() {
    std::map<std::string, std::vector<std::uint32_t>> by_text;
    for (std::uint32_t value = 1; value < dictionary_.size(); ++value) {
      auto key = folded(dictionary_[value]);
      if (key.size() >= 2) by_text[std::move(key)].push_back(value);
    }
    for (const auto& [key, values] : by_text) {
      const auto frequent =
          std::ranges::max_element(values, {}, [&](std::uint32_t value) { return rows(value); });
      for (const auto value : values) {
        if (value != *frequent) add(value, *frequent);
      }
    }
  }

  // Two texts that differ by one letter are equal once some letter of each (or of the longer one)
  // is taken out.
  void find_one_letter_apart() {
    std::unordered_map<std::string, std::vector<std::uint32_t>> without_one;
    const auto is_candidate = [&](std::uint32_t value) {
      const auto& text = dictionary_[value];
      return text.size() >= letters_min && text.size() <= 60 &&
             std::ranges::none_of(text, is_digit);
    };
    for (std::uint32_t value = 1; value < dictionary_.size(); ++value) {
      if (!is_candidate(value) || rows(value) < frequent_rows_min) continue;
      without_one[dictionary_[value]].push_back(value);
      for (std::size_t i = 0; i < dictionary_[value].size(); ++i) {
        without_one[std::string(dictionary_[value]).erase(i, 1)].push_back(value);
      }
    }
    for (std::uint32_t value = 1; value < dictionary_.size(); ++value) {
      if (is_candidate(value) && rows(value) <= rare_rows_max) match(value, without_one);
    }
  }

  void match(std::uint32_t rare,
             const std::unordered_map<std::string, std::vector<std::uint32_t>>& frequent) {
    const auto& text = dictionary_[rare];
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const auto found = frequent.find(i == text.size() ? text : std::string(text).erase(i, 1));
      if (found == frequent.end()) continue;
      for (const auto other : found->second) {
        if (other == rare || rows(rare) > rare_share_max * rows(other) ||
            !differs_by_one_letter(text, dictionary_[other]))
          continue;
        add(rare, other);
        return;
      }
    }
  }

  const std::vector<std::string>& dictionary_;
  const Cube& cube_;
  std::vector<Pair> pairs_;
};

void add_evidence(findings::Claim& claim, const Workspace& workspace, std::size_t column,
                  const std::vector<Pair>& pairs) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  const Amount amount(workspace);
  std::vector<std::uint32_t> rare, shown;
  for (const auto& pair : pairs) {
    rare.push_back(pair.rare);
    if (shown.size() >= 2 * pairs_shown) continue;
    for (const auto value : {pair.frequent, pair.rare}) {
      if (std::ranges::find(shown, value) == shown.end()) shown.push_back(value);
    }
  }
  const auto is_rare = in_sql(subject, column, rare);
  const auto text = [&](std::uint32_t value) {
    return sql::quote_text(subject.codes(column).dictionary[value]);
  };
  const auto is = [&](std::uint32_t value, std::string_view name) {
    return fmt::format(
        "{} AS {}",
        cut_sql(fmt::format("max({0}) FILTER (WHERE {0} = {1})", own.sql, text(value)), 40), name);
  };
  const auto money =
      amount.is_money() ? fmt::format(", {} AS money", amount.sum_where_sql(is_rare)) : "";
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(DISTINCT {}) FILTER (WHERE {}) AS spellings, count(*) FILTER "
                        "(WHERE {}) AS rare_rows, {}, {}{} FROM {}",
                        own.sql, is_rare, is_rare, is(pairs.front().frequent, "usual"),
                        is(pairs.front().rare, "variant"), money, subject.from_sql)});
  claim.evidence.push_back(
      {"b",
       fmt::format("SELECT {0} AS name, count(*) AS row_count, {1} AS amount FROM {2} WHERE {3} "
                   "GROUP BY {0} ORDER BY lower({0}), {0} LIMIT 9",
                   own.sql, amount.sum_sql(), subject.from_sql, in_sql(subject, column, shown))});
}

findings::Claim state(const Workspace& workspace, std::size_t column,
                      const std::vector<Pair>& pairs) {
  const auto& subject = workspace.subject;
  const auto& own = subject.columns[column];
  const Amount amount(workspace);
  auto claim =
      claim_about_all(workspace, "near_duplicate_values", "near_duplicate_values", amount.name());
  claim.fingerprint = fmt::format("near_duplicate_values/{}", own.name);
  claim.columns.insert(claim.columns.begin(), own.name);
  claim.topics.emplace_back(findings::data_quality_topic);
  add_evidence(claim, workspace, column, pairs);
  findings::Values values;
  values.cell("spellings", "a", 0, "spellings", Format::integer)
      .cell("rare_rows", "a", 0, "rare_rows", Format::integer);
  values.cell("usual", "a", 0, "usual").cell("variant", "a", 0, "variant");
  const bool one = pairs.size() == 1;
  const auto noun = noun_of(own), nouns = nouns_of(own);
  claim.title = fmt::format(
      "{} {} to be written in two ways, such as \"{{variant}}\" for \"{{usual}}\"",
      counted("spellings", static_cast<double>(pairs.size()), noun, nouns), one ? "seems" : "seem");
  claim.summary = fmt::format(
      "The rarer {} on {{rare_rows}} {}; what is counted by {} is split between the two.",
      one ? "way stands" : "ways stand", plain_words(subject.nouns), noun);
  if (amount.is_money()) {
    values.cell("money", "a", 0, "money", amount.format(), amount.unit());
    claim.summary = fmt::format(
        "The rarer {} on {{rare_rows}} {} with {{money}} of {}; what is counted by {} is split "
        "between the two.",
        one ? "way stands" : "ways stand", plain_words(subject.nouns), amount.phrase(values), noun);
  }
  claim.action = fmt::format(
      "Look through the pairs, join those that are the same {}, and have it picked from a list "
      "rather than typed.",
      noun);
  claim.values = values.bindings();
  claim.test.effect_name = "share of rows";
  claim.guards = usual_guards(workspace);
  return claim;
}

bool is_typed_text(const catalog::Column& column) {
  return column.type == frame::Type::text &&
         (column.role == Role::entity || column.role == Role::dimension);
}

}  // namespace

std::vector<Candidate> examine_near_duplicate_values(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  for (const std::size_t column : workspace.groupings) {
    const auto* cube = workspace.flat(column);
    if (workspace.is_decoy(column) || cube == nullptr || !is_typed_text(subject.columns[column]) ||
        cube->values > values_max)
      continue;
    auto pairs = Spellings(subject, *cube, column).pairs();
    double rare_rows = 0;
    for (const auto& pair : pairs) rare_rows += pair.rare_rows;
    auto candidate =
        fact_candidate("near_duplicate_values",
                       fmt::format("near_duplicate_values/{}", subject.columns[column].name),
                       rare_rows / static_cast<double>(subject.frame.rows));
    candidate.material =
        !pairs.empty() && static_cast<double>(pairs.size()) <=
                              std::max(1.0, share_max * static_cast<double>(cube->values - 1));
    candidate.surprise = 0.3;
    if (candidate.material)
      candidate.claim = [&workspace, column, pairs = std::move(pairs)] {
        return state(workspace, column, pairs);
      };
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
