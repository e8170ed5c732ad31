// Rules and votes as a file that a person reads, edits and keeps under version control (TOML):
//
//   [[rule]]                        [[votes]]
//   id = "rule-3"                   pattern = "trend"
//   scope = "entity"                up = 2
//   column = "customer"             down = 0
//   value = "Ada"
//   reason = "known"                [[votes]]
//   note = "contract ended"         column = "customer"
//                                   value = "Ada"
//                                   up = 0
//                                   down = 1
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "findings/feedback.h"

namespace insights::findings {

// What read_feedback() reads back.
std::string feedback_file(const Feedback& feedback);

// `name` is the file's, for messages. Error: invalid_input, with the line: not TOML, a key that is
// not known (with the nearest that is), missing or of another type, a scope or reason that is not
// one.
base::Result<Feedback> read_feedback(std::string_view text, std::string_view name);

}  // namespace insights::findings
