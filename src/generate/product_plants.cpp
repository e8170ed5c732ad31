// What happens to products, batches, categories and regions.
#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

namespace {

std::function<bool(const Line&)> of_product(std::size_t product) {
  return [product](const Line& line) { return line.product == product; };
}

}  // namespace

Effect bad_batch(Company& company, stats::Random&) {
  constexpr double rate = 0.13;
  const auto product = company.take_product(0, 0);
  const auto batch = company.batch_of(product, first_day_of_month(25));
  return {[=](Line& line, stats::Random&) {
            if (line.batch == batch) line.return_rate = rate;
          },
          [=](const Line& line) { return line.batch == batch; },
          [=](const Tally& own, const Tally& all, const Company& made, Truth& truth) {
            const auto sold = own.all.rows - own.all.credits;
            const double usual = static_cast<double>(all.all.credits - own.all.credits) /
                                 static_cast<double>(all.all.rows - own.all.rows);
            const double extra =
                static_cast<double>(own.all.credits) - usual * static_cast<double>(own.all.rows);
            auto echoes = echoes_of_product(made, product);
            echoes.push_back(name_of_productd(made, product));
            echoes.push_back(value_named("plant", plants[made.batches[batch].plant]));
            truth.planted.push_back(
                {.id = "bad_batch",
                 .what = "one batch is taken back far more often than all others",
                 .patterns = {"rate_outlier", "rate_combination"},
                 .entities = {batch_named(made, batch)},
                 .impact = Money{extra * money(own.all.net) / static_cast<double>(sold), "",
                                 "credits above the usual rate, times the net sales of a line"},
                 .echoes = echoes});
          }};
}

Effect margin_squeeze(Company& company, stats::Random&) {
  constexpr int start = 20;
  constexpr double dearer = 1.22;
  const auto product = company.take_product(1, 0);
  return {[=](Line& line, stats::Random&) {
            if (line.product == product && line.month >= start) line.cost_factor *= dearer;
          },
          of_product(product),
          [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            const auto last = own.between(months_whole - 12, months_whole);
            truth.planted.push_back(
                {.id = "margin_squeeze",
                 .what = "its cost rises by 22 %, its price does not",
                 .patterns = {"margin_erosion", "average_over_time", "price_change"},
                 .entities = {name_of_productd(made, product)},
                 .from = month_text(start),
                 .impact = Money{money(last.cost) * (1 - 1 / dearer) / 12, "month",
                                 "what the dearer goods of the last 12 months cost more"},
                 .echoes = echoes_of_product(made, product)});
          }};
}

Effect region_decline(Company& company, stats::Random&) {
  constexpr std::size_t region = 3;
  constexpr int months = 18;
  constexpr double a_month = 0.024;
  auto in_region = std::make_shared<std::vector<bool>>();
  for (const auto& one : company.customers)
    in_region->push_back(one.region == region && !one.taken);
  return {[=](Line& line, stats::Random&) {
            const int since = line.month - (months_whole - months) + 1;
            if (since > 0 && (*in_region)[line.customer])
              line.quantity *= 1 - a_month * std::min(since, months);
          },
          [=](const Line& line) { return bool{(*in_region)[line.customer]}; },
          [=](const Tally& own, const Tally&, const Company&, Truth& truth) {
            const auto before = own.between(months_whole - months - 6, months_whole - months),
                       last = own.between(months_whole - 6, months_whole);
            truth.planted.push_back(
                {.id = "region_decline",
                 .what = "customers of one region order less and less at a time",
                 .patterns = {"trend", "change_explained", "price_volume_mix"},
                 .entities = {value_named("region", regions[region])},
                 .from = month_text(months_whole - months),
                 .impact = Money{money(before.net - last.net) / 6, "month",
                                 "net sales a month of the last half year against the half year "
                                 "before it began"}});
            truth.background.push_back({.id = "region_orders_less",
                                        .what = "so its orders are smaller on average",
                                        .patterns = {"group_difference", "average_over_time"},
                                        .entities = {value_named("region", regions[region])}});
          }};
}

Effect price_step(Company& company, stats::Random&) {
  constexpr int start = 21;
  constexpr double dearer = 1.16;
  const auto product = company.take_product(3, 0);
  return {[=](Line& line, stats::Random&) {
            if (line.product == product && line.month >= start) line.price_factor *= dearer;
          },
          of_product(product),
          [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            const auto last = own.between(months_whole - 12, months_whole);
            truth.planted.push_back(
                {.id = "price_step",
                 .what = "its price rises by 16 % from one day to the next",
                 .patterns = {"price_change"},
                 .entities = {name_of_productd(made, product)},
                 .from = month_text(start),
                 .impact = Money{money(last.net) * (1 - 1 / dearer) / 12, "month",
                                 "the part of its net sales, last 12 months, that the higher price "
                                 "brings"},
                 .echoes = echoes_of_product(made, product)});
          }};
}

Effect product_season(Company& company, stats::Random&) {
  constexpr std::array<double, 12> season{0.4, 0.45, 0.7, 1, 1.4, 1.9, 1.8, 1.5, 1, 0.7, 0.6, 0.55};
  const auto product = company.take_product(4, 0);
  return {[=](Line& line, stats::Random&) {
            if (line.product == product)
              line.quantity *= season[static_cast<std::size_t>(line.month % 12)];
          },
          of_product(product),
          [=](const Tally&, const Tally&, const Company& made, Truth& truth) {
            truth.planted.push_back({.id = "product_season",
                                     .what = "sells most in June, every year",
                                     .patterns = {"seasonality", "peak_months"},
                                     .entities = {name_of_productd(made, product)},
                                     .echoes = echoes_of_product(made, product)});
          }};
}

Effect odd_month(Company&, stats::Random&) {
  constexpr std::size_t category = 5;
  constexpr int month = 27;
  constexpr double more = 2.2;
  return {[](Line& line, stats::Random&) {
            if (line.month == month && line.product / products_per_category == category)
              line.quantity *= more;
          },
          [](const Line& line) { return line.product / products_per_category == category; },
          [](const Tally& own, const Tally&, const Company&, Truth& truth) {
            const auto net = own.between(month, month + 1).net;
            truth.planted.push_back(
                {.id = "odd_month",
                 .what = "one category sells 2.2 times as much in one month",
                 .patterns = {"period_outlier", "burst"},
                 .entities = {value_named("category", categories[category])},
                 .from = month_text(month),
                 .to = month_text(month),
                 .when_matters = true,
                 .impact = Money{money(net) * (1 - 1 / more), "",
                                 "net sales of the month above what they would have been"}});
          }};
}

Effect launch(Company&, stats::Random&) {
  constexpr std::size_t category = 6;
  constexpr double more = 2.3;
  return {[](Line& line, stats::Random&) {
            if (line.month >= months_whole - 12 && line.product / products_per_category == category)
              line.quantity *= more;
          },
          [](const Line& line) { return line.product / products_per_category == category; },
          [](const Tally& own, const Tally&, const Company&, Truth& truth) {
            const auto last = own.between(months_whole - 12, months_whole).net,
                       before = own.between(months_whole - 24, months_whole - 12).net;
            truth.planted.push_back({.id = "launch",
                                     .what = "most of the growth of the last year is one category",
                                     .patterns = {"change_explained", "trend", "price_volume_mix"},
                                     .entities = {value_named("category", categories[category])},
                                     .from = month_text(months_whole - 12),
                                     .impact = Money{money(last - before) / 12, "month",
                                                     "net sales a month, this year against last"}});
            truth.planted.push_back({.id = "volume_growth",
                                     .what = "the growth of the last year is volume, not price",
                                     .patterns = {"price_volume_mix"},
                                     .from = month_text(months_whole - 12)});
          }};
}

// From the dearest half of a category to the cheapest product of it.
Effect trade_down(Company&, stats::Random&) {
  constexpr std::size_t category = 7, cheapest = category * products_per_category;
  constexpr double chance = 0.6;
  return {[](Line& line, stats::Random& random) {
            const bool dear = line.product >= cheapest + products_per_category / 2 &&
                              line.product < cheapest + products_per_category;
            if (!dear || line.month < months_whole - 12 || random.uniform() >= chance) return;
            line.product = cheapest;
          },
          {},
          [](const Tally&, const Tally&, const Company& made, Truth& truth) {
            Planted planted{
                .id = "trade_down",
                .what =
                    "in the last year customers take the cheapest product of a category in "
                    "place of the dear ones",
                .patterns = {"trend", "price_volume_mix", "change_explained"},
                .entities = {name_of_productd(made, cheapest)},
                .from = month_text(months_whole - 12),
                .echoes = {value_named("category", categories[category])}};
            for (std::size_t i = products_per_category / 2; i < products_per_category; ++i)
              planted.echoes.push_back(name_of_productd(made, cheapest + i));
            truth.planted.push_back(planted);
          }};
}

Effect regional_taste(Company& company, stats::Random&) {
  constexpr std::size_t region = 0, category = 3;
  constexpr double more = 3.2;
  for (auto& one : company.customers)
    if (one.region == region) one.taste[category] *= more;
  return {{}, {}, [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back({.id = "regional_taste",
                                     .what = "one region buys 3.2 times as much of one category",
                                     .patterns = {"two_way_exception", "mix_difference"},
                                     .entities = {value_named("region", regions[region]),
                                                  value_named("category", categories[category])}});
          }};
}

}  // namespace insights::generate
