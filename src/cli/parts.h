// The composition root: the one place that makes the parts of a run from the settings. Everything a
// command needs of the rooms above comes through here.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cache/query_cache.h"
#include "catalog/catalog.h"
#include "catalog/metadata.h"
#include "catalog/personal.h"
#include "cli/query_log.h"
#include "cli/say.h"
#include "config/config.h"
#include "explore/events.h"
#include "explore/run.h"
#include "explore/selftest.h"
#include "findings/rank.h"
#include "findings/verify.h"
#include "source/source.h"

namespace insights::cli {

// The query log that the settings name, if they name one.
QueryLog query_log(const config::Config& config, std::string who);

// What the settings name, opened for reading; what is asked of it goes to the log. Error besides
// those of source::open: invalid_input when nothing is named.
base::Result<std::unique_ptr<source::Source>> open_source(const std::vector<std::string>& locations,
                                                          const config::Config& config,
                                                          QueryLog& log, std::stop_token stop);

// The same, with queries in a process of their own: for statements that an analyst wrote.
base::Result<std::unique_ptr<source::Source>> open_worker_source(
    const std::vector<std::string>& locations, const config::Config& config, QueryLog& log,
    std::stop_token stop);

// The cache that the settings name. Error: invalid_input (its URL is none of Redis).
base::Result<std::unique_ptr<cache::QueryCache>> open_cache(const config::Config& config,
                                                            cache::Watch watch);

// A gate of the source for our own statements; what it refuses goes to the log.
base::Result<sql::Gate> open_gate(const source::Source& source, QueryLog& log);
// The script of a role that only reads the database which the settings name. Error: invalid_input
// when they name files.
base::Result<std::string> role_script(const config::Config& config, std::stop_token stop);

// The metadata directory, with the context file in place of its business_context.txt when one is
// set.
base::Result<catalog::Metadata> read_metadata(const config::Config& config);

base::Result<catalog::Catalog> read_catalog(source::Source& source, const config::Config& config,
                                            explore::RunObserver& observer, std::stop_token stop);

// Which columns of the source are personal, by the settings' metadata and vocabulary.
base::Result<catalog::PersonalColumns> personal_columns(source::Source& source,
                                                        const config::Config& config,
                                                        std::stop_token stop);

// The chosen focus areas as one: of each topic the largest weight. Error: not_found.
base::Result<findings::Focus> focus_of(const config::Config& config);

// Which run it is, and what it may know.
struct RunChoice {
  std::string id{};        // empty: a new one of its own
  bool resumes = false;    // the run of a language model with this id must be there, and goes on
  bool remembers = false;  // it is kept in the store, and knows what the store knows; a run with a
                           // language model always is
  cache::QueryCache* cache = nullptr;  // of results of queries; borrowed
};

// One exploration, from opening to ranked findings. A run with a language model whose id has a
// journal in the store goes on with it.
base::Result<explore::Run> run_exploration(const config::Config& config,
                                           const findings::Focus& focus, const RunChoice& choice,
                                           Progress& progress, std::stop_token stop);

// The analyst on shuffled copies of the tables (explore/selftest.h).
base::Result<explore::SelfTest> run_selftest(const config::Config& config, std::int64_t rounds,
                                             Progress& progress, std::stop_token stop);

// What became of one saved finding.
struct VerifiedFinding {
  std::string id, title;  // as saved
  std::vector<findings::Check> checks;
};

enum class DataState { unchanged, changed, unknown };

struct Verification {
  DataState data = DataState::unknown;
  std::vector<VerifiedFinding> findings;
  std::string ended_early;  // why not all findings were verified; empty when all were
};

// Runs the evidence of a saved run again, over `locations`. Stopped, or out of time or queries, it
// gives what it has.
base::Result<Verification> verify_run(const explore::Run& saved,
                                      const std::vector<std::string>& locations,
                                      const config::Config& config, Progress& progress,
                                      std::stop_token stop);

std::string rendered(const explore::Run& run, config::Format format, const config::Config& config,
                     const Look& look);

// The time of day in UTC: "2025-11-22T07:46:03Z".
std::string time_of_day();

// The analyst that a run would use: "statistical", "llm".
std::string_view analyst_name(const config::Config& config);

}  // namespace insights::cli
