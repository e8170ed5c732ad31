#include "source/rows.h"

#include <doctest/doctest.h>

#include <limits>

using namespace insights;
using source::Cell;
using source::text_of;

TEST_CASE(
    "a double is written as shortly as reads back, and never with an exponent where nobody writes "
    "one") {
  CHECK(text_of(Cell(0.1)) == "0.1");
  CHECK(text_of(Cell(100000.0)) == "100000");
  CHECK(text_of(Cell(-2.5)) == "-2.5");
  CHECK(text_of(Cell(0.0)) == "0");
  CHECK(text_of(Cell(1.0 / 3)) == "0.3333333333333333");
  CHECK(text_of(Cell(123456789012345.67)) == "123456789012345.67");
  CHECK(text_of(Cell(1e300)) == "1e+300");
  CHECK(text_of(Cell(1e-9)) == "1e-09");
  CHECK(text_of(Cell(std::numeric_limits<double>::quiet_NaN())) == "nan");
  CHECK(text_of(Cell(-std::numeric_limits<double>::infinity())) == "-inf");
}

TEST_CASE("every kind of cell has its text, and null has none") {
  CHECK(text_of(Cell()) == "");
  CHECK(source::is_null(Cell()));
  CHECK_FALSE(source::is_null(Cell(std::string())));
  CHECK(text_of(Cell(true)) == "true");
  CHECK(text_of(Cell(std::int64_t{-42})) == "-42");
  CHECK(text_of(Cell(std::string("as it is"))) == "as it is");
  CHECK(text_of(Cell(*base::parse_day("2025-08-01"))) == "2025-08-01");
  CHECK(text_of(Cell(base::Moment{0})) == "1970-01-01 00:00:00");
}
