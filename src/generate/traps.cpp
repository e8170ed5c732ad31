// What looks like an insight and is none.
#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

// The data ends in the middle of a month.
Effect partial_month(Company& company, stats::Random&) {
  constexpr int days = 11;
  company.days = first_day_of_month(months_whole) + days;
  return {{}, {}, [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.traps.push_back({.id = "partial_month",
                                   .what = "the last month has 11 days: it did not fall",
                                   .patterns = {"period_outlier", "trend", "count_over_time",
                                                "average_over_time", "burst", "change_explained"},
                                   .month = month_text(months_whole)});
          }};
}

// A giant order, and its cancellation with the next invoice.
Effect offsetting_orders(Company& company, stats::Random&) {
  constexpr double times = 400;
  const auto customer = company.take_customer(0.12);
  const int from = first_day_of_month(26);
  return {[=, done = false](Line& line, stats::Random&) mutable {
            if (done || line.customer != customer || line.day < from) return;
            done = true;
            line.quantity *= times;
            line.taken_back_whole = true;
          },
          {},
          [=](const Tally&, const Tally&, const Company& made, Truth& truth) {
            truth.traps.push_back(
                {.id = "offsetting_orders",
                 .what = "one giant order that was taken back whole",
                 .patterns = {"trend", "concentration", "period_outlier", "seasonality",
                              "margin_erosion", "customer_slowing", "change_explained", "burst"},
                 .entities = {customer_named(made, customer)}});
          }};
}

// Orders every 60 days, and its last order is 48 days old: that is its rhythm.
Effect slow_but_faithful(Company& company, stats::Random&) {
  constexpr double gap = 60;
  constexpr int days_since = 48;
  const auto customer = company.take_customer(0.08);
  auto& one = company.customers[customer];
  one.gap = gap;
  one.irregularity = 0.4;
  one.counted_back_from = company.days - 1 - days_since;
  return {{}, {}, [=](const Tally&, const Tally&, const Company& made, Truth& truth) {
            truth.traps.push_back(
                {.id = "slow_but_faithful",
                 .what = "orders every 60 days; 48 days of silence are its rhythm",
                 .patterns = {"customer_silent", "customer_slowing", "trend", "count_over_time"},
                 .entities = {customer_named(made, customer)}});
          }};
}

// Every product has several batches: a join of the lines with them by product counts money again.
Effect fan_out(Company&, stats::Random&) {
  return {{}, {}, [](const Tally&, const Tally& all, const Company&, Truth& truth) {
            truth.traps.push_back({.id = "fan_out",
                                   .what = "an amount above all that was ever sold",
                                   .money_above = 1.02 * money(all.all.gross)});
          }};
}

}  // namespace insights::generate
