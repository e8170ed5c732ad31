#include "source/files.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <system_error>

namespace insights::source {

namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

constexpr std::string_view kinds_hint =
    "Name a file that ends in .csv, .tsv, .json, .ndjson, .parquet or .duckdb (text files also "
    "with .gz), a directory or a "
    "glob of such files.";

struct Extension {
  std::string_view text;
  FileKind kind;
};
constexpr std::array<Extension, 14> extensions{{{".csv", FileKind::delimited},
                                                {".csv.gz", FileKind::delimited},
                                                {".tsv", FileKind::delimited},
                                                {".tsv.gz", FileKind::delimited},
                                                {".json", FileKind::json},
                                                {".json.gz", FileKind::json},
                                                {".ndjson", FileKind::json},
                                                {".ndjson.gz", FileKind::json},
                                                {".jsonl", FileKind::json},
                                                {".jsonl.gz", FileKind::json},
                                                {".parquet", FileKind::parquet},
                                                {".duckdb", FileKind::database},
                                                {".ddb", FileKind::database},
                                                {".db", FileKind::database}}};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

std::optional<DataFile> as_data_file(const fs::path& path, bool named) {
  const std::string name = path.filename().string();
  const std::string lowered = lower(name);
  for (const auto& [text, kind] : extensions) {
    if (lowered.ends_with(text) && name.size() > text.size()) {
      return DataFile{path, kind, name.substr(0, name.size() - text.size()), named};
    }
  }
  return std::nullopt;
}

base::Result<void> add_directory(const fs::path& directory, FoundFiles& found) {
  std::error_code error;
  std::vector<DataFile> files;
  std::size_t others = 0;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored) || entry->path().filename().string().starts_with('.'))
      continue;
    if (auto file = as_data_file(entry->path(), false)) {
      files.push_back(*std::move(file));
    } else {
      ++others;
    }
  }
  if (error) {
    return base::fail(ErrorKind::unavailable,
                      fmt::format("{} cannot be read: {}", directory.string(), error.message()));
  }
  if (files.empty()) {
    return base::fail(
        ErrorKind::invalid_input,
        fmt::format("{} holds no file that can be read as a table", directory.string()),
        std::string(kinds_hint));
  }
  if (others > 0)
    found.notes.push_back(fmt::format("{}: passed over {} file{} of other kinds.",
                                      directory.string(), others, others == 1 ? "" : "s"));
  std::ranges::sort(files, {}, &DataFile::path);
  std::ranges::move(files, std::back_inserter(found.files));
  return {};
}

std::vector<fs::path> glob_paths(const std::string& pattern) {
  glob_t matches{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches) == 0) {
    for (std::size_t index = 0; index < matches.gl_pathc; ++index)
      paths.emplace_back(matches.gl_pathv[index]);
  }
  ::globfree(&matches);
  std::ranges::sort(paths);  // glob's own order depends on the locale
  return paths;
}

base::Result<void> add_glob(const std::string& pattern, FoundFiles& found) {
  std::size_t before = found.files.size();
  std::size_t others = 0;
  for (const auto& path : glob_paths(pattern)) {
    std::error_code ignored;
    auto file = fs::is_regular_file(path, ignored) ? as_data_file(path, false) : std::nullopt;
    if (file) {
      found.files.push_back(*std::move(file));
    } else {
      ++others;
    }
  }
  if (found.files.size() == before) {
    return base::fail(others == 0 ? ErrorKind::not_found : ErrorKind::invalid_input,
                      fmt::format("no file that can be read as a table matches {}", pattern),
                      std::string(kinds_hint));
  }
  if (others > 0)
    found.notes.push_back(fmt::format("{}: passed over {} match{} of other kinds.", pattern, others,
                                      others == 1 ? "" : "es"));
  return {};
}

base::Result<void> add_location(const std::string& location, FoundFiles& found) {
  const fs::path path(location);
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return add_directory(path, found);
  if (!fs::exists(status)) {
    if (location.find_first_of("*?[") != std::string::npos) return add_glob(location, found);
    if (error && error != std::errc::no_such_file_or_directory &&
        error != std::errc::not_a_directory) {
      return base::fail(ErrorKind::unavailable,
                        fmt::format("{} cannot be read: {}", location, error.message()));
    }
    return base::fail(ErrorKind::not_found, fmt::format("{} does not exist", location),
                      location.find("://") == std::string::npos
                          ? "Check the path."
                          : "Addresses are not read: download the file, and name it.");
  }
  if (!fs::is_regular_file(status)) {
    return base::fail(ErrorKind::invalid_input,
                      fmt::format("{} is not a file or directory", location));
  }
  auto file = as_data_file(path, true);
  if (!file) {
    return base::fail(ErrorKind::invalid_input,
                      fmt::format("{} is of no kind that can be read as a table", location),
                      std::string(kinds_hint));
  }
  found.files.push_back(*std::move(file));
  return {};
}

}  // namespace

base::Result<FoundFiles> find_files(const std::vector<std::string>& locations) {
  if (locations.empty()) {
    return base::fail(ErrorKind::invalid_input, "no file, directory or glob was named",
                      std::string(kinds_hint));
  }
  FoundFiles found;
  for (const auto& location : locations) TRY(add_location(location, found));
  std::set<std::string> seen;
  std::erase_if(found.files, [&](const DataFile& file) {
    std::error_code error;
    const auto canonical = fs::canonical(file.path, error);
    return !seen.insert(error ? file.path.string() : canonical.string()).second;
  });
  return found;
}

}  // namespace insights::source
