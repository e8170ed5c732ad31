#include "report/plain_text.h"

#include <doctest/doctest.h>

#include "report/json_text.h"

namespace insights::report {

TEST_CASE("plain text is one line in which nothing acts") {
  CHECK(plain_text("  a\tb\r\n c ") == "a b c");
  CHECK(plain_text("\x1b[31mred\x07\x7f") == "[31mred");
  CHECK(plain_text("a\xc2\x9b"
                   "2Jb") == "a2Jb");  // C1 control
  CHECK(plain_text("a\xe2\x80\xae"
                   "b\xe2\x81\xa6"
                   "c") == "abc");  // bidirectional override, isolate
  CHECK(plain_text("a\xe2\x80\xa8"
                   "b") == "a b");  // line separator
  CHECK(plain_text("a\xff"
                   "b\xe2\x82") ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(plain_text("₹39.9K, Ärger, 東京") == "₹39.9K, Ärger, 東京");
}

TEST_CASE("plain lines keep their ends and show where something was taken out") {
  CHECK(plain_lines("a\r\n\tb\x1b[0m") == "a\n\tb\xEF\xBF\xBD[0m");
}

TEST_CASE("columns count as a terminal shows them") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("₹1") == 2);
  CHECK(columns_of("東京") == 4);
  CHECK(columns_of("e\xcc\x81") == 1);  // combining accent
}

TEST_CASE("lines break between words, never between a number and its unit or within a date") {
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("after 17 days", 10) == std::vector<std::string>{"after", "17 days"});
  CHECK(wrapped("about 16.7 % more", 11) == std::vector<std::string>{"about", "16.7 % more"});
  CHECK(wrapped("last on 1 Aug 2025", 14) == std::vector<std::string>{"last on", "1 Aug 2025"});
  CHECK(wrapped("lost 39 a month", 10) == std::vector<std::string>{"lost", "39 a month"});
  CHECK(wrapped("(p = 0.0004)", 5) == std::vector<std::string>{"(p = 0.0004)"});
  CHECK(wrapped("a-word-longer-than-the-line x", 8) ==
        std::vector<std::string>{"a-word-longer-than-the-line", "x"});
  CHECK(wrapped("", 8).empty());
}

TEST_CASE("a cut text says so and keeps whole characters") {
  CHECK(cut("Harbour", 7, "…") == "Harbour");
  CHECK(cut("Harbour Stores", 8, "…") == "Harbour…");
  CHECK(cut("東京都", 5, "…") == "東京…");
}

TEST_CASE("JSON for a script element cannot end it") {
  CHECK(script_json(R"({"a":"</script><!-- & "})") ==
        R"({"a":"\u003c/script\u003e\u003c!-- \u0026 "})");
  CHECK(script_json("\"\xe2\x80\xa8\"") == "\"\\u2028\"");
}

TEST_CASE("JSON for a terminal has what acts as an escape") {
  CHECK(harmless_json("{\n \"a\": \"\xc2\x9b\xe2\x80\xae\xf3\xa0\x80\x81₹\"}") ==
        "{\n \"a\": \"\\u009b\\u202e\\udb40\\udc01₹\"}");
}

TEST_CASE("brackets inside texts are not depth") {
  CHECK(depth_of_json(R"({"a":["[[[","\"[["]})") == 2);
  CHECK(depth_of_json("") == 0);
}

}  // namespace insights::report
