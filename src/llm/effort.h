// How long a model may think: the words for it, and what a model gets that does not know the one
// asked for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "llm/model.h"

namespace insights::llm {

std::string_view name_of(Effort effort);
std::optional<Effort> effort_named(std::string_view name);

// The effort of `accepted` for the one wanted: itself; else the next lower at which the model still
// thinks; else the next higher. Thus minimal becomes low where there are none, low and high: who
// asks for little thinking does not ask for none.
//   accepted  in any order; not empty
Effort nearest_effort(Effort wanted, std::span<const Effort> accepted);

// The efforts that a refusal lists: "Supported values are: 'none', 'low' and 'high'." Empty when it
// lists none.
std::vector<Effort> efforts_listed(std::string_view message);

}  // namespace insights::llm
