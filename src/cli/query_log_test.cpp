#include "cli/query_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace insights;
using cli::QueryLog;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / ("query-log-" + std::to_string(::getpid()))) {
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string noon() { return "2026-01-31T12:00:00Z"; }

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
  QueryLog log(file.string(), "catalog", noon);
  source::QueryRecord record;
  record.sql = "SELECT 'postgres://ada:s3cret@host/db'\r\n, '\x1b[31m'";
  record.verdict = "refuse";
  record.reason = "function";
  log.add(record);
  record.sql = "SELECT 1";
  record.rows = 1;
  log.asked_by("verify");
  log.add(record);
  CHECK(log.status());
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["at"] == "2026-01-31T12:00:00Z");
  CHECK(lines[0]["who"] == "catalog");
  CHECK(lines[0]["class"] == "function");
  CHECK(lines[0]["sql"].get<std::string>().find("s3cret") == std::string::npos);
  CHECK(lines[1]["who"] == "verify");
  CHECK(lines[1]["rows"] == 1);
  CHECK((fs::status(file).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("a log that has grown is put aside, and only so many are kept") {
  const Folder folder;
  const auto file = folder.path / "queries.jsonl";
  QueryLog log(file.string(), "query", noon, 1);
  for (int number = 0; number < 8; ++number) {
    source::QueryRecord record;
    record.sql = std::to_string(number);
    log.add(record);
  }
  CHECK(lines_of(file).at(0)["sql"] == "7");
  CHECK(lines_of(file.string() + ".1").at(0)["sql"] == "6");
  CHECK(lines_of(file.string() + ".3").at(0)["sql"] == "4");
  CHECK_FALSE(fs::exists(file.string() + ".4"));
}

TEST_CASE("what a gate refuses is logged with its class, and what it lets pass is not") {
  const Folder folder;
  const auto file = folder.path / "queries.jsonl";
  QueryLog log(file.string(), "query", noon);
  auto gate = sql::Gate::open(sql::Dialect::duckdb, {});
  REQUIRE(gate);
  log.watch(*gate);
  CHECK(gate->check("SELECT 1"));
  CHECK_FALSE(gate->check("DROP TABLE x"));
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["sql"] == "DROP TABLE x");
  CHECK(lines[0]["verdict"] == "refuse");
  CHECK(lines[0]["class"] == "not_a_read");
}

TEST_CASE("a log that cannot be written says so; without a file nothing is written") {
  QueryLog log("/nowhere/at/all.jsonl", "query", noon);
  log.add({});
  REQUIRE_FALSE(log.status());
  CHECK(log.status().error().message.find("/nowhere/at/all.jsonl") != std::string::npos);
  QueryLog none("", "query", noon);
  CHECK(none.watched(nullptr) == nullptr);
}
