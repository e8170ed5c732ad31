// Who asks, as the events of a run tell it, for the query log.
#pragma once

#include <variant>

#include "cli/query_log.h"
#include "explore/events.h"

namespace insights::cli {

// What the run tells goes on to its observer; from when the tables are understood, the analyst
// asks.
class AskerObserver final : public explore::RunObserver {
 public:
  AskerObserver(explore::RunObserver& observer, QueryLog& log) : observer_(observer), log_(log) {}
  void on(const explore::Event& event) override {
    if (std::holds_alternative<explore::CatalogRead>(event)) log_.asked_by("statistical analyst");
    observer_.on(event);
  }

 private:
  explore::RunObserver& observer_;
  QueryLog& log_;
};

}  // namespace insights::cli
