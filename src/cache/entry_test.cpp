#include "cache/entry.h"

#include <doctest/doctest.h>

using namespace insights;
using namespace insights::cache;

namespace {

Entry entry() {
  Entry one;
  one.asked_at = {1'764'294'000'000'000};
  one.took = std::chrono::microseconds(1'234);
  one.rows.columns = {"a", "b"};
  one.rows.rows = {{source::Cell{}, source::Cell{true}},
                   {source::Cell{std::int64_t{-7}}, source::Cell{0.1}},
                   {source::Cell{std::string("text \0 of any bytes", 19)}, base::Day{20'000}},
                   {base::Moment{5}, std::string()}};
  one.rows.truncated = true;
  return one;
}

}  // namespace

TEST_CASE("an entry reads back as it was written") {
  const auto back = unpacked(packed(entry()));
  REQUIRE(back);
  CHECK(back->rows == entry().rows);
  CHECK(back->asked_at == entry().asked_at);
  CHECK(back->took == entry().took);
}

TEST_CASE("an entry that was cut, lengthened or changed in any byte is none") {
  const auto bytes = packed(entry());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CHECK_FALSE(unpacked(bytes.substr(0, at)));
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_FALSE(unpacked(changed));
  }
  CHECK_FALSE(unpacked(bytes + "x"));
  CHECK_FALSE(unpacked(""));
}
