#include "agent/language_model_analyst.h"

#include <fmt/format.h>

#include <charconv>
#include <random>
#include <utility>

#include "agent/conversation_loop.h"
#include "agent/prompt.h"
#include "agent/record.h"
#include "agent/same_data.h"

namespace insights::agent {

namespace {

using analyst::Investigation;
using base::Result;

Result<std::vector<Record>> records_of(store::Journal& journal) {
  std::vector<Record> records;
  for (const auto& entry : TRY(journal.entries())) records.push_back(TRY(record_of(entry)));
  return records;
}

Opened opened_of(const Settings& settings, const llm::Model& model, const Prompt& prompt,
                 const analyst::Database& database, std::span<const analyst::Prepared> subjects,
                 const Investigation& leads, std::stop_token stop) {
  Opened opened;
  opened.data_digest = data_digest(database.source, subjects, std::move(stop));
  opened.kept = settings.kept;
  opened.model = model.provider() + " " + model.name();
  opened.system = prompt.system;
  opened.opening = prompt.opening;
  for (const auto& stated : leads.claims) opened.leads.push_back(stated.claim.fingerprint);
  return opened;
}

source::Masks::Key fresh_key() {
  std::random_device chance;  // of the system
  source::Masks::Key key{};
  for (auto& byte : key) byte = static_cast<unsigned char>(chance() & 0xFF);
  return key;
}

std::string text_of(const source::Masks::Key& key) {
  std::string text;
  for (const auto byte : key) text += fmt::format("{:02x}", byte);
  return text;
}

source::Masks::Key key_of(std::string_view text) {
  source::Masks::Key key{};
  for (std::size_t i = 0; i < key.size() && 2 * i + 1 < text.size(); ++i) {
    unsigned byte = 0;
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, byte, 16);
    key[i] = static_cast<unsigned char>(byte);
  }
  return key;
}

analyst::ModelUse use_of(const Settings& settings, const llm::Model& model,
                         const ConversationLoop& loop, const tools::Session& session,
                         const Ended& ended) {
  const auto& usage = loop.spending().usage();
  analyst::ModelUse use;
  use.provider = model.provider();
  use.model = model.name();
  use.privacy = tools::name(settings.tools.privacy.mode);
  use.iterations = loop.iterations();
  use.calls = loop.calls();
  use.input_tokens = usage.input;
  use.cached_tokens = usage.cached;
  use.output_tokens = usage.output;
  use.reasoning_tokens = usage.reasoning;
  use.estimated = usage.estimated;
  use.usd = loop.spending().usd();
  use.usd_max = settings.usd_max;
  use.priced = loop.spending().priced();
  use.bytes_sent = loop.bytes_sent();
  use.leads = session.leads();
  use.recorded = static_cast<std::int64_t>(session.recorded().size());
  use.deepened = session.deepened();
  use.sent_back = static_cast<std::int64_t>(session.sent_back().size());
  use.ended = ended.reason;
  use.complete = ended.complete;
  return use;
}

}  // namespace

LanguageModelAnalyst::LanguageModelAnalyst(const Settings& settings, analyst::Analyst& statistical,
                                           llm::Model& model, const catalog::Vocabulary& vocabulary,
                                           store::Journal& journal, StepSink tell,
                                           std::function<void(const tools::Carried&)> carried)
    : settings_(settings),
      statistical_(statistical),
      model_(model),
      vocabulary_(vocabulary),
      journal_(journal),
      tell_(std::move(tell)),
      carried_(std::move(carried)) {}

Result<Investigation> LanguageModelAnalyst::investigate(const analyst::Brief& brief,
                                                        const analyst::Material& material,
                                                        const analyst::Progress& progress,
                                                        std::stop_token stop) {
  auto leading = brief;
  // Without leads nothing is looked for; what impacts are held against is worked out all the same.
  if (!settings_.leads && material.database != nullptr) leading.only = {"nothing"};
  auto leads = TRY(statistical_.investigate(leading, material, progress, stop));
  if (material.database == nullptr) return leads;

  // The model's time ends with the search's, so that what it recorded can still be proven.
  const auto end = brief.enough.stop_possible() ? brief.enough : stop;
  const auto records = TRY(records_of(journal_));
  const auto* before = records.empty() ? nullptr : std::get_if<Opened>(&records.front());
  auto options = settings_.tools;
  options.mask_key = before == nullptr ? fresh_key() : key_of(before->mask_key);
  auto session = TRY(tools::Session::open(brief, material, vocabulary_, options, end));
  session.offer_leads(leads);
  const auto prompt = TRY(prompt_of(settings_, brief, *material.database, session));
  session.on_recorded([&](const findings::Finding& finding) {
    const auto [kind, body] = entry_of(Proven{finding.fingerprint, finding.title, finding.summary});
    static_cast<void>(journal_.append(kind, body));
    if (tell_) tell_({Step::Kind::recorded, finding.title, 0, 0});
  });
  const StepSink telling = [&](const Step& step) {
    if (step.kind == Step::Kind::asking && carried_) carried_(session.carried());
    if (tell_) tell_(step);
  };
  ConversationLoop loop(settings_, model_, session, journal_, telling, end);
  auto opened =
      opened_of(settings_, model_, prompt, *material.database, material.subjects, leads, stop);
  opened.mask_key = text_of(options.mask_key);
  TRY(loop.begin(prompt, opened, records, material.database->run_id));
  const auto usage_before = loop.spending().usage();
  const auto usd_before = loop.spending().usd();
  const auto ended = loop.run();
  auto result = session.concluded(std::move(leads));
  result.model = use_of(settings_, model_, loop, session, ended);
  result.model->tokens_before = {usage_before.input, usage_before.cached, usage_before.output,
                                 usage_before.reasoning};
  result.model->usd_before = usd_before;
  if (!ended.complete) result.ended_early = "the language model: " + ended.reason;
  return result;
}

}  // namespace insights::agent
