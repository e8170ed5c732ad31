#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>

#include "base/nearest.h"
#include "cli/help.h"
#include "cli/version.h"

namespace insights::cli {
namespace {

Answer mistake(const std::string& message, const std::string& hint) {
  return {ExitCode::usage,
          fmt::format("insights: {}\n{}{}", message, hint, hint.empty() ? "" : "\n")};
}

// A setting's flag, and what was typed for it.
struct FlagValues {
  const config::Key* key;
  std::vector<std::string> values;
  bool is_on = false;
};

struct OwnValues {
  const OwnFlag* flag;
  std::string value;
  bool is_given = false;
};

// Where CLI11 puts what it parses; it keeps pointers to the members.
struct Typed {
  std::list<FlagValues> flags;
  std::list<OwnValues> own;
  std::vector<std::string> arguments;
  std::string config_file;
  bool json = false;
  bool no_color = false;
  bool help = false;
};

bool is_list(const config::Key& key) {
  return key.kind == config::Kind::text_list || key.kind == config::Kind::secret_list ||
         key.kind == config::Kind::path_list;
}

void declare(CLI::App& app, const Command& command, Typed& typed) {
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help", typed.help);
  app.add_option("PATH", typed.arguments);
  if (command.takes_json) app.add_flag("--json", typed.json);
  for (const auto& flag : command.own_flags) {
    auto& own = typed.own.emplace_back(OwnValues{&flag, ""});
    const std::string name(flag.name);
    if (flag.value_name.empty()) {
      app.add_flag(name, own.is_given);
    } else {
      app.add_option(name, own.value)
          ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
          ->each([&own](const std::string&) { own.is_given = true; });
    }
  }
  if (!command.takes_config) return;
  app.add_option("--config", typed.config_file);
  for (const auto* key : flags_of(command)) {
    auto& flag = typed.flags.emplace_back(FlagValues{key, {}});
    const std::string name(key->flag);
    if (key->kind == config::Kind::boolean) {
      app.add_flag(name, flag.is_on);
    } else {
      auto* option = app.add_option(name, flag.values)->type_size(1)->allow_extra_args(false);
      if (!is_list(*key)) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    }
    if (key->name == "terminal.color") app.add_flag("--no-color", typed.no_color);
  }
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The first word that was no flag of the command, if any.
std::optional<Answer> unknown_word(const CLI::App& app, const Command& command) {
  auto unknown = app.remaining();
  std::erase(unknown, "--");  // CLI11 keeps it, although it knows what it means
  if (unknown.empty()) return std::nullopt;
  const auto name = unknown.front().substr(0, unknown.front().find('='));
  auto hint = base::did_you_mean(name, flag_names(app));
  if (!hint.starts_with("did you mean"))
    hint = fmt::format("insights {} --help shows the flags", command.name);
  return mistake(fmt::format("{} has no flag {}", command.name, name), hint);
}

void take_locations(Invocation& invocation, std::size_t from) {
  const auto first = invocation.arguments.begin() + static_cast<std::ptrdiff_t>(from);
  if (first == invocation.arguments.end()) return;
  invocation.settings.given.push_back({"locations", {first, invocation.arguments.end()}, "PATH"});
}

// Checks the arguments besides flags, and makes locations a setting.
std::optional<Answer> take_arguments(Invocation& invocation) {
  const auto& command = *invocation.command;
  const auto see = fmt::format("usage: insights {} {}", command.name, command.usage);
  switch (command.arguments) {
    case Arguments::locations:
      take_locations(invocation, 0);
      return std::nullopt;
    case Arguments::report_and_locations:
      if (invocation.arguments.empty()) return mistake("verify needs a report", see);
      take_locations(invocation, 1);
      return std::nullopt;
    case Arguments::report_and_truth:
      if (invocation.arguments.empty() || invocation.arguments.size() == 2) return std::nullopt;
      return mistake("a report is scored against one truth", see);
    case Arguments::words:
      return std::nullopt;
    case Arguments::none:
      if (invocation.arguments.empty()) return std::nullopt;
      return mistake(fmt::format("{} takes no '{}'", command.name, invocation.arguments.front()),
                     see);
    case Arguments::locations_and_statement:
      // With --jsonl the statements come from standard input.
      if (!invocation.own.contains("--jsonl")) {
        if (invocation.arguments.empty()) return mistake("query needs a statement", see);
        invocation.statement = invocation.arguments.back();
        invocation.arguments.pop_back();
      }
      take_locations(invocation, 0);
      return std::nullopt;
    case Arguments::run:
      if (invocation.arguments.size() == 1) return std::nullopt;
      return mistake(fmt::format("{} needs the name of one run", command.name), see);
    case Arguments::shell:
      if (invocation.arguments.size() != 1) {
        return mistake(fmt::format("{} needs the name of one shell", command.name), see);
      }
      return std::nullopt;
  }
  std::unreachable();
}

Invocation invocation_of(const Command& command, const Typed& typed) {
  Invocation invocation;
  invocation.command = &command;
  invocation.arguments = typed.arguments;
  invocation.json = typed.json;
  if (!typed.config_file.empty()) invocation.settings.file = typed.config_file;
  for (const auto& [key, values, is_on] : typed.flags) {
    auto given = values;
    if (is_on) given.emplace_back("true");
    if (given.empty()) continue;
    invocation.settings.given.push_back({std::string(key->name), given, std::string(key->flag)});
  }
  for (const auto& [flag, value, is_given] : typed.own) {
    if (is_given) invocation.own.emplace(flag->name, value);
  }
  if (typed.no_color) {
    invocation.settings.given.push_back({"terminal.color", {"never"}, "--no-color"});
  }
  return invocation;
}

std::variant<Invocation, Answer> understand_command(const Command& command,
                                                    std::vector<std::string> words) {
  Typed typed;
  CLI::App app;
  try {
    declare(app, command, typed);
    std::ranges::reverse(words);  // as CLI11 wants them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return mistake(fmt::format("{}: {}", command.name, error.what()),
                   fmt::format("insights {} --help shows the flags", command.name));
  }
  if (typed.help) return Answer{ExitCode::done, command_help(command)};
  if (auto answer = unknown_word(app, command)) return *answer;
  auto invocation = invocation_of(command, typed);
  if (auto answer = take_arguments(invocation)) return *answer;
  return invocation;
}

Answer unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  const auto what = word.starts_with('-') ? "flag" : "command";
  return mistake(fmt::format("there is no {} '{}'", what, word), base::did_you_mean(word, names));
}

}  // namespace

std::variant<Invocation, Answer> understand(const std::vector<std::string>& words) {
  if (words.empty()) return Answer{ExitCode::usage, program_help()};
  const auto& first = words.front();
  if (first == "--help" || first == "-h" || first == "help") {
    const auto* command = words.size() > 1 ? find_command(words[1]) : nullptr;
    return Answer{ExitCode::done, command == nullptr ? program_help() : command_help(*command)};
  }
  if (first == "--version") return Answer{ExitCode::done, fmt::format("insights {}\n", version())};
  const auto* command = find_command(first);
  if (command == nullptr) return unknown_command(first);
  return understand_command(*command, {words.begin() + 1, words.end()});
}

}  // namespace insights::cli
