// Sentences with holes. A template such as "{customer} stopped ordering" may hold no numeral of its
// own: every number a reader meets comes from a value, and every value from evidence.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "findings/finding.h"

namespace insights::findings {

// The names in the braces, in order, with repetitions. Error (invalid_input): a numeral of any
// script outside braces, a brace without its partner, a hole that is not a name
// ([A-Za-z_][A-Za-z0-9_]*), an invisible or control character.
base::Result<std::vector<std::string>> holes_of(std::string_view sentence);

// The sentence with each hole filled by its value's text. Errors: as holes_of, and a name without a
// value.
base::Result<std::string> fill(std::string_view sentence,
                               const std::map<std::string, Value>& values);

// Error when a title is empty or longer than title_characters_max, or both together longer than
// headline_characters_max. Lengths in characters, not bytes.
base::Status check_headline(std::string_view title, std::string_view summary);

}  // namespace insights::findings
