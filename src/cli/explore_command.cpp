// `insights explore`: from the command line to delivered reports.
#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "report/json.h"

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::Result;
using base::Status;
using config::Config;

// Before the work, not after it: can everything be written?
Status check_targets(const std::vector<Target>& targets, const Config& config) {
  for (const auto& target : targets) {
    if (target.file != "-") TRY(check_writable(target.file));
  }
  if (!config.ledger_file.empty()) TRY(check_writable(config.ledger_file));
  return {};
}

// What could not be written to a file must not be lost: it goes to standard output when that is
// free and can show it, else into a file of its own.
void save_elsewhere(const std::string& file, const std::string& text, bool may_show) {
  if (may_show) {
    if (const auto shown = write_standard_output(text); !shown) say_error(shown.error());
    return;
  }
  const auto rescued = rescue(file, text);
  say_error(rescued ? base::Error{ErrorKind::unavailable,
                                  fmt::format("it is in {} instead", *rescued), ""}
                    : rescued.error());
}

// True when it went into the file.
bool write_or_save(const std::string& file, const std::string& text, bool may_show,
                   Progress& progress) {
  const auto written = write_file(file, text);
  if (written) {
    progress.remark(fmt::format("wrote {}", file));
    return true;
  }
  say_error(written.error());
  save_elsewhere(file, text, may_show);
  return false;
}

// Everything that can be written is written, whatever else fails. Standard output is the last: who
// reads it may leave.
bool deliver(const explore::Run& run, const std::vector<Target>& targets, const Config& config,
             Progress& progress) {
  bool delivered = true;
  bool output_is_free = std::ranges::count(targets, "-", &Target::file) == 0;
  if (!config.ledger_file.empty()) {
    delivered =
        write_or_save(config.ledger_file, report::ledger_json_lines(run.ledger), false, progress);
  }
  for (const auto& target : targets) {
    if (target.file == "-") continue;
    const auto text = rendered(run, target.format, config, Look{});
    const bool may_show = output_is_free && target.format != config::Format::html;
    const bool written = write_or_save(target.file, text, may_show, progress);
    output_is_free = output_is_free && (written || !may_show);
    delivered = written && delivered;
  }
  for (const auto& target : targets) {
    if (target.file != "-") continue;
    const auto text = rendered(run, target.format, config, standard_output_look(config));
    const auto written = write_standard_output(text);
    if (!written) say_error(written.error());
    delivered = written.has_value() && delivered;
  }
  return delivered;
}

// One run asks little twice: a cache is worth its while when others share it.
Result<std::unique_ptr<cache::QueryCache>> shared_cache(const Config& config, Progress& progress) {
  if (config.cache_url.empty()) return nullptr;
  return open_cache(config,
                    {.asked = {}, .reached = [&](bool is_reachable, const std::string& why) {
                       if (!is_reachable) progress.remark("the cache is not used: " + why);
                     }});
}

void say_saved(const explore::Run& run, Progress& progress) {
  const auto& spent = run.spent;
  if (spent.queries_cached == 0) return;
  progress.remark(fmt::format("queries {}, {} from the cache, about {:.1f} s saved", spent.queries,
                              spent.queries_cached,
                              std::chrono::duration<double>(spent.saved).count()));
}

}  // namespace

Result<ExitCode> run_explore(const Invocation& invocation, const Config& config) {
  const auto targets = targets_of(config);
  if (!targets) return usage_error(targets.error());
  const auto focus = focus_of(config);
  if (!focus) return usage_error(focus.error());
  if (config.locations.empty()) return usage_error(nothing_named("explore"));
  TRY(check_targets(*targets, config));

  const Interrupt interrupt;  // First: the threads made after it leave signals to it.
  Progress progress(progress_style(config), stderr);
  const std::stop_callback stopping(interrupt.token(), [&] {
    progress.remark(
        "stopping; what is proven so far will be reported (Ctrl-C again: stop at once)");
  });
  std::unique_ptr<cache::QueryCache> cache;
  if (auto opened = shared_cache(config, progress)) {
    cache = *std::move(opened);
  } else {
    return usage_error(opened.error());
  }
  const auto resumed = invocation.own_value("--resume");
  const RunChoice choice{.id = resumed, .resumes = !resumed.empty(), .cache = cache.get()};
  const auto run = TRY(run_exploration(config, *focus, choice, progress, interrupt.token()));
  say_saved(run, progress);
  progress.close();
  if (run.partial) progress.remark("ended early: " + run.partial_reason);
  if (!deliver(run, *targets, config, progress)) return ExitCode::failed;
  return run.partial ? ExitCode::partial : ExitCode::done;
}

}  // namespace insights::cli
