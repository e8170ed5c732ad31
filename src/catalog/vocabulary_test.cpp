#include "catalog/vocabulary.h"

#include <doctest/doctest.h>

#include "catalog/vocabulary_files.h"

using namespace insights::catalog;
using Words = std::vector<std::string>;

TEST_CASE("a column name is cut into lower-case words at every kind of boundary") {
  CHECK(words_of("order_date") == Words{"order", "date"});
  CHECK(words_of("StockCode") == Words{"stock", "code"});
  CHECK(words_of("CustomerID") == Words{"customer", "id"});
  CHECK(words_of("HTTPStatus") == Words{"http", "status"});
  CHECK(words_of("amount 2 (net)") == Words{"amount", "net"});
  CHECK(words_of("categories") == Words{"category"});
  CHECK(words_of("") == Words{});
}

TEST_CASE("plurals follow English spelling") {
  CHECK(plural_of("category") == "categories");
  CHECK(plural_of("batch") == "batches");
  CHECK(plural_of("day") == "days");
  CHECK(plural_of("order line") == "order lines");
}

TEST_CASE("the built-in vocabulary knows customers, and additions win over it") {
  const auto built_in = read_vocabulary(vocabulary_files::vocabulary_toml(), "");
  REQUIRE(built_in.has_value());
  REQUIRE(built_in->kind_of({"client"}) != nullptr);
  CHECK(built_in->kind_of({"client"})->name == "customer");
  CHECK(built_in->measure_of({"unit", "price"})->name == "price");
  CHECK(built_in->abbreviations.at("nsv") == "net sales");
  const auto extended = read_vocabulary(vocabulary_files::vocabulary_toml(), R"([[kind]]
name = "vessel"
words = ["ship"]
entity = true
)");
  REQUIRE(extended.has_value());
  CHECK(extended->kind_of({"ship"})->name == "vessel");
  CHECK(extended->kind_of({"ship"})->plural == "vessels");
}

TEST_CASE("additions that are not TOML are an error with the line") {
  const auto broken = read_vocabulary(vocabulary_files::vocabulary_toml(), "a = 1\nb = = 2\n");
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().message.find("line 2") != std::string::npos);
}
