// A chart as a few lines of text: a sparkline for what runs over time, small bars or intervals for
// the rest.
#pragma once

#include <string>
#include <vector>

#include "findings/finding.h"

namespace insights::report {

struct SketchLine {
  std::string text;  // plain
  bool highlighted = false;
};

struct SketchOptions {
  int width = 75;       // columns
  bool unicode = true;  // false: drawn in ASCII
};

inline constexpr std::size_t sketch_bars_max = 5;

// Empty when a drawing says no more than a number would: no chart, or fewer than two points.
std::vector<SketchLine> sketch(const findings::ProvenChart& chart, const SketchOptions& options);

// What stands above it: the chart's title, and of several series the one that is drawn.
std::string sketch_title(const findings::ProvenChart& chart);

}  // namespace insights::report
