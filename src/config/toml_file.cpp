// insights.toml into a Config. The one file that knows toml++.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "base/nearest.h"
#include "config/keys.h"
#include "config/load.h"

namespace insights::config {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

// What every step needs to know.
struct Reading {
  Config& config;
  const std::string& file;
  const Environment& environment;
};

// A value as text, and whether its type is settled by the text alone (because a variable was put
// in).
struct Scalar {
  std::string text;
  bool from_variable = false;
};

std::string place_of(const Reading& reading, const toml::source_region& region) {
  return fmt::format("{}:{}", reading.file, region.begin.line);
}

std::string_view name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a section";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text in quotes";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time of day";
    case toml::node_type::date_time:
      return "a date and time";
  }
  std::unreachable();
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::text:
    case Kind::secret:
      return "a text in quotes";
    case Kind::text_list:
    case Kind::secret_list:
      return "a text in quotes, or a list of them";
    case Kind::path:
      return "a path in quotes";
    case Kind::path_list:
      return "a path in quotes, or a list of them";
    case Kind::integer:
      return "a whole number";
    case Kind::number:
      return "a number";
    case Kind::duration:
      return "a number of seconds, or a text such as \"10m\"";
    case Kind::size:
      return "a number of bytes, or a text such as \"2GB\"";
    case Kind::date:
      return "a date such as 2025-11-30";
    case Kind::choice:
      return "a text in quotes";
    case Kind::boolean:
      return "true or false";
  }
  std::unreachable();
}

bool takes(Kind kind, toml::node_type type) {
  switch (kind) {
    case Kind::text:
    case Kind::secret:
    case Kind::secret_list:
    case Kind::text_list:
    case Kind::path:
    case Kind::path_list:
    case Kind::choice:
      return type == toml::node_type::string;
    case Kind::integer:
      return type == toml::node_type::integer;
    case Kind::number:
      return type == toml::node_type::integer || type == toml::node_type::floating_point;
    case Kind::duration:
      return type == toml::node_type::integer || type == toml::node_type::floating_point ||
             type == toml::node_type::string;
    case Kind::size:
      return type == toml::node_type::integer || type == toml::node_type::string;
    case Kind::date:
      return type == toml::node_type::date || type == toml::node_type::string;
    case Kind::boolean:
      return type == toml::node_type::boolean;
  }
  std::unreachable();
}

bool is_list(Kind kind) {
  return kind == Kind::text_list || kind == Kind::secret_list || kind == Kind::path_list;
}

Result<Scalar> scalar_of(const toml::node& node, const Environment& environment) {
  if (const auto* text = node.as_string()) {
    auto whole = TRY(interpolated(text->get(), environment));
    const bool from_variable = whole != text->get();
    return Scalar{std::move(whole), from_variable};
  }
  if (const auto* number = node.as_integer()) return Scalar{fmt::format("{}", number->get())};
  if (const auto* number = node.as_floating_point())
    return Scalar{fmt::format("{}", number->get())};
  if (const auto* flag = node.as_boolean()) return Scalar{flag->get() ? "true" : "false"};
  if (const auto* date = node.as_date()) {
    const toml::date& day = date->get();
    return Scalar{fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day)};
  }
  return Scalar{};  // Of a type that no key takes.
}

std::string beside(const std::string& file, const std::string& path) {
  if (path == "-" || path.find("://") != std::string::npos) return path;
  return (std::filesystem::path(file).parent_path() / path).string();
}

Status take_scalar(Reading& reading, const Key& key, const toml::node& node) {
  const auto where = fmt::format("{}: {}", place_of(reading, node.source()), key.name);
  auto scalar = scalar_of(node, reading.environment);
  if (!scalar)
    return fail(scalar.error().kind, where + ": " + scalar.error().message, scalar.error().hint);
  if (!takes(key.kind, node.type()) && !scalar->from_variable) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: expected {}, found {}", where,
                                                      name_of(key.kind), name_of(node.type())));
  }
  const bool is_path = key.kind == Kind::path || key.kind == Kind::path_list;
  const auto text =
      is_path && !scalar->text.empty() ? beside(reading.file, scalar->text) : scalar->text;
  return assign(reading.config, key, text, where);
}

Status take_value(Reading& reading, const Key& key, const toml::node& node) {
  const auto* list = node.as_array();
  if (list != nullptr && is_list(key.kind)) {
    for (const auto& element : *list) TRY(take_scalar(reading, key, element));
  } else {
    TRY(take_scalar(reading, key, node));
  }
  reading.config.origins[std::string(key.name)] = {Origin::Kind::file,
                                                   place_of(reading, node.source())};
  return {};
}

std::string section_of(std::string_view key) {
  const auto dot = key.find('.');
  return std::string(dot == std::string_view::npos ? "" : key.substr(0, dot));
}

std::string_view last_word(std::string_view key) { return key.substr(key.find('.') + 1); }

std::vector<std::string> names_of_sections() {
  std::vector<std::string> sections;
  for (const auto& key : keys()) {
    const auto section = section_of(key.name);
    if (!section.empty() && !std::ranges::count(sections, section)) sections.push_back(section);
  }
  return sections;
}

std::string belongs(std::string_view key) {
  const auto section = section_of(key);
  return section.empty() ? fmt::format("'{}' belongs above the first section", key)
                         : fmt::format("'{}' belongs in section [{}]", last_word(key), section);
}

// Says where a key that stands in the wrong section belongs, or else which one may be meant.
std::string meant_key(std::string_view name) {
  std::vector<std::string> names, words;
  for (const auto& key : keys()) {
    if (last_word(key.name) == last_word(name)) return belongs(key.name);
    names.emplace_back(key.name);
    words.emplace_back(last_word(key.name));
  }
  auto near = base::did_you_mean(last_word(name), words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool meant = near == fmt::format("did you mean \"{}\"?", words[i]);
    if (meant && section_of(names[i]) == section_of(name)) return near;
    if (meant) return near + " " + belongs(names[i]);
  }
  return base::did_you_mean(name, names);
}

Status take_key(Reading& reading, const std::string& name, const toml::key& written,
                const toml::node& node) {
  if (const auto* key = find_key(name)) return take_value(reading, *key, node);
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: there is no key '{}'", place_of(reading, written.source()), name),
              meant_key(name));
}

std::unexpected<base::Error> unknown_section(const Reading& reading, const toml::key& written,
                                             const toml::table& section,
                                             const std::vector<std::string>& known) {
  const std::string name(written.str());
  auto message =
      fmt::format("{}: there is no section [{}]", place_of(reading, written.source()), name);
  auto hint = base::did_you_mean(name, known);
  if (!section.empty()) {
    const std::string key(section.cbegin()->first.str());
    message += fmt::format(" (it holds '{}')", key);
    const auto meant = meant_key(name + "." + key);
    const bool knows_better = !hint.starts_with("did you mean") && !meant.starts_with("known:");
    if (knows_better) hint = meant;
  }
  return fail(ErrorKind::invalid_input, std::move(message), std::move(hint));
}

Status take_section(Reading& reading, const toml::key& written, const toml::table& section) {
  const std::string name(written.str());
  const auto known = names_of_sections();
  if (!std::ranges::count(known, name)) return unknown_section(reading, written, section, known);
  for (const auto& [key, node] : section) {
    TRY(take_key(reading, name + "." + std::string(key.str()), key, node));
  }
  return {};
}

Status take_file(Reading& reading, const toml::table& file) {
  for (const auto& [key, node] : file) {
    if (const auto* section = node.as_table(); section != nullptr && !find_key(key.str())) {
      TRY(take_section(reading, key, *section));
    } else {
      TRY(take_key(reading, std::string(key.str()), key, node));
    }
  }
  return {};
}

}  // namespace

Status load_text(Config& config, const std::string& text, const std::string& file,
                 const Environment& environment) {
  Reading reading{config, file, environment};
  try {
    return take_file(reading, toml::parse(text, file));
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: {}", place_of(reading, error.source()), error.description()));
  }
}

}  // namespace insights::config
