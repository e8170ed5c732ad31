// Text files as people have them: what is read, and what is told about it.
#include <algorithm>

#include "source/scratch.h"

using namespace insights;
using namespace insights::source;
using namespace std::literals;
using base::ErrorKind;

namespace {

// Lines "i,x_i,2i" below a header.
std::string lines(int count, std::string_view extra = "") {
  std::string text = "a,b,c\n";
  for (int i = 0; i < count; ++i)
    text += std::to_string(i) + ",x" + std::to_string(i) + "," + std::to_string(2 * i) + "\n";
  return text + std::string(extra);
}

struct Case {
  std::string_view name;
  std::string bytes;
  std::string_view columns;
  std::string_view rows;   // how many
  std::string_view query;  // after SELECT; "" for none
  std::string_view answer;
  std::string_view note;  // a part of it; "" for no note at all
};

std::string table_name(std::string_view file) {
  return std::string(file.substr(0, file.find('.')));
}

// Each file in a directory of its own, so that those with the same columns stay apart; all opened
// at once.
void check(const std::vector<Case>& cases) {
  const Scratch scratch;
  std::vector<std::string> paths;
  paths.reserve(cases.size());
  for (const auto& [name, bytes, columns, rows, query, expected, note] : cases) {
    paths.push_back(scratch.write(table_name(name) + "/" + std::string(name), bytes));
  }
  const auto source = opened(paths);
  REQUIRE(source->tables().size() == cases.size());
  for (std::size_t index = 0; index < cases.size(); ++index) {
    const auto& one = cases[index];
    const auto table = "\"" + source->tables()[index].name + "\"";
    CAPTURE(one.name);
    CHECK(columns_of(source->tables()[index]) == one.columns);
    CHECK(answer(*source, "SELECT count(*) FROM " + table) == one.rows);
    if (!one.query.empty())
      CHECK(answer(*source, "SELECT " + std::string(one.query) + " FROM " + table) == one.answer);
    std::string notes;
    for (const auto& note : source->notes()) {
      if (contains(note, one.name) || contains(note, "Table " + table_name(one.name) + ","))
        notes += note;
    }
    CAPTURE(notes);
    CHECK(one.note.empty() == notes.empty());
    CHECK(contains(notes, one.note));
  }
}

}  // namespace

TEST_CASE("well-formed files of many shapes need no note") {
  std::string wide = "c0";
  std::string wide_row = "0";
  for (int i = 1; i < 1000; ++i) {
    wide += ",c" + std::to_string(i);
    wide_row += "," + std::to_string(i);
  }
  check({
      {"plain.csv", lines(3), "a BIGINT, b VARCHAR, c BIGINT", "3", "*", "0|x0|0\n1|x1|2\n2|x2|4",
       ""},
      {"header.csv", "a,b,c\n", "a VARCHAR, b VARCHAR, c VARCHAR", "0", "", "", ""},
      {"header_only.csv", "a,b,c", "a VARCHAR, b VARCHAR, c VARCHAR", "0", "", "", ""},
      {"one_row.csv", "a,b\n1,x\n", "a BIGINT, b VARCHAR", "1", "*", "1|x", ""},
      {"one_column.csv", "a\n1\n2\n", "a BIGINT", "2", "*", "1\n2", ""},
      {"crlf.csv", "a,b\r\n1,2\r\n3,4\r\n", "a BIGINT, b BIGINT", "2", "*", "1|2\n3|4", ""},
      {"mac.csv", "a,b\r1,2\r3,4\r", "a BIGINT, b BIGINT", "2", "*", "1|2\n3|4", ""},
      {"tab.tsv", "a\tb\n1\tx, y\n", "a BIGINT, b VARCHAR", "1", "*", "1|x, y", ""},
      {"pipe.csv", "a|b\n1|2\n", "a BIGINT, b BIGINT", "1", "*", "1|2", ""},
      {"bom.csv", "\xEF\xBB\xBFname,city\n1,Zürich\n", "name BIGINT, city VARCHAR", "1", "*",
       "1|Zürich", ""},
      {"quoted.csv", "\"a\"\"b\",\"c;d\",\"e'f\"\n1,\"x, y\",\"line\nbreak\"\n",
       "a\"b BIGINT, c;d VARCHAR, e'f VARCHAR", "1", "*", "1|x, y|line\nbreak", ""},
      {"quoted_late.csv", lines(25'000, "1,\"x, \"\"y\"\"\",2\n"), "a BIGINT, b VARCHAR, c BIGINT",
       "25001", "max(b) FILTER (a = 1)", "x1", ""},
      {"nulls.csv", "a,b\n1,\n2,\n", "a BIGINT, b VARCHAR", "2", "count(b)", "0", ""},
      {"codes.csv", "code,n\n" + std::string("10001,1\n") + "00123,2\n", "code VARCHAR, n BIGINT",
       "2", "*", "10001|1\n00123|2", ""},
      {"far.csv", "d,t\n9999-12-31,9999-12-31 23:59:59\n", "d DATE, t TIMESTAMP", "1", "*",
       "9999-12-31|9999-12-31 23:59:59", ""},
      {"day_first.csv", "d,n\n13/03/2025,1\n14/03/2025,2\n", "d DATE, n BIGINT", "2", "max(d)",
       "2025-03-14", ""},
      {"month_first.csv", "d,n\n03/13/2025,1\n03/14/2025,2\n", "d DATE, n BIGINT", "2", "max(d)",
       "2025-03-14", ""},
      {"wide.csv", wide + "\n" + wide_row + "\n",
       [&] {
         static std::string columns;
         for (int i = 0; i < 1000; ++i)
           columns += (i == 0 ? "c" : ", c") + std::to_string(i) + " BIGINT";
         return std::string_view(columns);
       }(),
       "1", "c0, c999", "0|999", ""},
  });
}

TEST_CASE("lines that are not like the others are kept, and told with the first of them") {
  check({
      {"short.csv", lines(30, "31,x\n"), "a BIGINT, b VARCHAR, c BIGINT", "31", "count(c)", "30",
       "1 line has not as many fields"},
      {"long.csv", lines(30, "31,x,62,extra\n"), "a BIGINT, b VARCHAR, c BIGINT, column3 VARCHAR",
       "31", "max(column3)", "extra", "The first is line 32: 31,x,62,extra"},
      {"late.csv", lines(30'000, "1,x,2,3,4\n2,y\n"), "a BIGINT, b VARCHAR, c BIGINT", "30002",
       "count(c)", "30001", "2 lines have not as many fields as the others"},
      {"longer.csv", "a,b\n1,2,3\n4,5,6\n", "a BIGINT, b BIGINT, column2 BIGINT", "2", "*",
       "1|2|3\n4|5|6", "not as many fields"},
      {"above.csv", "Sales report\nof 2025\n\nid,name\n1,x\n2,y\n", "id BIGINT, name VARCHAR", "2",
       "*", "1|x\n2|y",
       "first 3 lines above the header were left out, being no part of the table. The first is: "
       "Sales report"},
      {"mixed_ends.csv", "a,b\r\n1,2\n3,4\r\n", "a BIGINT, b BIGINT", "2", "*", "1|2\n3|4",
       "leniently"},
      {"open_quote.csv", lines(25'000, "1,\"abc,2\n2,def,4\n"), "a BIGINT, b VARCHAR, c BIGINT",
       "25002", "max(b) FILTER (b < 'e')", "def", ""},
      {"no_header.csv", "1,2\n3,4\n", "column0 BIGINT, column1 BIGINT", "2", "*", "1|2\n3|4",
       "no header line"},
      {"names.csv", "a,a,,A\n1,2,3,4\n", "a BIGINT, a_1 BIGINT, column2 BIGINT, A_2 BIGINT", "1",
       "*", "1|2|3|4", "the 3. column, which has no name, is called column2"},
      {"long_line.csv", "a,b\n1," + std::string(2'100'000, 'x') + "\n", "a BIGINT, b VARCHAR", "1",
       "length(b)", "2100000", ""},
  });
}

TEST_CASE("other encodings become UTF-8, and that is told") {
  const auto wide = [](std::u16string_view text) {
    std::string bytes = "\xFF\xFE";
    for (const char16_t unit : text) {
      bytes += static_cast<char>(unit & 0xFF);
      bytes += static_cast<char>(unit >> 8);
    }
    return bytes;
  };
  check({
      {"latin.csv", "n,city\n1,Z\xFCrich\n2,Bern\n", "n BIGINT, city VARCHAR", "2", "max(city)",
       "Zürich", "1 byte was read as Windows-1252"},
      {"latin_late.csv", lines(25'000, "1,Z\xFCrich \x80,2\n"), "a BIGINT, b VARCHAR, c BIGINT",
       "25001", "max(b) FILTER (b LIKE 'Z%')", "Zürich €", "2 bytes were read as Windows-1252"},
      {"utf16.csv", wide(u"n,city\n1,Zürich\n2,Bern\n"), "n BIGINT, city VARCHAR", "2", "max(city)",
       "Zürich", "UTF-16"},
      {"latin.ndjson", "{\"city\":\"Z\xFCrich\"}\n", "city VARCHAR", "1", "*", "Zürich",
       "Windows-1252"},
  });
}

TEST_CASE("numbers and dates are read however they are written, and what stays text is told") {
  std::string missing = "k,n\n";
  std::string mixed = "k,n\n";
  std::string days = "k,d\n";
  std::string money = "k,m\n";
  for (int i = 1; i <= 28; ++i) {
    missing += "x" + std::to_string(i) + "," + (i % 7 == 0 ? "N/A" : std::to_string(i)) + "\n";
    mixed += "x" + std::to_string(i) + "," + (i == 28 ? "total" : std::to_string(i)) + "\n";
    days += "x" + std::to_string(i) + "," + std::to_string(i) + "-Mar-2025\n";
    money += "x" + std::to_string(i) + ",\"$1," + std::to_string(100 + i) + ".50\"\n";
  }
  check({
      {"comma.csv", "Datum;Betrag\n01.03.2025;1.234,50\n13.03.2025;-2,25\n",
       "Datum DATE, Betrag DOUBLE", "2", "*", "2025-03-01|1234.5\n2025-03-13|-2.25",
       "column Betrag was read as numbers with a decimal comma"},
      {"money.csv", money, "k VARCHAR, m DOUBLE", "28", "max(m)", "1128.5",
       "column m was read as numbers without their signs"},
      {"percent.csv", "k,p\nx,12.5%\ny,-3%\n", "k VARCHAR, p DOUBLE", "2", "p", "12.5\n-3",
       "column p was read as numbers"},
      {"missing.csv", missing, "k VARCHAR, n BIGINT", "28", "count(n), sum(n)", "24|336",
       "4 marks of missing values became null"},
      {"mixed.csv", mixed, "k VARCHAR, n VARCHAR", "28", "max(n)", "total",
       "column n is text, because 1 of its 28 values is no number: total"},
      {"mixed_late.csv", lines(30'000, "abc,x,1\n"), "a VARCHAR, b VARCHAR, c BIGINT", "30001",
       "max(a)", "abc", "column a is text, because 1 of its 30001 values is no number: abc"},
      {"currencies.csv", "k,m\nx,$5\ny,€7\n", "k VARCHAR, m VARCHAR", "2", "m", "$5\n€7", ""},
      {"month.csv", days, "k VARCHAR, d DATE", "28", "max(d)", "2025-03-28",
       "column d was read as dates"},
      {"long_codes.csv", "code,n\n12345678901234567890123,1\n12345678901234567890124,2\n",
       "code VARCHAR, n BIGINT", "2", "count(DISTINCT code)", "2", "kept as text"},
      {"odd.csv", "a,b\n1,nan\n2,inf\n3,2.5\n", "a BIGINT, b DOUBLE", "3", "sum(b), count(b)",
       "2.5|1", "column b: 2 values"},
      {"either.csv", "d,n\n03/04/2025,1\n05/06/2025,2\n", "d DATE, n BIGINT", "2", "max(d)",
       "2025-06-05", "no date says whether"},
  });
}

TEST_CASE("JSON in its usual forms is a table; what is nested becomes text") {
  check({
      {"array.json", R"([{"a":1,"b":{"c":2}},{"a":2,"t":[1,2]}])", "a BIGINT, b VARCHAR, t VARCHAR",
       "2", "*", "1|{\"c\":2}|null\n2|null|[1,2]", "became text: b, t"},
      {"lines.ndjson", "{\"a\":1}\n{\"a\":2,\"b\":\"x\"}\n", "a BIGINT, b VARCHAR", "2", "*",
       "1|null\n2|x", ""},
      {"more.jsonl", "{\"a\":1}\n{\"a\":2}\n", "a BIGINT", "2", "*", "1\n2", ""},
      {"object.json", R"({"a":1,"b":"x"})", "a BIGINT, b VARCHAR", "1", "*", "1|x", ""},
      {"wrapped.json", R"({"count":2,"rows":[{"a":1},{"a":2}]})", "a BIGINT", "2", "*", "1\n2",
       "left out: count"},
      {"kinds.json", R"([{"a":1},{"a":"x"},{"a":[1]}])", "a VARCHAR", "3", "*", "1\nx\n[1]",
       "became text: a"},
      {"dates.json", R"([{"d":"2025-01-01","t":"2025-01-01T10:00:00Z"}])", "d DATE, t TIMESTAMP",
       "1", "*", "2025-01-01|2025-01-01 10:00:00", ""},
      {"broken.ndjson", "{\"a\":1}\nnot json\n{\"a\":3}\n", "a BIGINT", "2", "*", "1\n3",
       "1 line is no JSON object and left out"},
  });
}

TEST_CASE("what is no table is refused, with the file's name") {
  const Scratch scratch;
  for (const auto& [name, bytes] : {std::pair{"empty.csv", ""sv},
                                    {"blank.csv", "\n\n"sv},
                                    {"scalar.json", "42"sv},
                                    {"scalars.json", "[1,2]"sv},
                                    {"nothing.json", "[]"sv},
                                    {"cut.json", "{\"a\":1"sv},
                                    {"fake.parquet", "PAR1 and so on, but no Parquet PAR1"sv},
                                    {"fake.duckdb", "12345678DUCK and no more"sv},
                                    {"fake.csv.gz", "\x1F\x8B and no more"sv}}) {
    const auto source = try_open({scratch.write(name, bytes)});
    CAPTURE(name);
    REQUIRE_FALSE(source);
    CHECK(source.error().kind == ErrorKind::invalid_input);
    CHECK(contains(source.error().message, name));
    CHECK_FALSE(contains(source.error().message, "\n"));
  }
}

TEST_CASE("a compressed file that was cut short is refused, not read as a shorter one") {
  const Scratch scratch;
  make({"COPY (SELECT range AS a, hash(range) AS b FROM range(20000)) TO '" +
        (scratch / "whole.csv.gz") + "' (COMPRESSION gzip)"});
  CHECK(answer(*opened({scratch / "whole.csv.gz"}), "SELECT count(*) FROM whole") == "20000");
  std::filesystem::copy_file(scratch / "whole.csv.gz", scratch / "cut.csv.gz");
  std::filesystem::resize_file(scratch / "cut.csv.gz", 50'000);
  const auto cut = try_open({scratch / "cut.csv.gz"});
  REQUIRE_FALSE(cut);
  CHECK(contains(cut.error().message, "cut short"));
}

TEST_CASE(
    "in a directory, what is no table is passed over with a note, as long as there is one table") {
  const Scratch scratch;
  scratch.write("good.csv", "a,b\n1,2\n");
  scratch.write("empty.csv", "");
  scratch.write("broken.json", "{\"a\":");
  const auto source = opened({scratch.path().string()});
  CHECK(tables_of(*source) == "good");
  CHECK(contains(notes_of(*source), "empty.csv is empty"));
  CHECK(contains(notes_of(*source), "broken.json"));
  const Scratch none;
  none.write("empty.csv", "");
  CHECK_FALSE(try_open({none.path().string()}));
}

TEST_CASE("paths with quotes, spaces and semicolons are read, and a link to a file too") {
  const Scratch scratch;
  const auto odd = scratch.write("it's; a \"test\" [1] ü.csv", "a,b\n1,2\n");
  CHECK(answer(*opened({odd}), "SELECT * FROM \"it's; a \"\"test\"\" [1] ü\"") == "1|2");
  std::filesystem::create_symlink(odd, scratch / "link.csv");
  CHECK(answer(*opened({scratch / "link.csv"}), "SELECT * FROM link") == "1|2");
  make({"COPY (SELECT 1 AS a) TO '" + (scratch / "it''s.parquet") + "'"});
  CHECK(answer(*opened({scratch / "it's.parquet"}), "SELECT * FROM \"it's\"") == "1");
}

TEST_CASE("files with the same columns are one table in the order of their names") {
  const Scratch scratch;
  scratch.write("sales_2025.csv", "day,units\n2025-01-01,3\n2025-01-02,4.5\n");
  scratch.write("sales_2024.csv", "units,day\n1,2024-01-01\n2,2024-01-02\n");
  scratch.write("shops.csv", "shop,city\na,b\n");
  const auto source = opened({scratch.path().string()});
  CHECK(tables_of(*source) == "sales, shops");
  CHECK(answer(*source, "SELECT units, day FROM sales") ==
        "1|2024-01-01\n2|2024-01-02\n3|2025-01-01\n4.5|2025-01-02");
  CHECK(contains(source->tables().front().origin, "sales_2024.csv, "));
  CHECK(contains(notes_of(*source), "2 files with the same columns were put together"));
}

TEST_CASE(
    "a database file shows its tables and views, comments and other schemas, and what its log "
    "still holds") {
  const Scratch scratch;
  make({"CREATE TABLE orders (id INTEGER PRIMARY KEY, customer VARCHAR)",
        "INSERT INTO orders VALUES (1, 'x')", "COMMENT ON TABLE orders IS 'what was sold'",
        "COMMENT ON COLUMN orders.customer IS 'who bought'",
        "CREATE VIEW big_orders AS SELECT * FROM orders WHERE id > 0", "CREATE SCHEMA archive",
        "CREATE TABLE archive.orders AS SELECT 7 AS id",
        "CREATE TABLE \"odd \"\"name\" AS SELECT 1 AS a"},
       scratch / "shop.duckdb");
  const auto source = opened({scratch / "shop.duckdb"});
  CHECK(tables_of(*source) == "big_orders, odd \"name, orders, archive_orders");
  CHECK(source->tables().at(2).comment == "what was sold");
  CHECK(source->tables().at(2).columns.at(1).comment == "who bought");
  CHECK(answer(*source, "SELECT b.*, a.id FROM big_orders b, archive_orders a") == "1|x|7");
}
