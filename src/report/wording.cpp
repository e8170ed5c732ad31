#include "report/wording.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/amounts.h"

namespace insights::report {

namespace {

std::string day_text(const std::string& iso) {
  const auto day = base::parse_day(iso.substr(0, 10));
  return day ? base::long_text(*day) : iso;
}

std::string span_text(const std::string& first, const std::string& last) {
  if (first.empty() || last.empty()) return "";
  return first == last ? day_text(first) : day_text(first) + " to " + day_text(last);
}

std::string of_tables(const explore::Run& run) {
  if (run.tables.empty()) return "";
  auto text = " in " + run.tables.front().name;
  if (run.tables.size() > 1) {
    text += " and " + counted(static_cast<std::int64_t>(run.tables.size()) - 1, "more table");
  }
  return text;
}

std::string seconds_text(std::chrono::milliseconds time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

// q as the share of false alarms, in words.
std::string false_alarm_words(double q) {
  if (q <= 0.001) return "at most 1 in 1,000";
  if (q <= 0.01) return "at most 1 in 100";
  if (q <= 0.05) return "at most 1 in 20";
  if (q <= 0.1) return "at most 1 in 10";
  return "more than 1 in 10";
}

std::string share_words(double p) {
  if (p < 0.0001) return "less than 0.01 %";
  return statistic_text(p * 100) + " %";
}

// " (41 from the cache, about 3.2 s saved)"; nothing when none was.
std::string saved_text(const explore::Spent& spent) {
  if (spent.queries_cached == 0) return "";
  const auto saved = std::chrono::duration_cast<std::chrono::milliseconds>(spent.saved);
  return fmt::format(" ({} from the cache, about {} saved)", count_text(spent.queries_cached),
                     seconds_text(saved));
}

}  // namespace

std::string headline(const explore::Run& run) {
  if (run.findings.empty()) return "Nothing material found" + of_tables(run);
  return counted(static_cast<std::int64_t>(run.findings.size()), "finding") + of_tables(run);
}

std::string table_line(const explore::TableSummary& table) {
  auto line = fmt::format("{}: {}, {}", table.name, counted(table.rows, "row"),
                          counted(table.columns, "column"));
  if (const auto span = span_text(table.first_day, table.last_day); !span.empty())
    line += ", " + span;
  if (table.sampled) line += " (a sample of the rows was read)";
  return line;
}

std::string period(const explore::Run& run) {
  std::string first, last;
  for (const auto& table : run.tables) {
    if (table.first_day.empty() || table.last_day.empty()) continue;
    if (first.empty() || table.first_day < first) first = table.first_day;
    if (last.empty() || table.last_day > last) last = table.last_day;
  }
  return span_text(first, last);
}

std::string tested_line(const findings::LedgerCounts& counts) {
  // Without a test, what was looked at are facts.
  const bool facts_only = counts.tested == 0 && counts.facts > 0;
  auto line = fmt::format("{}tested {}, published {}",
                          facts_only ? "looked at " + counted(counts.facts, "fact") + ", " : "",
                          counted(counts.tested, "hypothesis"), count_text(counts.published));
  if (counts.decoy_columns > 0) {
    line += fmt::format(", decoys accepted {} of {}", count_text(counts.decoys_accepted),
                        count_text(counts.decoy_columns));
  }
  return line;
}

std::string partial_line(const explore::Run& run) {
  if (!run.partial) return "";
  auto reason = run.partial_reason.empty() ? "the run did not finish" : run.partial_reason;
  if (!reason.ends_with('.')) reason += '.';
  return "Stopped early: " + reason + " What follows was proven before that.";
}

std::string_view account_title(findings::Account account) {
  switch (account) {
    case findings::Account::none:
      return "";
    case findings::Account::at_risk:
      return "At risk";
    case findings::Account::lost:
      return "Lost";
    case findings::Account::opportunity:
      return "Opportunity";
  }
  return "";
}

std::string_view severity_title(findings::Severity severity) {
  switch (severity) {
    case findings::Severity::high:
      return "Act now";
    case findings::Severity::medium:
      return "Look into";
    case findings::Severity::low:
      return "Good to know";
  }
  return "";
}

std::string_view strength_title(findings::Strength strength) {
  switch (strength) {
    case findings::Strength::significant:
      return "Tested";
    case findings::Strength::descriptive:
      return "Descriptive";
    case findings::Strength::model_claim:
      return "Model's reading";
  }
  return "";
}

std::string strength_reason(const findings::Finding& finding) {
  switch (finding.strength) {
    case findings::Strength::significant:
      return "";
    case findings::Strength::model_claim:
      return "its numbers are proven, its conclusion was not tested";
    case findings::Strength::descriptive: {
      const auto at = std::ranges::find_if(finding.guards, [](const auto& guard) {
        return guard.name == "minimum_sample" && guard.status == findings::GuardStatus::downgraded;
      });
      return at == finding.guards.end() ? "" : at->note;
    }
  }
  return "";
}

std::string strength_line(const findings::Finding& finding) {
  const auto reason = strength_reason(finding);
  switch (finding.strength) {
    case findings::Strength::significant:
      return "";
    case findings::Strength::model_claim:
      return "a language model's reading: " + reason;
    case findings::Strength::descriptive:
      return "descriptive: " + (reason.empty() ? "a fact of the data, nothing to test" : reason);
  }
  return "";
}

std::string time_text(const std::string& iso) {
  const auto day = base::parse_day(iso.substr(0, 10));
  if (!day || iso.size() < 16) return iso;
  return base::long_text(*day) + ", " + iso.substr(11, 5) + " UTC";
}

std::string also_line(const findings::Finding& finding) {
  if (finding.also.empty()) return "";
  return fmt::format("seen also in: {}", fmt::join(finding.also, "; "));
}

std::string hidden_line(const explore::Run& run) {
  if (run.hidden.empty()) return "";
  const auto count = static_cast<std::int64_t>(run.hidden.size());
  return fmt::format("{} {} hidden by your rules", counted(count, "finding"),
                     count == 1 ? "was" : "were");
}

std::vector<std::string> hidden_lines(const explore::Run& run) {
  std::vector<std::string> lines;
  for (const auto& hidden : run.hidden)
    lines.push_back(fmt::format("{} ({} hides {})", hidden.title, hidden.rule, hidden.because));
  return lines;
}

std::string votes_line(const findings::Finding& finding) {
  const auto& [weight, because] = finding.feedback;
  return because.empty() ? "" : fmt::format("weighs {:.2f} by your votes: {}", weight, because);
}

std::vector<std::string> test_lines(const findings::Finding& finding) {
  const auto& test = finding.test;
  if (test.name.empty()) return {"This states what the data holds; there was nothing to test."};
  std::vector<std::string> lines;
  auto first = fmt::format("Test: {}", test.name);
  if (test.tested_in_family > 0) {
    first += fmt::format(", one of {} tested in its family",
                         counted(test.tested_in_family, "hypothesis"));
    if (!finding.family.empty()) first += " (" + title_of(finding.family) + ")";
  }
  lines.push_back(first + ".");
  if (!test.effect_name.empty()) {
    auto effect = fmt::format("Effect: {} {}", statistic_text(test.effect), test.effect_name);
    if (test.interval_low && test.interval_high) {
      effect += fmt::format(" (95 % interval {} to {})", statistic_text(*test.interval_low),
                            statistic_text(*test.interval_high));
    }
    lines.push_back(effect + ".");
  }
  if (test.p >= 1) {
    lines.emplace_back("It carries no p-value: the cases are too few, or it is a plain fact.");
    return lines;
  }
  lines.push_back(
      fmt::format("Chance: a result at least this strong comes up by chance alone in {} of such "
                  "tests (p {}).",
                  share_words(test.p), probability_text(test.p)));
  lines.push_back(
      fmt::format("Corrected for everything tested beside it: of findings let through at this "
                  "level, {} is expected to be a false alarm (q {}).",
                  false_alarm_words(test.q), probability_text(test.q)));
  return lines;
}

std::string_view guard_status_title(findings::GuardStatus status) {
  switch (status) {
    case findings::GuardStatus::passed:
      return "passed";
    case findings::GuardStatus::downgraded:
      return "downgraded";
    case findings::GuardStatus::not_applicable:
      return "does not apply";
  }
  return "";
}

std::string guard_line(const findings::ProvenGuard& guard) {
  auto line = fmt::format("{}: {}", title_of(guard.name), guard_status_title(guard.status));
  if (!guard.note.empty()) line += " (" + guard.note + ")";
  return line;
}

std::string rows_note(const findings::Evidence& evidence) {
  const auto shown = static_cast<std::int64_t>(evidence.rows.size());
  if (evidence.truncated) {
    return fmt::format("{} shown of more than {}", counted(shown, "row"),
                       count_text(evidence.row_count));
  }
  if (shown >= evidence.row_count) return "";
  return fmt::format("{} of {} shown", count_text(shown), counted(evidence.row_count, "row"));
}

std::string tally_line(const PatternTally& tally) {
  auto line = title_of(tally.pattern) + ": ";
  std::vector<std::string> parts;
  if (tally.tested > 0) parts.push_back(count_text(tally.tested) + " tested");
  if (tally.facts > 0) parts.push_back(counted(tally.facts, "fact") + " looked at");
  parts.push_back(count_text(tally.published) + " published");
  if (tally.set_aside > 0) parts.push_back(count_text(tally.set_aside) + " set aside");
  return line + fmt::format("{}", fmt::join(parts, ", "));
}

std::string spent_line(const explore::Run& run) {
  return fmt::format("{}{}, {} read, {}", counted(run.spent.queries, "query"),
                     saved_text(run.spent), counted(run.spent.rows, "row"),
                     seconds_text(run.spent.wall));
}

std::string model_line(const explore::Run& run) {
  if (!run.model) return "";
  const auto& use = *run.model;
  const auto cached = use.input_tokens > 0 ? 100.0 * static_cast<double>(use.cached_tokens) /
                                                 static_cast<double>(use.input_tokens)
                                           : 0.0;
  auto line =
      fmt::format("{} ({}, privacy {}): {} in {}, {} input ({:.0f} % cached) and {} output{}",
                  use.model, use.provider, use.privacy, counted(use.calls, "call"),
                  counted(use.iterations, "step"), counted(use.input_tokens, "token"), cached,
                  counted(use.output_tokens, "token"), use.estimated ? ", in part estimated" : "");
  line += use.priced || use.usd > 0 ? fmt::format(", ${:.4f}", use.usd) : ", no price known";
  line += fmt::format("; {} recorded, {} added to", counted(use.recorded, "finding"),
                      counted(use.deepened, "lead"));
  return line + (use.ended.empty() ? "" : "; ended: " + use.ended);
}

std::vector<std::string> method_lines(const explore::Run& run) {
  std::vector<std::string> lines;
  auto who = run.model ? "Explored by a language model and the statistical analyst"
                       : fmt::format("Explored by the {} analyst",
                                     run.analyst.empty() ? "built-in" : run.analyst);
  if (!run.focus.empty()) who += ", with the focus " + title_of(run.focus);
  lines.push_back(who + ".");
  lines.push_back(fmt::format("It took {}; allowed were {}, {} and {}.", spent_line(run),
                              counted(run.budget.queries_max, "query"),
                              counted(run.budget.rows_max, "row"),
                              seconds_text(run.budget.time_max)));
  if (const auto model = model_line(run); !model.empty()) lines.push_back(model + ".");
  if (run.counts.facts > 0) {
    lines.push_back(fmt::format("Beside the {}, {} needed no test.",
                                counted(run.counts.tested, "test"),
                                counted(run.counts.facts, "fact")));
  }
  if (run.counts.decoy_columns > 0) {
    lines.push_back(fmt::format(
        "As a check on itself, the engine also tested {} on {} shuffled on purpose: {} passed as "
        "real.",
        counted(run.counts.decoys_tested, "hypothesis"),
        counted(run.counts.decoy_columns, "column"), count_text(run.counts.decoys_accepted)));
  }
  auto made = run.program;
  if (!run.data.engine.empty()) made += (made.empty() ? "" : " with ") + run.data.engine;
  if (!run.id.empty()) made += ", run " + run.id;
  if (!run.started_at.empty()) made += ", started " + time_text(run.started_at);
  if (!made.empty()) lines.push_back("Made by " + made + ".");
  if (!run.data.digest.empty()) lines.push_back("Data version " + run.data.digest + ".");
  return lines;
}

std::vector<std::string> trust_lines() {
  return {
      "Every number in a finding is read from the result of a query shown with it, or computed "
      "from "
      "such results by a formula saved in the JSON report.",
      "Each query was run a second time before its finding was published; a number that came out "
      "differently was not published.",
      "Money at risk, lost and to be gained are kept apart, and rows that findings share count "
      "once in "
      "the totals."};
}

std::string title_of(std::string_view name) {
  std::string title(name);
  std::ranges::replace(title, '_', ' ');
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z') {
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  }
  return title;
}

std::vector<PatternTally> shown_tallies(const explore::Run& run,
                                        const std::vector<PatternTally>& saved) {
  return run.ledger.entries.empty() ? saved : tallies_of(run.ledger);
}

}  // namespace insights::report
