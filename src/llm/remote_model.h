// A Model behind HTTP: builds requests, sends them, reads answers, tries again where that may help,
// and learns from refusals what an endpoint does not take.
#pragma once

#include <random>

#include "http/client.h"
#include "llm/asking.h"
#include "llm/endpoint.h"
#include "llm/exchange.h"
#include "llm/model.h"
#include "llm/model_table.h"
#include "llm/settings.h"

namespace insights::llm {

class RemoteModel final : public Model {
 public:
  RemoteModel(Settings settings, Endpoint endpoint, ModelFacts facts);

  std::string provider() const override;
  std::string name() const override { return asking_.model; }
  std::int64_t context_tokens() const override;
  std::optional<Price> price() const override { return facts_.price; }
  std::int64_t estimated_tokens(const Conversation& conversation) const override;
  Outcome<Reply> respond(const Conversation& conversation, std::int64_t output_tokens_max,
                         const ProgressSink& progress, std::stop_token stop) override;
  Outcome<std::optional<std::pair<Compaction, Usage>>> compact(const Conversation& conversation,
                                                               std::stop_token stop) override;
  std::vector<ProbeStep> probe(std::stop_token stop) override;

 private:
  std::string body_of(const Conversation& conversation, const Asking& asking) const;
  std::int64_t output_limit(std::int64_t asked, const Conversation& conversation) const;
  void tell_sent(const std::string& url, const std::string& body) const;
  // Waits before the next attempt; false when there is none.
  bool wait_for_retry(const ProviderError& error, int retry, const ProgressSink& progress,
                      const std::stop_token& stop);
  Failure failure_of(const ProviderError& error, const Usage& usage) const;
  std::string hint_for(const ProviderError& error) const;
  void learn_from(const Reply& reply, std::size_t bytes_sent);
  void learn_context(const ProviderError& error);

  ProbeStep probe_model(const Json& models) const;
  ProbeStep probe_tools(std::stop_token stop);
  ProbeStep probe_context(const Json& models, std::stop_token stop);

  Settings settings_;
  Endpoint endpoint_;
  ModelFacts facts_;
  std::vector<std::string> notes_;  // not told yet
  Asking asking_;                   // as the endpoint takes it, by what was learned
  http::Client client_;
  std::mt19937 random_;
  double bytes_per_token_ = 3.5;
  std::int64_t context_learned_ = 0;  // by the endpoint's own word; 0 = none
};

}  // namespace insights::llm
