// A kind of insight: how it is looked for, tested, and put into words.
//
// A pattern examines a Workspace (one subject, prepared) and hands back candidates: one a
// hypothesis that it tested, each with its ledger entry and, for when it is accepted, a function
// that states the claim. It reads the frame, never the database; the claim's evidence queries are
// what the database is asked later. To add one: one file, one entry in all.h, one case in
// tests/patterns.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "findings/claim.h"
#include "findings/ledger.h"
#include "patterns/workspace.h"

namespace insights::patterns {

// One value of one coded column.
struct ValueOf {
  std::size_t column = no_column;
  std::uint32_t value = 0;
  bool operator==(const ValueOf&) const = default;
};

// Of a candidate's rank: it stands for everything that its rows show (a customer gone).
inline constexpr int absorbing_rank = 20;

struct Candidate {
  findings::LedgerEntry entry;  // family, pattern, fingerprint, statistic, p, effect, fact, decoy
  bool material = false;        // the effect passes the pattern's threshold
  double weight = 1;            // findings::Hypothesis::weight
  double impact = 0;            // money (or rows) a month, to decide which claims are stated first
  double surprise = 0;          // 0..1: percentile of the shrunk effect among its siblings
  std::size_t column = no_column;  // the coded column it is about, if it is about one value of one
  std::uint32_t value = 0;         // its code
  std::vector<std::uint32_t> values;  // more of that column, told together with it; else empty
  std::vector<ValueOf> within;        // it is about those of the rows that are all of these too
  // The rows it is about, when no value of a column says which: [rows] 1 = its own.
  std::function<frame::Mask()> own_rows;
  bool explains = true;  // false: what its rows are like is no reason for anything else
  int rank = 0;          // of the column's kind: who leads when several show one cause
  std::string measure;   // what it measures: claims of one cause and several measures are told once
  // That measure or flag, when it is one column; or the column whose mix of values it is about.
  std::size_t measure_column = no_column;
  // Of an average that rises or falls, and that was like the others' before: the measure's column.
  std::size_t course_of = no_column;
  // Two columns, ascending, when it tells that their values go together; else empty. One finding
  // tells of a pair.
  std::vector<std::size_t> associates;
  int total_moved = 0;  // it tells how the total changed over time: 1 up, -1 down; 0: it does not
  // The rows of customers that left, when it tells of several at once: [rows] 1 = of one of them.
  std::function<frame::Mask()> rows_of_lost;
  bool of_total =
      false;  // its numbers are held against everybody's: rows of others can explain it too
  // States the claim: sentences, values, evidence. Called for accepted candidates only.
  std::function<findings::Claim()> claim;
  // Would it still be accepted if only these rows were there? Empty: it is never an echo of
  // another.
  std::function<bool(const frame::Mask& kept)> survives;
};

struct Pattern {
  std::string_view name;      // "customer_silent"
  std::string_view title;     // "Customer gone silent"
  std::string_view question;  // what it asks of the data, one sentence
  std::string_view example;   // of a title
  double actionability;       // 0.7 .. 1.3
  std::vector<Candidate> (*examine)(const Workspace& workspace);
};

}  // namespace insights::patterns
