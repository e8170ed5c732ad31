#include "findings/format_value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "findings/characters.h"

using namespace insights;
using namespace insights::findings;
using source::Cell;

namespace {

std::string written(const Cell& cell, Format format, std::string_view unit = "",
                    NumberStyle style = {}) {
  const auto text = format_value(cell, format, unit, style);
  return text ? *text : "error: " + text.error().message;
}

std::string money(double amount, std::string_view unit = "INR") {
  return written(amount, Format::money, unit);
}

std::string rupees(double amount) {
  return written(amount, Format::money, "INR", {.indian_units = true});
}

std::string percent(double share) { return written(share, Format::percent); }

}  // namespace

TEST_CASE("money is short and has its symbol") {
  CHECK(money(39'900) == "₹39.9K");
  CHECK(money(1'250'000) == "₹1.25M");
  CHECK(money(9'750'000, "GBP") == "£9.75M");
  CHECK(money(3.2e9) == "₹3.2B");
  CHECK(money(-5'200) == "-₹5.2K");
  CHECK(money(817.4) == "₹817");
  CHECK(money(12.3, "USD") == "$12.30");
  CHECK(money(12, "EUR") == "€12");
  CHECK(money(0, "JPY") == "¥0");
  CHECK(money(5'200, "AUD") == "AUD 5.2K");
  CHECK(money(5'200, "") == "5.2K");
  CHECK(written(std::int64_t{340'000}, Format::money, "INR") == "₹340K");
}

TEST_CASE("money never rounds into the wrong unit, nor a little to nothing") {
  CHECK(money(999'499) == "₹999K");
  CHECK(money(999'500) == "₹1M");
  CHECK(money(999.4) == "₹999");
  CHECK(money(999.6) == "₹1K");
  CHECK(money(99.996) == "₹100");
  CHECK(money(0.004, "USD") == "<$0.01");
  CHECK(money(-0.004, "USD") == ">-$0.01");
  CHECK(money(1.5e12) == "₹1.5T");
  CHECK(money(1.5e20) == "₹1.5e+20");
}

TEST_CASE("rupees are written in lakh and crore for those who ask") {
  CHECK(rupees(4'520'000) == "₹45.2L");
  CHECK(rupees(13'000'000) == "₹1.3Cr");
  CHECK(rupees(39'900) == "₹39.9K");
  CHECK(rupees(99'960) == "₹1L");
  CHECK(rupees(9'996'000) == "₹1Cr");
  CHECK(rupees(1.234e10) == "₹1,234Cr");
  CHECK(rupees(1.2e12) == "₹1.2L Cr");
  CHECK(written(4'520'000.0, Format::money, "USD", {.indian_units = true}) == "$4.52M");
}

TEST_CASE("a percentage has one decimal, and is never a false zero or hundred") {
  CHECK(percent(0.1667) == "16.7 %");
  CHECK(percent(0.5) == "50 %");
  CHECK(percent(-0.031) == "-3.1 %");
  CHECK(percent(1.034) == "103 %");
  CHECK(percent(0.9) == "90 %");
  CHECK(percent(0.99) == "99 %");
  CHECK(percent(12.5) == "1,250 %");
  CHECK(percent(0) == "0 %");
  CHECK(percent(0.0002) == "<0.1 %");
  CHECK(percent(-0.0002) == ">-0.1 %");
  CHECK(percent(0.9999) == ">99.9 %");
  CHECK(percent(1) == "100 %");
  CHECK(percent(1 - 1e-15) == "100 %");
}

TEST_CASE("other numbers are as long as they need to be") {
  CHECK(written(0.094, Format::points) == "9.4 points");
  CHECK(written(0.01, Format::points) == "1 point");
  CHECK(written(3.24, Format::multiple) == "3.2 times");
  CHECK(written(12.4, Format::multiple) == "12 times");
  CHECK(written(0.456, Format::multiple) == "0.46 times");
  CHECK(written(std::int64_t{1'234'567}, Format::integer) == "1,234,567");
  CHECK(written(std::int64_t{-999}, Format::integer) == "-999");
  CHECK(written(std::numeric_limits<std::int64_t>::min(), Format::integer) ==
        "-9,223,372,036,854,775,808");
  CHECK(written(300.0, Format::integer) == "300");
  CHECK(written(2.5, Format::integer) == "3");
  CHECK(written(-0.4, Format::integer) == "0");
  CHECK(written(12.345, Format::decimal, "kg") == "12.3 kg");
  CHECK(written(1234.5, Format::decimal) == "1,235");
  CHECK(written(0.012345, Format::decimal) == "0.0123");
  CHECK(written(std::int64_t{50}, Format::decimal, "units") == "50 units");
  CHECK(written(true, Format::integer) == "1");
}

TEST_CASE("one of a thing is not in the plural") {
  CHECK(written(1.0, Format::decimal, "days") == "1 day");
  CHECK(written(1.5, Format::decimal, "days") == "1.5 days");
  CHECK(written(1.0, Format::decimal, "kg") == "1 kg");
  CHECK(written(1.0, Format::decimal, "mass") == "1 mass");
}

TEST_CASE("days and dates read as people write them") {
  const base::Day august = *base::parse_day("2025-08-01");
  CHECK(written(august, Format::date) == "1 Aug 2025");
  CHECK(written(august, Format::month) == "Aug 2025");
  CHECK(written(base::Moment{std::int64_t{august.since_epoch} * 86'400'000'000 + 5},
                Format::date) == "1 Aug 2025");
  CHECK(written(static_cast<double>(august.since_epoch), Format::date) == "1 Aug 2025");
  CHECK(written(16.6, Format::days) == "17 days");
  CHECK(written(std::int64_t{1}, Format::days) == "1 day");
  CHECK(written(2.5, Format::days) == "2.5 days");
  CHECK(written(0.0, Format::days) == "0 days");
}

TEST_CASE("text is cleaned and short") {
  CHECK(written(std::string("Ada & Söhne"), Format::text) == "Ada & Söhne");
  CHECK(written(std::string("evil\u202Etxt"), Format::text) == "eviltxt");
  CHECK(written(std::string(), Format::text) == "(empty)");
  const auto cut = written(std::string(200, 'x') + "₹", Format::text);
  CHECK(characters_in(cut) == 80);
  CHECK(cut.ends_with("…"));
}

TEST_CASE("what cannot be shown is an error for every format, never nan") {
  for (const auto format :
       {Format::text, Format::integer, Format::decimal, Format::money, Format::percent,
        Format::points, Format::multiple, Format::date, Format::month, Format::days}) {
    CHECK_FALSE(format_value(Cell{}, format, "", {}).has_value());
    CHECK_FALSE(format_value(Cell{std::nan("")}, format, "", {}).has_value());
    CHECK_FALSE(
        format_value(Cell{std::numeric_limits<double>::infinity()}, format, "", {}).has_value());
    for (const double number : {1e-300, 1e300, -1e300, 1e15, 1e18, 5e-324}) {
      const auto text = format_value(Cell{number}, format, "", {});
      CHECK((!text || characters_in(*text) <= 80));
    }
    if (format == Format::text) continue;
    CHECK_FALSE(format_value(Cell{std::string("12")}, format, "", {}).has_value());
  }
  CHECK_FALSE(format_value(base::Day{1}, Format::money, "INR", {}).has_value());
  CHECK_FALSE(format_value(base::Day{2'000'000'000}, Format::date, "", {}).has_value());
  CHECK_FALSE(
      format_value(base::Moment{std::numeric_limits<std::int64_t>::min()}, Format::month, "", {})
          .has_value());
  CHECK_FALSE(format_value(true, Format::date, "", {}).has_value());
}

TEST_CASE("a unit cannot carry a number, but may be a square metre") {
  CHECK(written(3.5, Format::decimal, "m²") == "3.5 m²");
  CHECK(written(3.5, Format::decimal, "kg CO2") == "3.5 kg CO2");
  CHECK_FALSE(format_value(3.5, Format::decimal, "of 900", {}).has_value());
  CHECK_FALSE(format_value(3.5, Format::decimal, "x99", {}).has_value());
  CHECK_FALSE(format_value(3.5, Format::money, "9 ", {}).has_value());
  CHECK_FALSE(format_value(3.5, Format::decimal, "\u202Egk", {}).has_value());
}
