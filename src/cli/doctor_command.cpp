// `insights doctor`: what is installed, what is set and by whom, and whether everything named
// opens.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/model_settings.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/say.h"
#include "cli/version.h"
#include "config/focus.h"
#include "llm/open.h"

namespace insights::cli {
namespace {

using base::Error;
using base::Result;
using config::Config;
using Json = nlohmann::ordered_json;

// One thing that was tried.
struct Trial {
  std::string what;
  bool works = true;
  std::string outcome;  // what came of it, or why it does not work
  std::string hint;
};

struct Setting {
  const config::Key* key = nullptr;
  std::string value;
  std::string built_in;
  std::string origin;
};

struct TableLine {
  std::string name, origin;
  std::size_t columns = 0;
};

struct Diagnosis {
  std::vector<std::pair<std::string, std::string>> program;  // name, value
  std::vector<Setting> settings;
  std::vector<Trial> trials;
  std::vector<TableLine> tables;
  std::vector<std::string> notes;  // of the source
};

std::string memory_text(long pages) {
  const auto gigabytes =
      static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  return fmt::format("{:.1f} GB", gigabytes);
}

Trial trial(std::string what, const Error& error) {
  return {std::move(what), false, config::redacted(error.message), config::redacted(error.hint)};
}

std::vector<Setting> settings_of(const Config& config) {
  std::vector<Setting> settings;
  for (const auto& key : config::keys()) {
    settings.push_back({&key, config::redacted(config::value_text(config, key)),
                        config::value_text(Config{}, key),
                        config::text_of(config::origin_of(config, std::string(key.name)))});
  }
  return settings;
}

void try_files(const Config& config, Diagnosis& diagnosis) {
  auto& trials = diagnosis.trials;
  if (const auto metadata = read_metadata(config); !metadata) {
    trials.push_back(trial("metadata", metadata.error()));
  } else if (!config.metadata_directory.empty()) {
    const auto context =
        metadata->business_context.empty() ? "no business context" : "business context";
    trials.push_back({"metadata", true,
                      fmt::format("{} {} described, {}", metadata->tables.size(),
                                  metadata->tables.size() == 1 ? "table" : "tables", context),
                      ""});
  }
  if (const auto focus = focus_of(config); !focus) {
    trials.push_back(trial("focus", focus.error()));
  } else if (!focus->name.empty()) {
    trials.push_back({"focus", true, focus->name, ""});
  }
  const auto targets = targets_of(config);
  if (!targets) trials.push_back(trial("output", targets.error()));
  for (const auto& target : targets.value_or(std::vector<Target>{})) {
    if (target.file == "-") continue;
    const auto writable = check_writable(target.file);
    trials.push_back(writable ? Trial{"output", true, target.file + " can be written", ""}
                              : trial("output", writable.error()));
  }
}

void try_source(const Config& config, Diagnosis& diagnosis, std::stop_token stop) {
  if (config.locations.empty()) return;
  const auto what = config::redacted(fmt::format("{}", fmt::join(config.locations, " ")));
  auto log = query_log(config, "doctor");
  const auto source = open_source(config.locations, config, log, stop);
  if (!source) {
    diagnosis.trials.push_back(trial("source", source.error()));
    return;
  }
  for (const auto& table : (*source)->tables()) {
    diagnosis.tables.push_back({table.name, config::redacted(table.origin), table.columns.size()});
  }
  diagnosis.notes = (*source)->notes();
  const auto data = (*source)->version(stop);
  const auto engine = data ? fmt::format(" with {}", data->engine) : std::string();
  diagnosis.trials.push_back(
      {"source", true, fmt::format("{} opens{}, read-only", what, engine), ""});
}

// Asks the language model's server, when one is named. One tool is called, which costs next to
// nothing.
void try_model(const Config& config, Diagnosis& diagnosis, std::stop_token stop) {
  if (!names_a_model(config)) return;
  const auto settings = model_settings(config);
  const auto model =
      settings ? llm::open(*settings)
               : base::Result<std::unique_ptr<llm::Model>>(std::unexpected(settings.error()));
  if (!model) {
    diagnosis.trials.push_back(trial("llm", model.error()));
    return;
  }
  for (const auto& step : (*model)->probe(stop))
    diagnosis.trials.push_back({"llm " + step.name, step.fine, config::redacted(step.says), ""});
}

Diagnosis diagnose(const Config& config, std::stop_token stop) {
  Diagnosis diagnosis;
  const auto threads = std::max(1U, std::thread::hardware_concurrency());
  diagnosis.program = {
      {"program", fmt::format("insights {}", version())},
      {"analyst", analyst_name(config) == "llm"
                      ? "llm (a language model, with the statistical analyst's leads)"
                      : "statistical (built in: needs no key and no network)"},
      {"machine",
       fmt::format("{} threads, {} of memory, {} free", threads,
                   memory_text(sysconf(_SC_PHYS_PAGES)), memory_text(sysconf(_SC_AVPHYS_PAGES)))},
      {"config file",
       config.file.empty() ? "none (./insights.toml is read when it exists)" : config.file}};
  std::vector<std::string> areas;
  if (const auto known = config::focus_areas(config.focus_directory)) {
    for (const auto& area : *known) areas.push_back(area.name);
  }
  diagnosis.program.emplace_back("focus areas", fmt::format("{}", fmt::join(areas, ", ")));
  diagnosis.settings = settings_of(config);
  try_files(config, diagnosis);
  try_source(config, diagnosis, stop);
  try_model(config, diagnosis, stop);
  return diagnosis;
}

std::string as_text(const Diagnosis& diagnosis) {
  constexpr std::size_t value_characters_max = 60;
  std::size_t widest = 0;
  for (const auto& setting : diagnosis.settings) {
    widest = std::max(widest, std::min(setting.value.size(), value_characters_max));
  }
  std::string text;
  for (const auto& [name, value] : diagnosis.program)
    text += fmt::format("{:<13} {}\n", name, value);
  text += "\nSettings\n";
  for (const auto& setting : diagnosis.settings) {
    const auto value = setting.value.empty() ? "-" : one_line(setting.value, value_characters_max);
    text += fmt::format("  {:<21} {:<{}}  {}\n", setting.key->name, value, widest, setting.origin);
  }
  text += "\nTried\n";
  for (const auto& [what, works, outcome, hint] : diagnosis.trials) {
    text +=
        fmt::format("  {:<7} {:<13} {}\n", works ? "works" : "FAILS", what, one_line(outcome, 400));
    if (!hint.empty()) text += fmt::format("  {:21} {}\n", "", one_line(hint, 400));
  }
  if (diagnosis.trials.empty()) text += "  nothing: no source is named\n";
  for (const auto& table : diagnosis.tables) {
    text += fmt::format("    table {}: {} columns, from {}\n",
                        one_line(table.name, value_characters_max), table.columns,
                        one_line(table.origin, 200));
  }
  for (const auto& note : diagnosis.notes)
    text += fmt::format("    note: {}\n", one_line(note, 400));
  return text;
}

std::string as_json(const Diagnosis& diagnosis) {
  Json settings = Json::array();
  for (const auto& [key, value, built_in, origin] : diagnosis.settings) {
    settings.push_back({{"key", key->name},
                        {"flag", key->flag},
                        {"environment", key->environment},
                        {"value", value},
                        {"built_in", built_in},
                        {"origin", origin}});
  }
  Json trials = Json::array();
  for (const auto& [what, works, outcome, hint] : diagnosis.trials) {
    trials.push_back({{"what", what}, {"works", works}, {"outcome", outcome}, {"hint", hint}});
  }
  Json tables = Json::array();
  for (const auto& table : diagnosis.tables) {
    tables.push_back({{"name", table.name}, {"columns", table.columns}, {"origin", table.origin}});
  }
  Json whole;
  for (const auto& [name, value] : diagnosis.program) whole[name] = value;
  whole["settings"] = std::move(settings);
  whole["tried"] = std::move(trials);
  whole["tables"] = std::move(tables);
  whole["notes"] = diagnosis.notes;
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<ExitCode> run_doctor(const Invocation& invocation, const Config& config) {
  const Interrupt interrupt;
  if (invocation.own.contains("--role-sql")) {
    const auto script = TRY(role_script(config, interrupt.token()));
    TRY(write_standard_output(script));
    return ExitCode::done;
  }
  const auto diagnosis = diagnose(config, interrupt.token());
  TRY(write_standard_output(invocation.json ? as_json(diagnosis) : as_text(diagnosis)));
  const bool all_work = std::ranges::all_of(diagnosis.trials, &Trial::works);
  return all_work ? ExitCode::done : ExitCode::failed;
}

}  // namespace insights::cli
