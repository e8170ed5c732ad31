#include "catalog/row_noun.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/test_frame.h"

using namespace insights::catalog;

namespace {

// A row a number, with the key's name given.
Subject keyed(const std::string& table, const std::string& key, int different = 80) {
  std::string text = key + ",arrived_on,ward\n";
  for (int i = 0; i < 80; ++i)
    text += fmt::format("K{:03d},2024-{:02d}-{:02d},W{}\n", i % different, 1 + i % 12, 1 + i % 28,
                        i % 4);
  return understood(table, text);
}

std::string noun(const Subject& subject) { return noun_of_rows(subject, test_vocabulary()); }

}  // namespace

TEST_CASE("rows are called by the event in the table's name, in its own word") {
  CHECK(noun(keyed("incidents_2024", "number")) == "incident");
  CHECK(noun(keyed("sales_orders", "number")) == "order");
}

TEST_CASE("rows are called by the key that the table is named for, or that names a known thing") {
  CHECK(noun(keyed("hospital_visits", "visit_id")) == "visit");
  CHECK(noun(keyed("assets", "asset_tag")) == "asset");
  CHECK(noun(keyed("export", "employee_id")) == "employee");
  CHECK(noun(keyed("employees", "user_id")) == "employee");
}

TEST_CASE("a key that says nothing, or that comes again, leaves rows rows") {
  CHECK(noun(keyed("export", "sys_id")) == "row");
  CHECK(noun(keyed("hospital_visits", "visit_id", 40)) == "row");
}

TEST_CASE("short texts of several words are texts, and called by their whole name") {
  std::string text = "number,customer_message,short_description,reason\n";
  for (int i = 0; i < 400; ++i)
    text +=
        fmt::format("N{:03d},Please refund order of {},Desk lamp {} broken,Reason {}\n", i,
                    char('A' + i % 26) + std::string(1, char('A' + i / 26 % 2)),
                    char('A' + i % 26) + std::string(1, char('A' + i / 26 % 3)), char('A' + i % 4));
  const auto subject = understood("requests", text);
  REQUIRE(subject.find("customer_message") != nullptr);
  CHECK(subject.find("customer_message")->role == Role::text);
  CHECK(subject.find("short_description")->role == Role::text);
  CHECK(subject.find("short_description")->noun == "short description");
  CHECK(subject.find("reason")->role == Role::dimension);
}
