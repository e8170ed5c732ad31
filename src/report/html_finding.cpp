#include "report/amounts.h"
#include "report/chart_points.h"
#include "report/choice_names.h"
#include "report/html_parts.h"
#include "report/wording.h"

namespace insights::report {

namespace {

using findings::Finding;

HtmlCell cell_of(const source::Cell& cell) {
  const bool is_number = std::holds_alternative<std::int64_t>(cell) ||
                         std::holds_alternative<double>(cell) || source::is_null(cell);
  return {table_text(cell), source::text_of(cell), is_number};
}

std::string evidence_html(const findings::Evidence& evidence) {
  auto caption = "Query " + evidence.id + " (" + evidence.dialect + ")";
  if (const auto note = rows_note(evidence); !note.empty()) caption += ", " + note;
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& row : evidence.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row) cells.push_back(cell_of(cell));
  }
  return html_element("h4", html_text(caption)) + "\n" +
         html_element("pre tabindex=\"0\"", html_element("code", html_lines(evidence.sql))) + "\n" +
         html_table("Result of query " + evidence.id, evidence.columns, rows);
}

std::string guards_html(const Finding& finding) {
  std::string items;
  for (const auto& guard : finding.guards) {
    const auto status =
        html_element("span class=\"status\"", html_text(guard_status_title(guard.status)));
    auto text = html_element("span class=\"name\"", html_text(title_of(guard.name))) + " " + status;
    if (!guard.note.empty())
      text += " " + html_element("span class=\"why\"", html_text(guard.note));
    items +=
        html_element("li class=\"" + std::string(choice_name(guard.status)) + "\"", text) + "\n";
  }
  return items.empty() ? ""
                       : html_element("h4", "Checks by the engine") +
                             html_element("ul class=\"guards\"", items);
}

std::string proof_html(const Finding& finding) {
  std::string body =
      html_element("h4", "How sure") + html_list(test_lines(finding)) + guards_html(finding);
  if (!finding.impact.method.empty()) {
    body += html_element("h4", "How the amount was computed") +
            html_element("p", html_text(finding.impact.method));
  }
  for (const auto& evidence : finding.evidence) body += evidence_html(evidence);
  const auto count = static_cast<std::int64_t>(finding.evidence.size());
  const auto summary = html_element(
      "summary",
      "Proof " +
          html_element("span", html_text("test, checks and " +
                                         (count == 1 ? "1 query" : counted(count, "query")))));
  return html_element("details class=\"proof\"",
                      summary + "\n" + html_element("div class=\"inside\"", body)) +
         "\n";
}

// The chart's place, and the same data as a table for who cannot see it or has switched scripts
// off.
std::string chart_html(const Finding& finding, std::size_t place) {
  const auto points = chart_points(finding.chart);
  if (!points) return "";
  const bool has_series = !finding.chart.chart.series.empty() &&
                          finding.chart.chart.mark == findings::Chart::Mark::line;
  std::vector<std::string> columns{points->x_title};
  if (has_series) columns.push_back(finding.chart.chart.series);
  columns.push_back(points->y_title);
  if (points->has_range) columns.emplace_back("From, to");
  std::vector<std::vector<HtmlCell>> rows;
  for (const auto& point : points->points) {
    auto& cells = rows.emplace_back();
    cells.push_back({point.label, "", false});
    if (has_series) cells.push_back({point.series, "", false});
    cells.push_back({point.value_text, "", true});
    if (points->has_range) cells.push_back({point.range_text, "", true});
  }
  const auto title = finding.chart.title.empty() ? finding.title : finding.chart.title;
  const auto data =
      html_element("summary", "Chart data as a table") + html_table(title, columns, rows);
  return html_element(
             "figure",
             html_element("figcaption", html_text(title)) + "\n" +
                 html_element("div class=\"plot\" data-chart=\"" + chart_id(place) + "\"", "") +
                 "\n" + html_element("details class=\"data\"", data)) +
         "\n";
}

std::string tags_html(const Finding& finding) {
  const auto strength = std::string(choice_name(finding.strength));
  return html_element(
      "p class=\"tags\"",
      html_element("span class=\"severity\"", html_text(severity_title(finding.severity))) + " " +
          html_element("span class=\"strength " + strength + "\"",
                       html_text(strength_title(finding.strength))));
}

std::string notes_html(const Finding& finding) {
  std::string notes;
  if (const auto strength = strength_reason(finding); !strength.empty())
    notes += html_element("li", html_text(strength));
  for (const auto& guard : finding.guards) {
    const bool says_strength =
        guard.name == "minimum_sample" && finding.strength == findings::Strength::descriptive;
    if (guard.status != findings::GuardStatus::downgraded || says_strength) continue;
    notes += html_element("li", html_text(guard_line(guard)));
  }
  if (!finding.also.empty()) notes += html_element("li", html_text(also_line(finding)));
  if (const auto votes = votes_line(finding); !votes.empty())
    notes += html_element("li", html_text(votes));
  return notes.empty() ? "" : html_element("ul class=\"caveats\"", notes) + "\n";
}

}  // namespace

std::string html_finding(const Finding& finding, std::size_t place) {
  const auto anchor = finding_anchor(place);
  std::string words = tags_html(finding) + "\n";
  words += html_element("h2 id=\"" + anchor + "-title\"",
                        html_element("span class=\"rank\"", std::to_string(place + 1)) + " " +
                            html_text(finding.title)) +
           "\n";
  words += html_element("p class=\"summary\"", html_text(finding.summary)) + "\n";
  if (!finding.impact.text.empty()) {
    const auto account = std::string(choice_name(finding.impact.account));
    words +=
        html_element("p class=\"money " + account + "\"", html_text(finding.impact.text)) + "\n";
  }
  if (!finding.action.empty()) {
    words += html_element("p class=\"action\"",
                          html_element("strong", "What to do") + " " + html_text(finding.action)) +
             "\n";
  }
  words += notes_html(finding);
  const auto chart = chart_html(finding, place);
  const auto body =
      html_element(chart.empty() ? "div class=\"body\"" : "div class=\"body with-chart\"",
                   html_element("div", "\n" + words) + "\n" + chart) +
      "\n";
  const auto article = "article class=\"finding " + std::string(choice_name(finding.severity)) +
                       "\" id=\"" + anchor + "\" aria-labelledby=\"" + anchor + "-title\"";
  return html_element("li", html_element(article, "\n" + body + proof_html(finding))) + "\n";
}

}  // namespace insights::report
