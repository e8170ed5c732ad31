// What is wrong with the data, and to be told.
#include "generate/all_effects.h"
#include "generate/tell.h"

namespace insights::generate {

Effect fat_finger(Company& company, stats::Random&) {
  constexpr double times = 300;
  const auto customer = company.take_customer(0.3);
  const int from = first_day_of_month(30);
  return {[=, done = false](Line& line, stats::Random&) mutable {
            if (done || line.customer != customer || line.day < from) return;
            done = true;
            line.quantity *= times;
          },
          [=](const Line& line) { return line.customer == customer && !line.credit; },
          [=](const Tally& own, const Tally&, const Company& made, Truth& truth) {
            Sums largest;
            for (const auto& one : own.months)
              if (one.net > largest.net) largest = one;
            truth.planted.push_back(
                {.id = "fat_finger",
                 .what = "one line has 300 times the quantity that was meant",
                 .patterns = {"row_outlier", "impossible_values"},
                 .entities = {},
                 .columns = {"quantity", "net_sales", "gross_sales", "invoice_sales"},
                 .from = date_text(from),
                 .impact = Money{money(largest.net), "", "net sales of its customer in that month"},
                 .echoes = {customer_named(made, customer)}});
          }};
}

Effect missing_carrier(Company&, stats::Random&) {
  constexpr int month = 33;
  constexpr double share = 0.5;
  return {
      [](Line& line, stats::Random& random) {
        if (line.month == month && random.uniform() < share) line.carrier_missing = true;
      },
      {},
      [](const Tally&, const Tally&, const Company&, Truth& truth) {
        truth.planted.push_back({.id = "missing_carrier",
                                 .what = "in one month half of the lines do not say the carrier",
                                 .patterns = {"missing_values"},
                                 .columns = {"carrier"},
                                 .from = month_text(month)});
      }};
}

Effect double_lines(Company&, stats::Random&) {
  constexpr double share = 0.004;
  return {[](Line& line, stats::Random& random) { line.copied = random.uniform() < share; },
          {},
          [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back({.id = "double_lines",
                                     .what = "lines that are there twice, in every column",
                                     .patterns = {"duplicates"}});
          }};
}

Effect net_above_invoice(Company&, stats::Random&) {
  constexpr double share = 0.003, rebate = -1200;
  return {[](Line& line, stats::Random& random) {
            if (random.uniform() < share) line.rebate = rebate;
          },
          {},
          [](const Tally&, const Tally&, const Company&, Truth& truth) {
            truth.planted.push_back({.id = "net_above_invoice",
                                     .what = "lines whose net sales are above what was invoiced",
                                     .patterns = {"broken_identity", "impossible_values"},
                                     .columns = {"net_sales", "invoice_sales"}});
          }};
}

}  // namespace insights::generate
