// `insights feedback`: votes on findings of the store, and the rules that they make, without a
// server.
#include <fmt/format.h>

#include <charconv>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/remembered.h"
#include "cli/say.h"
#include "findings/characters.h"
#include "findings/feedback_file.h"
#include "server/ballot.h"
#include "server/clock.h"
#include "store/migrations.h"

namespace insights::cli {

using base::ErrorKind;
using base::fail;
using base::Result;
using config::Config;

namespace {

base::Error wrong_words(const Command& command) {
  return {ErrorKind::invalid_input,
          fmt::format("usage: insights {} {}", command.name, command.usage),
          fmt::format("insights {} --help says more", command.name)};
}

// A text of the data or a reader on a terminal.
std::string shown(std::string_view text) {
  return findings::clean_text(text, findings::headline_characters_max);
}

// The whole number after `prefix`.
std::optional<std::int64_t> number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size() && number >= 0;
  return is_whole ? std::optional(number) : std::nullopt;
}

Result<std::int64_t> finding_number(const std::string& text) {
  if (const auto number = number_after("", text)) return *number;
  return fail(ErrorKind::invalid_input, fmt::format("'{}' is no id of a finding", text),
              "The API lists findings with their ids: GET /api/v1/findings.");
}

template <class Choice>
Result<Choice> choice_of(const std::string& flag, const std::string& word,
                         std::optional<Choice> (*named)(std::string_view),
                         const std::vector<std::string>& known) {
  if (const auto found = named(word)) return *found;
  return fail(ErrorKind::invalid_input, fmt::format("{}: there is no '{}'", flag, word),
              base::did_you_mean(word, known));
}

Result<server::Ballot> ballot_of(const Invocation& invocation) {
  server::Ballot ballot;
  ballot.is_up = invocation.arguments[0] == "up";
  ballot.finding = TRY(finding_number(invocation.arguments[1]));
  ballot.note = invocation.own_value("--note");
  ballot.who = "local";
  if (ballot.is_up) return ballot;
  ballot.reason = TRY(choice_of("--reason", invocation.own_value("--reason"),
                                findings::reason_named, findings::reason_names()));
  ballot.scope = TRY(choice_of("--scope", invocation.own_value("--scope"),
                               findings::rule_scope_named, findings::rule_scope_names()));
  if (const auto below = invocation.own_value("--below"); !below.empty())
    ballot.below =
        static_cast<double>(TRY(own_number(invocation, "--below", 1, 1'000'000'000'000)));
  if (const auto other = invocation.own_value("--duplicate-of"); !other.empty())
    ballot.duplicate_of = TRY(finding_number(other));
  return ballot;
}

// What the settings name to be read; without that, the only data that the store knows.
Result<std::string> subject_in(store::Database& database, const Config& config) {
  if (!config.locations.empty()) return subject_of(config);
  const auto known = TRY(store::subjects(database));
  if (known.size() == 1) return known.front();
  return fail(
      ErrorKind::invalid_input,
      known.empty() ? "the store has no findings yet" : "the store has findings about several data",
      known.empty() ? "Explorations of 'insights serve' are in it."
                    : "Name the data as 'locations' of insights.toml, or DATABASE_URL.");
}

Result<ExitCode> vote(store::Database& database, const Invocation& invocation) {
  const auto ballot = ballot_of(invocation);
  if (!ballot) return usage_error(ballot.error());
  const auto seen = TRY(server::prospect(database, *ballot));
  std::string text;
  if (seen.rule)
    text = fmt::format("{}: {}\n", server::text_of(seen), shown(findings::text_of(*seen.rule)));
  for (const auto& row : seen.hidden)
    text += fmt::format("  {:>5}  {}\n", row.number, shown(row.title));
  if (invocation.own.contains("--preview")) {
    TRY(write_standard_output(text));
    return ExitCode::done;
  }
  const auto voted = TRY(server::cast(database, *ballot, server::now()));
  text += voted.rule ? fmt::format("made {}; insights feedback undo {} takes it back\n",
                                   store::rule_id(*voted.rule), store::rule_id(*voted.rule))
                     : "counted\n";
  TRY(write_standard_output(text));
  return ExitCode::done;
}

Result<std::string> rules_text(store::Database& database, const std::string& subject) {
  std::string text;
  for (const auto& row : TRY(store::list_rules(database, subject, true)))
    text += fmt::format("{:<8} {:<7} {}: {}{}\n", store::rule_id(row.number),
                        row.undone_at ? "undone" : "active",
                        shown(findings::text_of(server::rule_of(row))), row.reason,
                        row.note.empty() ? "" : " (" + shown(row.note) + ")");
  return text;
}

Result<ExitCode> undo(store::Database& database, const std::string& rule) {
  const auto number = number_after("rule-", rule);
  if (number && TRY(store::undo_rule(database, *number, "local", server::now())))
    return ExitCode::done;
  return fail(ErrorKind::not_found, fmt::format("there is no rule {} in force", rule),
              "insights feedback rules shows them");
}

}  // namespace

Result<ExitCode> run_feedback(const Invocation& invocation, const Config& config) {
  const auto& words = invocation.arguments;
  const auto verb = words.empty() ? std::string() : words.front();
  const bool takes_one = verb == "up" || verb == "down" || verb == "undo";
  const bool is_known = takes_one || verb == "rules" || verb == "export";
  if (!is_known || words.size() != (takes_one ? 2U : 1U))
    return usage_error(wrong_words(*invocation.command));
  auto database = TRY(store::open_store(config.store, {.create = false}));
  if (verb == "up" || verb == "down") return vote(database, invocation);
  if (verb == "undo") return undo(database, words[1]);
  const auto subject = TRY(subject_in(database, config));
  if (verb == "rules") {
    const auto listed = TRY(rules_text(database, subject));
    TRY(write_standard_output(listed));
    return ExitCode::done;
  }
  const auto feedback = TRY(server::feedback_of(database, subject));
  TRY(write_standard_output(findings::feedback_file(feedback)));
  return ExitCode::done;
}

}  // namespace insights::cli
