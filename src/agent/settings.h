// How a language model is let loose on a database, and what may stop it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "explore/events.h"
#include "llm/model.h"
#include "tools/session.h"

namespace insights::agent {

struct Settings {
  tools::Options tools;
  bool leads =
      true;  // the statistical analyst looks first, and its findings are given to the model
  std::int64_t iterations_max = 15;
  double usd_max = 2;                       // hard: a request that could go beyond it is not sent
  std::int64_t tokens_max = 3'000'000;      // input and output of all requests together
  std::int64_t output_tokens_max = 16'000;  // of one answer, its reasoning included
  double context_share = 0.75;    // of the window: beyond it the conversation is compacted
  std::string prompts_directory;  // files here stand in for the built-in ones
  std::string kept;               // of what a run must not change when it is taken up again
  // US dollars of a usage; nothing when no price is known, and then money stops nothing.
  std::function<std::optional<double>(const llm::Usage& usage)> dollars;
};

// Told on the run's thread.
using Step = explore::ModelStep;
using StepSink = std::function<void(const Step& step)>;

}  // namespace insights::agent
