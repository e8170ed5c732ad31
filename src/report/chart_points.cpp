#include "report/chart_points.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "report/amounts.h"
#include "report/plain_text.h"

namespace insights::report {

namespace {

using findings::ProvenChart;

std::optional<std::size_t> place_of(const ProvenChart& chart, const std::string& column) {
  const auto at = std::ranges::find(chart.columns, column);
  if (column.empty() || at == chart.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(at - chart.columns.begin());
}

std::optional<double> number_in(const source::Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&cell)) return *real;
  if (const auto* flag = std::get_if<bool>(&cell)) return *flag ? 1.0 : 0.0;
  return std::nullopt;
}

bool is_first_of_month(const source::Cell& cell) {
  if (const auto* day = std::get_if<base::Day>(&cell)) return base::split(*day).day == 1;
  const auto* moment = std::get_if<base::Moment>(&cell);
  return moment != nullptr && base::split(base::day_of(*moment)).day == 1;
}

std::string month_label(const source::Cell& cell) {
  const auto* day = std::get_if<base::Day>(&cell);
  const auto date = day != nullptr ? *day : base::day_of(std::get<base::Moment>(cell));
  return base::long_text(base::month_of(date));
}

std::string title_or_column(const findings::Chart::Axis& axis) {
  return plain_text(axis.title.empty() ? axis.column : axis.title);
}

// Two customers of one name are two bars.
void tell_labels_apart(std::vector<ChartPoint>& points) {
  std::map<std::string, int> seen;
  for (auto& point : points) {
    const int times = ++seen[point.label];
    if (times > 1) point.label += " (" + std::to_string(times) + ")";
  }
}

// The columns of a chart's roles, as places in its rows.
struct Places {
  std::size_t x = 0, y = 0;
  std::optional<std::size_t> series, low, high;
};

// A chart writes all its numbers in one way.
using WriteValue = std::function<std::string(const source::Cell&)>;

WriteValue writer_of(const ProvenChart& chart, std::size_t y) {
  constexpr double large = 100'000;
  const auto unit = chart.chart.y.unit;
  const bool has_large = std::ranges::any_of(chart.rows, [&](const auto& row) {
    return y < row.size() && std::abs(number_in(row[y]).value_or(0)) >= large;
  });
  if (unit.empty() && has_large) return compact_text;
  return [unit, style = chart.style](const source::Cell& cell) {
    return label_text(cell, unit, style);
  };
}

ChartPoint point_of(const ProvenChart& chart, const std::vector<source::Cell>& row,
                    const Places& at, const WriteValue& write) {
  const auto cell_at = [&](std::size_t place) {
    return place < row.size() ? row[place] : source::Cell{};
  };
  ChartPoint point;
  point.position = cell_at(at.x);
  const bool is_category = chart.chart.x.kind != findings::Chart::Axis::Kind::quantitative;
  const bool is_number = number_in(point.position).has_value();
  point.label =
      plain_text(is_category && is_number ? source::text_of(point.position)
                                          : label_text(point.position, chart.chart.x.unit));
  if (point.label.empty()) point.label = "(empty)";
  if (at.series) point.series = plain_text(source::text_of(cell_at(*at.series)));
  point.value = number_in(cell_at(at.y));
  if (point.value) point.value_text = write(cell_at(at.y));
  if (at.low && at.high) {
    point.low = number_in(cell_at(*at.low));
    point.high = number_in(cell_at(*at.high));
    if (point.low && point.high) {
      point.range_text = write(cell_at(*at.low)) + " to " + write(cell_at(*at.high));
    }
  }
  if (!chart.chart.highlight.empty()) {
    const bool by_series = chart.chart.mark == findings::Chart::Mark::line && at.series.has_value();
    const auto& stressed = by_series ? cell_at(*at.series) : point.position;
    point.highlighted = source::text_of(stressed) == chart.chart.highlight;
  }
  return point;
}

}  // namespace

std::optional<ChartPoints> chart_points(const ProvenChart& chart) {
  const auto x = place_of(chart, chart.chart.x.column);
  const auto y = place_of(chart, chart.chart.y.column);
  if (chart.chart.mark == findings::Chart::Mark::none || !x || !y || chart.rows.empty())
    return std::nullopt;
  const Places places{.x = *x,
                      .y = *y,
                      .series = place_of(chart, chart.chart.series),
                      .low = place_of(chart, chart.chart.low),
                      .high = place_of(chart, chart.chart.high)};
  ChartPoints drawn;
  const auto write = writer_of(chart, *y);
  for (const auto& row : chart.rows) drawn.points.push_back(point_of(chart, row, places, write));
  auto& points = drawn.points;
  drawn.x_title = title_or_column(chart.chart.x);
  drawn.y_title = title_or_column(chart.chart.y);
  drawn.has_range =
      std::ranges::any_of(points, [](const auto& point) { return !point.range_text.empty(); });
  drawn.is_time = std::ranges::all_of(points, [](const auto& point) {
    return std::holds_alternative<base::Day>(point.position) ||
           std::holds_alternative<base::Moment>(point.position);
  });
  drawn.is_monthly = drawn.is_time && std::ranges::all_of(points, [](const auto& point) {
                       return is_first_of_month(point.position);
                     });
  if (drawn.is_monthly) {
    for (auto& point : points) point.label = month_label(point.position);
  }
  if (std::ranges::any_of(points, &ChartPoint::highlighted))
    drawn.highlight = plain_text(chart.chart.highlight);
  if (!places.series) {
    tell_labels_apart(points);
  } else if (chart.chart.mark != findings::Chart::Mark::line) {
    for (auto& point : points) point.label += ", " + point.series;
    tell_labels_apart(points);
  }
  return drawn;
}

std::vector<ChartPoint> points_of_series(const ChartPoints& chart, const std::string& series) {
  std::vector<ChartPoint> chosen;
  std::ranges::copy_if(chart.points, std::back_inserter(chosen),
                       [&](const auto& point) { return point.series == series; });
  return chosen;
}

std::string main_series(const findings::ProvenChart& chart, const ChartPoints& points) {
  if (points.points.empty()) return "";
  const bool by_series =
      chart.chart.mark == findings::Chart::Mark::line && !chart.chart.series.empty();
  if (!by_series) return points.points.front().series;
  const auto at = std::ranges::find_if(points.points, &ChartPoint::highlighted);
  return at == points.points.end() ? points.points.front().series : at->series;
}

}  // namespace insights::report
