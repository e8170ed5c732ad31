#include "llm/open.h"

#include "llm/model_table.h"
#include "llm/remote_model.h"

namespace insights::llm {

base::Result<std::unique_ptr<Model>> open(const Settings& settings) {
  auto endpoint = TRY(endpoint_of(settings));
  const auto table = TRY(model_table(settings.models_file));
  auto facts = facts_of(table, model_of(settings)).value_or(ModelFacts{});
  return std::make_unique<RemoteModel>(settings, std::move(endpoint), std::move(facts));
}

}  // namespace insights::llm
