// A plain table of sales without anything to find, for tests that plant one thing in it. Included
// by *_test.cpp files only.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "patterns/test_table.h"
#include "stats/random.h"

namespace insights::patterns::testing {

inline constexpr std::string_view sales_header =
    "invoice_no,order_date,customer,region,product,quantity,unit_price,net_sales";

struct Line {
  std::string invoice, date, customer, region, product, quantity, price, money;
};

struct Sales {
  int lines = 4000, days = 700;
  std::uint64_t seed = 1;
};

// Three lines an invoice, of three products; 80 customers in 5 regions, 40 products with a price
// each. `change` may alter a line before it is written, and `day` is its day's number.
inline void fill_sales(TestTable& table, const Sales& sales,
                       const std::function<void(Line&, int day, int number)>& change = {}) {
  stats::Random random(sales.seed);
  std::uint64_t customer = 0, first_product = 0;
  for (int i = 0; i < sales.lines; ++i) {
    const int invoice = i / 3, day = invoice * 3 * sales.days / sales.lines;
    if (i % 3 == 0) {
      customer = random.below(80);
      first_product = random.below(40);
    }
    const auto product = (first_product + static_cast<std::uint64_t>(13 * (i % 3))) % 40;
    const double price = 5.49 + static_cast<double>(product);
    const auto quantity = static_cast<double>(1 + random.below(12));
    Line line{fmt::format("{}", 10000 + invoice),
              day_text(day),
              fmt::format("Customer {:02}", customer),
              fmt::format("Area {}", "ABCDE"[customer % 5]),
              fmt::format("P-{:03}", product),
              fmt::format("{}", quantity),
              fmt::format("{:.2f}", price),
              fmt::format("{:.2f}", price * quantity)};
    if (change) change(line, day, i);
    table.row(line.invoice, line.date, line.customer, line.region, line.product, line.quantity,
              line.price, line.money);
  }
}

// One customer's orders every `gap` days, give or take a third, from day `first` to day `last`.
inline void orders_of(TestTable& table, stats::Random& random, const std::string& customer,
                      double gap, int first, int last, int money = 100) {
  for (double day = first; day <= last; day += gap * (0.67 + 0.66 * random.uniform())) {
    table.row(day_text(static_cast<int>(day)), customer, customer[0] < 'M' ? "Hills" : "Coast",
              money + static_cast<int>(random.below(50)));
  }
}

// Forty of them, each in its own rhythm of 8 to 27 days, until the last day.
inline void faithful_customers(TestTable& table, stats::Random& random, int days) {
  for (int i = 0; i < 40; ++i)
    orders_of(table, random, fmt::format("{}{:02}", static_cast<char>('A' + i % 26), i), 8 + i % 20,
              i % 9, days);
}

// A hundred customers whose pauses follow a power law, up to 300 days: most order often, each
// pauses now and then, and no pause is the last. Columns: order_date,customer,area,net_sales.
inline void fill_pausing_customers(TestTable& table, std::uint64_t seed, int days) {
  stats::Random random(seed);
  for (int i = 0; i < 100; ++i) {
    for (double day = random.uniform() * 40; day <= days;
         day += std::min(300.0, 5 * std::pow(1 - random.uniform(), -0.9))) {
      table.row(day_text(static_cast<int>(day)), fmt::format("C{:03}", i), "Hills",
                100 + random.below(50));
    }
  }
}

// The one finding that a pattern has to give on this table.
inline findings::Finding sole_finding(TestTable& table,
                                      std::vector<Candidate> (*examine)(const Workspace&)) {
  auto accepted = table.accepted(examine);
  std::string prints;
  for (const auto& candidate : accepted) prints += candidate.entry.fingerprint + "\n";
  INFO(prints);
  REQUIRE(accepted.size() == 1);
  return table.proven(accepted.front());
}

}  // namespace insights::patterns::testing
