// What happens during a run, told as it happens. One of the program's four interfaces.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "findings/finding.h"

namespace insights::explore {

struct Started {
  std::string run_id;
};
struct TableLoaded {
  std::string table;
  std::int64_t rows = 0;
};
struct CatalogRead {
  std::int64_t tables = 0, columns = 0;
};
struct QueryRun {
  std::string sql;
  std::int64_t rows = 0;
  std::int64_t milliseconds = 0;
  std::string error;
  std::int64_t bytes = 0;
  bool cached = false;                 // answered from a cache
  std::chrono::microseconds saved{0};  // by that
  bool masked = false;                 // its result holds personal data, which a model sees masked
};
// A statement that the gate did not let through.
struct QueryRefused {
  std::string sql;     // as it was written, cut when it is long
  std::string reason;  // the class: "relation"
};
struct HypothesesTested {
  std::string pattern;
  std::int64_t tested = 0, accepted = 0;
  std::chrono::microseconds took{0};  // of one thread; patterns are examined side by side
};
struct FindingProven {
  const findings::Finding* finding = nullptr;  // borrowed, during the call
  std::string hidden_by{};  // id of the reader's rule by which it will not be told; may be empty
};
// From a sample of the rows, proven on all of them; provisional (explore/first_look.h).
struct EarlyFinding {
  const findings::Finding* finding = nullptr;  // borrowed, during the call
  std::int64_t sample_rows = 0;
};
// What a language model is doing (agent/).
struct ModelStep {
  enum class Kind {
    asking,    // a request goes out: text says which step of how many
    thinking,  // a piece of what it thinks or says
    writing,   // a call, which is still coming in: its tool
    calling,   // the tool, with its arguments
    answered,  // by a tool
    recorded,  // a finding: its title
    waiting,   // for the provider: why
    remark,    // something the user should know
  };
  Kind kind = Kind::asking;
  std::string text;
  std::int64_t iteration = 0;
  double usd = 0;  // so far
};
struct Finished {
  bool partial = false;
  std::string reason;
};

using Event = std::variant<Started, TableLoaded, CatalogRead, QueryRun, QueryRefused,
                           HypothesesTested, EarlyFinding, FindingProven, ModelStep, Finished>;

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on(const Event& event) = 0;  // called by one thread at a time
};

}  // namespace insights::explore
