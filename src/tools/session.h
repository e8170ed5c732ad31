// One analyst at work with the tools: what it has asked, tested and recorded so far.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "analyst/analyst.h"
#include "catalog/vocabulary.h"
#include "findings/finding.h"
#include "tools/curtain.h"
#include "tools/tool.h"

namespace insights::tools {

struct Options {
  Privacy privacy;
  Caps caps;
  source::Limits query{.rows_max = static_cast<std::int64_t>(findings::chart_rows_max),
                       .bytes_max = 1 << 20,
                       .time_max = std::chrono::milliseconds{30'000}};
  std::function<void(sql::Gate& gate)> watch;  // told of the gate that judges what is written
  std::size_t record_attempts_max = 60;        // calls of record_finding, over the session
  source::Masks::Key mask_key{};  // of the tokens of personal data: one's own for each run
};

struct Desk;  // desk.h: what the tools work on

// A claim that was recorded, by the terms of its template.
struct Recorded {
  findings::Claim claim;
  std::string based_on;  // the id of an offer or a test; empty: untested
};

// A draft that the evidence did not bear out.
struct SentBack {
  std::string title;  // template
  std::string reason;
};

// Told of each finding that came out of a call of record_finding.
using RecordedSink = std::function<void(const findings::Finding&)>;

class Session {
 public:
  // All borrowed; material.database is there. Asks the tables for some rows, to learn which columns
  // are personal. Errors: those of catalog::find_personal, and unavailable (no gate).
  static base::Result<Session> open(const analyst::Brief& brief, const analyst::Material& material,
                                    const catalog::Vocabulary& vocabulary, const Options& options,
                                    std::stop_token stop);
  Session(Session&&) noexcept;
  ~Session();

  // The findings of the statistical analyst that are proven become leads: "lead-1" ... in order.
  void offer_leads(const analyst::Investigation& investigation);
  // The leads as a block of data; empty without any.
  std::string leads_text();

  // What the brief knows of earlier runs, as blocks of data; empty when it is nothing, or nothing
  // that the privacy mode lets be told.
  std::string past_text();

  // Answers in the order of the calls. What only looks is done side by side on as many threads as
  // the brief allows; what records is done afterwards, in order.
  std::vector<Answer> answer(std::span<const Call> calls);
  // Takes up the state that `call` left when it was answered so in an earlier process, without
  // asking the database for what only was to be read.
  void recall(std::span<const Call> calls, std::span<const Answer> answers);

  // Why the analyst said it was done; empty while it has not.
  const std::string& finished() const;
  const std::vector<Recorded>& recorded() const;
  std::int64_t leads() const;
  std::int64_t deepened() const;
  const std::vector<SentBack>& sent_back() const;
  // The columns whose values have left with an answer so far.
  const Carried& carried() const;
  void on_recorded(RecordedSink sink);
  // What an analyst may read of the catalog, for a prompt.
  std::string tables_text(std::size_t most) const;
  std::string columns_text(std::size_t most);  // of so many tables

  // What must not be forgotten when a conversation is shortened: what was recorded, the tests, and
  // the queries that can still be cited.
  std::string summary();

  // The leads' investigation with everything that was recorded, tested and sent back in it; tests
  // are corrected for all that were made.
  analyst::Investigation concluded(analyst::Investigation leads) const;

 private:
  explicit Session(std::unique_ptr<Desk> desk);
  std::unique_ptr<Desk> desk_;
};

}  // namespace insights::tools
