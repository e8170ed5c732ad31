#include "cli/remembered.h"

#include <fmt/format.h>

#include <map>

#include "config/text_file.h"
#include "findings/feedback_file.h"
#include "report/json.h"
#include "server/ballot.h"
#include "server/clock.h"
#include "store/feedback.h"
#include "store/findings.h"
#include "store/migrations.h"

namespace insights::cli {

using base::Result;
using config::Config;

namespace {

constexpr std::int64_t past_max = 30;  // findings; the last seen
constexpr std::int64_t votes_max = 500;

// What was said last of a finding.
struct Said {
  std::string words, note;
};

Result<std::map<std::int64_t, Said>> said_of(store::Database& database,
                                             const std::string& subject) {
  std::map<std::int64_t, Said> said;
  for (const auto& vote : TRY(store::list_votes(database, subject, {}, votes_max))) {
    if (vote.withdrawn_at) continue;
    const auto words = vote.is_up ? std::string("voted up") : "voted down: " + vote.reason;
    said.emplace(vote.finding, Said{words, vote.note});  // the latest comes first
  }
  return said;
}

Result<std::vector<findings::PastFinding>> past_findings(store::Database& database,
                                                         const std::string& subject) {
  const auto said = TRY(said_of(database, subject));
  store::FindingFilter filter;
  filter.subject = subject;
  filter.last_seen_first = true;
  filter.limit = past_max;
  std::vector<findings::PastFinding> past;
  for (const auto& row : TRY(store::list_findings(database, filter))) {
    auto finding = report::read_finding(row.body);
    if (!finding) continue;  // of a newer program
    findings::PastFinding one{.finding = *std::move(finding),
                              .state = std::string(store::name(row.state)),
                              .since = server::utc_text(row.first_seen_at).substr(0, 10),
                              .said = "",
                              .note = ""};
    if (const auto words = said.find(row.number); words != said.end()) {
      one.said = words->second.words;
      one.note = words->second.note;
    }
    past.push_back(std::move(one));
  }
  return past;
}

}  // namespace

std::string subject_of(const Config& config) {
  std::string subject;
  for (const auto& location : config.locations)
    subject += (subject.empty() ? "" : "\n") + config::redacted(location);
  return subject;
}

Result<findings::Feedback> rules_of(const Config& config) {
  if (config.rules_file.empty()) return findings::Feedback{};
  const auto text = TRY(config::read_text_file(config.rules_file, "the file of rules"));
  return findings::read_feedback(text, config.rules_file);
}

base::Status remember(const Config& config, analyst::Brief& brief) {
  const auto subject = subject_of(config);
  auto of_file = TRY(rules_of(config));
  for (auto& rule : of_file.rules) rule.id = "file-" + rule.id;
  auto database = TRY(store::open_store(config.store));
  const auto of_store = TRY(server::feedback_of(database, subject));
  brief.feedback = findings::combined(std::move(of_file), of_store);
  brief.past = TRY(past_findings(database, subject));
  return {};
}

}  // namespace insights::cli
