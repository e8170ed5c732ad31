// `insights completion SHELL`: scripts drawn from the tables of commands and settings.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/say.h"
#include "config/focus.h"

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

// A flag as a shell needs to know it.
struct Flag {
  std::string name;  // without "--"
  std::string help;
  std::string value_name;            // empty: takes no value
  std::vector<std::string> choices;  // empty: anything, or files
};

bool takes_directory(const Flag& flag) { return flag.value_name == "DIR"; }
bool takes_file(const Flag& flag) { return flag.value_name == "FILE"; }

std::vector<std::string> focus_names() {
  std::vector<std::string> names;
  if (const auto areas = config::focus_areas("")) {
    for (const auto& area : *areas) names.push_back(area.name);
  }
  return names;
}

std::vector<Flag> shell_flags(const Command& command) {
  std::vector<Flag> flags;
  for (const auto* key : flags_of(command)) {
    const auto choices = key->name == "focus" ? focus_names() : config::choices_of(*key);
    flags.push_back({std::string(key->flag.substr(2)), std::string(key->help),
                     std::string(key->value_name), choices});
    if (key->name == "terminal.color")
      flags.push_back({"no-color", "The same as --color never", "", {}});
  }
  for (const auto& own : command.own_flags) {
    std::vector<std::string> choices;
    if (own.flag == "--dialect") choices = {"duckdb", "postgres"};
    flags.push_back({std::string(own.flag.substr(2)), std::string(own.help),
                     std::string(own.value_name), choices});
  }
  if (command.takes_json) flags.push_back({"json", "Print JSON, for programs", "", {}});
  if (command.takes_config) flags.push_back({"config", "Settings, as TOML", "FILE", {}});
  flags.push_back({"help", "Show help", "", {}});
  return flags;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// For between single quotes.
std::string quotable(const std::string& text) { return replaced(text, "'", "'\\''"); }

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  return names;
}

std::string bash_script() {
  std::string flag_words, value_words;
  std::vector<std::string> seen;
  for (const auto& command : commands()) {
    std::vector<std::string> names;
    for (const auto& flag : shell_flags(command)) {
      names.push_back("--" + flag.name);
      if (flag.choices.empty() || std::ranges::count(seen, flag.name) > 0) continue;
      seen.push_back(flag.name);
      value_words +=
          fmt::format("    --{}) words=\"{}\" ;;\n", flag.name, fmt::join(flag.choices, " "));
    }
    flag_words += fmt::format("      {}) words=\"{}\" ;;\n", command.name, fmt::join(names, " "));
  }
  return fmt::format(
      R"(# Completion of insights for bash. Where it knows no words, file names are offered.
_insights() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} words=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$current"))
    return
  fi
  case $previous in
{}    completion) words="bash zsh fish" ;;
  esac
  if [[ -z $words && $current == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{}    esac
  fi
  [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o bashdefault -o default -F _insights insights
)",
      fmt::join(command_names(), " "), value_words, flag_words);
}

std::string zsh_values(const Flag& flag) {
  if (flag.value_name.empty()) return "";
  if (!flag.choices.empty())
    return fmt::format(":{}:({})", flag.value_name, fmt::join(flag.choices, " "));
  if (takes_directory(flag)) return fmt::format(":{}:_files -/", flag.value_name);
  return fmt::format(":{}:{}", flag.value_name, takes_file(flag) ? "_files" : " ");
}

std::string zsh_flag(const Flag& flag) {
  const auto help = quotable(replaced(replaced(flag.help, "[", "("), "]", ")"));
  return fmt::format("        '*--{}[{}]{}' \\\n", flag.name, help, zsh_values(flag));
}

std::string zsh_script() {
  std::string summaries, cases;
  for (const auto& command : commands()) {
    summaries +=
        fmt::format("      '{}:{}'\n", command.name, quotable(std::string(command.summary)));
    cases += fmt::format("      {}) _arguments \\\n", command.name);
    for (const auto& flag : shell_flags(command)) cases += zsh_flag(flag);
    const bool is_shell = command.arguments == Arguments::shell;
    cases += is_shell ? "        ':shell:(bash zsh fish)' ;;\n" : "        '*:file:_files' ;;\n";
  }
  return fmt::format(R"(#compdef insights
# Completion of insights for zsh.
_insights() {{
  local curcontext=$curcontext state line
  _arguments -C '(- *)--help[Show help]' '(- *)--version[Show the version]' ':command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a known=(
{}      )
      _describe command known ;;
    argument)
      case $words[1] in
{}      esac ;;
  esac
}}
if [[ $funcstack[1] == _insights ]]; then _insights "$@"; else compdef _insights insights; fi
)",
                     summaries, cases);
}

std::string fish_values(const Flag& flag) {
  if (flag.value_name.empty()) return "";
  if (!flag.choices.empty()) return fmt::format(" -x -a '{}'", fmt::join(flag.choices, " "));
  if (takes_directory(flag)) return " -x -a '(__fish_complete_directories)'";
  return takes_file(flag) ? " -r -F" : " -x";
}

std::string fish_flag(const Command& command, const Flag& flag) {
  return fmt::format("complete -c insights -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
                     command.name, flag.name, fish_values(flag), replaced(flag.help, "'", "\\'"));
}

std::string fish_script() {
  std::string script =
      "# Completion of insights for fish.\n"
      "complete -c insights -n __fish_use_subcommand -f -l help -d 'Show help'\n"
      "complete -c insights -n __fish_use_subcommand -f -l version -d 'Show the version'\n";
  for (const auto& command : commands()) {
    script += fmt::format("complete -c insights -n __fish_use_subcommand -f -a {} -d '{}'\n",
                          command.name, replaced(std::string(command.summary), "'", "\\'"));
    for (const auto& flag : shell_flags(command)) script += fish_flag(command, flag);
  }
  return script +
         "complete -c insights -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
}

Result<std::string> script_for(const std::string& shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return fail(ErrorKind::invalid_input, fmt::format("there is no completion for '{}'", shell),
              base::did_you_mean(shell, {"bash", "zsh", "fish"}));
}

}  // namespace

Result<ExitCode> run_completion(const Invocation& invocation, const config::Config&) {
  const auto script = script_for(invocation.arguments.front());
  if (!script) return usage_error(script.error());
  TRY(write_standard_output(*script));
  return ExitCode::done;
}

}  // namespace insights::cli
