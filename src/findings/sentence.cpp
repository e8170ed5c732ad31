#include "findings/sentence.h"

#include <fmt/format.h>

#include <algorithm>

#include "findings/characters.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

// Words of the sentence and holes in it, in turn.
struct Piece {
  std::string_view text;  // the words, or the hole's name
  bool hole = false;
};

std::unexpected<base::Error> refuse(std::string_view sentence, std::string_view why) {
  constexpr std::size_t shown = 120;
  return fail(
      ErrorKind::invalid_input,
      fmt::format("the sentence \"{}\" {}", clean_text(sentence, shown), why),
      "write every number and every name that holds one as {name}, and bind it to evidence");
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto part = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, part);
}

base::Status check_words(std::string_view sentence, std::string_view words) {
  if (words.find('}') != std::string_view::npos)
    return refuse(sentence, "has a \"}\" without \"{\"");
  while (!words.empty()) {
    const char32_t character = take_character(words);
    if (is_numeral(character)) return refuse(sentence, "has a number that is not bound to a value");
    if (is_invisible(character)) return refuse(sentence, "has a character that does not show");
  }
  return {};
}

Result<std::vector<Piece>> pieces_of(std::string_view sentence) {
  std::vector<Piece> pieces;
  std::string_view rest = sentence;
  while (true) {
    const auto open = std::min(rest.find('{'), rest.size());
    TRY(check_words(sentence, rest.substr(0, open)));
    pieces.push_back({rest.substr(0, open), false});
    if (open == rest.size()) return pieces;
    rest.remove_prefix(open + 1);
    const auto close = rest.find('}');
    if (close == std::string_view::npos) return refuse(sentence, "has a \"{\" without \"}\"");
    const auto name = rest.substr(0, close);
    if (!is_name(name)) return refuse(sentence, "has braces around what is not a name");
    pieces.push_back({name, true});
    rest.remove_prefix(close + 1);
  }
}

}  // namespace

Result<std::vector<std::string>> holes_of(std::string_view sentence) {
  std::vector<std::string> names;
  for (const auto& piece : TRY(pieces_of(sentence))) {
    if (piece.hole) names.emplace_back(piece.text);
  }
  return names;
}

Result<std::string> fill(std::string_view sentence, const std::map<std::string, Value>& values) {
  std::string text;
  for (const auto& piece : TRY(pieces_of(sentence))) {
    if (!piece.hole) {
      text += piece.text;
      continue;
    }
    const auto found = values.find(std::string(piece.text));
    if (found == values.end()) {
      return refuse(sentence, fmt::format("asks for \"{}\", which has no value", piece.text));
    }
    text += found->second.text;
  }
  return text;
}

base::Status check_headline(std::string_view title, std::string_view summary) {
  const auto in_title = characters_in(title);
  if (in_title == 0) return fail(ErrorKind::invalid_input, "a finding needs a title");
  if (in_title > title_characters_max) {
    return fail(ErrorKind::invalid_input, fmt::format("the title has {} characters, at most {} fit",
                                                      in_title, title_characters_max));
  }
  const auto together = in_title + characters_in(summary);
  if (together > headline_characters_max) {
    return fail(ErrorKind::invalid_input,
                fmt::format("title and summary have {} characters together, at most {} fit",
                            together, headline_characters_max));
  }
  return {};
}

}  // namespace insights::findings
