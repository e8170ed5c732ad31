// What a function gives back when it can fail for a reason its caller handles: a value or an Error.
// Bugs of our own are not Errors: see base/ensure.h. Decision: docs/decisions/0001-result-type.md.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace insights::base {

// The closed list of reasons. Each door (exit code, HTTP status, tool reply) maps it in one table.
enum class ErrorKind {
  invalid_input,  // the caller's text, file or flag is wrong
  refused,        // the gate or a policy said no
  not_found,      // the named thing does not exist
  timed_out,      // a deadline passed
  unavailable,    // a database, file system or server did not do its part
  disconnected,   // the database is gone, and will not answer the next question either
  cancelled,      // somebody asked to stop
};

// What went wrong and what to do about it, in words for the reader of the terminal.
struct Error {
  ErrorKind kind = ErrorKind::invalid_input;
  std::string message;  // what, and which
  std::string hint;     // what to do; may be empty
  bool operator==(const Error&) const = default;
};

// A value or an Error. A class of its own because an alias of std::expected is not [[nodiscard]] in
// libstdc++ 12, so that a dropped error would compile.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

using Status = Result<void>;

// Builds the failing side of any Result.
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = "") {
  return std::unexpected(Error{kind, std::move(message), std::move(hint)});
}

}  // namespace insights::base

// The value of a Result, or return its Error from the enclosing function. The only macro. Not
// nestable.
#define TRY(expression)                                                     \
  __extension__({                                                           \
    auto try_result = (expression);                                         \
    if (!try_result) return std::unexpected(std::move(try_result).error()); \
    *std::move(try_result);                                                 \
  })
