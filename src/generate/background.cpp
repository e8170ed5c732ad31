// What is so in most companies: true, and no news.
#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

Effect growth(Company& company, stats::Random&) {
  company.growth_per_month = 1.003;
  return {{}, {}, [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.background.push_back({.id = "growth",
                                        .what = "orders grow by 0.3 % a month",
                                        .patterns = {"trend", "count_over_time", "price_volume_mix",
                                                     "average_over_time"}});
          }};
}

Effect company_season(Company& company, stats::Random&) {
  company.season = {0.95, 0.96, 1.03, 1, 1.02, 1.04, 0.97, 0.92, 1.03, 1.05, 1.04, 0.99};
  return {{}, {}, [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.background.push_back({.id = "company_season",
                                        .what = "August is weak, October strong",
                                        .patterns = {"seasonality", "peak_months"}});
          }};
}

Effect tastes(Company& company, stats::Random& random) {
  for (auto& one : company.customers) {
    for (auto& weight : one.taste) weight *= 0.5 + random.uniform();
  }
  return {{}, {}, [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.background.push_back(
                {.id = "tastes",
                 .what = "every customer buys another mix of categories",
                 .patterns = {"mix_difference", "two_way_exception", "cross_sell"},
                 .columns = {"customer_id", "name", "sales_rep"}});
          }};
}

}  // namespace insights::generate
