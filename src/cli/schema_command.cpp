// `insights schema`: what the catalog made of the tables.
#include "catalog/describe.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/say.h"

namespace insights::cli {

base::Result<ExitCode> run_schema(const Invocation& invocation, const config::Config& config) {
  if (config.locations.empty()) return usage_error(nothing_named("schema"));
  const Interrupt interrupt;  // First: the threads made after it leave signals to it.
  Progress progress(progress_style(config), stderr);
  progress.doing("opening the source");
  auto log = query_log(config, "catalog");
  const auto source = TRY(open_source(config.locations, config, log, interrupt.token()));
  const auto understood = TRY(read_catalog(*source, config, progress, interrupt.token()));
  const auto personal = TRY(personal_columns(*source, config, interrupt.token()));
  if (!log.status()) progress.remark(log.status().error().message);
  progress.close();
  const auto text = invocation.json ? catalog::describe_json(understood, personal)
                                    : catalog::describe(understood, personal);
  TRY(write_standard_output(text));
  return ExitCode::done;
}

}  // namespace insights::cli
