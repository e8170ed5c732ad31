#include "catalog/personal_formats.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace insights::catalog {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_of_mailbox(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("._%+-'").find(c) != std::string_view::npos;
}
bool is_of_domain(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; }

// The sizes of the groups of digits, and what stands between them.
struct Digits {
  std::vector<std::size_t> groups;
  std::string between;
  std::size_t count = 0;
};

Digits digits_of(std::string_view value) {
  Digits digits;
  bool inside = false;
  for (const char c : value) {
    if (is_digit(c)) {
      if (!inside) digits.groups.push_back(0);
      ++digits.groups.back();
      ++digits.count;
    } else {
      digits.between += c;
    }
    inside = is_digit(c);
  }
  return digits;
}

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const auto end = text.find(at, from);
    parts.push_back(text.substr(from, end - from));
    if (end == std::string_view::npos) return parts;
    from = end + 1;
  }
}

// The "@" at `at` stands between a mailbox and a domain with a dot.
bool is_email_around(std::string_view text, std::size_t at) {
  const auto domain = text.substr(at + 1);
  const auto end = std::ranges::find_if_not(domain, is_of_domain) - domain.begin();
  const auto name = domain.substr(0, static_cast<std::size_t>(end));
  const auto dot = name.rfind('.', name.size() < 2 ? 0 : name.size() - 2);
  return at > 0 && is_of_mailbox(text[at - 1]) && dot != std::string_view::npos && dot > 0;
}

}  // namespace

bool is_email(std::string_view value) {
  const auto at = value.find('@');
  if (at == std::string_view::npos || value.size() > 254) return false;
  return std::ranges::all_of(value.substr(0, at), is_of_mailbox) &&
         std::ranges::all_of(value.substr(at + 1), is_of_domain) && is_email_around(value, at);
}

bool holds_email(std::string_view value) {
  for (auto at = value.find('@'); at != std::string_view::npos; at = value.find('@', at + 1)) {
    if (is_email_around(value, at)) return true;
  }
  return false;
}

bool is_phone(std::string_view value) {
  const auto digits = digits_of(value);
  if (digits.count < 8 || digits.count > 15 || !only(digits.between, " +()-./")) return false;
  const bool has_plus = value.front() == '+' && digits.between.find('+', 1) == std::string::npos;
  const bool has_brackets = digits.between.find('(') != std::string::npos &&
                            digits.between.find(')') != std::string::npos;
  const bool is_three_three_four = digits.groups == std::vector<std::size_t>{3, 3, 4};
  return has_plus || has_brackets || is_three_three_four;
}

bool is_iban(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c != ' ') text += c;
  }
  if (text.size() < 15 || text.size() > 34 || !is_upper(text[0]) || !is_upper(text[1]))
    return false;
  if (!is_digit(text[2]) || !is_digit(text[3])) return false;
  std::rotate(text.begin(), text.begin() + 4, text.end());
  int remainder = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      remainder = (remainder * 10 + (c - '0')) % 97;
    } else if (is_upper(c)) {
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    } else {
      return false;
    }
  }
  return remainder == 1;
}

bool is_card_number(std::string_view value) {
  const auto digits = digits_of(value);
  if (digits.count < 13 || digits.count > 19 || !only(digits.between, " -")) return false;
  int sum = 0;
  bool is_doubled = false;
  for (auto c = value.rbegin(); c != value.rend(); ++c) {
    if (!is_digit(*c)) continue;
    const int digit = (*c - '0') * (is_doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    is_doubled = !is_doubled;
  }
  return sum % 10 == 0;
}

bool is_social_security(std::string_view value) {
  const auto digits = digits_of(value);
  return digits.between == "--" && digits.groups == std::vector<std::size_t>{3, 2, 4};
}

bool is_network_address(std::string_view value) {
  const auto bytes = split(value, '.');
  const auto is_byte = [](std::string_view part) {
    if (part.size() > 3) return false;
    int number = 0;
    for (const char c : part) number = number * 10 + (c - '0');
    return !part.empty() && std::ranges::all_of(part, is_digit) && number <= 255;
  };
  if (bytes.size() == 4 && std::ranges::all_of(bytes, is_byte)) return true;
  const auto pairs = split(value, value.find('-') == std::string_view::npos ? ':' : '-');
  const auto is_pair = [](std::string_view part) {
    return part.size() == 2 && std::ranges::all_of(part, [](char c) {
             return std::isxdigit(static_cast<unsigned char>(c)) != 0;
           });
  };
  return pairs.size() == 6 && std::ranges::all_of(pairs, is_pair);
}

bool is_full_name(std::string_view value) {
  std::size_t words = 0, capitals = 0, letters = 0;
  for (const auto word : split(value, ' ')) {
    if (word.empty()) return false;
    const bool is_word = std::ranges::all_of(
        word, [](char c) { return is_letter(c) || c == '.' || c == '-' || c == '\''; });
    if (!is_word) return false;
    ++words;
    letters += word.size();
    const bool starts_large = is_upper(word[0]) || static_cast<unsigned char>(word[0]) >= 0x80;
    const bool is_all_large = word.size() > 3 && std::ranges::all_of(word, is_upper);
    if (starts_large && !is_all_large) ++capitals;
  }
  return words >= 2 && words <= 4 && capitals >= 2 && letters >= 5;
}

}  // namespace insights::catalog
