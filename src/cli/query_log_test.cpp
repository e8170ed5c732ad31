#include "cli/query_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace insights::cli;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("query-log-" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::vector<nlohmann::json> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("each query is one line, whatever is in it, and passwords are not") {
  const Folder folder;
  const auto file = folder.path / "queries.jsonl";
  const QueryLog log(file.string());
  LoggedQuery query;
  query.who = "query";
  query.sql = "SELECT 'postgres://ada:s3cret@host/db'\r\n, '\x1b[31m'";
  query.verdict = "refuse";
  query.reason = "function";
  REQUIRE(log.add(query, "2026-01-31T10:00:00Z"));
  query.sql = "SELECT 1";
  query.rows = 1;
  REQUIRE(log.add(query, "2026-01-31T10:00:01Z"));
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["class"] == "function");
  CHECK(lines[0]["sql"].get<std::string>().find("s3cret") == std::string::npos);
  CHECK(lines[1]["rows"] == 1);
  CHECK((fs::status(file).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("a log that has grown is put aside, and only so many are kept") {
  const Folder folder;
  const auto file = folder.path / "queries.jsonl";
  const QueryLog log(file.string(), 1);
  for (int number = 0; number < 8; ++number) {
    LoggedQuery query;
    query.sql = std::to_string(number);
    REQUIRE(log.add(query, ""));
  }
  CHECK(lines_of(file).at(0)["sql"] == "7");
  CHECK(lines_of(file.string() + ".1").at(0)["sql"] == "6");
  CHECK(lines_of(file.string() + ".3").at(0)["sql"] == "4");
  CHECK_FALSE(fs::exists(file.string() + ".4"));
}

TEST_CASE("a log that cannot be written says so") {
  const auto done = QueryLog("/nowhere/at/all.jsonl").add({}, "");
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("/nowhere/at/all.jsonl") != std::string::npos);
}
