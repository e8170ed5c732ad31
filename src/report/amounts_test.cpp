#include "report/amounts.h"

#include <doctest/doctest.h>

#include <limits>

#include "report/digest.h"
#include "report/sample_run.h"
#include "report/wording.h"

namespace insights::report {

TEST_CASE("counts are grouped and agree with their noun") {
  CHECK(counted(1, "finding") == "1 finding");
  CHECK(counted(5'912, "hypothesis") == "5,912 hypotheses");
  CHECK(counted(0, "query") == "0 queries");
}

TEST_CASE("labels follow the axis's unit") {
  CHECK(label_text(39'912.5, "INR") == "₹39.9K");
  CHECK(label_text(0.167, "%") == "16.7 %");
  CHECK(label_text(std::int64_t{1234}, "") == "1,234");
  CHECK(label_text(base::day_of({2025, 8, 1}), "") == "1 Aug 2025");
  CHECK(label_text(source::Cell{}, "INR") == "");
  CHECK(label_text(std::numeric_limits<double>::quiet_NaN(), "INR") == "nan");
  CHECK(marks_of("INR").before == "₹");
  CHECK(marks_of("hours").before == "");
}

TEST_CASE("table cells are as they are, but long fractions are rounded") {
  CHECK(table_text(std::int64_t{2025}) == "2025");
  CHECK(table_text(0.11323328785811733) == "0.1132");
  CHECK(table_text(1234.56789) == "1234.57");
  CHECK(table_text(0.5) == "0.5");
  CHECK(table_text(-12.0) == "-12");
  CHECK(table_text(std::string("x")) == "x");
}

TEST_CASE("probabilities and statistics in words") {
  CHECK(probability_text(0.00041) == "= 0.00041");
  CHECK(probability_text(3e-19) == "< 0.0001");
  CHECK(statistic_text(5.3456) == "5.35");
  CHECK(statistic_text(1'404) == "1404");
  CHECK(statistic_text(0) == "0");
}

TEST_CASE("totals name their span") {
  CHECK(total_text({findings::Account::lost, "INR", true, "month", 11'350, 1}, {}) ==
        "₹11.4K a month");
  CHECK(total_text({findings::Account::lost, "hours", false, "", 120, 1}, {}) == "120 hours");
}

TEST_CASE("the header says what was read and tested") {
  const auto run = sample_run();
  CHECK(headline(run) == "7 findings in orders and 1 more table");
  CHECK(headline(sample_run_without_findings()) ==
        "Nothing material found in orders and 1 more table");
  CHECK(tested_line(run.counts) == "tested 5,912 hypotheses, published 7, decoys accepted 0 of 5");
  CHECK(table_line(run.tables[0]) == "orders: 100,000 rows, 26 columns, 1 Jan 2024 to 1 Nov 2025");
  CHECK(tested_line({.tested = 0, .facts = 21, .published = 6, .decoy_columns = 0}) ==
        "looked at 21 facts, tested 0 hypotheses, published 6");
  CHECK(time_text("2025-11-22T07:46:03Z") == "22 Nov 2025, 07:46 UTC");
  CHECK(time_text("yesterday") == "yesterday");
  CHECK(period(run) == "1 Jan 2024 to 1 Nov 2025");
}

TEST_CASE("a finding that was not tested says why") {
  const auto run = sample_run();
  CHECK(strength_line(run.findings[0]) == "");
  CHECK(strength_line(run.findings[4]) == "descriptive: 12 rows are too few to test");
  CHECK(strength_line(run.findings[6]) == "descriptive: a fact of the data, nothing to test");
  CHECK(strength_reason(run.findings[6]) == "");
  CHECK(strength_line(run.findings[5]).starts_with("a language model's reading"));
}

TEST_CASE("digests agree with published ones") {
  CHECK(blake2b_text("") ==
        "cae66941d9efbd404e4d88758ea67670");  // RFC 7693's function, 16 bytes out
  CHECK(sha256_base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");  // FIPS 180-2, B.1
}

}  // namespace insights::report
