#include "report/text.h"

#include <algorithm>

#include "report/amounts.h"
#include "report/plain_text.h"
#include "report/sketch.h"
#include "report/wording.h"

namespace insights::report {

namespace {

using findings::Finding;
using findings::Severity;

enum class Paint { none, strong, faint, red, yellow };

constexpr std::size_t tables_shown_max = 8;

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::none:
      return "";
    case Paint::strong:
      return "\x1b[1m";
    case Paint::faint:
      return "\x1b[2m";
    case Paint::red:
      return "\x1b[31m";
    case Paint::yellow:
      return "\x1b[33m";
  }
  return "";
}

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::high:
      return Paint::red;
    case Severity::medium:
      return Paint::yellow;
    case Severity::low:
      return Paint::faint;
  }
  return Paint::none;
}

// The report as it grows. All text passes through plain_text here, so nothing else needs to think
// of it.
class Screen {
 public:
  explicit Screen(const TextOptions& options) : options_(options) {}

  const std::string& text() const { return text_; }
  std::string_view arrow() const { return options_.unicode ? "→ " : "-> "; }

  std::string_view guard_mark(findings::GuardStatus status) const {
    switch (status) {
      case findings::GuardStatus::passed:
        return options_.unicode ? "✓ " : "+ ";
      case findings::GuardStatus::downgraded:
        return "! ";
      case findings::GuardStatus::not_applicable:
        return options_.unicode ? "· " : ". ";
    }
    return "";
  }

  std::string painted(std::string_view text, Paint paint) const {
    if (!options_.color || paint == Paint::none || text.empty()) return std::string(text);
    return std::string(code_of(paint)).append(text).append("\x1b[0m");
  }

  void gap() { text_ += '\n'; }

  void rule() {
    std::string line;
    for (int column = 0; column < options_.width; ++column) line += options_.unicode ? "─" : "-";
    text_ += painted(line, Paint::faint) + "\n";
  }

  // `text` in lines; `lead` stands before the first and leaves its width free before the others.
  // `lead` is ours, and may be painted: `lead_columns` is what it takes on the screen.
  void paragraph(std::string_view lead, int lead_columns, std::string_view text, Paint paint) {
    bool is_first = true;
    for (const auto& line : wrapped(plain_text(text), options_.width - lead_columns)) {
      text_ +=
          is_first ? std::string(lead) : std::string(static_cast<std::size_t>(lead_columns), ' ');
      text_ += painted(line, paint) + "\n";
      is_first = false;
    }
  }

  void paragraph(int indent, std::string_view text, Paint paint) {
    paragraph(std::string(static_cast<std::size_t>(indent), ' '), indent, text, paint);
  }

  void item(int indent, std::string_view mark, std::string_view text, Paint paint) {
    const auto lead = std::string(static_cast<std::size_t>(indent), ' ').append(mark);
    paragraph(lead, columns_of(lead), text, paint);
  }

  // As it stands, never wrapped: SQL and drawings.
  void verbatim(int indent, std::string_view text, Paint paint) {
    const std::string before(static_cast<std::size_t>(indent), ' ');
    const auto plain = plain_lines(text);
    std::string_view rest = plain;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      text_ += before + painted(rest.substr(0, end), paint) + "\n";
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

 private:
  const TextOptions& options_;
  std::string text_;
};

std::string padded(std::string text, int width) {
  text.append(static_cast<std::size_t>(std::max(0, width - columns_of(text))), ' ');
  return text;
}

void write_totals(Screen& screen, const explore::Run& run) {
  int title_columns = 0, amount_columns = 0;
  for (const auto& total : run.totals) {
    title_columns = std::max(title_columns, columns_of(account_title(total.account)));
    amount_columns = std::max(amount_columns, columns_of(plain_text(total_text(total, run.style))));
  }
  if (!run.totals.empty()) screen.gap();
  for (const auto& total : run.totals) {
    const auto title = padded(std::string(account_title(total.account)), title_columns);
    const auto amount = padded(plain_text(total_text(total, run.style)), amount_columns);
    const auto lead = "  " + title + "  " + screen.painted(amount, Paint::strong) + "  ";
    screen.paragraph(lead, title_columns + amount_columns + 6, counted(total.findings, "finding"),
                     Paint::faint);
  }
}

void write_tables(Screen& screen, const explore::Run& run) {
  const auto shown = std::min(run.tables.size(), tables_shown_max);
  for (std::size_t at = 0; at < shown; ++at)
    screen.paragraph(0, table_line(run.tables[at]), Paint::faint);
  if (shown < run.tables.size()) {
    const auto more = static_cast<std::int64_t>(run.tables.size() - shown);
    screen.paragraph(0, "and " + counted(more, "more table"), Paint::faint);
  }
}

void write_header(Screen& screen, const explore::Run& run) {
  if (run.partial) {
    screen.item(0, "! ", partial_line(run), Paint::yellow);
    screen.gap();
  }
  screen.paragraph(0, headline(run), Paint::strong);
  write_tables(screen, run);
  screen.paragraph(0, tested_line(run.counts), Paint::faint);
  screen.paragraph(0, hidden_line(run), Paint::faint);
  write_totals(screen, run);
}

void write_sketch(Screen& screen, const Finding& finding, int indent, const TextOptions& options) {
  const auto lines =
      sketch(finding.chart, {.width = options.width - indent, .unicode = options.unicode});
  if (lines.empty()) return;
  screen.gap();
  screen.paragraph(indent, sketch_title(finding.chart), Paint::faint);
  for (const auto& line : lines) {
    screen.verbatim(indent, line.text, line.highlighted ? Paint::strong : Paint::none);
  }
}

void write_guards(Screen& screen, const Finding& finding, int indent, bool all) {
  for (const auto& guard : finding.guards) {
    const bool says_strength =
        guard.name == "minimum_sample" && finding.strength == findings::Strength::descriptive;
    const bool is_downgraded = guard.status == findings::GuardStatus::downgraded;
    if (all || (is_downgraded && !says_strength)) {
      screen.item(indent, screen.guard_mark(guard.status), guard_line(guard), Paint::faint);
    }
  }
}

void write_proof(Screen& screen, const Finding& finding, int indent) {
  screen.gap();
  for (const auto& line : test_lines(finding)) screen.paragraph(indent, line, Paint::none);
  write_guards(screen, finding, indent, true);
  if (!finding.impact.method.empty())
    screen.paragraph(indent, "Money: " + finding.impact.method, Paint::none);
  for (const auto& evidence : finding.evidence) {
    screen.gap();
    auto caption = "Evidence " + evidence.id + " (" + evidence.dialect + ")";
    if (const auto note = rows_note(evidence); !note.empty()) caption += ", " + note;
    screen.paragraph(indent, caption, Paint::none);
    screen.verbatim(indent + 2, evidence.sql, Paint::faint);
  }
}

std::string mark_of(const Screen& screen, Severity severity, const TextOptions& options) {
  if (options.unicode && options.color) return screen.painted("●", paint_of(severity)) + " ";
  switch (severity) {
    case Severity::high:
      return "[!!] ";
    case Severity::medium:
      return "[!]  ";
    case Severity::low:
      return "[ ]  ";
  }
  return "";
}

void write_finding(Screen& screen, const Finding& finding, std::size_t rank,
                   const TextOptions& options) {
  const int mark_columns = options.unicode && options.color ? 2 : 5;
  const auto number = std::to_string(rank) + "  ";
  const int indent = mark_columns + static_cast<int>(number.size());
  screen.gap();
  screen.paragraph(mark_of(screen, finding.severity, options) + number, indent, finding.title,
                   Paint::strong);
  screen.paragraph(indent, finding.summary, Paint::none);
  if (!finding.impact.text.empty())
    screen.paragraph(indent, finding.impact.text, paint_of(finding.severity));
  if (!finding.action.empty()) screen.item(indent, screen.arrow(), finding.action, Paint::none);
  if (const auto strength = strength_line(finding); !strength.empty()) {
    screen.paragraph(indent, strength, Paint::faint);
  }
  if (!options.verbose) write_guards(screen, finding, indent, false);
  screen.paragraph(indent, also_line(finding), Paint::faint);
  screen.paragraph(indent, votes_line(finding), Paint::faint);
  write_sketch(screen, finding, indent, options);
  if (options.verbose) write_proof(screen, finding, indent);
}

void write_findings(Screen& screen, const explore::Run& run, const TextOptions& options) {
  const auto wanted = options.top > 0 ? static_cast<std::size_t>(options.top) : run.findings.size();
  const auto shown = std::min(wanted, run.findings.size());
  if (shown == 0) return;
  screen.gap();
  screen.rule();
  for (std::size_t at = 0; at < shown; ++at)
    write_finding(screen, run.findings[at], at + 1, options);
  if (shown < run.findings.size()) {
    const auto more = static_cast<std::int64_t>(run.findings.size() - shown);
    screen.gap();
    screen.paragraph(0, "and " + counted(more, "more finding"), Paint::faint);
  }
  screen.gap();
  screen.rule();
}

void write_lines(Screen& screen, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  screen.gap();
  screen.paragraph(0, title, Paint::strong);
  for (const auto& line : lines) screen.item(0, "- ", line, Paint::none);
}

}  // namespace

std::string to_text(const explore::Run& run, const TextOptions& options) {
  Screen screen(options);
  write_header(screen, run);
  write_findings(screen, run, options);
  write_lines(screen, "Hidden by your rules", hidden_lines(run));
  write_lines(screen, "Notes", run.notes);
  if (options.verbose || run.findings.empty()) {
    std::vector<std::string> tallies;
    for (const auto& tally : shown_tallies(run, options.saved))
      tallies.push_back(tally_line(tally));
    write_lines(screen, "What was looked at", tallies);
  }
  if (options.verbose) {
    write_lines(screen, "How this was made", method_lines(run));
    write_lines(screen, "What the numbers rest on", trust_lines());
  } else {
    screen.gap();
    screen.paragraph(0, spent_line(run), Paint::faint);
    screen.paragraph(0, model_line(run), Paint::faint);
  }
  return screen.text();
}

}  // namespace insights::report
