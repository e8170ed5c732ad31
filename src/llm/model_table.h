// What is known of each model: how much it reads and writes, how it may be told to think, what it
// costs. The built-in table is data/models.toml; a user's file comes before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "llm/asking.h"
#include "llm/model.h"

namespace insights::llm {

struct ModelFacts {
  std::string name;                    // a pattern: * stands for any letters, [78] for one of these
  std::int64_t input_tokens_max = 0;   // 0 = not known
  std::int64_t output_tokens_max = 0;  // 0 = not known
  std::vector<Effort> efforts;         // it takes; none of them: nothing is said about it
  std::optional<Effort> effort;        // it is asked for when the user says nothing
  Thinking thinking = Thinking::none;
  std::optional<Price> price;
};

// The text of a table. Error: invalid_input, with file and line.
base::Result<std::vector<ModelFacts>> parse_models(const std::string& text,
                                                   const std::string& file);

// The table of `file` ("" = none), and the built-in one after it. Errors: not_found, unavailable,
// invalid_input.
base::Result<std::vector<ModelFacts>> model_table(const std::string& file);

// The first entry that fits the model, whatever stands before its last '/'; nothing when none does.
std::optional<ModelFacts> facts_of(const std::vector<ModelFacts>& table, const std::string& model);

// Whether a text fits a pattern as above; in any case of letters.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace insights::llm
