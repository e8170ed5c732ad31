#include "patterns/changing_units.h"

#include <doctest/doctest.h>

#include <array>

#include "patterns/all.h"
#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using testing::day_text;
using testing::TestTable;

constexpr std::string_view header = "order_date,lot,pallet,quantity,net_sales";

// Three years of lines; a lot lives for half a year, and each has a pallet of one colour. From the
// fourth half year on, `gains` more of the lots have green pallets.
void fill(TestTable& table, std::uint64_t seed, int lots, bool green_gains) {
  stats::Random random(seed);
  const std::array<const char*, 4> colours{"red", "blue", "grey", "green"};
  for (int day = 0; day < 1095; ++day) {
    for (int line = 0; line < 12; ++line) {
      const int half = day / 183,
                lot =
                    half * lots + static_cast<int>(random.below(static_cast<std::uint64_t>(lots)));
      stats::Random of_lot(static_cast<std::uint64_t>(lot) * 7919 + seed);
      auto colour = of_lot.below(colours.size());
      if (green_gains && half >= 3 && of_lot.below(10) < 6) colour = 3;
      const auto units = 1 + random.below(20);
      table.row(day_text(day), fmt::format("L{:04}", lot), colours[colour], units,
                static_cast<double>(units) * (9.5 + random.uniform()));
    }
  }
}

bool moves(TestTable& table, std::string_view value) {
  for (const auto& candidate : table.accepted(examine_trend))
    if (candidate.entry.fingerprint.ends_with(value)) return true;
  return false;
}

}  // namespace

TEST_CASE("a share that moves because other lots came is chance when lots are few") {
  int told = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    TestTable table(header);
    fill(table, seed, 8, false);
    for (const auto* colour : {"=red", "=blue", "=grey", "=green"})
      told += moves(table, colour) ? 1 : 0;
  }
  CHECK(told == 0);
}

TEST_CASE("a share that moves because many more lots are of it is told") {
  TestTable table(header);
  fill(table, 3, 60, true);
  CHECK(moves(table, "=green"));
}

}  // namespace insights::patterns
