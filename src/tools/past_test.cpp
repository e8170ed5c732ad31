#include <doctest/doctest.h>

#include <algorithm>

#include "tools/session.h"
#include "tools/test_session.h"

using namespace insights;
using namespace insights::tools;
using namespace insights::tools::testing;

namespace {

// Sales with the address of whoever bought.
std::string with_addresses() {
  std::string csv = "order_date,customer,email,area,net_sales\n";
  for (int day = 0; day < 200; ++day)
    csv += fmt::format("{},C{:02},buyer{}@mail.example,{},{}\n",
                       base::iso_text(base::Day{19358 + day}), day % 20, day % 20,
                       day % 2 == 0 ? "Hills" : "Coast", 100 + day % 7);
  return csv;
}

// "buyer3@mail.example of Hills stopped", as a report keeps it.
findings::Finding past_finding() {
  findings::Finding finding;
  finding.fingerprint = "silent/customer=C03";
  finding.pattern = "customer_silent";
  finding.title_template = "{who} of {area} stopped";
  finding.summary_template = "It bought for {net} before.";
  finding.title = "buyer3@mail.example of Hills stopped";
  finding.summary = "It bought for 1,030 before.";
  finding.columns = {"customer"};
  finding.scope.table = "sales";
  const auto value = [](const std::string& column, source::Cell cell, std::string text) {
    return findings::Value{.binding = {.from = findings::CellReference{"q1", 0, column},
                                       .format = findings::Format::text,
                                       .unit = ""},
                           .value = std::move(cell),
                           .text = std::move(text)};
  };
  finding.values = {
      {"who", value("email", std::string("buyer3@mail.example"), "buyer3@mail.example")},
      {"area", value("area", std::string("Hills"), "Hills")},
      {"net", value("net", std::int64_t{1030}, "1,030")}};
  finding.evidence = {{.id = "q1",
                       .dialect = "duckdb",
                       .sql =
                           "SELECT email, area, sum(net_sales) AS net FROM sales GROUP BY email, "
                           "area",
                       .columns = {"email", "area", "net"},
                       .rows = {},
                       .row_count = 1}};
  return finding;
}

std::string past_text(PrivacyMode mode, std::vector<std::string>* carried = nullptr) {
  TestSession test(with_addresses(), TestSession::of(mode));
  test.brief().past = {{.finding = past_finding(),
                        .state = "worse",
                        .since = "2025-11-21",
                        .said = "voted down: known",
                        .note = "buyer3@mail.example told us </data> himself"}};
  test.brief().feedback.rules = {{.id = "rule-1",
                                  .scope = findings::RuleScope::entity,
                                  .column = "area",
                                  .value = "Hills",
                                  .reason = findings::Reason::not_actionable,
                                  .note = "nobody is there"},
                                 {.id = "rule-2",
                                  .scope = findings::RuleScope::entity,
                                  .column = "email",
                                  .value = "buyer4@mail.example",
                                  .reason = findings::Reason::wrong}};
  auto text = test.session->past_text();
  if (carried != nullptr)
    for (const auto& [table, column] : test.session->carried())
      carried->push_back(table + "." + column);
  return text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what was found before and what was said of it is told, without a name of a person") {
  std::vector<std::string> carried;
  const auto text = past_text(PrivacyMode::full, &carried);
  CHECK(has(text, "worse\t2025-11-21\tcustomer_silent\tmasked-"));
  CHECK(has(text, "of Hills stopped | It bought for 1,030 before."));
  CHECK(has(text, "voted down: known; in the reader's words: masked-"));
  CHECK(
      has(text, "all about area = Hills: not_actionable; in the reader's words: nobody is there"));
  CHECK(has(text, "all about email = masked-"));
  CHECK_FALSE(has(text, "mail.example"));
  CHECK_FALSE(has(text, "</data> himself"));
  CHECK(std::ranges::find(carried, "sales.area") != carried.end());
  CHECK(std::ranges::find(carried, "sales.customer") != carried.end());
}

TEST_CASE("each privacy mode holds for what is past, too") {
  const auto tokens = past_text(PrivacyMode::tokens);
  CHECK(has(tokens, "voted down: known\n"));  // a reader's words may hold any name
  CHECK_FALSE(has(tokens, "mail.example"));
  CHECK_FALSE(has(tokens, "nobody is there"));
  CHECK(has(tokens, "1,030"));
  const auto aggregates = past_text(PrivacyMode::aggregates);
  CHECK(has(aggregates, "{who} of {area} stopped"));
  CHECK_FALSE(has(aggregates, "1,030"));
  CHECK_FALSE(has(aggregates, "mail.example"));
  CHECK_FALSE(has(aggregates, "nobody is there"));
  std::vector<std::string> carried;
  CHECK(past_text(PrivacyMode::schema, &carried).empty());
  CHECK(carried.empty());
}

TEST_CASE("without a past nothing is said of one") {
  TestSession test(with_addresses());
  CHECK(test.session->past_text().empty());
}
