#include <fmt/format.h>

#include <array>

#include "patterns/all.h"
#include "tools/tool.h"

namespace insights::tools {

namespace {

std::string pattern_names() {
  std::string names;
  for (const auto& pattern : patterns::all_patterns)
    names += (names.empty() ? "\"" : ", \"") + std::string(pattern.name) + "\"";
  return names;
}

constexpr std::string_view no_parameters =
    R"({"type":"object","properties":{},"required":[],"additionalProperties":false})";

constexpr std::string_view describe_parameters =
    R"({"type":"object","properties":{"table":{"type":"string","description":"A name from list_tables."}},"required":["table"],"additionalProperties":false})";

constexpr std::string_view sql_parameters =
    R"({"type":"object","properties":{"sql":{"type":"string","description":"One SELECT statement in the database's own dialect."}},"required":["sql"],"additionalProperties":false})";

constexpr std::string_view change_parameters =
    R"({"type":"object","properties":{"table":{"type":"string"},"measure":{"type":"string","description":"A column of numbers that may be added up, or \"rows\" to count rows."},"before_from":{"type":"string","description":"First day, 2025-01-01."},"before_to":{"type":"string","description":"Last day, included."},"after_from":{"type":"string"},"after_to":{"type":"string"}},"required":["table","measure","before_from","before_to","after_from","after_to"],"additionalProperties":false})";

constexpr std::string_view finish_parameters =
    R"({"type":"object","properties":{"reason":{"type":"string","description":"One sentence: what was looked at, and what is left open."}},"required":["reason"],"additionalProperties":false})";

// Rows to look at; scan_patterns and test_hypothesis share it.
constexpr std::string_view segment_properties =
    R"("table":{"type":"string"},"filter_column":{"type":["string","null"],"description":"Look only at rows where this column has filter_value; null for all rows."},"filter_value":{"type":["string","null"]},"from":{"type":["string","null"],"description":"First day to look at, 2025-01-01; null for the beginning."},"to":{"type":["string","null"],"description":"Last day, included; null for the end."})";
constexpr std::string_view segment_required =
    R"("table","filter_column","filter_value","from","to")";

constexpr std::string_view test_properties =
    R"("kind":{"type":"string","enum":["means","rates","trend"],"description":"means: is a number larger or smaller in a group than in others; rates: does something happen more or less often there; trend: does a total rise or fall over the months."},"measure":{"type":"string","description":"means, trend: a column of numbers; rates: the column that says whether it happened; trend also takes \"rows\"."},"event":{"type":["string","null"],"description":"rates: the value of measure that is counted."},"group_column":{"type":["string","null"]},"group_value":{"type":["string","null"],"description":"means, rates: the group."},"other_value":{"type":["string","null"],"description":"The group to hold it against; null for all other rows."})";

constexpr std::string_view finding_parameters =
    R"({"type":"object","properties":{)"
    R"("title":{"type":"string","description":"Template, at most 160 characters once filled in. The subject first, then its number: \"{who} stopped ordering\". No digits: every number and every name that holds digits comes in as {value}."},)"
    R"("summary":{"type":"string","description":"Template: the number, what it is compared with, and the direction in plain words. Title and summary together at most 600 characters."},)"
    R"("action":{"type":"string","description":"Template: what somebody should do about it."},)"
    R"("values":{"type":"array","description":"What fills the holes, each name once.","items":{"type":"object","properties":{)"
    R"("name":{"type":"string","description":"Letters and _, as in the hole."},)"
    R"("query":{"type":["string","null"],"description":"Id of a query of this run, such as q3; with row and column."},)"
    R"("row":{"type":["integer","null"],"description":"0 to 9, as the result shows it."},)"
    R"("column":{"type":["string","null"],"description":"A column of that result."},)"
    R"("formula":{"type":["string","null"],"description":"Instead of a cell: arithmetic over values named before, such as \"lost / total\"."},)"
    R"("catalog_name":{"type":["string","null"],"description":"Instead of a cell: the name of a table or column."},)"
    R"("format":{"type":"string","enum":["text","integer","decimal","money","percent","points","multiple","date","month","days"],"description":"percent: 0.167 is shown as 16.7 %."},)"
    R"("unit":{"type":["string","null"],"description":"money: ISO currency; decimal: units, hours ..."}},)"
    R"("required":["name","query","row","column","formula","catalog_name","format","unit"],"additionalProperties":false}},)"
    R"("impact":{"type":["object","null"],"description":"Money (or units) that it is about; null when there is none.","properties":{)"
    R"("account":{"type":"string","enum":["at_risk","lost","opportunity"]},)"
    R"("amount":{"type":"string","description":"Name of a value, or a formula over values."},)"
    R"("low":{"type":["string","null"]},"high":{"type":["string","null"]},)"
    R"("unit":{"type":["string","null"],"description":"ISO currency of money, or units, hours, rows."},)"
    R"("per":{"type":"string","enum":["month","year","once"]},)"
    R"("method":{"type":"string","description":"Template: how the amount was worked out."}},)"
    R"("required":["account","amount","low","high","unit","per","method"],"additionalProperties":false},)"
    R"("entities":{"type":"array","description":"The things it is about.","items":{"type":"object","properties":{"column":{"type":"string"},"value":{"type":"string"}},"required":["column","value"],"additionalProperties":false}},)"
    R"("columns":{"type":"array","description":"The columns it speaks of, most telling first.","items":{"type":"string"}},)"
    R"("based_on":{"type":["string","null"],"description":"Id of the lead (lead-2), of the result of a scan (scan-4-1) or of the test (test-5) that it rests on; null when nothing was tested."}},)"
    R"("required":["title","summary","action","values","impact","entities","columns","based_on"],"additionalProperties":false})";

}  // namespace

std::span<const Tool> all_tools() {
  static const std::string scan_parameters = fmt::format(
      R"({{"type":"object","properties":{{"pattern":{{"type":"string","enum":[{}]}},{}}},"required":["pattern",{}],"additionalProperties":false}})",
      pattern_names(), segment_properties, segment_required);
  static const std::string test_parameters = fmt::format(
      R"({{"type":"object","properties":{{{},{}}},"required":["kind",{},"measure","event","group_column","group_value","other_value"],"additionalProperties":false}})",
      test_properties, segment_properties, segment_required);
  static const std::array tools{
      Tool{"describe_table",
           "The columns of a table: type, role, unit, what is known of their values, and links to "
           "other tables.",
           describe_parameters},
      Tool{
          "execute_sql",
          "Runs one SELECT statement and shows the rows it gives, numbered from 0. Only reading is "
          "possible. The result gets an id (q3) by which record_finding cites its cells. Give "
          "every column that you will cite a plain name, order rows so that the order is always "
          "the same, and return what matters in the first ten rows: only those can be cited.",
          sql_parameters},
      Tool{"explain_change",
           "Which customers, products, regions and other groups explain why a total changed from "
           "one span of days to another. Its results have ids that can be cited.",
           change_parameters},
      Tool{"finish", "Ends the exploration. Call it when there is nothing left worth a step.",
           finish_parameters},
      Tool{"list_tables", "The tables with their rows, spans of time, and links.", no_parameters},
      Tool{
          "record_finding",
          "Records a finding: the only way to report anything. The queries are run again and every "
          "value is read from them; what is not right is answered with the reason, and may be "
          "corrected. With based_on a lead, what you write is added to that lead. Without a test "
          "or lead it is published as your claim, ranked below tested ones.",
          finding_parameters},
      Tool{"scan_patterns",
           "Runs one of the statistical analyst's patterns on a table or on a part of its rows, "
           "corrected for the number of tests. Results have ids (scan-4-1) for based_on.",
           scan_parameters},
      Tool{
          "test_hypothesis",
          "Tests one statement: a group against others (means, rates) or the trend of a total. The "
          "test gets an id (test-5) for based_on, and its numbers come as a query that can be "
          "cited. Every test counts in the correction for many tests: test what you mean to say.",
          test_parameters}};
  return tools;
}

}  // namespace insights::tools
