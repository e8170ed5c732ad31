// What an analyst states, before anything is proven: sentences with holes, what fills each hole,
// the queries that must bear it out, and the test it passed. A Claim becomes a Finding only through
// prove().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "source/rows.h"

namespace insights::findings {

// How a bound value is written for a reader.
enum class Format {
  text,      // as it is
  integer,   // 1,234
  decimal,   // 12.3 with its unit after it, when it has one
  money,     // ₹39.9K, with the value's unit as the currency
  percent,   // 0.167 -> "16.7 %"
  points,    // 0.094 -> "9.4 points" (percentage points)
  multiple,  // 3.24 -> "3.2 times"
  date,      // 1 Aug 2025
  month,     // Aug 2025
  days,      // 17 days
};

// One cell of an evidence query.
struct CellReference {
  std::string query;    // Evidence::id, "a" in a claim, "q7" once run
  std::size_t row = 0;  // < 10: only shown rows may be cited
  std::string column;
  bool operator==(const CellReference&) const = default;
};

// Arithmetic over cells: names, numbers, + - * / ( ), and the functions that formula.h lists. A
// date counts as its day number, so that a difference of two dates is days.
struct Formula {
  std::string text;
  std::map<std::string, std::variant<CellReference, double>> of;
  bool operator==(const Formula&) const = default;
};

// The name of a table or column as the catalog shows it (it may hold digits, which a template may
// not).
struct CatalogName {
  std::string name;
  bool operator==(const CatalogName&) const = default;
};

using Binding = std::variant<CellReference, Formula, CatalogName>;

// A hole of a template and what fills it.
struct ValueBinding {
  Binding from;
  Format format = Format::text;
  std::string unit;  // money: ISO currency, may be empty; decimal: "units", "hours" ...
  bool operator==(const ValueBinding&) const = default;
};

// A query that bears a claim out. `id` is unique within the claim.
struct EvidenceQuery {
  std::string id;
  std::string sql;
};

struct Entity {
  std::string column;
  std::string value;  // as the database holds it
  std::string label;  // as a person knows it; equal to value when there is no label column
  bool operator==(const Entity&) const = default;
};

enum class Account { none, at_risk, lost, opportunity };

// Money (or units, hours, lines) that the claim is about. All three amounts are in `unit`, low <=
// amount <= high.
struct ImpactClaim {
  Account account = Account::none;
  Binding amount, low, high;
  std::string
      unit;  // ISO currency, or "units", "hours", "lines"; empty for money without a known currency
  bool is_money = true;
  std::string per;     // "month", "year" or "" for once
  std::string method;  // template
  std::string of{};    // template; what there is an amount of: "sales", "{measure}"; may be empty
};

// The statistics behind a claim, for the reader who asks. Not shown in title or summary.
struct Test {
  std::string name;  // "gamma-renewal gap"
  double statistic = 0;
  double p = 1;             // 1 for facts, which carry no test
  double q = 1;             // adjusted within the family
  std::string effect_name;  // "times its own gap"
  double effect = 0;
  std::optional<double> interval_low, interval_high;  // of the effect, 95 %
  std::int64_t tested_in_family = 0;
  bool operator==(const Test&) const = default;
};

enum class Strength {
  significant,  // tested, survives correction, large enough to matter
  descriptive,  // a fact, or too few cases to test; said so
  model_claim,  // stated by a language model beyond a tested hypothesis
};

enum class GuardStatus { passed, downgraded, not_applicable };

struct Guard {
  std::string name;  // "partial_period", "offsetting_rows", "minimum_sample", "one_entity",
                     // "fan_out", "season", ...
  GuardStatus status = GuardStatus::not_applicable;
  std::string note;  // template; why
  bool operator==(const Guard&) const = default;
};

// A chart as values; report/ turns it into Vega-Lite.
struct Chart {
  enum class Mark { bar, line, point, none };
  struct Axis {
    enum class Kind { nominal, ordinal, quantitative, temporal };
    std::string column;  // of the chart's query
    std::string title;
    Kind kind = Kind::nominal;
    std::string unit;  // currency, "%" (the values are shares), or empty
    bool operator==(const Axis&) const = default;
  };
  Mark mark = Mark::none;
  std::string title;  // template
  std::string query;  // Evidence::id; its rows (at most 200) are the chart's data
  Axis x, y;
  std::string series;     // column that splits lines by colour; may be empty
  std::string highlight;  // value of x (bars, points) or of series (lines) to stress; may be empty
  std::string low, high;  // columns of an interval band or error bar; may be empty
  bool operator==(const Chart&) const = default;
};

// The rows a claim is about, as a conjunction; two claims can share rows unless a column differs.
struct Scope {
  std::string table;
  std::vector<Entity> equals;         // sorted by column
  std::optional<base::Day> from, to;  // of the table's time column, inclusive
  bool operator==(const Scope&) const = default;
};

struct Claim {
  std::string pattern;                 // "customer_silent"
  std::string family;                  // of the false-discovery control
  std::string fingerprint;             // stable across runs: pattern / measure / column=value ...
  std::string title, summary, action;  // templates
  std::vector<std::string> columns;    // that it speaks of, most telling first
  std::vector<Entity> entities;
  std::vector<EvidenceQuery> evidence;
  std::map<std::string, ValueBinding> values;
  ImpactClaim impact;
  Test test;
  Strength strength = Strength::descriptive;
  std::vector<Guard> guards;
  Chart chart;
  Scope scope;
  std::vector<std::string> also;  // "seen also in": titles of what this cause explains (plain
                                  // names, no numerals of its own)
  // For ranking (findings/rank.h).
  double surprise = 0;              // 0..1: percentile of the shrunk effect among its siblings
  double actionability = 1;         // 0.7 .. 1.3, from the pattern
  std::vector<std::string> topics;  // words a focus area may ask for: pattern name, column kinds
};

}  // namespace insights::findings
