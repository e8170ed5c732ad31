// What a run has done, step by step, written down before it goes on: so that a run that was killed
// can be taken up again without asking or paying for anything twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/database.h"

namespace insights::store {

struct JournalEntry {
  std::string kind;  // "turn", "results" ...: the writer's words
  std::string body;  // the writer's text
  bool operator==(const JournalEntry&) const = default;
};

// The log of one run. An entry is there whole or not at all, also after a kill.
class Journal {
 public:
  virtual ~Journal() = default;
  // Returns when the entry would survive the death of this process. Error: unavailable.
  virtual base::Status append(std::string_view kind, std::string_view body) = 0;
  // In the order they were written. Error: unavailable.
  virtual base::Result<std::vector<JournalEntry>> entries() = 0;
};

// In a store, which is borrowed and must outlive it.
class StoredJournal final : public Journal {
 public:
  StoredJournal(Database& database, std::string run) : database_(database), run_(std::move(run)) {}
  base::Status append(std::string_view kind, std::string_view body) override;
  base::Result<std::vector<JournalEntry>> entries() override;

 private:
  Database& database_;
  std::string run_;
};

}  // namespace insights::store
