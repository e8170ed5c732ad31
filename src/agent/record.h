// The entries of a run's journal: what the loop writes down, and reads when it takes a run up
// again. The room's door for JSON.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "llm/model.h"
#include "store/journal.h"

namespace insights::agent {

// The first entry: what the run is about, so that it is not gone on with about something else.
struct Opened {
  std::string data_digest;
  std::string kept;                // Settings::kept
  std::string model;               // provider and name
  std::string mask_key;            // hexadecimal; never leaves this machine
  std::string system, opening;     // as they were sent
  std::vector<std::string> leads;  // fingerprints, in order
  bool operator==(const Opened&) const = default;
};

// An answer of the model, paid for.
struct Turn {
  llm::ModelTurn turn;
  llm::Ending ending = llm::Ending::turn;
  llm::Usage usage;
  double usd = 0;
  std::int64_t bytes_sent = 0;
  bool operator==(const Turn&) const = default;
};

// What its calls were answered with.
struct Results {
  std::vector<llm::ToolResult> results;
  bool operator==(const Results&) const = default;
};

// Words of ours to the model.
struct Note {
  std::string text;
  bool operator==(const Note&) const = default;
};

// All items so far were replaced by these.
struct Compacted {
  std::vector<llm::Item> items;
  llm::Usage usage;
  double usd = 0;
  bool operator==(const Compacted&) const = default;
};

// Tokens that were paid for without an answer.
struct Lost {
  llm::Usage usage;
  double usd = 0;
  bool operator==(const Lost&) const = default;
};

// A finding that was proven.
struct Proven {
  std::string fingerprint, title, summary;
  bool operator==(const Proven&) const = default;
};

struct Ended {
  std::string reason;
  bool complete = false;  // the model said that it was done
  bool operator==(const Ended&) const = default;
};

using Record = std::variant<Opened, Turn, Results, Note, Compacted, Lost, Proven, Ended>;

// The kind and body of a journal entry, and back. Error (invalid_input): an entry that this version
// does not know.
store::JournalEntry entry_of(const Record& record);
base::Result<Record> record_of(const store::JournalEntry& entry);

}  // namespace insights::agent
