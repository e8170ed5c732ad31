// A chart's rows as what a reader sees: labelled points. Shared by the Vega-Lite charts, the
// sketches of the text report and the tables that stand beside every chart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "findings/finding.h"

namespace insights::report {

struct ChartPoint {
  source::Cell position;        // on the x axis, as the database gave it
  std::string label;            // of x: "Harbour Stores", "Aug 2025"; plain
  std::string series;           // plain; empty without series
  std::optional<double> value;  // on the y axis
  std::string value_text;       // "₹39.9K"
  std::optional<double> low, high;
  std::string range_text;  // "₹31K to ₹52K", or empty
  bool highlighted = false;
};

struct ChartPoints {
  std::vector<ChartPoint> points;  // in the order of the rows
  bool is_time = false;            // every position is a day or a moment
  bool is_monthly = false;         // and the first of its month
  bool has_range = false;
  std::string x_title, y_title;  // never empty: the column's name when the chart gives no title
  std::string highlight;         // plain; empty when nothing is stressed or no row has it
};

// Nothing when there is no chart to draw: Mark::none, no rows, or x or y is not among the columns.
std::optional<ChartPoints> chart_points(const findings::ProvenChart& chart);

// The points of one series, in order; all of them for charts without series.
std::vector<ChartPoint> points_of_series(const ChartPoints& chart, const std::string& series);

// The series a reader should look at: the highlighted one, else the first.
std::string main_series(const findings::ProvenChart& chart, const ChartPoints& points);

}  // namespace insights::report
