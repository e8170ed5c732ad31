// Commands about the store: `insights keys`, `diff`, `backup` and `restore`.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/say.h"
#include "server/clock.h"
#include "server/routes.h"
#include "store/backup.h"
#include "store/findings.h"
#include "store/keys.h"
#include "store/lock.h"
#include "store/migrations.h"

namespace insights::cli {

using base::ErrorKind;
using base::Result;
using config::Config;
using Json = nlohmann::ordered_json;

namespace {

base::Error wrong_words(const Command& command) {
  return {ErrorKind::invalid_input,
          fmt::format("usage: insights {} {}", command.name, command.usage),
          fmt::format("insights {} --help says more", command.name)};
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// ---- keys

Result<std::vector<std::string>> scopes_in(const std::string& text) {
  std::vector<std::string> scopes;
  const std::vector<std::string> known(std::begin(server::scope_names),
                                       std::end(server::scope_names));
  for (const auto word : server::split(text, ',')) {
    if (std::ranges::find(known, word) == known.end())
      return base::fail(ErrorKind::invalid_input, fmt::format("there is no scope '{}'", word),
                        base::did_you_mean(word, known));
    scopes.emplace_back(word);
  }
  return scopes;
}

Json json_of(const store::ApiKey& key) {
  const auto moment = [](const std::optional<base::Moment>& at) {
    return at ? Json(server::utc_text(*at)) : Json(nullptr);
  };
  return {{"id", key.id},
          {"name", key.name},
          {"scopes", key.scopes},
          {"created_at", server::utc_text(key.created_at)},
          {"revoked_at", moment(key.revoked_at)},
          {"last_used_at", moment(key.last_used_at)}};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Result<ExitCode> create(store::Database& database, const Invocation& invocation) {
  const auto scopes = scopes_in(invocation.own_value("--scopes"));
  if (!scopes) return usage_error(scopes.error());
  const auto made =
      TRY(store::create_key(database, invocation.arguments[1], *scopes, server::now()));
  if (invocation.json) {
    auto json = json_of(made.key);
    json["secret"] = made.secret;
    TRY(write_standard_output(dumped(json)));
  } else {
    TRY(write_standard_output(made.secret + "\n"));
    say_error({ErrorKind::invalid_input,
               fmt::format("made {} ({}); the line above is shown this once", made.key.id,
                           joined(made.key.scopes)),
               ""});
  }
  return ExitCode::done;
}

Result<ExitCode> list(store::Database& database, bool as_json) {
  Json json = Json::array();
  std::string text;
  for (const auto& key : TRY(store::list_keys(database))) {
    json.push_back(json_of(key));
    text += fmt::format("{}  {:<20}  {:<22}  {}\n", key.id, key.name, joined(key.scopes),
                        key.revoked_at     ? "revoked " + server::utc_text(*key.revoked_at)
                        : key.last_used_at ? "used " + server::utc_text(*key.last_used_at)
                                           : "never used");
  }
  TRY(write_standard_output(as_json ? dumped(json) : text));
  return ExitCode::done;
}

// ---- diff

std::string amount_text(const std::optional<store::Stake>& stake) {
  if (!stake || !stake->amount) return "";
  return fmt::format("{:.0f}", *stake->amount);
}

std::string diff_text(const store::Differences& found) {
  std::string text;
  for (const auto& one : found.list) {
    const auto before = amount_text(one.before), after = amount_text(one.after);
    const auto amounts = one.change == "worse" || one.change == "better"
                             ? fmt::format(" ({} -> {})", before, after)
                             : "";
    text += fmt::format("{:<11} {}{}\n", one.change, one.title, amounts);
  }
  for (const auto& note : found.notes) text += "Note: " + note + "\n";
  return text.empty() ? "Neither published a finding.\n" : text;
}

Json diff_json(const store::Differences& found) {
  const auto amount = [](const std::optional<store::Stake>& stake) {
    return stake && stake->amount ? Json(*stake->amount) : Json(nullptr);
  };
  Json list = Json::array();
  for (const auto& one : found.list)
    list.push_back({{"change", one.change},
                    {"fingerprint", one.fingerprint},
                    {"title", one.title},
                    {"before", amount(one.before)},
                    {"after", amount(one.after)}});
  return {{"differences", std::move(list)}, {"notes", found.notes}};
}

}  // namespace

Result<ExitCode> run_keys(const Invocation& invocation, const Config& config) {
  const auto& words = invocation.arguments;
  const auto verb = words.empty() ? std::string() : words.front();
  const std::size_t wanted = verb == "list" ? 1 : 2;
  const bool is_known = verb == "create" || verb == "list" || verb == "revoke";
  if (!is_known || words.size() != wanted) return usage_error(wrong_words(*invocation.command));
  auto database = TRY(store::open_store(config.store, {.create = verb == "create"}));
  if (verb == "create") return create(database, invocation);
  if (verb == "list") return list(database, invocation.json);
  if (TRY(store::revoke_key(database, words[1], server::now()))) return ExitCode::done;
  return base::fail(ErrorKind::not_found,
                    fmt::format("there is no key {} that is not revoked", words[1]),
                    "insights keys list shows them");
}

Result<ExitCode> run_diff(const Invocation& invocation, const Config& config) {
  if (invocation.arguments.size() != 2) return usage_error(wrong_words(*invocation.command));
  auto database = TRY(store::open_store(config.store, {.create = false}));
  const auto found = TRY(store::diff(database, invocation.arguments[0], invocation.arguments[1]));
  TRY(write_standard_output(invocation.json ? dumped(diff_json(found)) : diff_text(found)));
  return ExitCode::done;
}

Result<ExitCode> run_backup(const Invocation& invocation, const Config& config) {
  if (invocation.arguments.size() != 1) return usage_error(wrong_words(*invocation.command));
  auto database = TRY(store::open_store(config.store, {.create = false}));
  TRY(store::back_up(database, invocation.arguments.front()));
  return ExitCode::done;
}

Result<ExitCode> run_restore(const Invocation& invocation, const Config& config) {
  if (invocation.arguments.size() != 1) return usage_error(wrong_words(*invocation.command));
  auto database = TRY(store::Database::open(config.store));  // makes its folder
  const auto lock = TRY(store::StoreLock::take(config.store));
  TRY(store::restore(database, invocation.arguments.front()));
  return ExitCode::done;
}

}  // namespace insights::cli
