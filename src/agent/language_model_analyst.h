// The analyst that is a language model: the statistical analyst looks first, its findings are the
// leads, and the model asks, tests and records on top of them.
#pragma once

#include "agent/settings.h"
#include "analyst/analyst.h"
#include "catalog/vocabulary.h"
#include "store/journal.h"

namespace insights::agent {

class LanguageModelAnalyst final : public analyst::Analyst {
 public:
  // All borrowed. A journal with entries is taken up where it ends. `carried` is told, before each
  // request, which columns' values the conversation holds.
  LanguageModelAnalyst(const Settings& settings, analyst::Analyst& statistical, llm::Model& model,
                       const catalog::Vocabulary& vocabulary, store::Journal& journal,
                       StepSink tell, std::function<void(const tools::Carried&)> carried = {});

  std::string name() const override { return "llm"; }
  // Whatever becomes of the model, the statistical analyst's claims are in the result. Without a
  // database to ask no model is called. Errors: those of the statistical analyst; invalid_input
  // when the journal is of other data or settings, or a prompt file is wrong.
  base::Result<analyst::Investigation> investigate(const analyst::Brief& brief,
                                                   const analyst::Material& material,
                                                   const analyst::Progress& progress,
                                                   std::stop_token stop) override;

 private:
  const Settings& settings_;
  analyst::Analyst& statistical_;
  llm::Model& model_;
  const catalog::Vocabulary& vocabulary_;
  store::Journal& journal_;
  StepSink tell_;
  std::function<void(const tools::Carried&)> carried_;
};

}  // namespace insights::agent
