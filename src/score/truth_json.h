// The truth file: what `insights generate` writes and `insights bench` reads.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "generate/truth.h"

namespace insights::score {

std::string truth_json(const generate::Truth& truth);

// Unknown keys are passed over. Error: invalid_input, with the place that is wrong.
base::Result<generate::Truth> read_truth(std::string_view text);

}  // namespace insights::score
