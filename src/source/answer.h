// One SELECT, run in a session of its own on a database that is shut. For the sources of this room
// only: they take a CheckedQuery, and hand its text on.
#pragma once

#include <string>

#include "source/engine.h"
#include "source/source.h"

namespace insights::source {

// As Source::query and Source::scan, whose batches are fetched ahead when there are two threads.
base::Result<Rows> answer_query(const engine::Database& database, const std::string& text,
                                const Limits& limits, std::stop_token stop);
base::Status answer_scan(const engine::Database& database, const std::string& text,
                         const Limits& limits, std::stop_token stop, int threads,
                         const BatchSink& sink);

}  // namespace insights::source
