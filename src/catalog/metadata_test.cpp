#include "catalog/metadata.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace insights;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / "insights-metadata-test";
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
  }
};

}  // namespace

TEST_CASE("one file a table, and the business context beside them") {
  Folder folder;
  folder.write(
      "sales.json",
      R"({"amount": {"type": "decimal", "unit": "EUR", "description": "net", "role": "measure"}})");
  folder.write("business_context.txt", "We sell paint.");
  const auto metadata = catalog::read_metadata(folder.path.string());
  REQUIRE(metadata.has_value());
  CHECK(metadata->tables.at("sales").columns.at("amount").unit == "EUR");
  CHECK(metadata->tables.at("sales").columns.at("amount").role == "measure");
  CHECK(metadata->business_context == "We sell paint.");
}

TEST_CASE("what is wrong in a metadata file is named with its file") {
  for (const auto* text :
       {"{nope", "[1, 2]", R"({"amount": 5})", R"({"amount": {"unti": "EUR"}})",
        R"({"amount": {"unit": 5}})", R"({"amount": 1e400})", R"({"amount": {"personal": true}})",
        R"({"amount": {"personal": ""}})", R"({"amount": {"policy": "hide"}})"}) {
    Folder folder;
    folder.write("sales.json", text);
    const auto metadata = catalog::read_metadata(folder.path.string());
    REQUIRE_FALSE(metadata.has_value());
    CHECK(metadata.error().message.find("sales.json") != std::string::npos);
  }
}

TEST_CASE("a mistyped key is answered with the nearest one") {
  Folder folder;
  folder.write("sales.json", R"({"amount": {"unti": "EUR"}})");
  CHECK(catalog::read_metadata(folder.path.string()).error().hint == "did you mean \"unit\"?");
}

TEST_CASE("no directory named is no metadata; one that is not there is an error") {
  CHECK(catalog::read_metadata("").has_value());
  CHECK(catalog::read_metadata("/nowhere/at/all").error().kind == base::ErrorKind::not_found);
}
