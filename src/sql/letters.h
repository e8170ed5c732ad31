// Letters of the Latin alphabet without accents, which is what SQL's keywords and the names of
// functions are made of.
#pragma once

#include <string>
#include <string_view>

namespace insights::sql {

inline char small_letter(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

inline std::string small_letters(std::string_view text) {
  std::string small(text);
  for (auto& character : small) character = small_letter(character);
  return small;
}

}  // namespace insights::sql
