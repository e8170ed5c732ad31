// Runs in which a language model was asked, and every request that left for one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct ModelRun {
  std::string run;
  base::Moment started_at;
  std::string locations;  // one a line, without secrets
  std::string focus, model, privacy;
  std::string state = "running";  // or "done", "partial", "failed"
  std::string reason;             // why it is partial or failed
  double usd = 0;
  std::int64_t findings = 0;
  bool operator==(const ModelRun&) const = default;
};

// Adds the run, or says anew what it is.
base::Status save_model_run(Database& database, const ModelRun& run);
// The latest first.
base::Result<std::vector<ModelRun>> model_runs(Database& database);
// Error: not_found, with the run nearest to it.
base::Result<ModelRun> model_run(Database& database, const std::string& run);

// One body that left for a provider.
struct Egress {
  base::Moment at;
  std::string url;  // without secrets
  std::int64_t bytes = 0;
  std::string privacy;
  std::vector<std::string> columns;  // "table.column" whose values it carried
  bool operator==(const Egress&) const = default;
};

base::Status add_egress(Database& database, const std::string& run, const Egress& egress);
// In the order they left.
base::Result<std::vector<Egress>> egress_of(Database& database, const std::string& run);

}  // namespace insights::store
