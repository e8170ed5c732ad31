#include "stats/price_volume_mix.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "base/ensure.h"
#include "stats/random.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

double sum_of_parts(const PriceVolumeMix& parts) {
  return parts.volume + parts.mix + parts.price + parts.new_items + parts.lost_items +
         parts.unexplained;
}

TEST_CASE("a hand-made example: volume, mix and price separate") {
  // A: 100 at 10 becomes 60 at 10; B: 100 at 20 becomes 180 at 21. 200 units at 15 become 240.
  const std::vector<ItemChange> items{{100, 1000, 60, 600}, {100, 2000, 180, 3780}};
  const PriceVolumeMix parts = price_volume_mix(items);
  CHECK(close(parts.volume, 600));  // 40 more units at 15
  CHECK(close(parts.mix, 600));     // 240 units were worth 3600 at the old mix, 4200 at the new
  CHECK(close(parts.price, 180));   // 180 units at 1 more
  CHECK(close(parts.change, 1380));
}

TEST_CASE("only prices moved: all is price; only quantities moved alike: all is volume") {
  const std::vector<ItemChange> dearer{{10, 100, 10, 120}, {5, 500, 5, 550}};
  CHECK(close(price_volume_mix(dearer).price, 70));
  CHECK(close(price_volume_mix(dearer).volume + 1, 1));
  CHECK(std::abs(price_volume_mix(dearer).mix) < 1e-9);
  const std::vector<ItemChange> more{{10, 100, 20, 200}, {5, 500, 10, 1000}};
  CHECK(close(price_volume_mix(more).volume, 600));
  CHECK(std::abs(price_volume_mix(more).mix) < 1e-9);
}

TEST_CASE("new, lost and priceless items have their own parts") {
  const std::vector<ItemChange> items{{0, 0, 3, 30},    {4, 80, 0, 0}, {0, -15, 0, 0},
                                      {-2, -20, 5, 50}, {1, 1, 1, 1},  {0, 0, 0, 0}};
  const PriceVolumeMix parts = price_volume_mix(items);
  CHECK(parts.new_items == 30);
  CHECK(parts.lost_items == -80);
  CHECK(parts.unexplained == 15 + 70);
  CHECK(close(sum_of_parts(parts), parts.change));
}

TEST_CASE("the parts always add up to the change") {
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<ItemChange> items(random.below(12));
    for (auto& item : items) {
      const auto amount = [&] { return random.uniform() < 0.2 ? 0.0 : 1000.0 * random.uniform(); };
      item = {amount(), amount(), amount(), amount()};
    }
    const PriceVolumeMix parts = price_volume_mix(items);
    CHECK(std::abs(sum_of_parts(parts) - parts.change) <
          1e-9 * (1.0 + parts.money_before + parts.money_after));
  }
  CHECK_THROWS_AS((void)price_volume_mix(std::vector<ItemChange>{{1, std::nan(""), 1, 1}}),
                  base::Bug);
}

TEST_CASE("the logarithmic mean lies between its numbers and has its limits") {
  CHECK(close(logarithmic_mean(1, std::exp(1.0)), std::exp(1.0) - 1.0, 1e-14));
  CHECK(logarithmic_mean(7, 7) == 7);
  CHECK(logarithmic_mean(0, 7) == 0);
  CHECK(close(logarithmic_mean(1, 1 + 1e-12), 1 + 0.5e-12, 1e-15));
  CHECK(std::isfinite(logarithmic_mean(1e-300, 1e300)));
}

TEST_CASE("a cascade of factors is shared among them without residual") {
  // Customers x orders each x money an order: 100 x 4 x 50 becomes 90 x 5 x 60.
  const std::vector<double> before{100, 4, 50};
  const std::vector<double> after{90, 5, 60};
  const auto parts = factor_contributions(before, after);
  REQUIRE(parts);
  CHECK(close(std::accumulate(parts->begin(), parts->end(), 0.0), 7000, 1e-12));
  CHECK(close((*parts)[0], 7000 * std::log(0.9) / std::log(1.35), 1e-12));
  CHECK((*parts)[0] < 0);
}

TEST_CASE("zeros take the analytic limit, which tiny numbers approach") {
  const std::vector<double> none{0, 4, 50};
  const std::vector<double> tiny{1e-280, 4, 50};
  const std::vector<double> after{90, 5, 60};
  CHECK(factor_contributions(none, after).value() == std::vector<double>{27000, 0, 0});
  CHECK(close(factor_contributions(tiny, after).value()[0], 27000, 2e-3));
  CHECK(factor_contributions(after, std::vector<double>{0, 0, 60}).value() ==
        std::vector<double>{-13500, -13500, 0});
  CHECK(factor_contributions(none, std::vector<double>{3, 0, 1}).value() ==
        std::vector<double>{0, 0, 0});
  const auto underflow =
      factor_contributions(std::vector<double>{1e-200, 1e-200}, std::vector<double>{1, 5});
  CHECK(close((*underflow)[0] + (*underflow)[1], 5, 1e-12));
  CHECK_FALSE(factor_contributions(std::vector<double>{-1}, std::vector<double>{1}));
  CHECK(factor_contributions({}, {}).value().empty());
}

}  // namespace
}  // namespace insights::stats
