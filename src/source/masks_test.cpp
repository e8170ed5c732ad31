#include "source/masks.h"

#include <doctest/doctest.h>

using namespace insights;
using source::Masks;

namespace {

constexpr Masks::Key key{1, 2, 3};

sql::Resolved resolved(std::vector<sql::NamedColumn> columns) {
  sql::Resolved all;
  all.touches_personal = true;
  all.output.all = std::move(columns);
  return all;
}

}  // namespace

TEST_CASE("a personal column comes out as tokens, the same for the same value; null stays null") {
  Masks masks(key);
  const source::Rows rows{{"region", "email", "age"},
                          {{std::string("N"), std::string("ada@example.com"), std::int64_t{36}},
                           {std::string("S"), source::Cell{}, std::int64_t{36}},
                           {std::string("N"), std::string("ada@example.com"), std::int64_t{40}}},
                          true};
  const auto masked = masks.masked(
      rows,
      resolved({{"region"}, {"email", sql::Privacy::guarded}, {"age", sql::Privacy::masked}}));
  CHECK(masked.truncated);
  CHECK(masked.columns == rows.columns);
  CHECK(masked.rows[0][0] == source::Cell(std::string("N")));
  CHECK(masked.rows[0][1] == masked.rows[2][1]);
  CHECK(source::text_of(masked.rows[0][1]).starts_with("masked-"));
  CHECK(source::is_null(masked.rows[1][1]));
  CHECK(masked.rows[0][2] == masked.rows[1][2]);
  CHECK(masked.rows[0][2] != masked.rows[2][2]);
}

TEST_CASE("a column that nobody knows of is masked") {
  Masks masks(key);
  const auto masked = masks.masked({{"a", "b"}, {{std::string("x"), std::string("y")}}, false},
                                   resolved({{"a", sql::Privacy::masked}}));
  CHECK(source::text_of(masked.rows[0][1]).starts_with("masked-"));
}

TEST_CASE("without the key a token cannot be made: another run gives another") {
  Masks one = Masks::fresh(), other = Masks::fresh();
  CHECK(one.token("ada@example.com") == one.token("ada@example.com"));
  CHECK(one.token("ada@example.com") != other.token("ada@example.com"));
  CHECK(one.token("ada@example.com") != one.token("ada@example.co"));
}

TEST_CASE("what a model writes is read with the values, and no other token is touched") {
  Masks masks(key), stranger(Masks::Key{9});
  const auto token = masks.token("O'Neill & Sons");
  const auto unknown = stranger.token("O'Neill & Sons");
  CHECK(masks.values_in(token + " stopped ordering; " + unknown + ", masked-") ==
        "O'Neill & Sons stopped ordering; " + unknown + ", masked-");
  CHECK(masks.values_in_sql("SELECT 1 WHERE name = '" + token + "'") ==
        "SELECT 1 WHERE name = 'O''Neill & Sons'");
}

TEST_CASE("the words of a database's error are left out where they could quote a person's data") {
  const base::Error error{base::ErrorKind::unavailable, "cannot read 'ada@example.com' as INT", ""};
  CHECK(Masks::masked(error, resolved({})).message.find("ada") == std::string::npos);
  CHECK(Masks::masked(error, resolved({})).kind == base::ErrorKind::unavailable);
  CHECK(Masks::masked(error, {}).message == error.message);
}
