// The line: one autonomous pass over a source, from brief to ranked, proven findings.
#pragma once

#include <memory>

#include "analyst/analyst.h"
#include "catalog/metadata.h"
#include "catalog/vocabulary.h"
#include "explore/events.h"
#include "explore/run.h"
#include "findings/format_value.h"

namespace insights::explore {

// When a table is large enough for a first look at some of its rows (explore/first_look.h).
struct FirstLook {
  std::int64_t rows_min = 2'000'000;
  std::int64_t sample_rows = 200'000;
};

// What a run is asked for and may take.
struct Order {
  std::string run_id, program, started_at;  // for the report; the run itself reads no clock of day
  std::vector<std::string> locations;
  analyst::Brief brief;
  Budget budget;
  findings::NumberStyle style;
  std::size_t top = 20;                  // findings published
  std::size_t top_per_weak_pattern = 2;  // of one that seldom asks for a decision
  std::size_t top_per_pattern = 5;  // of them, without a focus: a list of one kind is no overview
  int decoys = 5;                   // shuffled columns added to every table that is large enough
  FirstLook first_look;
  std::uint64_t seed = 42;  // of the shuffles, and of the first look's sample
};

// The parts it is made of; all borrowed for the run.
struct Parts {
  source::Source& source;
  const sql::Gate& gate;
  const catalog::Vocabulary& vocabulary;
  const catalog::Metadata& metadata;
  analyst::Analyst& analyst;
  RunObserver& observer;
};

// A stop request, or a budget that is used up, ends the run with what is proven: Run::partial says
// so. Errors: only when nothing could be done at all (no table could be read).
base::Result<Run> explore(const Order& order, const Parts& parts, std::stop_token stop);

}  // namespace insights::explore
