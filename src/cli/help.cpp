#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/version.h"

namespace insights::cli {
namespace {

constexpr std::size_t columns = 80;

// The words of `text` in lines of at most 80 columns, each but the first indented.
std::string wrapped(std::string_view text, std::size_t at, std::size_t indent) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (at > indent && at + 1 + word.size() > columns) {
      lines += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (at > indent) {
      lines += ' ';
      ++at;
    }
    lines += word;
    at += word.size();
  }
  return lines + "\n";
}

// "  --top N                What it is for"
std::string entry(std::string_view name, std::string_view text) {
  constexpr std::size_t indent = 26;
  std::string line = fmt::format("  {}", name);
  if (line.size() + 2 > indent) {
    line += "\n" + std::string(indent, ' ');
  } else {
    line.resize(indent, ' ');
  }
  return line + wrapped(text, indent, indent);
}

std::string flag_entry(const config::Key& key) {
  const auto name = key.value_name.empty() ? std::string(key.flag)
                                           : fmt::format("{} {}", key.flag, key.value_name);
  std::string text(key.help);
  if (!key.choices.empty()) text += fmt::format(" ({})", key.choices);
  const auto built_in = config::value_text(config::Config{}, key);
  if (!built_in.empty() && key.kind != config::Kind::boolean)
    text += fmt::format(" [{}]", built_in);
  if (!key.environment.empty()) text += fmt::format(" (environment: {})", key.environment);
  return entry(name, text);
}

std::string_view section_of(const config::Key& key) {
  const auto dot = key.name.find('.');
  return dot == std::string_view::npos ? "" : key.name.substr(0, dot);
}

std::string_view heading_of(std::string_view section) {
  if (section == "report") return "Report";
  if (section == "terminal") return "Terminal";
  if (section == "budget") return "Budget";
  if (section == "engine") return "Engine";
  if (section == "llm") return "Language model";
  if (section == "cache") return "Cache";
  if (section == "server") return "Server";
  if (section == "webhooks") return "Webhooks";
  return "Flags";
}

std::string own_flag_entry(const OwnFlag& flag) {
  const auto name = flag.value_name.empty() ? std::string(flag.name)
                                            : fmt::format("{} {}", flag.name, flag.value_name);
  std::string text(flag.help);
  if (!flag.choices.empty()) text += fmt::format(" ({})", flag.choices);
  if (!flag.built_in.empty()) text += fmt::format(" [{}]", flag.built_in);
  return entry(name, text);
}

std::string flags_help(const Command& command) {
  std::string text = command.own_flags.empty() ? "" : "\nFlags\n";
  for (const auto& flag : command.own_flags) text += own_flag_entry(flag);
  std::string_view section = command.own_flags.empty() ? "none yet" : "";
  for (const auto* key : flags_of(command)) {
    if (section_of(*key) != section) {
      section = section_of(*key);
      text += fmt::format("\n{}\n", heading_of(section));
    }
    text += flag_entry(*key);
    if (key->name == "terminal.color") text += entry("--no-color", "The same as --color never");
  }
  text += "\nAlways\n";
  if (command.takes_json) text += entry("--json", "Print JSON, for programs");
  if (command.takes_config) {
    text += entry("--config FILE", "Settings, as TOML [insights.toml, when there is one]");
  }
  return text + entry("-h, --help", "Show this");
}

}  // namespace

std::string program_help() {
  std::string text = fmt::format(
      "insights {}: finds what your data should tell you, and proves it\n\n", version());
  text += "Usage: insights COMMAND ...\n\nCommands\n";
  for (const auto& command : commands()) text += entry(command.name, command.summary);
  text += "\nFlags\n";
  text += entry("-h, --help", "Show this; after a command, what that command takes");
  text += entry("--version", "Show the version");
  text += "\nExamples\n";
  for (const auto& command : commands()) text += fmt::format("  {}\n", command.examples.front());
  text += "\nExit codes\n";
  for (const auto& [code, meaning] : exit_codes) {
    text += fmt::format("  {}  {}", std::to_underlying(code), wrapped(meaning, 5, 5));
  }
  return text;
}

std::string command_help(const Command& command) {
  std::string text = fmt::format("Usage: insights {} {}{}\n\n", command.name,
                                 command.takes_config ? "[FLAGS] " : "", command.usage);
  text += wrapped(fmt::format("{}.", command.summary), 0, 0);
  if (!command.detail.empty()) text += "\n" + wrapped(command.detail, 0, 0);
  if (!command.usage.empty()) text += "\nArguments\n" + entry(command.usage, command.argument_help);
  text += flags_help(command);
  text += "\nExamples\n";
  for (const auto example : command.examples) text += fmt::format("  {}\n", example);
  return text;
}

}  // namespace insights::cli
