// The report as Markdown (CommonMark with GitHub's tables): the content of the text report with all
// evidence. Whatever a name holds, it renders as itself: never as a link, image, mention, HTML or
// emphasis.
#pragma once

#include <string>
#include <vector>

#include "explore/run.h"
#include "report/tally.h"

namespace insights::report {

struct MarkdownOptions {
  std::vector<PatternTally> saved = {};  // tallies of a report that was read back
};

std::string to_markdown(const explore::Run& run, const MarkdownOptions& options = {});

}  // namespace insights::report
