// Every type of the engine as a cell, as a batch and as a column of a table.
#include <cmath>

#include "source/scratch.h"
#include "source/vectors.h"

using namespace insights;
using namespace insights::source;

namespace {

Source& any_source() {
  static const Scratch scratch;
  // Of the thread, not static: DuckDB's own state of the thread must outlive the database.
  thread_local const auto source = [] {
    make({"COPY (SELECT 1 AS one) TO '" + (scratch / "one.parquet") + "'"});
    return opened({scratch / "one.parquet"});
  }();
  return *source;
}

Cell cell(std::string_view expression) {
  return ask(any_source(), "SELECT " + std::string(expression)).rows.at(0).at(0);
}

std::string text(std::string_view expression) { return source::text_of(cell(expression)); }

// The first column of a scan: its type, and its values as text, nulls as "null".
struct Scanned {
  ColumnBatch::Type type = ColumnBatch::Type::text;
  std::string values;
  bool operator==(const Scanned&) const = default;
};

Scanned scan(std::string_view query) {
  Scanned result;
  const auto done =
      any_source().scan(checked(any_source(), query), {}, {}, [&](const Batch& batch) {
        const auto& column = batch.columns.at(0);
        result.type = column.type;
        for (std::size_t row = 0; row < batch.rows; ++row) {
          result.values += result.values.empty() ? "" : " ";
          if (column.valid[row] == 0) {
            result.values += "null";
          } else if (column.type == ColumnBatch::Type::real) {
            result.values += source::text_of(Cell(column.reals[row]));
          } else if (column.type == ColumnBatch::Type::text) {
            result.values += column.texts[row];
          } else {
            result.values += std::to_string(column.integers[row]);
          }
        }
        return true;
      });
  REQUIRE(done);
  return result;
}

}  // namespace

TEST_CASE("whole numbers of every width are integers, beyond 64 bits real") {
  for (const auto* type : {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT",
                           "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT"}) {
    CAPTURE(type);
    CHECK(cell("127::" + std::string(type)) == Cell(std::int64_t{127}));
    CHECK(cell("NULL::" + std::string(type)) == Cell());
  }
  CHECK(cell("(-128)::TINYINT") == Cell(std::int64_t{-128}));
  CHECK(cell("(-9223372036854775808)::HUGEINT") == Cell(std::numeric_limits<std::int64_t>::min()));
  CHECK(cell("9223372036854775807::UBIGINT") == Cell(std::numeric_limits<std::int64_t>::max()));
  CHECK(cell("18446744073709551615::UBIGINT") == Cell(18446744073709551615.0));
  CHECK(cell("9223372036854775808::HUGEINT") == Cell(9223372036854775808.0));
  CHECK(cell("(-9223372036854775809)::HUGEINT") == Cell(-9223372036854775808.0));
  CHECK(cell("340282366920938463463374607431768211455::UHUGEINT") ==
        Cell(340282366920938463463374607431768211455.0));
  CHECK(cell("sum(x) FROM range(10) t(x)") == Cell(std::int64_t{45}));  // a HUGEINT to DuckDB
}

TEST_CASE("decimals of every width are the double nearest to what is written") {
  CHECK(cell("0.1::DECIMAL(4,1)") == Cell(0.1));
  CHECK(cell("-12345.67::DECIMAL(9,2)") == Cell(-12345.67));
  CHECK(cell("1234567890123.456::DECIMAL(18,3)") == Cell(1234567890123.456));
  CHECK(cell("999999999999999.999::DECIMAL(18,3)") == Cell(999999999999999.999));
  CHECK(cell("12345678901234567890.123::DECIMAL(38,3)") == Cell(12345678901234567890.123));
  CHECK(cell("-0.00000000000000000000000000000000000001::DECIMAL(38,38)") == Cell(-1e-38));
}

TEST_CASE("truth values, reals and text come as they are") {
  CHECK(cell("true") == Cell(true));
  CHECK(cell("0.5::FLOAT") == Cell(0.5));
  CHECK(std::isnan(std::get<double>(cell("'nan'::DOUBLE"))));
  CHECK(cell("''") == Cell(std::string()));
  CHECK(cell("'short'") == Cell(std::string("short")));
  CHECK(cell("'longer than twelve bytes, ü'") == Cell(std::string("longer than twelve bytes, ü")));
  CHECK(cell("'a' || chr(0) || 'b'") == Cell(std::string("a\0b", 3)));
  CHECK(cell("'red'::ENUM('green', 'red')") == Cell(std::string("red")));
  CHECK(cell("NULL") == Cell());
}

TEST_CASE("dates and moments of every precision, with the time zone as UTC") {
  CHECK(cell("DATE '2025-08-01'") == Cell(*base::parse_day("2025-08-01")));
  CHECK(text("DATE '9999-12-31'") == "9999-12-31");
  CHECK(text("TIMESTAMP '2025-08-01 13:45:00.5'") == "2025-08-01 13:45:00.500000");
  CHECK(text("TIMESTAMP_S '1969-12-31 23:59:59'") == "1969-12-31 23:59:59");
  CHECK(text("TIMESTAMP_MS '2025-08-01 13:45:00.123'") == "2025-08-01 13:45:00.123000");
  CHECK(text("TIMESTAMP_NS '1969-12-31 23:59:59.999999999'") == "1969-12-31 23:59:59.999999");
  CHECK(text("TIMESTAMPTZ '2025-08-01 13:45:00+02:00'") == "2025-08-01 11:45:00");
  CHECK(text("date_trunc('day', TIMESTAMPTZ '2025-08-01 23:30:00-02:00')::DATE") == "2025-08-02");
}

TEST_CASE(
    "times beyond the calendar are text in a cell and null in a batch, and overflow nowhere") {
  CHECK(text("'infinity'::DATE") == "infinity");
  CHECK(text("'-infinity'::TIMESTAMP") == "-infinity");
  CHECK(text("'infinity'::TIMESTAMPTZ") == "infinity");
  CHECK(text("DATE '290000-01-01'") == "290000-01-01");
  CHECK(contains(text("'290000-01-01'::TIMESTAMP_S"), "290000"));
  CHECK(scan("VALUES ('infinity'::DATE), (DATE '1970-01-02'), ('-infinity'), (DATE "
             "'290000-01-01'), (DATE '290000-01-01 (BC)')") ==
        Scanned{ColumnBatch::Type::day, "null 1 null null null"});
  CHECK(scan("VALUES ('infinity'::TIMESTAMP_NS), (TIMESTAMP_NS '1970-01-01 00:00:01'), (NULL)") ==
        Scanned{ColumnBatch::Type::moment, "null 1000000 null"});
  CHECK(scan("SELECT * FROM (VALUES ('290000-01-01'::TIMESTAMP_S), ('1970-01-01 "
             "00:00:02'::TIMESTAMP_S))") == Scanned{ColumnBatch::Type::moment, "null 2000000"});
}

TEST_CASE("everything else is text in the engine's own writing") {
  CHECK(text("TIME '13:45:00'") == "13:45:00");
  CHECK(text("INTERVAL '1 month 2 days'") == "1 month 2 days");
  CHECK(text("'5b2c9f9e-0f2a-4c7e-8c5e-3f1b2a4d6e80'::UUID") ==
        "5b2c9f9e-0f2a-4c7e-8c5e-3f1b2a4d6e80");
  CHECK(text("'a\\x00b'::BLOB") == "a\\x00b");
  CHECK(text("'10101'::BIT") == "10101");
  CHECK(text("[1, NULL, 3]") == "[1, NULL, 3]");
  CHECK(text("[[1.5::DECIMAL(4,2)], []]") == "[[1.50], []]");
  CHECK(text("array_value(1, 2)") == "[1, 2]");
  CHECK(text("{'a': 1, 'b': {'c': DATE '2025-01-01', 'd': ['x', 'y']}}") ==
        "{'a': 1, 'b': {'c': 2025-01-01, 'd': [x, y]}}");
  CHECK(text("MAP {'k': 1.5, 'l': NULL}") == "{k=1.5, l=NULL}");
  CHECK(text("union_value(num := 5)") == "5");
  CHECK(text("['red'::ENUM('green', 'red')]") == "[red]");
  CHECK(text("TIMETZ '10:00:00+02'") == "10:00:00+02");
  CHECK(text("'{\"a\": 1}'::JSON") == "{\"a\": 1}");
  CHECK(scan("SELECT * FROM (VALUES ([1, 2]), (NULL), ([])) t(x)") ==
        Scanned{ColumnBatch::Type::text, "[1, 2] null []"});
}

TEST_CASE("a type that cannot be read is an error that says what to do, and no crash") {
  const auto result = any_source().query(
      checked(any_source(),
              "SELECT 1 AS a, [123456789012345678901234567890123456789012::BIGNUM] AS big"),
      {}, {});
  REQUIRE_FALSE(result);
  CHECK(contains(result.error().message, "column big"));
  CHECK(contains(result.error().hint, "VARCHAR"));
}

TEST_CASE("a batch has one type a column, and whatever stands in the place of a null is nought") {
  CHECK(scan("SELECT CASE WHEN i % 2 = 0 THEN i END FROM range(4) t(i)") ==
        Scanned{ColumnBatch::Type::integer, "0 null 2 null"});
  CHECK(scan("SELECT (i % 2 = 0) FROM range(3) t(i)") ==
        Scanned{ColumnBatch::Type::boolean, "1 0 1"});
  CHECK(scan("SELECT i / 8 FROM range(3) t(i)") ==
        Scanned{ColumnBatch::Type::real, "0 0.125 0.25"});
  CHECK(scan("SELECT i::HUGEINT FROM range(2) t(i)") == Scanned{ColumnBatch::Type::real, "0 1"});
  CHECK(scan("SELECT 'same' FROM range(3)") == Scanned{ColumnBatch::Type::text, "same same same"});
  CHECK(scan("SELECT CASE WHEN i <> 1 THEN 'a text of more than twelve bytes' END FROM range(2) "
             "t(i)") == Scanned{ColumnBatch::Type::text, "a text of more than twelve bytes null"});
  CHECK(scan("SELECT NULL FROM range(2)").values == "null null");
  const auto done = any_source().scan(checked(any_source(), "SELECT NULL::DOUBLE FROM range(3000)"),
                                      {}, {}, [](const Batch& batch) {
                                        for (const double value : batch.columns.at(0).reals)
                                          CHECK(value == 0);
                                        return true;
                                      });
  CHECK(done);
}

TEST_CASE("a table shows only types that can be counted with") {
  const Scratch scratch;
  make({"CREATE TYPE mood AS ENUM ('sad', 'glad')",
        "COPY (SELECT 5::UBIGINT AS small, 18446744073709551615::UBIGINT AS large, 7::HUGEINT AS "
        "huge, [1, 2] AS list, {'a': 1} AS record, "
        "'glad'::mood AS mood, TIME '10:00:00' AS t, 1.5::DECIMAL(9,2) AS price, 'nan'::DOUBLE AS "
        "odd, 'infinity'::DATE AS never, "
        "DATE '2025-01-01' AS day, 'x'::BLOB AS bytes) TO '" +
            (scratch / "types.parquet") + "'"});
  const auto source = opened({scratch / "types.parquet"});
  CHECK(columns_of(source->tables().front()) ==
        "small BIGINT, large DOUBLE, huge DOUBLE, list VARCHAR, record VARCHAR, mood VARCHAR, t "
        "VARCHAR, price DECIMAL(9,2), "
        "odd DOUBLE, never DATE, day DATE, bytes VARCHAR");
  CHECK(answer(*source, "SELECT * FROM types") ==
        "5|1.8446744073709552e+19|7|[1, 2]|{'a': 1}|glad|10:00:00|1.5|null|null|2025-01-01|x");
  CHECK(contains(notes_of(*source), "column odd: 1 value"));
  CHECK(contains(notes_of(*source), "column never: 1 date"));
  CHECK(contains(notes_of(*source), "column large"));
}
