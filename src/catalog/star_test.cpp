#include "catalog/star.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/test_frame.h"

using namespace insights::catalog;

namespace {

// Shipments of 24 clients over two years; of each client there are `clients_of_a_code` rows in the
// other table.
std::vector<Subject> shipments_and_clients(int clients_of_a_code = 1) {
  std::string shipments = "shipped_on,client_code,net_amount\n";
  for (int i = 0; i < 480; ++i)
    shipments += fmt::format("2024-{:02d}-{:02d},KX{:03d},{}\n", 1 + i % 12, 1 + i % 28, i % 24,
                             100 + i * 37 % 900);
  std::string clients = "client_code,client_name,territory,floor_area\n";
  for (int i = 0; i < 24; ++i) {
    for (int copy = 0; copy < clients_of_a_code; ++copy)
      clients += fmt::format("KX{:03d},Workshop of {},{},{}\n", i, char('A' + i), i % 3 + copy,
                             50.25 + 7.5 * i);
  }
  std::vector<Subject> subjects;
  subjects.push_back(understood("shipments", shipments));
  subjects.push_back(understood("clients", clients));
  return subjects;
}

}  // namespace

TEST_CASE("what a row refers to is joined on, and names the code for people") {
  const auto subjects = join_stars(shipments_and_clients());
  REQUIRE(subjects.size() == 1);
  const auto& star = subjects.front();
  CHECK(star.table == "shipments");
  REQUIRE(star.joins.size() == 1);
  CHECK(star.joins.front().to_table == "clients");
  CHECK(star.joins.front().matched == 1.0);
  CHECK_FALSE(star.joins.front().declared);
  CHECK(star.frame.rows == 480);
  REQUIRE(star.find("territory") != nullptr);
  CHECK(star.find("territory")->table == "clients");
  CHECK(star.find("client_code")->role == Role::entity);
  CHECK(star.find("client_code")->label_column == "client_name");
  REQUIRE(star.find("client_name") != nullptr);
  CHECK(star.find("client_name")->role == Role::label);
  CHECK(star.codes(*star.index_of("client_name")).dictionary.at(1) == "Workshop of A");
  CHECK(star.from_sql.find("LEFT JOIN \"clients\"") != std::string::npos);
  CHECK(star.has_dependency(*star.index_of("client_code"), *star.index_of("territory")));
}

TEST_CASE("a number of what a row refers to is not summed over the rows") {
  const auto subjects = join_stars(shipments_and_clients());
  const auto* floor_area = subjects.front().find("floor_area");
  REQUIRE(floor_area != nullptr);
  CHECK(floor_area->role == Role::unused);
  CHECK_FALSE(floor_area->additive);
}

TEST_CASE("a key that occurs twice is not joined: its rows would be counted twice") {
  const auto subjects = join_stars(shipments_and_clients(2));
  for (const auto& subject : subjects) {
    CHECK(subject.joins.empty());
    if (subject.table == "shipments") CHECK(subject.find("territory") == nullptr);
  }
}
