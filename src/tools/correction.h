// What the tests that an analyst asked for are worth, given how many it asked for.
#pragma once

#include <string_view>

#include "tools/desk.h"

namespace insights::tools {

// Would the test be accepted, corrected for all tests of the session so far?
bool is_accepted(const Desk& desk, std::string_view test);

}  // namespace insights::tools
