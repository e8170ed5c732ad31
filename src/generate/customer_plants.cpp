// What one customer, or a group of them, does differently.
#include <algorithm>

#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

namespace {

std::function<bool(const Line&)> of_customer(std::size_t customer) {
  return [customer](const Line& line) { return line.customer == customer; };
}

// Net sales a month in the year that ends with the month before.
double monthly_before(const Tally& tally, int month) {
  return money(tally.between(month - 12, month).net) / 12;
}

}  // namespace

Effect silent_customer(Company& company, stats::Random&) {
  constexpr int days_silent = 110;
  const auto customer = company.take_customer(0.01, 0.02, 0.04, 9);
  company.customers[customer].quits_after = company.days - days_silent;
  return {{},
          of_customer(customer),
          [customer](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            truth.planted.push_back(
                {.id = "silent_customer",
                 .what = "ordered on its rhythm, then never again",
                 .patterns = {"customer_silent", "count_over_time", "trend", "new_and_lost"},
                 .entities = {customer_named(made, customer)},
                 .from = date_text(own.last),
                 .impact = Money{monthly_before(own, month_of_data(own.last)), "month",
                                 "net sales a month in the 12 months before its last order"},
                 .echoes = echoes_of_customer(made, customer)});
          }};
}

Effect slowing_customer(Company& company, stats::Random&) {
  constexpr double slowing = 3;
  constexpr int long_gaps = 5;
  const auto customer = company.take_customer(0.02, 0.015, 0.03, 8);
  auto& one = company.customers[customer];
  one.irregularity = 0.8;
  one.slowing = slowing;
  one.slows_after = company.days - static_cast<int>(one.gap * slowing * long_gaps);
  const int since = one.slows_after;
  return {
      {},
      of_customer(customer),
      [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
        truth.planted.push_back(
            {.id = "slowing_customer",
             .what = "still orders, but at gaps three times as long",
             .patterns = {"customer_slowing", "trend", "count_over_time"},
             .entities = {customer_named(made, customer)},
             .from = date_text(since),
             .impact = Money{(1 - 1 / slowing) * monthly_before(own, month_of_data(since)), "month",
                             "net sales a month in the year before it slowed, less what the "
                             "longer gaps leave of it"},
             .echoes = echoes_of_customer(made, customer)});
      }};
}

Effect lost_segment(Company& company, stats::Random& random) {
  constexpr std::size_t segment = 1;
  constexpr double quitting = 0.4, from_place = 0.08;
  constexpr int days_ago = 240, spread = 40;
  auto leavers = std::make_shared<std::vector<std::size_t>>();
  const auto count = company.customers.size();
  for (auto i = static_cast<std::size_t>(from_place * static_cast<double>(count)); i < count; ++i) {
    auto& one = company.customers[i];
    if (one.taken || one.segment != segment || random.uniform() >= quitting) continue;
    one.quits_after = company.days - days_ago + static_cast<int>(random.below(spread));
    one.taken = true;
    leavers->push_back(i);
  }
  return {
      {},
      [leavers](const Line& line) { return std::ranges::binary_search(*leavers, line.customer); },
      [leavers](const Tally& own, const Tally&, const Company& made, Truth& truth) {
        Planted planted{
            .id = "lost_segment",
            .what = "four in ten customers of the segment quit within six weeks",
            .patterns = {"retention", "new_and_lost", "trend", "count_over_time",
                         "change_explained", "customer_silent"},
            .entities = {value_named("segment", segments[segment])},
            .from = date_text(made.days - days_ago),
            .impact = Money{monthly_before(own, month_of_data(made.days - days_ago)), "month",
                            "net sales a month, in the year before, of those who quit"}};
        for (const auto leaver : *leavers) planted.echoes.push_back(customer_named(made, leaver));
        truth.planted.push_back(planted);
      }};
}

Effect discount_creep(Company& company, stats::Random&) {
  constexpr int months = 15;
  constexpr double step = 85;  // hundredths of a percent, each month
  const auto customer = company.take_customer(0.03, 0.02, 0.04, 10);
  const int start = months_whole - months;
  return {[=](Line& line, stats::Random&) {
            if (line.customer == customer && line.month >= start)
              line.discount += step * (std::min(line.month, months_whole - 1) - start + 1);
          },
          of_customer(customer),
          [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            const auto before = own.between(0, start),
                       after = own.between(months_whole - 12, months_whole);
            const auto rate = [](const Sums& sums) {
              return 1 - static_cast<double>(sums.invoice) / static_cast<double>(sums.gross);
            };
            truth.planted.push_back(
                {.id = "discount_creep",
                 .what = "its discount on the invoice rises month by month, by 13 points in all",
                 .patterns = {"margin_erosion", "average_over_time"},
                 .entities = {customer_named(made, customer)},
                 .from = month_text(start),
                 .impact = Money{(rate(after) - rate(before)) * money(after.gross) / 12, "month",
                                 "the discount of the last 12 months above what it was before, of "
                                 "its gross sales"},
                 .echoes = echoes_of_customer(made, customer)});
          }};
}

Effect dominance(Company& company, stats::Random&) {
  const auto customer = company.take_customer(0, 0.05, 0.26, 4);
  return {{},
          of_customer(customer),
          [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            truth.planted.push_back(
                {.id = "dominance",
                 .what = "one customer is a fifth of all sales",
                 .patterns = {"concentration"},
                 .entities = {customer_named(made, customer)},
                 .impact = Money{money(own.between(months_whole - 12, months_whole).net) / 12,
                                 "month", "its net sales a month, last 12 months"},
                 .echoes = echoes_of_customer(made, customer)});
          }};
}

Effect never_buys(Company& company, stats::Random&) {
  constexpr std::size_t category = 2;
  const auto customer = company.take_customer(0.06);
  company.customers[customer].taste[category] = 0;
  return {
      {},
      of_customer(customer),
      [=](const Tally&, const Tally&, const Company& made, Truth& truth) {
        truth.planted.push_back({.id = "never_buys",
                                 .what = "a large customer that never buys one category, which "
                                         "all others of its size do",
                                 .patterns = {"cross_sell", "mix_difference", "two_way_exception"},
                                 .entities = {customer_named(made, customer)},
                                 .columns = {"category"}});
      }};
}

Effect slow_payers(Company& company, stats::Random&) {
  constexpr std::size_t rep = 4;
  constexpr double days_more = 12;
  auto* customers = &company.customers;
  auto of_rep = std::make_shared<std::vector<bool>>();
  for (const auto& one : *customers) of_rep->push_back(one.rep == rep);
  return {[of_rep](Line& line, stats::Random&) {
            if ((*of_rep)[line.customer]) line.payment_days += days_more;
          },
          [of_rep](const Line& line) { return bool{(*of_rep)[line.customer]}; },
          [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back({.id = "slow_payers",
                                     .what = "the customers of one sales rep pay 12 days later",
                                     .patterns = {"group_difference"},
                                     .entities = {value_named("sales_rep", rep_name(rep))},
                                     .columns = {"payment_days"}});
          }};
}

}  // namespace insights::generate
