// The pieces of the HTML report, for html.cpp alone. Every piece is escaped when it is made.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "explore/run.h"

namespace insights::report {

// Text as the content of an element or a quoted attribute: plain_text, with & < > " ' as entities.
std::string html_text(std::string_view text);

// The same for text in lines.
std::string html_lines(std::string_view text);

// "<name>content</name>"; `name` may carry attributes: html_element("p class=\"note\"", ...).
std::string html_element(std::string_view name, std::string_view content);

// A list of plain texts, each escaped here; "" when there are none.
std::string html_list(const std::vector<std::string>& lines);

struct HtmlCell {
  std::string text;   // plain
  std::string exact;  // shown on hover when it differs; may be empty
  bool is_number = false;
};

// A table that scrolls by itself when it is wider than the page; `caption` is for screen readers.
std::string html_table(std::string_view caption, const std::vector<std::string>& columns,
                       const std::vector<std::vector<HtmlCell>>& rows);

// A finding as a card; `place` counts from 0. The chart's specification is not in it:
// chart_id(place) is the id of the element that html.cpp writes it to.
std::string html_finding(const findings::Finding& finding, std::size_t place);
std::string chart_id(std::size_t place);
std::string finding_anchor(std::size_t place);

}  // namespace insights::report
