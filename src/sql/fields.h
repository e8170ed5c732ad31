// The first rule of both dialects: of a node only the fields that are known may be filled.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "sql/refusal.h"
#include "sql/syntax_tree.h"

namespace insights::sql {

// Refuses a field that is none of those named and not empty; places in the text are no matter.
// Class construct.
Verdict only(Node node, std::initializer_list<std::string_view> fields);

}  // namespace insights::sql
