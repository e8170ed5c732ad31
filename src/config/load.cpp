#include "config/load.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "config/keys.h"
#include "config/text_file.h"

namespace insights::config {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;

// The config file to read, or none.
Result<std::optional<std::string>> config_file(const LoadOptions& options) {
  if (options.file) return options.file;
  const std::string name = "insights.toml";
  const auto path = options.directory == "." ? name : options.directory + "/" + name;
  std::error_code error;
  return std::filesystem::exists(path, error) ? std::optional(path) : std::nullopt;
}

bool set_by_file(const Config& config, const Key& key) {
  return config.origins.contains(std::string(key.name));
}

// NO_COLOR asks for no colour whatever its value: no-color.org.
std::string value_of_variable(const Key& key, const std::string& text) {
  return key.environment == "NO_COLOR" ? "never" : text;
}

Status take_environment(Config& config, const Environment& environment) {
  for (const auto& key : keys()) {
    if (key.environment.empty()) continue;
    const bool only_in_need = key.name == "locations";
    if (only_in_need && set_by_file(config, key)) continue;
    // What is meant for OpenAI is not for Anthropic: above all not the key.
    if (config.provider == Provider::anthropic && key.environment.starts_with("OPENAI_")) continue;
    const auto text = environment(key.environment);
    if (!text || text->empty()) continue;
    const std::string variable(key.environment);
    clear_list(config, key);
    TRY(assign(config, key, value_of_variable(key, *text), variable));
    config.origins[std::string(key.name)] = {Origin::Kind::environment, variable};
  }
  return {};
}

// A relative path in XDG_STATE_HOME does not count, by the specification.
std::string built_in_store(const Environment& environment) {
  const auto place = [&](std::string_view name) {
    return std::filesystem::path(environment(name).value_or(""));
  };
  if (const auto state = place("XDG_STATE_HOME"); state.is_absolute())
    return (state / "insights" / "state.db").string();
  const auto home = place("HOME");
  return home.empty() ? "" : (home / ".local" / "state" / "insights" / "state.db").string();
}

Status take_flags(Config& config, const std::vector<Given>& given) {
  for (const auto& [name, values, flag] : given) {
    const auto* key = find_key(name);
    if (key == nullptr)
      return fail(ErrorKind::invalid_input, fmt::format("{}: no such setting", name));
    auto& origin = config.origins[name];
    if (origin.kind != Origin::Kind::flag) clear_list(config, *key);
    for (const auto& value : values) TRY(assign(config, *key, value, flag));
    origin = {Origin::Kind::flag, flag};
  }
  return {};
}

// Quiet and verbose exclude each other: the one from nearer by wins, two from the same place are a
// mistake.
Status settle_loudness(Config& config) {
  if (!config.quiet || !config.verbose) return {};
  const auto quiet = origin_of(config, "terminal.quiet");
  const auto verbose = origin_of(config, "terminal.verbose");
  if (quiet.kind == verbose.kind) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} and {} contradict each other", quiet.place, verbose.place),
                "Leave one of them out.");
  }
  (quiet.kind > verbose.kind ? config.verbose : config.quiet) = false;
  return {};
}

}  // namespace

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<Config> load(const LoadOptions& options) {
  Config config;
  if (const auto file = TRY(config_file(options))) {
    const auto text = TRY(read_text_file(*file, "the config file"));
    TRY(load_text(config, text, *file, options.environment));
    config.file = *file;
  }
  TRY(take_environment(config, options.environment));
  TRY(take_flags(config, options.given));
  TRY(settle_loudness(config));
  if (config.store.empty()) config.store = built_in_store(options.environment);
  return config;
}

Origin origin_of(const Config& config, const std::string& key) {
  const auto found = config.origins.find(key);
  return found == config.origins.end() ? Origin{} : found->second;
}

std::string text_of(const Origin& origin) {
  switch (origin.kind) {
    case Origin::Kind::built_in:
      return "built in";
    case Origin::Kind::file:
      return origin.place;
    case Origin::Kind::environment:
      return "environment " + origin.place;
    case Origin::Kind::flag:
      return "flag " + origin.place;
  }
  std::unreachable();
}

Result<std::string> interpolated(const std::string& text, const Environment& environment) {
  std::string whole;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto dollar = text.find("${", at);
    if (dollar == std::string::npos) return whole + text.substr(at);
    if (dollar > at && text[dollar - 1] == '$') {
      whole += text.substr(at, dollar - 1 - at) + "${";
      at = dollar + 2;
      continue;
    }
    const auto close = text.find('}', dollar);
    if (close == std::string::npos) {
      return fail(ErrorKind::invalid_input, "'${' without a closing '}'",
                  "A literal ${ is written $${.");
    }
    const auto name = text.substr(dollar + 2, close - dollar - 2);
    const auto value = environment(name);
    if (!value) {
      return fail(ErrorKind::invalid_input, fmt::format("environment variable {} is not set", name),
                  fmt::format("Set it, or take ${{{}}} out. A literal ${{ is written $${{.", name));
    }
    whole += text.substr(at, dollar - at) + *value;
    at = close + 1;
  }
  return whole;
}

}  // namespace insights::config
