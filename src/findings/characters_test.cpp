#include "findings/characters.h"

#include <doctest/doctest.h>

using namespace insights::findings;

TEST_CASE("characters are counted, not bytes") {
  CHECK(characters_in("") == 0);
  CHECK(characters_in("₹39.9K") == 6);
  CHECK(characters_in("नमस्ते") == 6);
  CHECK(characters_in("😀") == 1);
}

TEST_CASE("every character survives the way to bytes and back") {
  for (char32_t character :
       {U'a', U'é', U'₹', U'😀', char32_t{0x7F}, char32_t{0x80}, char32_t{0x7FF}, char32_t{0x800},
        char32_t{0xFFFF}, char32_t{0x10000}, char32_t{0x10FFFF}}) {
    std::string text;
    append_character(text, character);
    std::string_view rest = text;
    CHECK(take_character(rest) == character);
    CHECK(rest.empty());
  }
}

TEST_CASE("broken bytes cost one replacement character each and never more than there is") {
  // A lone continuation, a cut sequence, an overlong slash, a surrogate, a number beyond Unicode.
  CHECK(clean_text("a\x80z", 80) == "a\xEF\xBF\xBDz");
  CHECK(characters_in("\xE2\x82") == 2);
  CHECK(characters_in("\xC0\xAF") == 2);
  CHECK(characters_in("\xED\xA0\x80") == 3);
  CHECK(characters_in("\xF4\x90\x80\x80") == 4);
}

TEST_CASE("digits of all scripts are numerals, and letters are not") {
  for (const char32_t numeral : {U'0', U'9', U'٣', U'७', U'４', U'²', U'½', U'Ⅳ', U'①', U'𝟘'}) {
    CHECK(is_numeral(numeral));
  }
  for (const char32_t other : {U'a', U'O', U'l', U'é', U'一', U' ', U'₹', U'/', U':'}) {
    CHECK_FALSE(is_numeral(other));
  }
}

TEST_CASE("text that could rearrange a sentence loses the means to") {
  CHECK(clean_text("ab\u202Edc\u200B\u2066\uFEFFe", 80) == "abdce");
  CHECK(clean_text("bell\a and escape\x1B[31m", 80) == "bell and escape[31m");
  CHECK(clean_text(" two\nlines\tand\u2028more \n", 80) == "two lines and more");
  CHECK(clean_text("\u200B\u200D", 80).empty());
}

TEST_CASE("a long text is cut between characters and says so") {
  CHECK(clean_text("₹₹₹₹₹", 5) == "₹₹₹₹₹");
  CHECK(clean_text("₹₹₹₹₹₹", 5) == "₹₹₹₹…");
  CHECK(clean_text("ab c", 1) == "…");
  CHECK(clean_text("abcde   ", 5) == "abcde");
  CHECK(clean_text("abcde   f", 5) == "abcd…");
}
