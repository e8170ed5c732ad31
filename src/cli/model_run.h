// A run with a language model, put together: the model by the settings, the store that keeps what
// it did, and the analyst between them.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "catalog/metadata.h"
#include "catalog/vocabulary.h"
#include "cli/progress.h"
#include "cli/query_log.h"
#include "config/config.h"
#include "explore/explore.h"

namespace insights::cli {

// Whether a model is to be asked: the settings say so, and its privacy is not "off".
bool asks_a_model(const config::Config& config);

// What a run is made of besides its model; all borrowed.
struct ModelRunParts {
  source::Source& source;  // that answers statements which somebody else wrote
  const sql::Gate& gate;   // for our own
  const catalog::Vocabulary& vocabulary;
  const catalog::Metadata& metadata;
  explore::RunObserver& observer;
  Progress& progress;  // for remarks
  QueryLog& log;       // of what the model is refused
};

// explore() with the model; `order.run_id` is a new run's, or that of the run to be taken up, when
// `resumes`. Errors besides explore()'s: not_found (no such run), and those of the store and of
// llm::open.
base::Result<explore::Run> explore_with_model(const config::Config& config,
                                              const explore::Order& order, bool resumes,
                                              const ModelRunParts& parts, std::stop_token stop);

}  // namespace insights::cli
