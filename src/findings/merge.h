// Money over several findings: rows in common count once, accounts and currencies stay apart.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "findings/finding.h"

namespace insights::findings {

// True when the two can share rows: same table (an empty name may be any), no column on which they
// ask for different values, and spans of time that meet.
bool overlaps(const Scope& first, const Scope& second);

// What there is in all of a unit, and in which span: ₹4.3M a month of sales.
struct Base {
  std::string unit;  // as in Impact: ISO currency, "units" ...
  bool is_money = true;
  std::string per;  // "month", "year", or "" for all of it
  double amount = 0;
  bool operator==(const Base&) const = default;
};

// One account's total, rows in common counted once.
struct Total {
  Account account = Account::none;
  std::string unit;
  bool is_money = true;
  std::string per;
  double amount = 0;
  std::int64_t findings = 0;  // that went into it
  bool operator==(const Total&) const = default;
};

// Totals by account, unit and span, in that order. Within one, the largest amounts are taken first,
// and a finding that can share rows with one already taken adds nothing; ties go by fingerprint. A
// total is never more than the base of the same unit and span, where there is one. Findings of no
// account are left out.
std::vector<Total> totals(std::span<const Finding> findings, std::span<const Base> bases);

}  // namespace insights::findings
