#include "findings/sentence.h"

#include <doctest/doctest.h>

#include "findings/format_value.h"

using namespace insights;
using namespace insights::findings;

namespace {

std::map<std::string, Value> values() {
  std::map<std::string, Value> all;
  all["customer"].text = "Ada {rate} 24/7";
  all["rate"].text = "16.7 %";
  return all;
}

}  // namespace

TEST_CASE("a sentence is filled with the texts of its values, which are not read again") {
  CHECK(fill("{customer} lost {rate}, yes {rate}.", values()).value() ==
        "Ada {rate} 24/7 lost 16.7 %, yes 16.7 %.");
  CHECK(fill("", values()).value().empty());
  CHECK(holes_of("{customer} lost {rate} of {rate}").value() ==
        std::vector<std::string>{"customer", "rate", "rate"});
}

TEST_CASE("a bare numeral of any script is refused") {
  for (const auto* sentence :
       {"lost 5 {rate}", "lost ٣", "x²", "½ of it", "４ items", "Ⅳ quarters", "a1"}) {
    const auto filled = fill(sentence, values());
    REQUIRE_FALSE(filled.has_value());
    CHECK(filled.error().message.find("not bound") != std::string::npos);
    CHECK_FALSE(filled.error().hint.empty());
  }
  CHECK(fill("{rate_12}", {{"rate_12", values().at("rate")}}).has_value());
}

TEST_CASE("a hole must be a known name between two braces") {
  for (const auto* sentence : {"{unknown}", "{rate", "rate}", "{}", "{ rate }", "{{rate}}",
                               "{ra te}", "{1}", "{rate}}", "a { b", "{rate:.2f}"}) {
    CHECK_FALSE(fill(sentence, values()).has_value());
  }
}

TEST_CASE("a sentence may not hold what does not show") {
  CHECK_FALSE(fill("a\u202Eb", values()).has_value());
  CHECK_FALSE(fill("a\nb", values()).has_value());
  CHECK_FALSE(fill(std::string_view("a\0b", 3), values()).has_value());
}

TEST_CASE("a headline is measured in characters") {
  const auto rupees = [](std::size_t count) {
    std::string text;
    for (std::size_t index = 0; index < count; ++index) text += "₹";
    return text;
  };
  CHECK(check_headline(rupees(160), rupees(440)).has_value());
  CHECK_FALSE(check_headline(rupees(161), "").has_value());
  CHECK_FALSE(check_headline(rupees(160), rupees(441)).has_value());
  CHECK_FALSE(check_headline("", "a summary").has_value());
}
