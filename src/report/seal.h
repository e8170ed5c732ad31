// The seal of a report: a digest of each of its parts, so that `insights verify` can name what was
// altered after writing, also where the number cannot be recomputed (a p-value, a count of the
// ledger).
//
// It has no key: it finds the slip of an editor and the careless change, not a forger, who could
// write a new seal as easily. What a forger cannot do is make evidence agree with the data: verify
// runs it again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace insights::report {

inline constexpr std::string_view seal_method =
    "BLAKE2b-128 of each part as JSON without spaces, keys sorted, whole numbers without a "
    "fraction";

struct SealedPart {
  std::string name;    // "counts", "finding f-3: title", "findings"
  std::string digest;  // hexadecimal
  bool operator==(const SealedPart&) const = default;
};

// The parts of a report given as JSON text, in order: each top-level key but `seal` and `findings`,
// each key of each finding, and "findings" for how many there are and in which order. `json` has
// been parsed before: text that is no JSON gives no parts.
std::vector<SealedPart> sealed_parts(std::string_view json);

// The names of the parts that differ, are missing in one, or stand in `now` alone. Empty when all
// are as sealed.
std::vector<std::string> altered_parts(const std::vector<SealedPart>& sealed,
                                       const std::vector<SealedPart>& now);

}  // namespace insights::report
