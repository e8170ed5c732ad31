#include "findings/values.h"

#include <doctest/doctest.h>

#include "base/ensure.h"

using namespace insights;
using namespace insights::findings;

namespace {

Values declared() {
  Values values;
  values.cell("gross", "a", 0, "gross", Format::money, "INR")
      .cell("net", "a", 0, "net_value", Format::money, "INR")
      .constant("months", 3)
      .name("measure", "net_sales");
  return values;
}

}  // namespace

TEST_CASE("a formula's names become the cells and constants declared before") {
  auto values = declared();
  values.formula("monthly", "net / months", Format::money, "INR");
  const Formula expected{"net / months",
                         {{"net", CellReference{"a", 0, "net_value"}}, {"months", 3.0}}};
  CHECK(values.binding("monthly") == Binding{expected});
  CHECK(values.bindings().at("monthly").format == Format::money);
  CHECK(values.bindings().at("monthly").unit == "INR");
}

TEST_CASE("a formula in a formula is put in whole, in parentheses") {
  auto values = declared();
  values.formula("loss", "1 - net / gross", Format::percent);
  values.formula("money", "loss * gross", Format::money, "INR");
  const auto money = std::get<Formula>(values.binding("money"));
  CHECK(money.text == "(1 - net / gross) * gross");
  CHECK(money.of.size() == 2);
  CHECK(std::get<Formula>(values.expression("abs(money)")).text ==
        "abs(((1 - net / gross) * gross))");
}

TEST_CASE("names and cells are bound as they are, and constants cannot stand in a sentence") {
  const auto values = declared();
  CHECK(values.binding("measure") == Binding{CatalogName{"net_sales"}});
  CHECK(values.binding("gross") == Binding{CellReference{"a", 0, "gross"}});
  CHECK(values.bindings().size() == 3);
  CHECK_FALSE(values.bindings().contains("months"));
  CHECK(values.has("months"));
}

TEST_CASE("a pattern author's mistake is a bug") {
  auto values = declared();
  CHECK_THROWS_AS(values.formula("x", "1 - nett / gross", Format::percent), base::Bug);
  CHECK_THROWS_AS(values.formula("x", "1 - net /", Format::percent), base::Bug);
  CHECK_THROWS_AS(values.formula("x", "net * measure", Format::percent), base::Bug);
  CHECK_THROWS_AS(values.formula("x", "100 * months", Format::money), base::Bug);
  CHECK_THROWS_AS(values.formula("net", "gross", Format::money), base::Bug);
  CHECK_THROWS_AS(values.cell("x", "a", 10, "gross"), base::Bug);
  CHECK_THROWS_AS(values.cell("not a name", "a", 0, "gross"), base::Bug);
  CHECK_THROWS_AS(values.binding("absent"), base::Bug);
  CHECK_THROWS_AS(values.binding("months"), base::Bug);
}
