#include "config/focus.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "base/ensure.h"
#include "base/nearest.h"
#include "config/focus_files.h"
#include "config/text_file.h"

namespace insights::config {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
  });
}

// Takes the text line by line and knows which one it is at.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  int number() const { return number_; }
  std::string_view rest() const { return rest_; }
  std::string_view next() {
    const auto end = std::min(rest_.find('\n'), rest_.size());
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return line;
  }

 private:
  std::string_view rest_;
  int number_ = 0;
};

Status take_weight(FocusArea& area, std::string_view topic, std::string_view text,
                   const std::string& where) {
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (!is_number || !(weight >= focus_weight_min && weight <= focus_weight_max)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: the weight of '{}' is '{}'; a number from {} to {} is expected",
                            where, topic, text, focus_weight_min, focus_weight_max));
  }
  if (!is_name(topic)) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{}: '{}' is not a topic: small letters, digits and _ only", where, topic));
  }
  if (!area.weights.emplace(topic, weight).second) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: '{}' has a weight already", where, topic));
  }
  return {};
}

Status take_key(FocusArea& area, std::string_view key, std::string_view value,
                const std::string& where) {
  if (key == "name" && is_name(value)) {
    area.name = value;
  } else if (key == "title" && !value.empty()) {
    area.title = value;
  } else if (key == "name") {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{}: '{}' is not a name: small letters, digits and _ only", where, value));
  } else if (key != "weights" || !value.empty()) {
    return fail(
        ErrorKind::invalid_input, fmt::format("{}: '{}: {}' is not understood", where, key, value),
        "A focus file begins with name, title and weights; then an empty line, then free text.");
  }
  return {};
}

// The lines above the first empty one.
Status take_head(FocusArea& area, Lines& lines, const std::string& file) {
  bool in_weights = false;
  while (!lines.at_end()) {
    const auto line = lines.next();
    const auto content = trimmed(line);
    const auto where = fmt::format("{}:{}", file, lines.number());
    if (content.empty()) break;
    if (content.starts_with('#')) continue;
    const auto colon = content.find(':');
    if (colon == std::string_view::npos) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("{}: expected 'key: value', found '{}'", where, content),
                  "Free text comes after an empty line.");
    }
    const auto key = trimmed(content.substr(0, colon));
    const auto value = trimmed(content.substr(colon + 1));
    const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
    if (is_indented && in_weights) {
      TRY(take_weight(area, key, value, where));
    } else {
      TRY(take_key(area, key, value, where));
      in_weights = key == "weights";
    }
  }
  return {};
}

std::string names_of(const std::vector<FocusArea>& areas, std::string_view nearest_to) {
  std::vector<std::string> names;
  names.reserve(areas.size());
  for (const auto& area : areas) names.push_back(area.name);
  std::ranges::stable_sort(
      names, {}, [&](const std::string& name) { return base::edit_distance(nearest_to, name); });
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_or_replace(std::vector<FocusArea>& areas, FocusArea area) {
  const auto place = std::ranges::lower_bound(areas, area.name, {}, &FocusArea::name);
  if (place != areas.end() && place->name == area.name) {
    *place = std::move(area);
  } else {
    areas.insert(place, std::move(area));
  }
}

Result<std::vector<std::string>> text_files_in(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    return fail(ErrorKind::not_found,
                fmt::format("the focus directory {} does not exist", directory));
  }
  std::vector<std::string> files;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".txt") files.push_back(entry->path().string());
  }
  if (error) {
    return fail(ErrorKind::unavailable, fmt::format("the focus directory {} cannot be read: {}",
                                                    directory, error.message()));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<FocusArea> parse_focus(std::string_view text, const std::string& file) {
  FocusArea area;
  Lines lines(text);
  TRY(take_head(area, lines, file));
  if (area.name.empty()) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: there is no name", file),
                "Begin the file with 'name: ' and the name for --focus.");
  }
  if (area.title.empty()) area.title = area.name;
  const auto free_text = lines.rest();
  const auto begin = std::min(free_text.find_first_not_of(" \t\r\n"), free_text.size());
  const auto end = free_text.find_last_not_of(" \t\r\n");
  if (begin < free_text.size()) area.text = free_text.substr(begin, end - begin + 1);
  return area;
}

Result<std::vector<FocusArea>> focus_areas(const std::string& directory) {
  std::vector<FocusArea> areas;
  for (const auto& [name, text] : focus_files::all()) {
    const auto area = parse_focus(text, "focus/" + std::string(name));
    base::ensure(area.has_value(), "a built-in focus file is not well-formed");
    add_or_replace(areas, *area);
  }
  if (directory.empty()) return areas;
  for (const auto& file : TRY(text_files_in(directory))) {
    const auto text = TRY(read_text_file(file, "the focus file"));
    auto area = TRY(parse_focus(text, file));
    add_or_replace(areas, std::move(area));
  }
  return areas;
}

Result<std::vector<FocusArea>> chosen(const std::vector<FocusArea>& known,
                                      const std::vector<std::string>& names) {
  std::vector<FocusArea> areas;
  for (const auto& name : names) {
    const auto found = std::ranges::find(known, name, &FocusArea::name);
    if (found == known.end()) {
      return fail(ErrorKind::not_found, fmt::format("there is no focus area '{}'", name),
                  fmt::format("There are {}. --focus-dir adds others.", names_of(known, name)));
    }
    if (!std::ranges::count(areas, name, &FocusArea::name)) areas.push_back(*found);
  }
  return areas;
}

}  // namespace insights::config
