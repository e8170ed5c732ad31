// The report for a terminal. Names come from data: control characters, escape sequences and
// bidirectional overrides are taken out of everything that is printed.
#pragma once

#include <string>
#include <vector>

#include "explore/run.h"
#include "report/tally.h"

namespace insights::report {

struct TextOptions {
  bool color = false;    // ANSI colours
  bool verbose = false;  // guards, test and SQL of each finding; what was looked at
  bool unicode = true;   // false: marks, rules and sketches in ASCII (names stay as they are)
  int width = 80;        // columns; lines wrap before it, except SQL and single long words
  int top = 0;           // findings shown; 0 = all
  std::vector<PatternTally> saved = {};  // tallies of a report that was read back
};

std::string to_text(const explore::Run& run, const TextOptions& options);

}  // namespace insights::report
