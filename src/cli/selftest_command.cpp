// `insights selftest`: the promised rate of false findings, measured on the user's own data.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/say.h"

namespace insights::cli {
namespace {

using base::Result;
using explore::SelfTest;

constexpr std::int64_t rounds_max = 1000;
constexpr std::size_t named_max = 10;

std::string counted(std::int64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(number), number == 1 ? one : many);
}

std::string outcome_text(const SelfTest& test) {
  const auto rounds = std::ssize(test.rounds);
  const auto count = test.false_findings();
  auto text = fmt::format(
      "On data with nothing in it, {} would have been stated in {}: {:.2f} a round, in {} of {} "
      "rounds.\n",
      counted(count, "finding", "findings"), counted(rounds, "round", "rounds"), test.per_round(),
      test.rounds_with_any(), rounds);
  text += fmt::format(
      "Promised: of the tested findings of a report, at most {:.0f} % are false on average.\n",
      100 * test.promised);
  if (test.findings > 0) {
    text +=
        fmt::format("Your data as it is: {}. So about {:.2f} of them may be chance: {:.1f} %.\n",
                    counted(test.findings, "tested finding", "tested findings"), test.per_round(),
                    100 * test.per_round() / static_cast<double>(test.findings));
  } else {
    text += "Your data as it is: no tested finding, so none that could be chance.\n";
  }
  return text;
}

std::string as_text(const SelfTest& test) {
  std::string text;
  for (const auto& table : test.tables)
    text += fmt::format("{}: {}, {}\n", table.name, counted(table.rows, "row", "rows"),
                        counted(table.columns, "column", "columns"));
  text += fmt::format(
      "Shuffled {}: who and what, when, and how much were each put in an order of their own.\n"
      "{} hypotheses are tested on the data as it is.\n\n",
      counted(std::ssize(test.rounds), "time", "times"), grouped(test.tested));
  if (!test.rounds.empty()) text += outcome_text(test);
  std::size_t named = 0;
  std::int64_t still_true = 0;
  for (const auto& round : test.rounds) {
    still_true += std::ssize(round.still_true);
    for (const auto& finding : round.false_findings)
      if (named++ < named_max)
        text += fmt::format("  round with seed {}: {}\n", round.seed, one_line(finding, 120));
  }
  if (still_true > 0)
    text += fmt::format(
        "Not counted: {} within one of the three parts, or that follow the number of rows alone. "
        "Shuffling leaves those as they are, so they are still true.\n",
        counted(still_true, "finding", "findings"));
  if (!test.ended_early.empty())
    text += fmt::format("Ended after {} of {} rounds: {}.\n", test.rounds.size(), test.rounds_asked,
                        test.ended_early);
  return text;
}

std::string as_json(const SelfTest& test) {
  nlohmann::ordered_json json{{"tables", nlohmann::ordered_json::array()},
                              {"promised", test.promised},
                              {"tested", test.tested},
                              {"findings", test.findings},
                              {"rounds_asked", test.rounds_asked},
                              {"false_findings", test.false_findings()},
                              {"false_findings_per_round", test.per_round()},
                              {"rounds_with_any", test.rounds_with_any()},
                              {"ended_early", test.ended_early},
                              {"rounds", nlohmann::ordered_json::array()}};
  for (const auto& table : test.tables)
    json["tables"].push_back({{"name", table.name}, {"rows", table.rows}});
  for (const auto& round : test.rounds)
    json["rounds"].push_back({{"seed", round.seed},
                              {"tested", round.tested},
                              {"false_findings", round.false_findings},
                              {"still_true", round.still_true},
                              {"facts", round.facts}});
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<ExitCode> run_selftest(const Invocation& invocation, const config::Config& config) {
  const auto rounds = own_number(invocation, "--rounds", 1, rounds_max);
  if (!rounds) return usage_error(rounds.error());
  if (config.locations.empty()) return usage_error(nothing_named(invocation.command->name));
  const Interrupt interrupt;
  Progress progress(progress_style(config), stderr);
  const auto test = TRY(run_selftest(config, *rounds, progress, interrupt.token()));
  progress.close();
  TRY(write_standard_output(invocation.json ? as_json(test) : as_text(test)));
  return test.ended_early.empty() ? ExitCode::done : ExitCode::partial;
}

}  // namespace insights::cli
