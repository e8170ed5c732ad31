// What the commands that make up a company share.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "cli/commands.h"
#include "generate/make.h"
#include "score/truth_json.h"

namespace insights::cli {

inline constexpr std::int64_t generate_rows_min = 100, generate_rows_max = 200'000'000;

// What --plant asks for. Error (invalid_input): there is no such effect.
base::Result<generate::Order> order_of(const Invocation& invocation, std::int64_t rows,
                                       std::int64_t seed);

}  // namespace insights::cli
