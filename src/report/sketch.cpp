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
constexpr int drawing_columns_max = 24, drawing_columns_min = 6;
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

std::string bar(double share, bool is_negative, int columns, bool unicode) {
  const double length = share * columns;
  if (!unicode) return repeated(is_negative ? "-" : "#", static_cast<int>(std::lround(length)));
  if (is_negative) return repeated("░", static_cast<int>(std::lround(length)));
  const auto parts = static_cast<int>(std::lround(length * 8));
  return repeated("█", parts / 8) + std::string(eighths[static_cast<std::size_t>(parts % 8)]);
}

std::string interval(const ChartPoint& point, const Extent& extent, int columns, bool unicode) {
  const auto column = [&](double value) {
    return static_cast<int>(std::lround(extent.share(value) * (columns - 1)));
  };
  const int from = column(*point.low), at = column(*point.value), to = column(*point.high);
  std::string drawn;
  for (int place = 0; place < columns; ++place) {
    if (place == at) {
      drawn += unicode ? "●" : "o";
    } else if (place < from || place > to) {
      drawn += " ";
    } else if (place == from) {
      drawn += unicode ? "├" : "|";
    } else if (place == to) {
      drawn += unicode ? "┤" : "|";
    } else {
      drawn += unicode ? "─" : "-";
    }
  }
  return drawn;
}

bool has_interval(const ChartPoint& point) {
  return point.low && point.high && std::isfinite(*point.low) && std::isfinite(*point.high);
}

std::string value_and_range(const ChartPoint& point) {
  return has_interval(point) ? point.value_text + " (" + point.range_text + ")" : point.value_text;
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

// How wide the names and the drawings are, so that names, drawings and values stand in a line.
struct Widths {
  int label = 0, drawing = 0;
};

Widths widths_of(const std::vector<ChartPoint>& shown, int width) {
  int label = 0, tail = 0;
  for (const auto& point : shown) {
    label = std::max(label, columns_of(point.label));
    tail = std::max(tail, columns_of(value_and_range(point)));
  }
  constexpr int gaps = 4;
  label = std::min(label, label_columns_max);
  label = std::min(label, std::max(8, width - tail - gaps - drawing_columns_min));
  return {label, std::clamp(width - label - tail - gaps, drawing_columns_min, drawing_columns_max)};
}

std::vector<SketchLine> bars_sketch(const ChartPoints& all, const SketchOptions& options) {
  const auto points = drawable(all.points);
  if (points.size() < 2) return {};
  const auto shown = chosen(points);
  double largest = 0;
  for (const auto& point : points) largest = std::max(largest, std::abs(*point.value));
  const auto extent = extent_of(points);
  const auto widths = widths_of(shown, options.width);
  std::vector<SketchLine> lines;
  for (const auto& point : shown) {
    const double share = largest > 0 ? std::abs(*point.value) / largest : 0;
    auto drawn = has_interval(point)
                     ? interval(point, extent, widths.drawing, options.unicode) + " "
                     : bar(share, *point.value < 0, widths.drawing, options.unicode);
    if (!drawn.empty()) drawn += " ";
    const auto label = cut(point.label, widths.label, options.unicode ? "…" : "..");
    lines.push_back(
        {padded(label, widths.label) + "  " + drawn + value_and_range(point), point.highlighted});
  }
  if (points.size() > shown.size()) {
    const auto more = static_cast<std::int64_t>(points.size() - shown.size());
    lines.push_back({"and " + count_text(more) + " more", false});
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
  auto title = chart.title.empty() ? std::string("Chart") : chart.title;
  const auto points = chart_points(chart);
  if (!points) return title;
  const auto series = main_series(chart, *points);
  return series.empty() ? title : title + ": " + series;
}

}  // namespace insights::report
