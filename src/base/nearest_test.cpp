#include "base/nearest.h"

#include <doctest/doctest.h>

using namespace insights::base;

TEST_CASE("edits count insertions, replacements and swapped neighbours once each") {
  CHECK(edit_distance("threads", "threads") == 0);
  CHECK(edit_distance("thread", "threads") == 1);
  CHECK(edit_distance("htreads", "threads") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("a near name is offered, and all of them when none is near") {
  CHECK(did_you_mean("treads", {"threads", "memory"}) == "did you mean \"threads\"?");
  CHECK(did_you_mean("zzzzzz", {"threads", "memory"}) == "known: threads, memory");
  CHECK(did_you_mean("x", {}) == "");
}
