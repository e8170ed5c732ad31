#include "report/markdown.h"

#include <algorithm>

#include "report/amounts.h"
#include "report/plain_text.h"
#include "report/sketch.h"
#include "report/wording.h"

namespace insights::report {

namespace {

using findings::Finding;

constexpr std::string_view joiner =
    "&#8288;";  // a word joiner: shows as nothing, and breaks a link apart

bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}
bool is_letter_or_digit(char character) { return is_letter(character) || is_digit(character); }

enum class Break { none, before, after };

// Renderers turn "www.x.y", "x.com", "https://", "@name" and "#1" into links of their own accord.
// Where a word joiner keeps the character from doing so: some read the source, so that it must not
// follow "www." or "https:".
Break break_at(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  const char previous = at > 0 ? text[at - 1] : ' ';
  switch (text[at]) {
    case '.':
      return is_letter_or_digit(previous) && is_letter(next) ? Break::before : Break::none;
    case ':':
      return next == '/' || is_letter_or_digit(next) ? Break::before : Break::none;
    case '@':
    case '#':
      return is_letter_or_digit(next) ? Break::after : Break::none;
    default:
      return Break::none;
  }
}

bool are_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

// "- x", "+ x", "# x", "1. x", "1) x" at the beginning would be a list or a heading.
bool starts_a_block(std::string_view text, std::size_t at) {
  if (at + 1 < text.size() && text[at + 1] != ' ' && text[at] != '#') return false;
  if (text[at] == '-' || text[at] == '+' || text[at] == '#') return at == 0;
  return (text[at] == '.' || text[at] == ')') && at > 0 && are_digits(text.substr(0, at));
}

// Text that renders as itself within a paragraph, heading or cell.
std::string escaped(std::string_view text) {
  constexpr std::string_view special = "\\`*_[]<>|~&$";
  const auto plain = plain_text(text);
  std::string safe;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    const auto link = break_at(plain, at);
    const bool is_special = special.find(plain[at]) != std::string_view::npos;
    if (link == Break::before) safe += joiner;
    if (is_special || starts_a_block(plain, at)) safe += '\\';
    safe += plain[at];
    if (link == Break::after) safe += joiner;
  }
  return safe;
}

std::string fenced(std::string_view sql, std::string_view language) {
  const auto plain = plain_lines(sql);
  std::size_t longest = 0, run = 0;
  for (const char character : plain) {
    run = character == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fence + std::string(language) + "\n" + plain + (plain.ends_with('\n') ? "" : "\n") +
         fence + "\n\n";
}

using TableRows = std::vector<std::vector<std::string>>;

// Cells are escaped here.
std::string table(const std::vector<std::string>& columns, const TableRows& rows,
                  const std::vector<bool>& right) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const auto& cell : cells) text += " " + escaped(cell) + " |";
    return text + "\n";
  };
  std::string text = line(columns) + "|";
  for (std::size_t at = 0; at < columns.size(); ++at) text += right[at] ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : rows) text += line(row);
  return text + "\n";
}

bool is_number(const source::Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

std::string evidence_table(const findings::Evidence& evidence) {
  if (evidence.columns.empty() || evidence.rows.empty()) return "No rows.\n\n";
  TableRows rows;
  std::vector<bool> right(evidence.columns.size(), true);
  for (const auto& row : evidence.rows) {
    auto& cells = rows.emplace_back();
    for (std::size_t at = 0; at < row.size(); ++at) {
      cells.push_back(table_text(row[at]));
      if (at < right.size() && !is_number(row[at]) && !source::is_null(row[at])) right[at] = false;
    }
  }
  return table(evidence.columns, rows, right);
}

std::string drawing(const findings::ProvenChart& chart) {
  std::string lines;
  for (const auto& line : sketch(chart, {})) lines += line.text + "\n";
  if (lines.empty()) return "";
  return escaped(sketch_title(chart)) + ":\n\n" + fenced(lines, "text");
}

std::string bullets(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "- " + escaped(line) + "\n";
  return lines.empty() ? text : text + "\n";
}

std::string proof(const Finding& finding) {
  std::string text = "#### Proof\n\n" + bullets(test_lines(finding));
  std::vector<std::string> guards;
  guards.reserve(finding.guards.size());
  for (const auto& guard : finding.guards) guards.push_back(guard_line(guard));
  if (!guards.empty()) text += "Checks by the engine:\n\n" + bullets(guards);
  if (!finding.impact.method.empty())
    text += "How the amount was computed: " + escaped(finding.impact.method) + "\n\n";
  for (const auto& evidence : finding.evidence) {
    auto caption = "Query " + evidence.id + " (" + evidence.dialect + ")";
    if (const auto note = rows_note(evidence); !note.empty()) caption += ", " + note;
    text += escaped(caption) + ":\n\n" + fenced(evidence.sql, "sql") + evidence_table(evidence);
  }
  return text;
}

std::string finding_text(const Finding& finding, std::size_t rank) {
  std::string text = "### " + std::to_string(rank) + "\\. " + escaped(finding.title) + "\n\n";
  auto tags = "**" + std::string(severity_title(finding.severity)) + "**";
  if (const auto strength = strength_line(finding); !strength.empty())
    tags += " · " + escaped(strength);
  text += tags + "\n\n" + escaped(finding.summary) + "\n\n";
  if (!finding.impact.text.empty()) text += "**" + escaped(finding.impact.text) + "**\n\n";
  if (!finding.action.empty()) text += "→ " + escaped(finding.action) + "\n\n";
  if (!finding.also.empty()) text += escaped(also_line(finding)) + "\n\n";
  if (const auto votes = votes_line(finding); !votes.empty()) text += escaped(votes) + "\n\n";
  return text + drawing(finding.chart) + proof(finding);
}

std::string totals_table(const explore::Run& run) {
  if (run.totals.empty()) return "";
  TableRows rows;
  for (const auto& total : run.totals) {
    rows.push_back({std::string(account_title(total.account)), total_text(total, run.style),
                    count_text(total.findings)});
  }
  return table({"Account", "Amount", "Findings"}, rows, {false, true, true});
}

std::string section(std::string_view title, const std::vector<std::string>& lines) {
  return lines.empty() ? "" : "## " + std::string(title) + "\n\n" + bullets(lines);
}

}  // namespace

std::string to_markdown(const explore::Run& run, const MarkdownOptions& options) {
  std::string text = "# " + escaped(headline(run)) + "\n\n";
  if (run.partial) text += "> **" + escaped(partial_line(run)) + "**\n\n";
  std::vector<std::string> tables;
  tables.reserve(run.tables.size());
  for (const auto& summary : run.tables) tables.push_back(table_line(summary));
  text += bullets(tables) + escaped(tested_line(run.counts)) + "\n\n";
  if (!run.hidden.empty()) text += escaped(hidden_line(run)) + "\n\n";
  text += totals_table(run);
  if (!run.findings.empty()) text += "## Findings\n\n";
  for (std::size_t at = 0; at < run.findings.size(); ++at)
    text += finding_text(run.findings[at], at + 1);
  text += section("Hidden by your rules", hidden_lines(run));
  text += section("Notes", run.notes);
  std::vector<std::string> tallies;
  for (const auto& tally : shown_tallies(run, options.saved)) tallies.push_back(tally_line(tally));
  text += section("What was looked at", tallies);
  text += section("How this was made", method_lines(run));
  text += section("What the numbers rest on", trust_lines());
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace insights::report
