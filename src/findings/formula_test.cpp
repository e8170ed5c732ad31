#include "findings/formula.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace insights;
using namespace insights::findings;

namespace {

double value(std::string_view formula, const Variables& variables = {}) {
  const auto expression = Expression::parse(formula);
  REQUIRE_MESSAGE(expression.has_value(), (expression ? "" : expression.error().message));
  const auto number = expression->evaluate(variables);
  REQUIRE_MESSAGE(number.has_value(), (number ? "" : number.error().message));
  return *number;
}

std::string why_not(std::string_view formula, const Variables& variables = {}) {
  const auto expression = Expression::parse(formula);
  if (!expression) return expression.error().message;
  const auto number = expression->evaluate(variables);
  return number ? "it has a value" : number.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("arithmetic follows the usual order") {
  CHECK(value("1 + 2 * 3") == 7);
  CHECK(value("(1 + 2) * 3") == 9);
  CHECK(value("8 / 4 / 2") == 1);
  CHECK(value("8 - 4 - 2") == 2);
  CHECK(value("-2 * -3") == 6);
  CHECK(value("--2") == 2);
  CHECK(value("2 - -2") == 4);
  CHECK(value(" 1.5e3\t+\n.5 ") == 1500.5);
  CHECK(value("1 - net / gross", {{"net", 340}, {"gross", 400}}) == doctest::Approx(0.15));
}

TEST_CASE("functions do what their names say") {
  CHECK(value("abs(-3) + max(1, 2, x) - min(4, 3)", {{"x", 5}}) == 5);
  CHECK(value("sqrt(16)") == 4);
  CHECK(value("ln(exp(2))") == doctest::Approx(2));
}

TEST_CASE("intervals agree with published ones") {
  // Newcombe (1998), table I: 81 of 263, Wilson: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611.
  CHECK(value("wilson_low(81, 263)") == doctest::Approx(0.2553).epsilon(0.0005));
  CHECK(value("wilson_high(81, 263)") == doctest::Approx(0.3662).epsilon(0.0005));
  CHECK(value("wilson_low(0, 20)") == 0);
  CHECK(value("wilson_high(0, 20)") == doctest::Approx(0.1611).epsilon(0.0005));
  CHECK(value("wilson_high(20, 20)") == 1);
  // Student, 4 degrees of freedom: t = 2.776445.
  CHECK(value("mean_high(10, 2, 5)") == doctest::Approx(10 + 2.776445 * 2 / std::sqrt(5.0)));
  CHECK(value("mean_low(10, 2, 5)") == doctest::Approx(10 - 2.776445 * 2 / std::sqrt(5.0)));
  // R poisson.test(10)$conf.int: 4.795389 18.390356; poisson.test(0): 0 3.688879.
  CHECK(value("poisson_low(10)") == doctest::Approx(4.795389));
  CHECK(value("poisson_high(10)") == doctest::Approx(18.390356));
  CHECK(value("poisson_low(0)") == 0);
  CHECK(value("poisson_high(0)") == doctest::Approx(3.688879));
}

TEST_CASE("what has no finite value is an error, not a value") {
  CHECK(has(why_not("1 / 0"), "division by zero"));
  CHECK(has(why_not("1 / (x - x)", {{"x", 3}}), "division by zero"));
  CHECK(has(why_not("0 / 0"), "division by zero"));
  CHECK(has(why_not("sqrt(-1)"), "negative"));
  CHECK(has(why_not("ln(0)"), "above zero"));
  CHECK(has(why_not("exp(1000)"), "no finite value"));
  CHECK(has(why_not("1e308 * 10"), "no finite value"));
  CHECK(has(why_not("exp(710) - exp(710)"), "no finite value"));
  CHECK(has(why_not("gross - net", {{"gross", 3}}), "\"net\" has no value"));
  CHECK(has(why_not("x", {{"x", std::numeric_limits<double>::quiet_NaN()}}), "no finite value"));
  for (const auto* outside :
       {"wilson_low(5, 4)", "wilson_low(-1, 4)", "wilson_high(0, 0)", "mean_low(1, -1, 5)",
        "mean_low(1, 1, 1)", "poisson_low(-1)", "poisson_high(1e16)"}) {
    CHECK(has(why_not(outside), "needs"));
  }
}

TEST_CASE("what is not a formula says where it stops being one") {
  for (const auto* text :
       {"",      "1 +",   "(1",        "1)",     "1 2",   "a b",   "* 2",     "1 +* 2", "()",
        "f(1)",  "abs()", "abs(1, 2)", "min(1)", "abs 1", "1e999", "1.2.3",   "0x10",   "a;b",
        "a = b", "₹5",    "a{b}",      "'x'",    "+1",    "inf",   "1 / nan("}) {
    CHECK_MESSAGE((text == std::string_view("inf") || !Expression::parse(text).has_value()), text);
  }
  CHECK(has(Expression::parse("1 + $").error().message, "character 5"));
  CHECK(has(Expression::parse("sin(1)").error().message, "no function \"sin\""));
}

TEST_CASE("a formula of any length or depth is refused without harm") {
  CHECK_FALSE(Expression::parse(std::string(2000, '(') + "1" + std::string(2000, ')')).has_value());
  CHECK_FALSE(Expression::parse(std::string(4000, '-') + "1").has_value());
  CHECK_FALSE(Expression::parse(std::string(5000, '1')).has_value());
  CHECK(value(std::string(50, '(') + "1" + std::string(50, ')')) == 1);
  std::string sum = "1";
  for (int term = 0; term < 1000; ++term) sum += "+ 1";
  CHECK(value(sum) == 1001);
}

TEST_CASE("no text, however crooked, gives anything but an error or a finite number") {
  const std::vector<std::string> words{
      "a", "b",     "min", "wilson_low", "ln", "(", ")",   "+",    "-",    "*",    "/",
      ",", "1e308", ".",   "0",          "7",  "}", "exp", "1e-9", "sqrt", "\x80", "poisson_high"};
  std::uint32_t state = 1;  // of a linear congruential generator (Numerical Recipes)
  const auto next = [&](std::size_t below) {
    state = state * 1'664'525U + 1'013'904'223U;
    return static_cast<std::size_t>(state >> 8U) % below;
  };
  int valid = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t count = 1 + next(8); count > 0; --count) text += words[next(words.size())];
    const auto expression = Expression::parse(text);
    if (!expression) continue;
    ++valid;
    const auto number = expression->evaluate({{"a", 0}, {"b", -3.5}});
    if (number) CHECK(std::isfinite(*number));
  }
  CHECK(valid > 500);
}

TEST_CASE("names are replaced in parentheses and functions are left alone") {
  const auto replaced = with_names_replaced("2 * a - min(b, a)", {{"a", "x + y"}, {"min", "z"}});
  REQUIRE(replaced.has_value());
  CHECK(*replaced == "2 * (x + y) - min(b, (x + y))");
  CHECK_FALSE(with_names_replaced("2 *", {}).has_value());
}

TEST_CASE("cells count as numbers where they can") {
  CHECK(number_of(source::Cell{true}).value() == 1);
  CHECK(number_of(source::Cell{std::int64_t{-7}}).value() == -7);
  CHECK(number_of(source::Cell{base::Day{20301}}).value() == 20301);
  CHECK(number_of(source::Cell{base::Moment{129'600'000'000}}).value() == 1.5);
  CHECK_FALSE(number_of(source::Cell{}).has_value());
  CHECK_FALSE(number_of(source::Cell{std::string("12")}).has_value());
  CHECK_FALSE(number_of(source::Cell{std::nan("")}).has_value());
  CHECK_FALSE(number_of(source::Cell{std::numeric_limits<double>::infinity()}).has_value());
}
