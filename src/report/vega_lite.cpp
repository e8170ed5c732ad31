#include "report/vega_lite.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/amounts.h"
#include "report/chart_points.h"
#include "report/plain_text.h"

namespace insights::report {

namespace {

using Json = nlohmann::ordered_json;
using findings::ProvenChart;
using Mark = findings::Chart::Mark;
using Kind = findings::Chart::Axis::Kind;

constexpr auto accent = ChartColors::accent;
constexpr std::array<std::string_view, 6> series_colors{"#2f5d8a", "#c2410c", "#3d8b6e",
                                                        "#8a5fa3", "#a8861d", "#5a6472"};
constexpr int label_columns_max = 28;
constexpr std::size_t row_height = 30;  // of a lying bar or a point
constexpr std::size_t labelled_bars_max = 24;
constexpr std::size_t dotted_line_points_max = 24;

struct Drawing {
  const ProvenChart& chart;
  ChartPoints points;
  std::vector<std::string> series;  // in order of first appearance
  double least = 0, most = 0;       // of values and ranges

  bool stresses() const { return !points.highlight.empty(); }
  bool stresses_series() const {
    return stresses() && chart.chart.mark == Mark::line && series.size() > 1;
  }
};

Drawing drawing_of(const ProvenChart& chart, ChartPoints points) {
  Drawing drawing{.chart = chart, .points = std::move(points), .series = {}};
  bool is_first = true;
  const auto take = [&](const std::optional<double>& number) {
    if (!number || !std::isfinite(*number)) return;
    drawing.least = is_first ? *number : std::min(drawing.least, *number);
    drawing.most = is_first ? *number : std::max(drawing.most, *number);
    is_first = false;
  };
  for (const auto& point : drawing.points.points) {
    take(point.value);
    take(point.low);
    take(point.high);
    if (std::ranges::find(drawing.series, point.series) == drawing.series.end()) {
      drawing.series.push_back(point.series);
    }
  }
  return drawing;
}

// What the legend calls the lines in the background: "7 others", or the other one by its name.
std::string other_series(const Drawing& drawing) {
  if (drawing.series.size() != 2) return std::to_string(drawing.series.size() - 1) + " others";
  return drawing.series[drawing.series[0] == drawing.points.highlight ? 1 : 0];
}

// ISO 8601 with a T, in UTC, so that no reader's time zone moves a day.
std::string position_text(const source::Cell& cell) {
  auto text = source::text_of(cell);
  if (!std::holds_alternative<base::Moment>(cell)) return text;
  if (const auto space = text.find(' '); space != std::string::npos) text[space] = 'T';
  return text + "Z";
}

Json number_or_null(const std::optional<double>& number) {
  return number && std::isfinite(*number) ? Json(*number) : Json(nullptr);
}

Json data_of(const Drawing& drawing) {
  Json values = Json::array();
  for (const auto& point : drawing.points.points) {
    Json row{{"label", point.label}};
    if (drawing.points.is_time) row["at"] = position_text(point.position);
    if (drawing.chart.chart.x.kind == Kind::quantitative) {
      const auto* real = std::get_if<double>(&point.position);
      const auto* integer = std::get_if<std::int64_t>(&point.position);
      row["at"] = integer != nullptr ? Json(*integer)
                  : real != nullptr  ? Json(*real)
                                     : Json(nullptr);
    }
    row["value"] = number_or_null(point.value);
    row["text"] = point.value_text;
    if (drawing.points.has_range) {
      row["low"] = number_or_null(point.low);
      row["high"] = number_or_null(point.high);
      row["range"] = point.range_text;
    }
    if (!point.series.empty()) row["series"] = point.series;
    if (drawing.stresses_series()) {
      row["group"] = point.highlighted ? drawing.points.highlight : other_series(drawing);
    }
    row["highlighted"] = point.highlighted;
    values.push_back(std::move(row));
  }
  return Json{{"values", std::move(values)}};
}

// An expression of Vega's own small language; text goes in as a literal only.
std::string label_expression(std::string_view unit) {
  if (unit == "%") return "format(datum.value * 100, '.3~g') + ' %'";
  const auto marks = marks_of(unit);
  const std::string compact =
      "(datum.value != 0 && abs(datum.value) < 1 ? format(abs(datum.value), '.3~g') : "
      "replace(replace(format(abs(datum.value), '.3~s'), 'k', 'K'), 'G', 'B'))";
  return "(datum.value < 0 ? '-' : '') + " + Json(marks.before).dump() + " + " + compact + " + " +
         Json(marks.after).dump();
}

std::string axis_title(const findings::Chart::Axis& axis, const std::string& title) {
  if (axis.unit.empty() || axis.unit == "%" || is_currency(axis.unit)) return title;
  const auto unit = plain_text(axis.unit);
  return title.find(unit) == std::string::npos ? title + " (" + unit + ")" : title;
}

Json value_axis(const Drawing& drawing, bool upright) {
  const auto& axis = drawing.chart.chart.y;
  Json shown{{"title", axis_title(axis, drawing.points.y_title)},
             {"labelExpr", label_expression(axis.unit)},
             {"tickCount", 4},
             {"domain", false},
             {"ticks", false},
             {"labelPadding", 6}};
  if (drawing.least < 0 && drawing.most > 0) {
    shown["gridColor"] = {
        {"condition", {{"test", "datum.value === 0"}, {"value", ChartColors::rule}}},
        {"value", ChartColors::grid}};
  }
  if (upright) {  // The title lies above the axis, where it can be read without turning the head.
    shown.update({{"titleAngle", 0},
                  {"titleAlign", "left"},
                  {"titleAnchor", "end"},
                  {"titleBaseline", "bottom"},
                  {"titleX", 0},
                  {"titleY", -10}});
  }
  return shown;
}

// Bars start at zero. A line or point may leave zero out where all its values are far from it.
bool shows_zero(const Drawing& drawing) {
  if (drawing.chart.chart.mark == Mark::bar) return true;
  const double span = drawing.most - drawing.least;
  return span <= 0 || (drawing.least > 0 ? drawing.least < 1.5 * span : drawing.most > -1.5 * span);
}

// How much of the axis the values' texts need beyond their bars, on a narrow page.
double room_for_texts(const Drawing& drawing, bool upright) {
  if (upright) return 0.1;
  int longest = 0;
  for (const auto& point : drawing.points.points) {
    longest = std::max(longest, columns_of(point.value_text));
  }
  constexpr double plot_width = 240, character_width = 7, gap = 8;
  return std::min(0.4, (longest * character_width + gap) / plot_width);
}

Json value_scale(const Drawing& drawing, bool upright, bool texts) {
  if (!texts) return {{"zero", shows_zero(drawing)}, {"nice", true}};
  const double low = std::min(0.0, drawing.least), high = std::max(0.0, drawing.most);
  const double share = room_for_texts(drawing, upright);
  const double sides = (low < 0 ? 1 : 0) + (high > 0 ? 1 : 0);
  if (sides == 0) return {{"zero", true}};
  const double room = (high - low) * share / (1 - share * sides);
  return {{"domain", {low < 0 ? low - room : low, high > 0 ? high + room : high}}, {"nice", false}};
}

Json value_channel(const Drawing& drawing, bool upright, bool texts) {
  return {{"field", "value"},
          {"type", "quantitative"},
          {"scale", value_scale(drawing, upright, texts)},
          {"axis", value_axis(drawing, upright)}};
}

Json category_channel(const Drawing& drawing, bool upright) {
  const bool shows_title = upright && !drawing.points.is_time;
  Json axis{{"title", shows_title ? Json(drawing.points.x_title) : Json(nullptr)},
            {"domain", drawing.least >= 0},  // else the line at zero divides
            {"ticks", false},
            {"labelPadding", 8},
            {"grid", false}};
  if (upright) {
    axis.update({{"labelAngle", 0}, {"labelOverlap", true}});
  } else {  // A third of the width is for the names.
    axis["labelLimit"] = {{"expr", "clamp(containerSize()[0] * 0.34, 80, 200)"}};
  }
  return {{"field", "label"}, {"type", "nominal"}, {"sort", nullptr}, {"axis", std::move(axis)}};
}

// Time as time, numbers as numbers, everything else in the order of the rows.
Json position_channel(const Drawing& drawing) {
  const auto& x = drawing.chart.chart.x;
  Json axis{{"title", drawing.points.x_title},
            {"grid", false},
            {"labelOverlap", true},
            {"labelFlush", true},
            {"tickSize", 4},
            {"labelPadding", 6}};
  if (drawing.points.is_time && x.kind != Kind::nominal) {
    axis.update({{"title", nullptr},
                 {"format", drawing.points.is_monthly ? "%b %Y" : "%-d %b %Y"},
                 {"tickCount", 6}});
    return {{"field", "at"},
            {"type", "temporal"},
            {"scale", {{"type", "utc"}}},
            {"axis", std::move(axis)}};
  }
  if (x.kind == Kind::quantitative) {
    axis.update({{"title", axis_title(x, drawing.points.x_title)},
                 {"labelExpr", label_expression(x.unit)},
                 {"tickCount", 6}});
    return {{"field", "at"},
            {"type", "quantitative"},
            {"scale", {{"zero", false}}},
            {"axis", std::move(axis)}};
  }
  axis["labelAngle"] = 0;
  return {{"field", "label"}, {"type", "ordinal"}, {"sort", nullptr}, {"axis", std::move(axis)}};
}

Json tooltip_channel(const Drawing& drawing) {
  Json fields = Json::array();
  const auto add = [&](std::string_view field, const std::string& title) {
    fields.push_back({{"field", field}, {"type", "nominal"}, {"title", title}});
  };
  if (drawing.chart.chart.mark == Mark::line && drawing.series.size() > 1) {
    add("series", plain_text(drawing.chart.chart.series));
  }
  add("label", drawing.points.x_title);
  add("text", drawing.points.y_title);
  if (drawing.points.has_range) add("range", "from, to");
  return fields;
}

Json highlighted_color(const Drawing& drawing) {
  if (!drawing.stresses()) return {{"value", ChartColors::even}};
  return {{"field", "highlighted"},
          {"type", "nominal"},
          {"scale", {{"domain", {true, false}}, {"range", {accent, ChartColors::other}}}},
          {"legend", nullptr}};
}

Json only(bool highlighted) {
  return Json::array({{{"filter", {{"field", "highlighted"}, {"equal", highlighted}}}}});
}

// The value beside each bar or point, so that nobody has to measure it against the axis.
Json value_labels(Json encoding, bool upright) {
  const auto layer = [&](Json condition, int away) {
    Json mark{{"type", "text"}, {"color", ChartColors::ink}, {"fontSize", 11}, {"aria", false}};
    mark.update(upright ? Json{{"dy", -away}, {"baseline", "middle"}}
                        : Json{{"dx", away}, {"align", away > 0 ? "left" : "right"}});
    condition["field"] = "value";
    return Json{{"transform", {{{"filter", std::move(condition)}}}},
                {"mark", mark},
                {"encoding", encoding}};
  };
  encoding["text"] = {{"field", "text"}, {"type", "nominal"}};
  encoding.erase("color");
  encoding.erase("tooltip");
  return Json::array({layer({{"gte", 0}}, upright ? 9 : 6), layer({{"lt", 0}}, upright ? -9 : -6)});
}

Json interval_layer(const Json& encoding, bool upright, std::string_view color) {
  Json ends = encoding;
  ends[upright ? "y" : "x"]["field"] = "low";
  ends[upright ? "y2" : "x2"] = {{"field", "high"}};
  if (!color.empty()) ends["color"] = {{"value", color}};
  return {{"mark", {{"type", "rule"}, {"strokeWidth", 2}, {"opacity", 0.75}}},
          {"encoding", std::move(ends)}};
}

// Short names in few bars stand upright; else the bars lie, so that names can be read.
bool bars_stand(const Drawing& drawing) {
  int longest = 0;
  for (const auto& point : drawing.points.points)
    longest = std::max(longest, columns_of(point.label));
  const auto count = drawing.points.points.size();
  return drawing.points.is_time ? count <= 40 : longest <= 7 && count <= 8;
}

void add_bars(Json& spec, const Drawing& drawing) {
  const bool upright = bars_stand(drawing);
  const auto count = drawing.points.points.size();
  const bool labels = !drawing.points.has_range && count <= (upright ? 8 : labelled_bars_max);
  Json encoding{{upright ? "x" : "y", category_channel(drawing, upright)},
                {upright ? "y" : "x", value_channel(drawing, upright, labels)},
                {"color", highlighted_color(drawing)},
                {"tooltip", tooltip_channel(drawing)}};
  Json bar{{"type", "bar"}, {"cornerRadiusEnd", 2}};
  if (upright)
    bar["width"] = {{"band", 0.72}};
  else
    bar["height"] = {{"band", 0.72}};
  spec["height"] = upright ? 220 : row_height * count;
  spec["layer"] = Json::array({{{"mark", bar}, {"encoding", encoding}}});
  if (drawing.points.has_range) {
    spec["layer"].push_back(interval_layer(encoding, upright, ChartColors::ink));
  } else if (labels) {
    for (auto& layer : value_labels(encoding, upright)) spec["layer"].push_back(layer);
  }
}

Json series_legend(const Drawing& drawing) {
  std::vector<std::string_view> colors;
  colors.reserve(drawing.series.size());
  for (std::size_t at = 0; at < drawing.series.size(); ++at) {
    colors.push_back(series_colors[at % series_colors.size()]);
  }
  return {{"field", "series"},
          {"type", "nominal"},
          {"scale", {{"domain", drawing.series}, {"range", colors}}},
          {"legend",
           {{"orient", "top"},
            {"title", nullptr},
            {"symbolType", "stroke"},
            {"labelLimit", 220},
            {"offset", 26}}}};
}

// One line in the accent colour and the rest as its background; the legend names both.
Json group_color(const Drawing& drawing) {
  return {{"field", "group"},
          {"type", "nominal"},
          {"scale",
           {{"domain", {drawing.points.highlight, other_series(drawing)}},
            {"range", {accent, ChartColors::rule}}}},
          {"legend",
           {{"orient", "top"},
            {"title", nullptr},
            {"symbolType", "stroke"},
            {"labelLimit", 220},
            {"offset", 26},
            {"symbolStrokeWidth", 3}}}};
}

Json band_layer(const Json& encoding, bool stresses) {
  Json ends = encoding;
  ends.erase("tooltip");
  ends["y"]["field"] = "low";
  ends["y2"] = {{"field", "high"}};
  Json layer{{"mark", {{"type", "area"}, {"opacity", 0.15}, {"color", accent}}},
             {"encoding", std::move(ends)}};
  if (stresses) layer["transform"] = only(true);
  return layer;
}

// Invisible targets that answer the pointer anywhere near a point.
Json hover_layer(Json encoding, const Drawing& drawing) {
  encoding["tooltip"] = tooltip_channel(drawing);
  encoding.erase("color");
  return {{"mark",
           {{"type", "point"}, {"opacity", 0}, {"size", 220}, {"filled", true}, {"aria", false}}},
          {"encoding", std::move(encoding)}};
}

void add_lines(Json& spec, const Drawing& drawing) {
  Json encoding{{"x", position_channel(drawing)}, {"y", value_channel(drawing, true, false)}};
  if (drawing.series.size() > 1) encoding["detail"] = {{"field", "series"}, {"type", "nominal"}};
  const bool by_series = drawing.stresses_series();
  spec["height"] = 220;
  auto& layers = spec["layer"] = Json::array();
  if (drawing.points.has_range) layers.push_back(band_layer(encoding, by_series));
  Json strong{{"type", "line"}, {"strokeWidth", 2.5}, {"strokeJoin", "round"}, {"color", accent}};
  if (by_series ? drawing.points.points.size() / drawing.series.size() <= dotted_line_points_max
                : drawing.points.points.size() <= dotted_line_points_max) {
    strong["point"] = {{"size", 34}, {"filled", true}, {"color", accent}};
  }
  if (by_series) {
    encoding["color"] = group_color(drawing);
    const bool one_other = drawing.series.size() == 2;
    layers.push_back(
        {{"transform", only(false)},
         {"mark",
          {{"type", "line"}, {"strokeWidth", one_other ? 2 : 1}, {"opacity", one_other ? 1 : 0.6}}},
         {"encoding", encoding}});
    layers.push_back({{"transform", only(true)}, {"mark", strong}, {"encoding", encoding}});
  } else {
    if (drawing.series.size() > 1) {
      encoding["color"] = series_legend(drawing);
      strong.erase("color");
      strong.erase("point");
    }
    layers.push_back({{"mark", strong}, {"encoding", encoding}});
  }
  layers.push_back(hover_layer(std::move(encoding), drawing));
}

void add_points(Json& spec, const Drawing& drawing) {
  const auto kind = drawing.chart.chart.x.kind;
  const bool upright = drawing.points.is_time || kind == Kind::quantitative;
  Json encoding{{"color", highlighted_color(drawing)}, {"tooltip", tooltip_channel(drawing)}};
  encoding[upright ? "x" : "y"] =
      upright ? position_channel(drawing) : category_channel(drawing, false);
  encoding[upright ? "y" : "x"] = value_channel(drawing, upright, false);
  spec["height"] = upright ? 240 : row_height * drawing.points.points.size();
  auto& layers = spec["layer"] = Json::array();
  if (drawing.points.has_range) layers.push_back(interval_layer(encoding, upright, ""));
  layers.push_back({{"mark", {{"type", "point"}, {"filled", true}, {"size", 90}, {"opacity", 1}}},
                    {"encoding", std::move(encoding)}});
}

Json config() {
  return {{"font", "system-ui, -apple-system, \"Segoe UI\", Roboto, sans-serif"},
          {"background", "transparent"},
          {"view", {{"stroke", nullptr}}},
          {"axis",
           {{"labelColor", ChartColors::label},
            {"titleColor", ChartColors::label},
            {"labelFontSize", 11},
            {"titleFontSize", 11},
            {"titleFontWeight", "normal"},
            {"gridColor", ChartColors::grid},
            {"domainColor", ChartColors::rule},
            {"tickColor", ChartColors::rule}}},
          {"legend", {{"labelColor", ChartColors::label}, {"labelFontSize", 11}}},
          {"title",
           {{"color", ChartColors::ink},
            {"fontSize", 13},
            {"fontWeight", 600},
            {"anchor", "start"},
            {"offset", 12}}}};
}

}  // namespace

std::string vega_lite_json(const ProvenChart& chart) {
  auto points = chart_points(chart);
  if (!points) return "";
  const auto drawing = drawing_of(chart, *std::move(points));
  const auto title = plain_text(chart.title);
  Json spec{{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
            {"description", title},
            {"title", title},
            {"width", "container"},
            {"height", 220},
            {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}},
            {"data", data_of(drawing)}};
  switch (chart.chart.mark) {
    case Mark::bar:
      add_bars(spec, drawing);
      break;
    case Mark::line:
      add_lines(spec, drawing);
      break;
    case Mark::point:
      add_points(spec, drawing);
      break;
    case Mark::none:
      return "";
  }
  spec["config"] = config();
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace insights::report
