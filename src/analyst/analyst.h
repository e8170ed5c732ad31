// Who decides what to look at. One of the program's four interfaces: the statistical analyst, and
// the language model with the statistical analyst's leads (agent/language_model_analyst.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/metadata.h"
#include "findings/claim.h"
#include "findings/evidence.h"
#include "findings/feedback.h"
#include "findings/ledger.h"
#include "findings/rank.h"

namespace insights::analyst {

// What an exploration is asked: never a question.
struct Brief {
  findings::Focus focus;           // name empty: broad
  std::optional<base::Day> as_of;  // "today" of the data; empty = its last day
  double false_discovery_rate =
      0.02;                       // of families with a finding (findings/control_false_discovery.h)
  std::size_t claims_max = 60;    // stated for proof; the rest stays in the ledger
  std::vector<std::string> only;  // names of the patterns to look with; empty: all
  findings::Feedback feedback{};  // what readers said of earlier findings: hides and ranks
  std::vector<findings::PastFinding> past{};  // of earlier runs, for a language model
  int threads = 1;
  std::stop_token enough;  // requested: look no further, and state what was found by then
};

// A claim to be proven, and its place in the ledger.
struct Stated {
  findings::Claim claim;
  std::size_t entry = 0;
  bool recorded = false;  // by an analyst that chose it: published, whatever its rank
};

struct Tokens {
  std::int64_t input = 0, cached = 0, output = 0, reasoning = 0;
  bool operator==(const Tokens&) const = default;
};

// What the calls of a language model took, and how they ended.
struct ModelUse {
  std::string provider, model, privacy;  // privacy: the mode, "tokens"
  std::int64_t iterations = 0, calls = 0;
  std::int64_t input_tokens = 0, cached_tokens = 0, output_tokens = 0, reasoning_tokens = 0;
  bool estimated = false;  // part of the tokens was not told by the provider
  double usd = 0;          // of what has a price
  bool priced = false;     // false: no price is known for the model
  double usd_max = 0;      // that it was allowed; not in reports
  // Of a run that was taken up again: what of all this was taken before; not in reports.
  Tokens tokens_before{};
  double usd_before = 0;
  std::int64_t bytes_sent = 0;  // of all requests
  std::int64_t leads = 0;       // findings of the statistical analyst that it was given
  std::int64_t recorded = 0;    // findings of its own that were proven
  std::int64_t deepened = 0;    // leads that it added to
  std::int64_t sent_back = 0;   // findings that were answered with what is wrong
  std::string ended;            // why it stopped, in words
  bool complete = false;        // it said itself that it was done
  bool operator==(const ModelUse&) const = default;
};

// Everything an analyst has to say: claims most promising first, and every hypothesis it tested.
struct Investigation {
  std::vector<Stated> claims;
  findings::Ledger ledger;
  std::int64_t decoy_columns = 0;
  std::vector<findings::Base> bases;  // money a month, by currency, that impacts are held against
  std::string ended_early{};          // why not all that was asked for was done; else empty
  std::optional<ModelUse> model{};    // nothing when no model was asked
};

// A subject and which of its columns are decoys (patterns/workspace.h).
struct Prepared {
  const catalog::Subject* subject = nullptr;  // borrowed
  std::set<std::size_t> decoys;
};

// What an analyst may ask of the database. All borrowed for the call.
struct Database {
  source::Source& source;            // stops at the run's budget; for several threads at once
  const sql::Gate& gate;             // for one thread
  findings::EvidenceReader& reader;  // the run's: what it has read is not asked again
  const catalog::Metadata& metadata;
  const std::string& business_context;
  const std::string& run_id;
  const findings::NumberStyle& style;
};

// What there is to look at.
struct Material {
  std::vector<Prepared> subjects;
  const Database* database = nullptr;  // nothing: only what is in memory may be looked at
};

// Told after each pattern, by one thread at a time, in the order they end.
struct Looked {
  std::string_view pattern;
  std::int64_t tested = 0, accepted = 0;  // hypotheses; of them with an effect that matters
  std::chrono::microseconds took{0};
};
using Progress = std::function<void(const Looked& looked)>;

class Analyst {
 public:
  virtual ~Analyst() = default;
  virtual std::string name() const = 0;
  // Errors: cancelled is none: a stopped investigation returns what it has.
  virtual base::Result<Investigation> investigate(const Brief& brief, const Material& material,
                                                  const Progress& progress,
                                                  std::stop_token stop) = 0;
};

}  // namespace insights::analyst
