// The commands in one table: their words for --help, completion and docs/reference/cli.md, the
// flags they take, and what they run. To add a command: one file that defines its function, one
// entry in commands.cpp, one section in docs/reference/cli.md.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/exit_code.h"
#include "config/config.h"
#include "config/keys.h"
#include "config/load.h"

namespace insights::cli {

// What stands on the command line besides flags.
enum class Arguments {
  locations,
  report_and_locations,
  report_and_truth,
  locations_and_statement,
  run,
  shell,
  words,  // of the command's own, which checks them
  none
};

// A flag of one command alone, which is no setting of a run.
struct OwnFlag {
  std::string_view name;        // "--rows"
  std::string_view value_name;  // "N"; "" when it takes no value
  std::string_view help;        // one line, no full stop
  std::string_view built_in;    // "200000"; may be empty
  std::string_view choices = "";
};

struct Command;

// One parsed command line.
struct Invocation {
  const Command* command = nullptr;
  std::vector<std::string> arguments;  // in order; locations are in `settings`, too
  std::string statement;               // of query
  config::LoadOptions settings;
  std::map<std::string, std::string, std::less<>> own;  // "--rows" -> "1000"; "" for a bare flag
  bool json = false;

  // What was typed for a flag of the command's own, else its built-in value.
  std::string own_value(std::string_view flag) const;
  bool has(std::string_view flag) const { return own.contains(flag); }
};

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view detail;   // more for --help; may be empty
  std::string_view usage;    // "PATH..."
  std::string_view argument_help;
  Arguments arguments = Arguments::locations;
  bool takes_config =
      true;  // false: neither file nor environment is read, no flag but --help is known
  bool takes_json = false;
  bool takes_every_setting = false;            // but those of a server
  bool takes_server_settings = false;          // those, too
  std::span<const std::string_view> settings;  // names of keys, unless takes_every_setting
  std::span<const OwnFlag> own_flags = {};
  std::span<const std::string_view> examples;
  base::Result<ExitCode> (*run)(const Invocation& invocation,
                                const config::Config& config) = nullptr;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

// The settings the command takes as flags, in the order of config::keys().
std::vector<const config::Key*> flags_of(const Command& command);

// The whole number typed for a flag of the command's own. Error (invalid_input): it is none, or not
// in least..most.
base::Result<std::int64_t> own_number(const Invocation& invocation, std::string_view flag,
                                      std::int64_t least, std::int64_t most);
// The same for a list with commas between.
base::Result<std::vector<std::int64_t>> own_numbers(const Invocation& invocation,
                                                    std::string_view flag, std::int64_t least,
                                                    std::int64_t most);

// Each in its own file.
base::Result<ExitCode> run_explore(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_schema(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_verify(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_selftest(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_generate(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_bench(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_query(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_doctor(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_runs(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_egress(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_serve(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_keys(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_diff(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_feedback(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_backup(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_restore(const Invocation& invocation, const config::Config& config);
base::Result<ExitCode> run_completion(const Invocation& invocation, const config::Config& config);

}  // namespace insights::cli
