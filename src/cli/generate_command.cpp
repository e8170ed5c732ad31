// `insights generate`: a company's sales with planted insights, and their truth.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/generated.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "generate/all_effects.h"
#include "generate/describe.h"
#include "source/parquet_copy.h"

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::Result;
using base::Status;

enum class Form { csv, parquet, both };

Result<Form> form_of(const Invocation& invocation) {
  const auto form = invocation.own_value("--as");
  if (form == "csv") return Form::csv;
  if (form == "parquet") return Form::parquet;
  if (form == "both") return Form::both;
  return base::fail(ErrorKind::invalid_input, fmt::format("--as: there is no form '{}'", form),
                    "csv, parquet or both");
}

Status make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  return base::fail(ErrorKind::unavailable,
                    fmt::format("{} could not be made: {}", path.string(), error.message()));
}

Status write_tables_as(Form form, const std::filesystem::path& data, Progress& progress) {
  if (form == Form::csv) return {};
  for (const auto table : generate::tables) {
    progress.doing(fmt::format("writing {}.parquet", table));
    const auto csv = data / fmt::format("{}.csv", table);
    TRY(source::write_parquet(csv, data / fmt::format("{}.parquet", table)));
    if (form == Form::parquet) std::filesystem::remove(csv);
  }
  return {};
}

}  // namespace

Result<generate::Order> order_of(const Invocation& invocation, std::int64_t rows,
                                 std::int64_t seed) {
  generate::Order order;
  order.rows = rows;
  order.seed = static_cast<std::uint64_t>(seed);
  auto chosen = generate::chosen_effects(invocation.own_value("--plant"));
  if (!chosen.unknown.empty()) {
    std::vector<std::string> names{"all", "none"};
    for (const auto& effect : generate::all_effects) names.emplace_back(effect.name);
    return base::fail(ErrorKind::invalid_input,
                      fmt::format("--plant: there is no '{}'", *chosen.unknown.begin()),
                      base::did_you_mean(*chosen.unknown.begin(), names));
  }
  order.effects = std::move(chosen.effects);
  return order;
}

Result<ExitCode> run_generate(const Invocation& invocation, const config::Config& config) {
  const auto asked = [&]() -> Result<generate::Order> {
    const auto rows = TRY(own_number(invocation, "--rows", generate_rows_min, generate_rows_max));
    return order_of(invocation, rows, config.seed);
  }();
  if (!asked) return usage_error(asked.error());
  const auto form = form_of(invocation);
  if (!form) return usage_error(form.error());
  const std::filesystem::path directory = invocation.own_value("--output");
  if (directory.empty()) {
    return usage_error({ErrorKind::invalid_input, "generate needs --output DIR",
                        "insights generate --output company"});
  }
  const Interrupt interrupt;
  Progress progress(progress_style(config), stderr);
  const auto data = directory / "data";
  TRY(make_directory(data));
  progress.doing(fmt::format("writing {} lines", grouped(asked->rows)));
  const auto truth = TRY(generate::make_company(*asked, data, interrupt.token()));
  TRY(write_file((directory / "truth.json").string(), score::truth_json(truth)));
  TRY(write_tables_as(*form, data, progress));
  if (invocation.has("--describe")) {
    TRY(make_directory(directory / "metadata"));
    TRY(generate::describe_company(directory / "metadata"));
  }
  progress.close();
  TRY(write_standard_output(
      fmt::format("{} lines from {} to {} in {}; {} insights planted, {} traps set: {}\n",
                  grouped(truth.rows), truth.first_day, truth.last_day, data.string(),
                  truth.planted.size(), truth.traps.size(), (directory / "truth.json").string())));
  return ExitCode::done;
}

}  // namespace insights::cli
