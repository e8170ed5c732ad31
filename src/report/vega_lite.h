// A finding's chart as a Vega-Lite v6 specification: bars (a highlighted one in the accent colour),
// lines (the highlighted series strong, the others thin), points with their intervals. As wide as
// what it stands in.
//
// Its data are labelled points (chart_points.h) under fixed names, so that no column name of the
// data is ever read as a path or an expression; axes are labelled as the sentences write numbers.
#pragma once

#include <string>
#include <string_view>

#include "findings/finding.h"

namespace insights::report {

// The colours that a page may map to others, for example in the dark.
struct ChartColors {
  static constexpr std::string_view accent = "#c2410c", even = "#2f5d8a", other = "#b6bdc9",
                                    thin = "#c9cfd8", ink = "#1f2733", label = "#5a6472",
                                    grid = "#e6e9ee", rule = "#aab2bd";
};

// As JSON text; "" when there is no chart to draw (chart_points gives nothing).
std::string vega_lite_json(const findings::ProvenChart& chart);

}  // namespace insights::report
