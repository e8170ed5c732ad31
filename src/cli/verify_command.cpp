// `insights verify`: a saved report against the data, value by value.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "config/text_file.h"
#include "report/json.h"

namespace insights::cli {
namespace {

using base::Result;
using config::Config;
using findings::Check;
using findings::CheckStatus;

constexpr std::array statuses{CheckStatus::same, CheckStatus::data_changed, CheckStatus::wrong};

std::int64_t count(const Verification& verification, CheckStatus status) {
  std::int64_t sum = 0;
  for (const auto& finding : verification.findings) {
    sum += std::ranges::count(finding.checks, status, &Check::status);
  }
  return sum;
}

CheckStatus outcome(const Verification& verification, const std::vector<std::string>& altered) {
  auto worst = altered.empty() ? CheckStatus::same : CheckStatus::wrong;
  for (const auto& finding : verification.findings) {
    worst = std::max(worst, findings::worst(finding.checks));
  }
  return worst;
}

std::string data_text(const Verification& verification) {
  switch (verification.data) {
    case DataState::unchanged:
      return "The data is what the report was made from.";
    case DataState::changed:
      return "The data has changed since the report was made.";
    case DataState::unknown:
      return "Whether the data has changed since the report was made is not known.";
  }
  std::unreachable();
}

std::string check_line(const Check& check) {
  constexpr std::size_t characters_max = 120;
  auto line = fmt::format("  {:<12}  {}", findings::name(check.status),
                          one_line(check.path, characters_max));
  if (check.status == CheckStatus::same)
    return line + ": " + one_line(check.stored, characters_max) + "\n";
  return line + fmt::format(": the report has \"{}\", now \"{}\"\n",
                            one_line(check.stored, characters_max),
                            one_line(check.now, characters_max));
}

std::string as_text(const Verification& verification, const std::vector<std::string>& altered,
                    bool verbose) {
  constexpr std::size_t title_characters_max = 70;
  std::string text = data_text(verification) + "\n\n";
  for (const auto& finding : verification.findings) {
    const auto status = findings::worst(finding.checks);
    text += fmt::format("{:<12}  {:<5} {} ({} values)\n", findings::name(status), finding.id,
                        one_line(finding.title, title_characters_max), finding.checks.size());
    for (const auto& check : finding.checks) {
      if (verbose || check.status != CheckStatus::same) text += check_line(check);
    }
  }
  for (const auto& part : altered)
    text += fmt::format("wrong         altered after writing: {}\n", one_line(part, 200));
  const auto counted = [&](CheckStatus status) { return grouped(count(verification, status)); };
  text += fmt::format("\n{} same, {} changed with the data, {} wrong", counted(CheckStatus::same),
                      counted(CheckStatus::data_changed), counted(CheckStatus::wrong));
  text += altered.empty() ? "\n" : fmt::format("; {} parts altered\n", altered.size());
  if (!verification.ended_early.empty()) {
    text += fmt::format("The other findings were not verified: {}\n", verification.ended_early);
  }
  return text;
}

std::string as_json(const Verification& verification, const std::vector<std::string>& altered) {
  using Json = nlohmann::ordered_json;
  Json counts;
  for (const auto status : statuses)
    counts[std::string(findings::name(status))] = count(verification, status);
  Json list = Json::array();
  for (const auto& finding : verification.findings) {
    Json checks = Json::array();
    for (const auto& check : finding.checks) {
      checks.push_back({{"path", check.path},
                        {"status", findings::name(check.status)},
                        {"stored", check.stored},
                        {"now", check.now}});
    }
    list.push_back({{"id", finding.id},
                    {"title", finding.title},
                    {"status", findings::name(findings::worst(finding.checks))},
                    {"checks", std::move(checks)}});
  }
  const Json whole{{"status", findings::name(outcome(verification, altered))},
                   {"data", data_text(verification)},
                   {"ended_early", verification.ended_early},
                   {"counts", std::move(counts)},
                   {"altered", altered},
                   {"findings", std::move(list)}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

ExitCode exit_code(CheckStatus status, bool ended_early) {
  switch (status) {
    case CheckStatus::same:
      return ended_early ? ExitCode::partial : ExitCode::done;
    case CheckStatus::data_changed:
      return ExitCode::partial;
    case CheckStatus::wrong:
      return ExitCode::failed;
  }
  std::unreachable();
}

// Those of the command; else those of the report. A config file names what to explore, not what to
// verify.
std::vector<std::string> locations_for(const Config& config, const explore::Run& run) {
  const bool typed = config::origin_of(config, "locations").kind == config::Origin::Kind::flag;
  return typed ? config.locations : run.locations;
}

}  // namespace

Result<ExitCode> run_verify(const Invocation& invocation, const Config& config) {
  const auto& file = invocation.arguments.front();
  const auto text = TRY(config::read_text_file(file, "the report", report::report_bytes_max));
  auto saved = report::read_json(text);
  if (!saved) {
    return base::fail(saved.error().kind,
                      fmt::format("{} is not a report: {}", file, saved.error().message),
                      saved.error().hint);
  }
  const Interrupt interrupt;  // First: the threads made after it leave signals to it.
  Progress progress(progress_style(config), stderr);
  const auto locations = locations_for(config, saved->run);
  const auto verification =
      TRY(verify_run(saved->run, locations, config, progress, interrupt.token()));
  progress.close();
  TRY(write_standard_output(invocation.json
                                ? as_json(verification, saved->altered)
                                : as_text(verification, saved->altered, config.verbose)));
  return exit_code(outcome(verification, saved->altered), !verification.ended_early.empty());
}

}  // namespace insights::cli
