// What a report is worth, held against the truth.
//
// Every claim gets one verdict, the first of these that is so:
//   false_claim  it speaks of a noise column, or has all marks of a trap
//   hit          it names all values of a planted insight, speaks of the columns asked for, is of a
//                pattern that may report it, and of its time where that matters; the first such
//   repeat       the same, not the first
//   echo         it is about a value that a planted insight shows in as well (the region of a
//                customer that quit), by a pattern that may report that insight
//   background   it is of a pattern and columns that the truth lists as true of the company
//   fact         arithmetic without a test (a share, a count) about none of the above: true as far
//                as its evidence goes, and not counted against the analyst
//   unplanned    none of these: to be read by a person
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "generate/truth.h"
#include "score/claims.h"

namespace insights::score {

enum class Verdict { false_claim, hit, repeat, echo, background, fact, unplanned };
std::string_view name(Verdict verdict);

struct Judged {
  Claim claim;
  std::size_t rank = 0;  // 1 = the first of the report
  Verdict verdict = Verdict::unplanned;
  std::string by;  // id of the planted insight, trap or background; "noise column x"
};

struct Found {
  std::string id, what;
  std::string pattern;                 // that reported it; empty: nobody did
  std::size_t rank = 0;                // of the first; 0: not found
  std::optional<double> impact_error;  // |claimed - true| / true, where both say the same "per"
};

struct Score {
  std::vector<Judged> claims;
  std::vector<Found> planted;
  double seconds = 0;

  std::size_t count(Verdict verdict) const;
  std::size_t found() const;
  double recall() const;            // found / planted; 1 when nothing was planted
  double precision() const;         // hit, repeat, echo, background and facts / all; 1 without any
  double false_alarm_rate() const;  // false / all; 0 without any
  double unplanned_rate() const;
  std::optional<double> impact_error() const;  // median over the planted ones with both amounts
};

Score score(const Claims& claims, const generate::Truth& truth);

}  // namespace insights::score
