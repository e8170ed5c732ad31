// Which finding a reader should see first: money, surprise and what can be done about it, without
// telling the same thing twice.
//
//   score = ln(1 + I / I0) x (0.4 + 0.6 surprise) x actionability x focus x votes
//
// I is the impact a month, I0 = 0.02 % of the base a month, focus 1 to 3,
// votes 0.7 to 1.3 (findings/feedback.h). A year's amount counts a
// twelfth, and so does one that happens once. Without an amount in a unit whose base is known, the
// finding counts as 1 % of the base times its effect, cut at 1, so that it is not lost; 0.3 % when
// it is a fact about the whole table, and there is a base that others have amounts of. A model's
// claim counts half.
//
// Order: repeatedly the finding with the largest 0.7 x score / best score - 0.3 x its largest
// likeness to those already placed (maximal marginal relevance, Carbonell & Goldstein 1998).
// Likeness: shared entities, columns and pattern over all of theirs (Jaccard). Among the first ten
// places at most three of a pattern and two about an entity, as long as others are left, and the
// last of the ten goes to the best data-quality finding if none stands higher. Equal: significant
// before descriptive before a model's claim, then by fingerprint.
//
// With a focus, findings on one of its topics come first, and the limit of three of a pattern does
// not hold for them: they were asked for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "findings/merge.h"

namespace insights::findings {

// What the reader asked to look at; nothing for a broad run.
struct Focus {
  std::string name;                       // "customer_churn"; empty: no focus
  std::string text;                       // what it means, for people
  std::map<std::string, double> weights;  // topic -> weight, held within 1 .. 3
  bool operator==(const Focus&) const = default;
};

inline constexpr std::size_t top_places = 10;
inline constexpr std::size_t top_places_per_pattern = 3;
inline constexpr std::size_t top_places_per_entity = 2;
inline constexpr std::string_view data_quality_topic = "data_quality";

// An amount per "day", "week", "month", "quarter" or "year" as one a month; per "" (once) counts a
// twelfth.
double monthly(double amount, std::string_view per);

// Largest weight, within 1 .. 3, among the finding's topics (or its pattern) that the focus names;
// 0 when it names none.
double focus_boost(const Finding& finding, const Focus& focus);

double score(const Finding& finding, const std::vector<Base>& bases, const Focus& focus);

// At risk or lost: high from 1 % of the base a month, medium from 0.1 %. Opportunity: medium from
// 1 %. Without such an amount: medium when significant and surprise >= 0.9. A model's claim: at
// most medium.
Severity severity(const Finding& finding, const std::vector<Base>& bases);

// All of them, in order, with score and severity set; ids come from renumbered(). `bases` may be
// per any span. `places` is how many count as the first ones, should the reader have asked for
// other than ten. Equal input gives equal output, whatever the order it came in.
std::vector<Finding> rank(std::vector<Finding> findings, const std::vector<Base>& bases,
                          const Focus& focus, std::size_t places = top_places);

}  // namespace insights::findings
