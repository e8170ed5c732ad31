#include "catalog/currency.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/test_frame.h"

using namespace insights::catalog;

namespace {

std::string payments(const std::vector<std::string>& currencies,
                     const std::string& name = "paid_in") {
  std::string csv = fmt::format("day,client,amount,{}\n", name);
  for (std::size_t i = 0; i < 60; ++i)
    csv += fmt::format("2024-{:02d}-{:02d},C{},{},{}\n", 1 + i % 12, 1 + i % 28, i % 7, 10 + i % 13,
                       currencies[i % currencies.size()]);
  return csv;
}

}  // namespace

TEST_CASE("the currency of a row is known by its codes, and the one of most rows leads") {
  const auto found = currency_column(understood("payments", payments({"EUR", "USD", "USD"})));
  REQUIRE(found.has_value());
  CHECK(found->column == 3);
  CHECK(found->values == 2);
  CHECK(found->main == "USD");
  CHECK(found->rows == 40);
}

TEST_CASE("a column that says currency tells it, whatever its codes are") {
  CHECK(currency_column(understood("payments", payments({"XTS", "XXX"}, "currency"))));
}

TEST_CASE("codes of something else are no currencies") {
  CHECK_FALSE(currency_column(understood("payments", payments({"EUR", "cash"}))));
  CHECK_FALSE(currency_column(understood("payments", payments({"North", "South"}))));
}

TEST_CASE("one currency in all rows is the currency of the table") {
  const auto subject = understood("payments", payments({"CHF"}));
  CHECK(subject.currency == "CHF");
  CHECK(subject.columns[*subject.money].unit == "CHF");
}
