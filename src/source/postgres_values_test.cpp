// What needs no server: values out of the protocol's text, and what a URL may say.
#include "source/postgres_values.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "source/postgres_url.h"

using namespace insights;
using namespace insights::source;

TEST_CASE("dates are those of the years 1 to 9999, and nothing else is one") {
  CHECK(base::iso_text(*postgres::day_of("2024-02-29")) == "2024-02-29");
  CHECK(base::iso_text(*postgres::day_of("0001-01-01")) == "0001-01-01");
  CHECK(base::iso_text(*postgres::day_of("9999-12-31")) == "9999-12-31");
  for (const auto* text :
       {"infinity", "-infinity", "10000-01-01", "0044-03-15 BC", "0000-01-01", "", "2024-2-29x"}) {
    CAPTURE(text);
    CHECK_FALSE(postgres::day_of(text));
  }
}

TEST_CASE("moments keep their microseconds, with and without a zone of UTC") {
  const auto iso = [](std::string_view text) {
    const auto moment = postgres::moment_of(text);
    return moment ? base::iso_text(*moment) : "none";
  };
  CHECK(iso("2024-02-29 13:45:07") == "2024-02-29 13:45:07");
  CHECK(iso("2024-02-29 13:45:07+00") == "2024-02-29 13:45:07");
  CHECK(postgres::moment_of("1970-01-01 00:00:01.5+00")->microseconds == 1'500'000);
  CHECK(postgres::moment_of("1970-01-01 00:00:00.000001")->microseconds == 1);
  CHECK(postgres::moment_of("1969-12-31 23:59:59")->microseconds == -1'000'000);
  CHECK(iso("infinity") == "none");
  CHECK(iso("0044-03-15 00:00:00 BC") == "none");
  CHECK(iso("12024-02-29 13:45:07") == "none");
}

TEST_CASE("a URL gives what libpq connects with, and a name without the password") {
  const auto target =
      target_of("postgresql://an%40a:s3%2Fcret@db.example:5433/sales?sslmode=require");
  REQUIRE(target);
  CHECK(target->name == "sales on db.example:5433");
  CHECK_FALSE(target->local);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"user", "an@a"},       {"password", "s3/cret"}, {"dbname", "sales"},
      {"host", "db.example"}, {"port", "5433"},        {"sslmode", "require"}};
  for (const auto& parameter : expected)
    CHECK(std::ranges::find(target->parameters, parameter) != target->parameters.end());
  CHECK(target_of("postgres://a@127.0.0.1/b")->local);
  CHECK(target_of("postgres://a@[::1]/b")->local);
  CHECK_FALSE(target_of("postgres://a@localhost,other/b")->local);
}

TEST_CASE("what a report shows for a password is none, so that another place can give it") {
  const auto target = target_of("postgres://a:***@127.0.0.1/b");
  REQUIRE(target);
  for (const auto& [keyword, value] : target->parameters) CHECK(keyword != "password");
}

TEST_CASE("a URL that reaches where it should not is refused, and says nothing of its password") {
  for (const auto* url :
       {"postgres://a:canary@h/b?hostaddr=10.0.0.1", "postgres://a:canary@h/b?service=x",
        "postgres://a:canary@h/b?passfile=/etc/passwd", "postgres://a:canary@h/b?sslkey=/k",
        "postgres://a:canary@h/b?options=-csearch_path%3Dx", "postgres:///b",
        "postgres://a:canary@%2Ftmp/b", "postgres://a:canary@h/b?host=/tmp",
        "postgres://a:canary@/b?host=@abstract", "postgres://a:canary@h,/b",
        "postgres://a:canary@h/b?requirepeer=x", "postgres://a:canary@h/b?sslcert=/c"}) {
    CAPTURE(url);
    const auto target = target_of(url);
    REQUIRE_FALSE(target);
    CHECK(target.error().kind == base::ErrorKind::refused);
    CHECK(target.error().message.find("canary") == std::string::npos);
  }
  const auto broken = target_of("postgres://a:canary@h:port/b?x");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.find("canary") == std::string::npos);
  CHECK(broken.error().hint.find("canary") == std::string::npos);
}
