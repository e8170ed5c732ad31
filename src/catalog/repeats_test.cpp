#include "catalog/repeats.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/test_frame.h"

using namespace insights::catalog;

namespace {

// 40 rows from `first` on; `other` takes the place of the last amount.
std::string orders(int first, const std::string& other = "", bool with_region = false) {
  std::string csv = with_region ? "day,client,amount,region\n" : "day,client,amount\n";
  for (int i = 0; i < 40; ++i) {
    const int row = (first + i) % 40;
    const auto amount = row == 39 && !other.empty() ? other : std::to_string(row * 7 % 23);
    csv += fmt::format("2024-03-{:02d},C{},{}{}\n", 1 + row % 28, row % 6, amount,
                       with_region ? (row % 6 < 3 ? ",North" : ",South") : "");
  }
  return csv;
}

std::vector<std::string> tables(const std::vector<Subject>& subjects) {
  std::vector<std::string> names;
  for (const auto& subject : subjects) names.push_back(subject.table);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "a table that holds the same rows, in any order, is looked at once and said to be there") {
  std::vector<Subject> subjects;
  subjects.push_back(understood("orders", orders(0)));
  subjects.push_back(understood("all_orders", orders(11)));
  const auto kept = without_repeats(std::move(subjects));
  CHECK(tables(kept) == Names{"orders"});
  REQUIRE(kept.front().notes.size() == 1);
  CHECK(kept.front().notes.front() == "all_orders holds the same rows as orders and is left out");
}

TEST_CASE("of a table and the same with more columns, the wider one stays") {
  std::vector<Subject> subjects;
  subjects.push_back(understood("orders", orders(0)));
  subjects.push_back(understood("orders_wide", orders(0, "", true)));
  CHECK(tables(without_repeats(std::move(subjects))) == Names{"orders_wide"});
}

TEST_CASE("one value that differs makes another table") {
  std::vector<Subject> subjects;
  subjects.push_back(understood("orders", orders(0)));
  subjects.push_back(understood("plan", orders(0, "999")));
  CHECK(tables(without_repeats(std::move(subjects))) == Names{"orders", "plan"});
}
