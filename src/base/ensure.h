// Our own mistakes: a broken promise inside the program throws Bug, which is caught around a run
// and in main.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string_view>

namespace insights::base {

class Bug final : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws Bug with the message and the place when `condition` is false.
void ensure(bool condition, std::string_view message,
            std::source_location place = std::source_location::current());

}  // namespace insights::base
