// What the two files of the pattern "text_mentions" share.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "patterns/correlation.h"
#include "patterns/text_words.h"
#include "stats/moments.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

// A term of a text column, held against a value of a grouping, or against a number or flag.
struct Mention {
  std::size_t text = 0;  // the column
  std::shared_ptr<const Term> term;
  std::size_t column = no_column;   // grouping ...
  std::uint32_t value = 0;          // ... and its value; or
  std::size_t measure = no_column;  // a measure or a flag
  bool word_first = false;          // of the word's rows most are the group's; else the reverse
};

// 1 / 0 / NaN (no text) by row: does it mention the term?
double mentioned_at(const catalog::Subject& subject, const Mention& mention, std::size_t row);

// Share of the group's rows that mention it, and of all others'.
struct MentionShares {
  stats::Proportion own, elsewhere;
};
MentionShares mention_shares(const catalog::Subject& subject, const Mention& mention,
                             const frame::Mask& kept);

// Mean of the measure (share of the flag) where it is mentioned, and where not.
struct MentionMeans {
  stats::Moments own, others;
};
MentionMeans mention_means(const catalog::Subject& subject, const Mention& mention,
                           const frame::Mask& kept);

// One word that stands out of all texts: the share of the next one.
findings::Claim state_common_word(const Workspace& workspace, const Mention& mention,
                                  const Term& next);
findings::Claim state_mentions_in_group(const Workspace& workspace, const Mention& mention);
findings::Claim state_mentions_and_measure(const Workspace& workspace, const Mention& mention);

}  // namespace insights::patterns
