#include "catalog/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/nearest.h"

namespace insights::catalog {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t file_bytes_max = 1 << 20;

base::Result<std::string> read_text(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("cannot read {}: {}", path.string(), error.message()));
  }
  if (size > file_bytes_max) {
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} is larger than 1 MB", path.string()),
                      "metadata is one short JSON object a table");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::fail(base::ErrorKind::unavailable, fmt::format("cannot open {}", path.string()));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys{"type",     "unit",     "description",  "label",
                                             "role",     "kind",     "label_column", "return_value",
                                             "additive", "personal", "policy"};
  return keys;
}

base::Result<ColumnMetadata> column_from(const Json& json, const std::string& where) {
  if (!json.is_object()) {
    return base::fail(base::ErrorKind::invalid_input, fmt::format("{} is not an object", where),
                      R"(write {"type": "...", "unit": "...", "description": "..."})");
  }
  ColumnMetadata column;
  for (const auto& [key, value] : json.items()) {
    if (key == "additive" && value.is_boolean()) {
      column.additive = value.get<bool>();
      continue;
    }
    if (key == "personal" && value.is_boolean() && !value.get<bool>()) {
      column.personal = "";
      continue;
    }
    if (key == "personal") {
      if (!value.is_string() || value.get<std::string>().empty()) {
        return base::fail(
            base::ErrorKind::invalid_input,
            fmt::format("{}: \"personal\" is neither a kind of personal data nor false", where),
            R"(write "personal": "email", or "personal": false)");
      }
      column.personal = value.get<std::string>();
      continue;
    }
    std::string* place = key == "type"           ? &column.type
                         : key == "unit"         ? &column.unit
                         : key == "description"  ? &column.description
                         : key == "label"        ? &column.label
                         : key == "role"         ? &column.role
                         : key == "kind"         ? &column.kind
                         : key == "label_column" ? &column.label_column
                         : key == "return_value" ? &column.return_value
                         : key == "policy"       ? &column.policy
                                                 : nullptr;
    if (place == nullptr) {
      return base::fail(base::ErrorKind::invalid_input,
                        fmt::format("{}: unknown key \"{}\"", where, key),
                        base::did_you_mean(key, known_keys()));
    }
    if (value.is_null()) continue;
    if (!value.is_string()) {
      return base::fail(base::ErrorKind::invalid_input,
                        fmt::format("{}: \"{}\" is not a text", where, key));
    }
    *place = value.get<std::string>();
  }
  static const std::vector<std::string> policies{"mask", "allow", "refuse"};
  if (!column.policy.empty() && std::ranges::count(policies, column.policy) == 0) {
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{}: there is no policy \"{}\"", where, column.policy),
                      R"(write "mask", "allow" or "refuse")");
  }
  return column;
}

base::Result<TableMetadata> table_from(const fs::path& path) {
  const auto text = TRY(read_text(path));
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} is not JSON (at byte {})", path.string(), error.byte),
                      R"(write {"column": {"type": "...", "unit": "...", "description": "..."}})");
  } catch (const Json::out_of_range&) {  // no parse_error of the library's, but as wrong
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} holds a number that is too large", path.string()),
                      "leave it out");
  }
  if (!json.is_object()) {
    return base::fail(base::ErrorKind::invalid_input,
                      fmt::format("{} is not a JSON object of columns", path.string()));
  }
  TableMetadata table;
  table.file = path.string();
  for (const auto& [name, value] : json.items()) {
    auto column = column_from(value, fmt::format("{}, column \"{}\"", path.string(), name));
    if (!column) return std::unexpected(column.error());
    table.columns.emplace(name, *std::move(column));
  }
  return table;
}

}  // namespace

base::Result<Metadata> read_metadata(const std::string& directory) {
  Metadata metadata;
  if (directory.empty()) return metadata;
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return base::fail(base::ErrorKind::not_found,
                      fmt::format("the metadata directory {} does not exist", directory),
                      "give --metadata the directory that holds one JSON file a table");
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory, error)) files.push_back(entry.path());
  if (error) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("cannot list {}: {}", directory, error.message()));
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    if (file.extension() == ".json") {
      auto table = table_from(file);
      if (!table) return std::unexpected(table.error());
      metadata.tables.emplace(file.stem().string(), *std::move(table));
    } else if (file.filename() == "business_context.txt") {
      metadata.business_context = TRY(read_text(file));
    }
  }
  return metadata;
}

}  // namespace insights::catalog
