// The report as one HTML file that needs nothing else: no network, no server, and without
// JavaScript every chart is still there as a table. A content security policy in the file allows
// its own scripts and styles (by their digests) and nothing more, so that no text of the data can
// act, even if an escape were forgotten.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "explore/run.h"
#include "report/tally.h"

namespace insights::report {

// What draws the charts: the minified files as they are. All empty: charts are tables only.
struct ChartScripts {
  std::string_view vega, vega_lite, vega_embed;
  std::array<std::string_view, 3> licences;  // kept in the file, as their authors ask
};

// Those that the program carries. Static storage.
ChartScripts embedded_chart_scripts();

struct HtmlOptions {
  ChartScripts scripts = embedded_chart_scripts();
  std::vector<PatternTally> saved = {};  // tallies of a report that was read back
};

std::string to_html(const explore::Run& run, const HtmlOptions& options = {});

}  // namespace insights::report
