// The loop: the model says what it wants to know, the tools answer, until one of them is done.
//
// Each step is written to the journal before the next is taken. What is journaled can be taken up
// again: the same requests need not be paid for twice. The conversation only grows (but for a
// compaction), so that each request begins with the bytes of the one before.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/prompt.h"
#include "agent/record.h"
#include "agent/settings.h"
#include "agent/spending.h"
#include "store/journal.h"
#include "tools/session.h"

namespace insights::agent {

class ConversationLoop {
 public:
  // All borrowed.
  ConversationLoop(const Settings& settings, llm::Model& model, tools::Session& session,
                   store::Journal& journal, const StepSink& tell, std::stop_token stop);

  // Begins anew, or takes up what the records of an earlier process say. Error (invalid_input):
  // they are not of this run.
  base::Status begin(const Prompt& prompt, const Opened& opened, const std::vector<Record>& records,
                     const std::string& cache_key);
  // Until the end; says how that came.
  Ended run();

  std::int64_t iterations() const { return iterations_; }
  std::int64_t calls() const { return calls_; }
  std::int64_t bytes_sent() const { return bytes_sent_; }
  const Spending& spending() const { return spending_; }

 private:
  using Next = std::optional<Ended>;  // nothing: go on

  Next step();
  Next ask(Turn& turn);
  Next take(const Turn& turn);
  Next answer(const llm::ModelTurn& turn);
  Next nudge(const std::string& text);
  Next make_room(bool forced);
  std::string step_note(bool is_news) const;
  std::vector<tools::Answer> answers_of(const std::vector<tools::Call>& calls, bool& is_news);
  void replay(const Record& record);
  base::Status keep(const Record& record);
  void tell(Step::Kind kind, std::string text) const;

  const Settings& settings_;
  llm::Model& model_;
  tools::Session& session_;
  store::Journal& journal_;
  const StepSink& tell_;
  const std::stop_token stop_;
  Spending spending_;
  llm::Conversation conversation_;
  std::string opening_;
  std::int64_t iterations_ = 0, calls_ = 0, bytes_sent_ = 0;
  std::int64_t output_tokens_max_ = 0;
  int fruitless_ = 0;                          // steps in a row that brought nothing
  bool is_of_other_model_ = false;             // the run that is taken up was with another one
  bool shortened_ = false;                     // just compacted: not twice in a row
  bool owes_answers_ = false;                  // the last turn's calls are not answered yet
  std::map<std::string, std::int64_t> asked_;  // calls that were answered, and at which step
};

}  // namespace insights::agent
