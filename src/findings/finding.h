// What was proven: a claim whose evidence was run, whose every value was read from it, and whose
// sentences were filled in by the engine. Plain data with equality, so that a saved report reads
// back into it whole.
#pragma once

#include "findings/claim.h"
#include "findings/format_value.h"

namespace insights::findings {

// A logged query and what it gave back.
struct Evidence {
  std::string id;       // "q7", unique within the run
  std::string dialect;  // "duckdb"
  std::string sql;
  std::vector<std::string> columns;
  std::vector<std::vector<source::Cell>> rows;  // at most rows_shown_max of a finding in all
  std::int64_t row_count = 0;                   // rows the query gave
  bool truncated = false;                       // it had more than the limit
  bool operator==(const Evidence&) const = default;
};

struct Value {
  ValueBinding binding;
  source::Cell value;  // what the binding gives
  std::string text;    // as the sentences show it
  bool operator==(const Value&) const = default;
};

struct Impact {
  Account account = Account::none;
  Binding amount_from, low_from, high_from;
  double amount = 0, low = 0, high = 0;
  std::string unit;
  bool is_money = true;
  std::string per;
  std::string method;  // filled in
  std::string method_template;
  std::string text;           // "₹39.9K of sales a month at risk (₹31K to ₹52K)"
  std::string of_template{};  // "sales" in it
  bool operator==(const Impact&) const = default;
};

struct ProvenGuard {
  std::string name;
  GuardStatus status = GuardStatus::not_applicable;
  std::string note, note_template;
  bool operator==(const ProvenGuard&) const = default;
};

struct ProvenChart {
  Chart chart;        // its title is a template
  std::string title;  // filled in
  std::vector<std::string> columns;
  std::vector<std::vector<source::Cell>> rows;  // at most chart_rows_max
  NumberStyle style;                            // the report's
  bool operator==(const ProvenChart&) const = default;
};

// What readers' votes make of its place in the ranking (findings/feedback.h).
struct VotedWeight {
  double weight = 1;    // 0.7 .. 1.3
  std::string because;  // "2 up, 0 down on this pattern"; empty: nothing was voted on
  bool operator==(const VotedWeight&) const = default;
};

enum class Severity { high, medium, low };  // red, yellow, grey

struct Finding {
  std::string id;  // "f-3": place in this run's ranking
  std::string fingerprint;
  std::string pattern, family;
  std::string title, summary, action;  // filled in
  std::string title_template, summary_template, action_template;
  std::vector<std::string> columns;
  std::vector<Entity> entities;
  std::map<std::string, Value> values;
  Impact impact;
  Severity severity = Severity::low;
  Test test;
  Strength strength = Strength::descriptive;
  std::vector<ProvenGuard> guards;
  std::vector<Evidence> evidence;
  ProvenChart chart;
  Scope scope;
  std::vector<std::string> also;
  double surprise = 0, actionability = 1, score = 0;
  std::vector<std::string> topics;
  VotedWeight feedback{};
  bool operator==(const Finding&) const = default;
};

inline constexpr std::size_t title_characters_max = 160;
inline constexpr std::size_t headline_characters_max = 600;  // title and summary together
inline constexpr std::size_t rows_shown_max = 10;
inline constexpr std::size_t chart_rows_max = 200;

}  // namespace insights::findings
