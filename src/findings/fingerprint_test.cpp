#include "findings/fingerprint.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace insights::findings;

namespace {

std::string of(std::string_view pattern, std::string_view measure, std::vector<Entity> entities) {
  return fingerprint(pattern, measure, entities);
}

}  // namespace

TEST_CASE("a fingerprint does not depend on the order of entities or on their labels") {
  CHECK(of("churn", "", {{"customer", "A17", "Ada"}}) == "churn/customer=A17");
  CHECK(of("trend", "net", {{"region", "North", ""}, {"customer", "A17", ""}}) ==
        of("trend", "net", {{"customer", "A17", "Ada"}, {"region", "North", "N"}}));
  CHECK(of("trend", "net", {}) == "trend/net");
}

TEST_CASE("different subjects never share a fingerprint, whatever separators they hold") {
  const std::set<std::string> all{
      of("a", "b", {}),
      of("a/b", "", {}),
      of("a", "", {{"b", "c", ""}}),
      of("a", "b=c", {}),
      of("a", "", {{"b", "c,d=e", ""}}),
      of("a", "", {{"b", "c", ""}, {"d", "e", ""}}),
      of("a", "", {{"b", "c%2Cd", ""}}),
      of("a", "", {{"b", "c,d", ""}}),
      of("a", "", {{"b", "C", ""}}),
      of("a", "", {{"b", "c ", ""}}),
  };
  CHECK(all.size() == 10);
}

TEST_CASE("a long fingerprint is cut between characters and stays its own") {
  std::string rupees;
  for (int index = 0; index < 200; ++index) rupees += "₹";
  const auto first = of("a", "", {{"b", rupees + "x", ""}});
  const auto second = of("a", "", {{"b", rupees + "y", ""}});
  CHECK(first != second);
  CHECK(first.size() <= fingerprint_bytes_max);
  CHECK(first.size() + 3 > fingerprint_bytes_max);
  CHECK(first.substr(0, first.find('~')).ends_with("₹"));
  CHECK(of("a", "", {{"b", rupees + "x", ""}}) == first);
  CHECK(of("a", "", {{"b", rupees + "x", ""}}).ends_with("~754ec12f78a9d93c"));
}
