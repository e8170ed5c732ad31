// Who decides what to look at. One of the program's four interfaces; today there is the statistical
// analyst.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "findings/claim.h"
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
  int threads = 1;
  std::stop_token enough;  // requested: look no further, and state what was found by then
};

// A claim to be proven, and its place in the ledger.
struct Stated {
  findings::Claim claim;
  std::size_t entry = 0;
};

// Everything an analyst has to say: claims most promising first, and every hypothesis it tested.
struct Investigation {
  std::vector<Stated> claims;
  findings::Ledger ledger;
  std::int64_t decoy_columns = 0;
  std::vector<findings::Base> bases;  // money a month, by currency, that impacts are held against
};

// A subject and which of its columns are decoys (patterns/workspace.h).
struct Prepared {
  const catalog::Subject* subject = nullptr;  // borrowed
  std::set<std::size_t> decoys;
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
  virtual base::Result<Investigation> investigate(const Brief& brief,
                                                  const std::vector<Prepared>& subjects,
                                                  const Progress& progress,
                                                  std::stop_token stop) = 0;
};

}  // namespace insights::analyst
