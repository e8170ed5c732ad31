#include "sql/repeatable.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace insights::sql {

namespace {

// Of the functions and words that the gate lets through, those that do not go by their arguments
// alone; and the texts that are a moment when they are read as one ('today').
constexpr std::array restless{
    std::string_view{"age"},
    std::string_view{"ago"},
    std::string_view{"clock_timestamp"},
    std::string_view{"current_date"},
    std::string_view{"current_localtime"},
    std::string_view{"current_localtimestamp"},
    std::string_view{"current_time"},
    std::string_view{"current_timestamp"},
    std::string_view{"gen_random_uuid"},
    std::string_view{"get_current_time"},
    std::string_view{"get_current_timestamp"},
    std::string_view{"localtime"},
    std::string_view{"localtimestamp"},
    std::string_view{"now"},
    std::string_view{"random"},
    std::string_view{"random_normal"},
    std::string_view{"sample"},
    std::string_view{"statement_timestamp"},
    std::string_view{"tablesample"},
    std::string_view{"timeofday"},
    std::string_view{"today"},
    std::string_view{"tomorrow"},
    std::string_view{"transaction_timestamp"},
    std::string_view{"uuid"},
    std::string_view{"uuidv4"},
    std::string_view{"uuidv7"},
    std::string_view{"yesterday"},
};
static_assert(std::ranges::is_sorted(restless));

constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

constexpr bool is_word_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' ||
         static_cast<unsigned char>(letter) >= 0x80;
}

}  // namespace

bool is_repeatable(const CheckedQuery& query) {
  std::string text = query.text();
  std::ranges::transform(text, text.begin(), lower);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto begin = std::ranges::find_if(rest, is_word_letter);
    const auto end = std::find_if_not(begin, rest.end(), is_word_letter);
    if (std::ranges::binary_search(restless, std::string_view(begin, end))) return false;
    rest = std::string_view(end, rest.end());
  }
  return true;
}

}  // namespace insights::sql
