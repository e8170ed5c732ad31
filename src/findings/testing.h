// What the tests of this room share: a real DuckDB over a small table of sales, and a claim about
// it. Included by *_test.cpp files only.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "findings/evidence.h"
#include "findings/values.h"
#include "source/gate.h"
#include "source/open.h"

namespace insights::findings::testing {

inline constexpr std::string_view sales_csv =
    "day,customer,region,units,gross,net\n"
    "2025-01-05,Ada,Hill,10,1000,950\n"
    "2025-02-04,Ada,Hill,12,1200,1140\n"
    "2025-03-06,Ada,Hill,11,1100,1045\n"
    "2025-01-10,Bob,Shore,40,4000,3800\n"
    "2025-04-11,Bob,Shore,50,5000,4000.5\n"
    "2025-05-12,Cem,Shore,5,500,475\n";

// A table of the given rows, in a file that goes when this does.
class Database {
 public:
  explicit Database(std::string_view csv = sales_csv, const std::string& table = "sales") {
    static int made = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("insights-findings-" + std::to_string(getpid()) + "-" + std::to_string(++made));
    std::filesystem::create_directories(folder_);
    const auto file = folder_ / (table + ".csv");
    std::ofstream(file) << csv;
    auto opened = source::open({.locations = {file.string()}, .threads = 1}, {});
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
    source_ = *std::move(opened);
    auto gate = source::open_gate(*source_);
    REQUIRE(gate.has_value());
    gate_ = std::make_unique<sql::Gate>(*std::move(gate));
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    source_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  source::Source& source() { return *source_; }
  const sql::Gate& gate() { return *gate_; }
  EvidenceReader reader() { return EvidenceReader(*source_, *gate_); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<source::Source> source_;
  std::unique_ptr<sql::Gate> gate_;
};

// "Bob's discount rose": two queries, a formula, a date, money with a range, a guard and a chart.
inline Claim discount_claim() {
  Values values;
  values.cell("customer", "a", 0, "customer")
      .cell("gross", "a", 0, "gross", Format::money, "EUR")
      .cell("net", "a", 0, "net", Format::money, "EUR")
      .cell("last_order", "a", 0, "last_order", Format::date)
      .cell("orders", "a", 0, "orders", Format::integer)
      .cell("usual", "b", 0, "rate", Format::percent)
      .formula("rate", "1 - net / gross", Format::percent)
      .formula("extra", "(rate - usual) * gross", Format::money, "EUR")
      .name("measure", "net");
  Claim claim;
  claim.pattern = "discount";
  claim.family = "discount/net";
  claim.fingerprint = "discount/net/customer=Bob";
  claim.title = "{customer} gets {rate} discount, others {usual}";
  claim.summary = "On {gross} of sales until {last_order}, {measure} is lower by {extra}.";
  claim.action = "Review the terms of {customer}.";
  claim.columns = {"customer", "net"};
  claim.entities = {{"customer", "Bob", "Bob"}};
  claim.evidence = {
      {"a",
       "SELECT customer, sum(gross) AS gross, sum(net) AS net, max(day) AS last_order, "
       "count(*) AS orders FROM sales WHERE customer = 'Bob' GROUP BY customer"},
      {"b", "SELECT 1 - sum(net) / sum(gross) AS rate FROM sales WHERE customer <> 'Bob'"},
      {"c", "SELECT day, customer, net FROM sales ORDER BY day"}};
  claim.values = values.bindings();
  claim.impact = {.account = Account::lost,
                  .amount = values.binding("extra"),
                  .low = values.expression("extra * wilson_low(orders, orders + orders)"),
                  .high = values.expression("extra + extra"),
                  .unit = "EUR",
                  .is_money = true,
                  .per = "",
                  .method = "extra discount over {orders} orders",
                  .of = "{measure}"};
  claim.test.p = 0.001;
  claim.strength = Strength::significant;
  claim.guards = {{"minimum_sample", GuardStatus::passed, "{orders} orders"}};
  claim.chart = {.mark = Chart::Mark::line,
                 .title = "Orders until {last_order}",
                 .query = "c",
                 .x = {"day", "Day", Chart::Axis::Kind::temporal, ""},
                 .y = {"net", "Net", Chart::Axis::Kind::quantitative, "EUR"},
                 .series = "customer",
                 .highlight = "Bob",
                 .low = "",
                 .high = ""};
  claim.scope = {.table = "sales", .equals = claim.entities, .from = {}, .to = {}};
  return claim;
}

}  // namespace insights::findings::testing
