#include "patterns/rates.h"

#include <doctest/doctest.h>

namespace insights::patterns {
namespace {

std::string phrase_of(std::string label) {
  catalog::Column column;
  column.label = std::move(label);
  return flag_phrase(column);
}

TEST_CASE("a flag is said as what the rows are, did, do or have") {
  CHECK(phrase_of("is late") == "are late");
  CHECK(phrase_of("returned") == "are returned");
  CHECK(phrase_of("goal met") == "met their goal");
  CHECK(phrase_of("has discount") == "have discount");
  CHECK(phrase_of("contains gluten") == "contain gluten");
  CHECK(phrase_of("complaint") == "have a complaint");
  CHECK(phrase_of("warranty claim") == "have a warranty claim");
  CHECK(phrase_of("escalation") == "have an escalation");
  CHECK(phrase_of("express") == "are marked express");
}

}  // namespace
}  // namespace insights::patterns
