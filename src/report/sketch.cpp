#include "report/sketch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/amounts.h"
#include "report/chart_points.h"
#include "report/plain_text.h"

namespace insights::report {

namespace {

using Levels = std::array<std::string_view, 8>;
constexpr Levels block_levels{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr Levels ascii_levels{"_", ".", ",", "-", "=", "+", "*", "#"};
constexpr Levels eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr int spark_columns_max = 36;
constexpr int drawing_columns = 24;
constexpr int label_columns_max = 24;

struct Extent {
  double low = 0, high = 0;
  double share(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int time = 0; time < times; ++time) text += part;
  return text;
}

std::string padded(const std::string& text, int width) {
  return text + std::string(static_cast<std::size_t>(std::max(0, width - columns_of(text))), ' ');
}

bool is_drawable(const ChartPoint& point) { return point.value && std::isfinite(*point.value); }

std::vector<ChartPoint> drawable(std::vector<ChartPoint> points) {
  std::erase_if(points, [](const auto& point) { return !is_drawable(point); });
  return points;
}

// From zero, unless all values lie far above it.
Extent spark_extent(const std::vector<ChartPoint>& points) {
  const auto [low, high] =
      std::ranges::minmax(points, {}, [](const auto& point) { return *point.value; });
  if (*low.value > 0.5 * *high.value) return {*low.value, *high.value};
  return {std::min(0.0, *low.value), std::max(0.0, *high.value)};
}

// Neighbours share a column when there are more points than columns.
std::string spark(const std::vector<ChartPoint>& points, const SketchOptions& options,
                  std::size_t columns) {
  const auto extent = spark_extent(points);
  const auto& levels = options.unicode ? block_levels : ascii_levels;
  std::string drawn;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto first = column * points.size() / columns;
    const auto last = (column + 1) * points.size() / columns;
    double sum = 0;
    for (auto at = first; at < last; ++at) sum += *points[at].value;
    const double share = extent.share(sum / static_cast<double>(last - first));
    drawn += levels[static_cast<std::size_t>(std::clamp(std::lround(share * 7), 0L, 7L))];
  }
  return drawn;
}

std::vector<SketchLine> spark_sketch(const findings::ProvenChart& chart, const ChartPoints& all,
                                     const SketchOptions& options) {
  const auto series = main_series(chart, all);
  const auto points = drawable(
      chart.chart.mark == findings::Chart::Mark::line ? points_of_series(all, series) : all.points);
  if (points.size() < 3) return {};
  const auto& first = points.front();
  const auto& last = points.back();
  const auto before = first.label + "  " + first.value_text + " ";
  const auto after = " " + last.value_text + "  " + last.label;
  const int room =
      std::min(spark_columns_max, options.width - columns_of(before) - columns_of(after));
  if (room < 4) return {};
  const auto columns = std::min(points.size(), static_cast<std::size_t>(room));
  return {{before + spark(points, options, columns) + after, true}};
}

// The first ones, and the highlighted one wherever it stands.
std::vector<ChartPoint> chosen(const std::vector<ChartPoint>& points) {
  if (points.size() <= sketch_bars_max) return points;
  std::vector<ChartPoint> kept(points.begin(), points.begin() + sketch_bars_max);
  const auto at = std::ranges::find_if(points, &ChartPoint::highlighted);
  if (at != points.end() && at - points.begin() >= static_cast<std::ptrdiff_t>(sketch_bars_max))
    kept.back() = *at;
  return kept;
}

std::string bar(double value, double largest, bool unicode) {
  const double length = largest > 0 ? std::abs(value) / largest * drawing_columns : 0;
  if (!unicode) return repeated(value < 0 ? "-" : "#", static_cast<int>(std::lround(length)));
  if (value < 0) return repeated("░", static_cast<int>(std::lround(length)));
  const auto parts = static_cast<int>(std::lround(length * 8));
  return repeated("█", parts / 8) + std::string(eighths[static_cast<std::size_t>(parts % 8)]);
}

std::string interval(const ChartPoint& point, const Extent& extent, bool unicode) {
  const auto column = [&](double value) {
    return static_cast<int>(std::lround(extent.share(value) * (drawing_columns - 1)));
  };
  const int from = column(*point.low), at = column(*point.value), to = column(*point.high);
  std::string drawn;
  for (int place = 0; place < drawing_columns; ++place) {
    if (place == at)
      drawn += unicode ? "●" : "o";
    else if (place < from || place > to)
      drawn += " ";
    else if (place == from)
      drawn += unicode ? "├" : "|";
    else if (place == to)
      drawn += unicode ? "┤" : "|";
    else
      drawn += unicode ? "─" : "-";
  }
  return drawn;
}

Extent extent_of(const std::vector<ChartPoint>& points) {
  Extent extent{*points.front().value, *points.front().value};
  for (const auto& point : points) {
    for (const auto& number : {point.value, point.low, point.high}) {
      if (!number || !std::isfinite(*number)) continue;
      extent.low = std::min(extent.low, *number);
      extent.high = std::max(extent.high, *number);
    }
  }
  return extent;
}

std::vector<SketchLine> bars_sketch(const ChartPoints& all, const SketchOptions& options) {
  const auto points = drawable(all.points);
  if (points.size() < 2) return {};
  const auto shown = chosen(points);
  double largest = 0;
  for (const auto& point : points) largest = std::max(largest, std::abs(*point.value));
  const auto extent = extent_of(points);
  const std::string_view ellipsis = options.unicode ? "…" : "..";
  int label_columns = 0;
  for (const auto& point : shown) label_columns = std::max(label_columns, columns_of(point.label));
  label_columns = std::min(label_columns, label_columns_max);
  std::vector<SketchLine> lines;
  for (const auto& point : shown) {
    const bool has_range =
        point.low && point.high && std::isfinite(*point.low) && std::isfinite(*point.high);
    const auto drawn = has_range ? interval(point, extent, options.unicode)
                                 : bar(*point.value, largest, options.unicode);
    auto line = padded(cut(point.label, label_columns, ellipsis), label_columns) + "  " +
                (has_range ? drawn + "  " : drawn + (drawn.empty() ? "" : " ")) + point.value_text;
    if (has_range) line += " (" + point.range_text + ")";
    lines.push_back({std::move(line), point.highlighted});
  }
  if (points.size() > shown.size()) {
    lines.push_back(
        {"and " + count_text(static_cast<std::int64_t>(points.size() - shown.size())) + " more",
         false});
  }
  return lines;
}

}  // namespace

std::vector<SketchLine> sketch(const findings::ProvenChart& chart, const SketchOptions& options) {
  const auto points = chart_points(chart);
  if (!points) return {};
  const bool runs_over_time = chart.chart.mark == findings::Chart::Mark::line || points->is_time;
  return runs_over_time ? spark_sketch(chart, *points, options) : bars_sketch(*points, options);
}

std::string sketch_title(const findings::ProvenChart& chart) {
  const auto title = chart.title.empty() ? std::string("Chart") : chart.title;
  const auto points = chart_points(chart);
  if (!points) return title;
  const auto series = main_series(chart, *points);
  return series.empty() ? title : title + ": " + series;
}

}  // namespace insights::report
