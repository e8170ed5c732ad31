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
