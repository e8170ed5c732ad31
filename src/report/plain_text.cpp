#include "report/plain_text.h"

#include <algorithm>
#include <array>

namespace insights::report {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct CodeRange {
  char32_t first, last;
};

// Combining marks and invisible characters of the scripts that names come in.
constexpr std::array empty_ranges{
    CodeRange{0x0300, 0x036F}, CodeRange{0x0483, 0x0489}, CodeRange{0x0591, 0x05BD},
    CodeRange{0x0610, 0x061A}, CodeRange{0x064B, 0x065F}, CodeRange{0x0900, 0x0902},
    CodeRange{0x093C, 0x093C}, CodeRange{0x0941, 0x0948}, CodeRange{0x094D, 0x094D},
    CodeRange{0x0E31, 0x0E31}, CodeRange{0x0E34, 0x0E3A}, CodeRange{0x0E47, 0x0E4E},
    CodeRange{0x1AB0, 0x1AFF}, CodeRange{0x1DC0, 0x1DFF}, CodeRange{0x200B, 0x200F},
    CodeRange{0x2060, 0x2064}, CodeRange{0x20D0, 0x20FF}, CodeRange{0xFE00, 0xFE0F},
    CodeRange{0xFE20, 0xFE2F}};

// Wide and Fullwidth (Unicode annex 11), and pictographs.
constexpr std::array wide_ranges{
    CodeRange{0x1100, 0x115F},   CodeRange{0x2E80, 0x303E},   CodeRange{0x3041, 0x33FF},
    CodeRange{0x3400, 0x4DBF},   CodeRange{0x4E00, 0x9FFF},   CodeRange{0xA000, 0xA4CF},
    CodeRange{0xAC00, 0xD7A3},   CodeRange{0xF900, 0xFAFF},   CodeRange{0xFE30, 0xFE6F},
    CodeRange{0xFF00, 0xFF60},   CodeRange{0xFFE0, 0xFFE6},   CodeRange{0x1F300, 0x1F64F},
    CodeRange{0x1F680, 0x1F6FF}, CodeRange{0x1F900, 0x1F9FF}, CodeRange{0x20000, 0x3FFFD}};

template <std::size_t count>
bool is_in(const std::array<CodeRange, count>& ranges, char32_t code) {
  const auto at = std::ranges::lower_bound(ranges, code, {}, &CodeRange::last);
  return at != ranges.end() && code >= at->first;
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_lower(char character) { return character >= 'a' && character <= 'z'; }

// "17 days", "16.7 %", "1 Aug 2025", "Aug 2025", "a month": what stands together.
bool stay_together(std::string_view left, std::string_view right) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto is_month = [&](std::string_view word) {
    return std::ranges::find(months, word.substr(0, 3)) != months.end() && word.size() <= 4;
  };
  if (is_month(left) && is_digit(right.front())) return true;
  if (left == "a" || left == "=" || left == "<" || right == "=" || right == "<") return true;
  if (!is_digit(left.back())) return false;
  return right.front() == '%' || is_month(right) || (is_lower(right.front()) && right.size() <= 10);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const auto start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    const auto end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::vector<std::string> unbreakable_pieces(std::string_view text) {
  std::vector<std::string> pieces;
  std::string_view previous;
  for (const auto word : words_of(text)) {
    if (!pieces.empty() && stay_together(previous, word)) {
      pieces.back().append(" ").append(word);
    } else {
      pieces.emplace_back(word);
    }
    previous = word;
  }
  return pieces;
}

}  // namespace

bool acts(char32_t code) {
  if (code == '\n' || code == '\t') return false;
  return findings::is_break(code) || findings::is_invisible(code);
}

std::string plain_text(std::string_view text) {
  std::string plain;
  bool space_due = false;
  for_each_character(text, [&](char32_t code, std::string_view bytes) {
    if (code == ' ' || findings::is_break(code)) {
      space_due = !plain.empty();
      return;
    }
    if (acts(code)) return;
    if (space_due) plain += ' ';
    space_due = false;
    plain += code == 0xFFFD ? replacement : bytes;
  });
  return plain;
}

std::string plain_lines(std::string_view text) {
  std::string plain;
  for_each_character(text, [&](char32_t code, std::string_view bytes) {
    if (code == '\r') return;
    plain += acts(code) || code == 0xFFFD ? replacement : bytes;
  });
  return plain;
}

int columns_of(std::string_view text) {
  int columns = 0;
  for_each_character(text, [&](char32_t code, std::string_view) {
    if (is_in(empty_ranges, code)) return;
    columns += is_in(wide_ranges, code) ? 2 : 1;
  });
  return columns;
}

std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines;
  int used = 0;
  for (const auto& piece : unbreakable_pieces(text)) {
    const int columns = columns_of(piece);
    if (!lines.empty() && used + 1 + columns <= width) {
      lines.back().append(" ").append(piece);
      used += 1 + columns;
    } else {
      lines.push_back(piece);
      used = columns;
    }
  }
  return lines;
}

std::string cut(std::string_view text, int width, std::string_view ellipsis) {
  if (columns_of(text) <= width) return std::string(text);
  const int room = width - columns_of(ellipsis);
  std::string kept;
  int used = 0;
  bool full = false;
  for_each_character(text, [&](char32_t, std::string_view bytes) {
    used += columns_of(bytes);
    full = full || used > room;
    if (!full) kept += bytes;
  });
  while (kept.ends_with(' ')) kept.pop_back();
  return kept.append(ellipsis);
}

}  // namespace insights::report
