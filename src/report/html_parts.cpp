#include "report/html_parts.h"

#include <algorithm>

#include "report/plain_text.h"

namespace insights::report {

namespace {

std::string with_entities(std::string_view plain) {
  std::string text;
  text.reserve(plain.size());
  for (const char character : plain) {
    switch (character) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\'':
        text += "&#39;";
        break;
      default:
        text += character;
    }
  }
  return text;
}

}  // namespace

std::string html_text(std::string_view text) { return with_entities(plain_text(text)); }

std::string html_lines(std::string_view text) { return with_entities(plain_lines(text)); }

std::string html_element(std::string_view name, std::string_view content) {
  const auto tag = name.substr(0, name.find(' '));
  std::string element = "<";
  element.append(name).append(">").append(content).append("</").append(tag).append(">");
  return element;
}

std::string html_list(const std::vector<std::string>& lines) {
  std::string items;
  for (const auto& line : lines) items += html_element("li", html_text(line));
  return lines.empty() ? "" : html_element("ul", items) + "\n";
}

std::string html_table(std::string_view caption, const std::vector<std::string>& columns,
                       const std::vector<std::vector<HtmlCell>>& rows) {
  const auto is_numeric = [&](std::size_t column) {
    return std::ranges::all_of(
        rows, [&](const auto& row) { return column >= row.size() || row[column].is_number; });
  };
  std::string head, body;
  std::vector<std::string> kinds;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    kinds.emplace_back(!rows.empty() && is_numeric(at) ? " class=\"number\"" : "");
    head += html_element("th scope=\"col\"" + kinds[at], html_text(columns[at]));
  }
  for (const auto& row : rows) {
    std::string cells;
    for (std::size_t at = 0; at < row.size() && at < kinds.size(); ++at) {
      const bool is_rounded = !row[at].exact.empty() && row[at].exact != row[at].text;
      const auto title = is_rounded ? " title=\"" + html_text(row[at].exact) + "\"" : "";
      cells += html_element("td" + kinds[at] + title, html_text(row[at].text));
    }
    body += html_element("tr", cells) + "\n";
  }
  const auto inner = html_element("caption", html_text(caption)) +
                     html_element("thead", html_element("tr", head)) + "\n" +
                     html_element("tbody", body);
  return html_element("div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" +
                          html_text(caption) + "\"",
                      html_element("table", inner)) +
         "\n";
}

std::string chart_id(std::size_t place) { return "chart-" + std::to_string(place + 1); }
std::string finding_anchor(std::size_t place) { return "finding-" + std::to_string(place + 1); }

}  // namespace insights::report
