#include "llm/remote_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "llm/accommodation.h"
#include "llm/effort.h"
#include "llm/retry.h"

namespace insights::llm {
namespace {

using base::ErrorKind;

constexpr std::int64_t context_tokens_unknown = 32'768;  // of a model that nobody told us about
constexpr std::int64_t output_tokens_least = 1024;       // asked for however full the window is
constexpr int accommodations_max = 12;

void add(Usage& sum, const Usage& usage) {
  sum.input += usage.input;
  sum.cached += usage.cached;
  sum.cache_written += usage.cache_written;
  sum.output += usage.output;
  sum.reasoning += usage.reasoning;
  sum.estimated = sum.estimated || usage.estimated;
  if (usage.usd_reported) sum.usd_reported = sum.usd_reported.value_or(0) + *usage.usd_reported;
}

std::int64_t calls_in(const Conversation& conversation) {
  std::int64_t calls = 0;
  for (const auto& item : conversation.items)
    if (const auto* turn = std::get_if<ModelTurn>(&item))
      calls += static_cast<std::int64_t>(turn->calls.size());
  return calls;
}

// False when it was stopped.
bool sleep_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

// The words without the secrets that a server may have echoed.
std::string without(const std::vector<std::string>& secrets, std::string text) {
  for (const auto& secret : secrets) {
    if (secret.size() < 6) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret))
      text.replace(at, secret.size(), "[key]");
  }
  return text;
}

std::vector<std::string> secrets_of(const Settings& settings) {
  std::vector<std::string> secrets{settings.key};
  for (const auto& header : settings.headers) secrets.push_back(header.value);
  return secrets;
}

// What is asked of the model before anything is known of the endpoint; a note when its effort is
// not the one wanted.
Asking first_asking(const Settings& settings, const Endpoint& endpoint, const ModelFacts& facts,
                    std::vector<std::string>& notes) {
  Asking asking{.model = model_of(settings),
                .effort = "",
                .thinking = facts.thinking,
                .is_openai = endpoint.is_openai,
                .left_out = {}};
  const auto wanted = settings.effort ? settings.effort : facts.effort;
  if (!wanted) return asking;
  if (facts.name.empty()) {  // Nobody knows what it takes: the user does.
    asking.effort = name_of(*wanted);
    if (endpoint.protocol == Protocol::anthropic) asking.thinking = Thinking::adaptive;
    return asking;
  }
  if (facts.efforts.empty()) {
    notes.push_back(fmt::format("{} takes no effort: nothing is said about it", asking.model));
    return asking;
  }
  const auto effort = nearest_effort(*wanted, facts.efforts);
  asking.effort = name_of(effort);
  if (effort != *wanted) {
    notes.push_back(fmt::format("{} does not take the effort {}: {} is asked for", asking.model,
                                name_of(*wanted), asking.effort));
  }
  return asking;
}

}  // namespace

RemoteModel::RemoteModel(Settings settings, Endpoint endpoint, ModelFacts facts)
    : settings_(std::move(settings)),
      endpoint_(std::move(endpoint)),
      facts_(std::move(facts)),
      asking_(first_asking(settings_, endpoint_, facts_, notes_)),
      random_(std::random_device{}()) {}

std::string RemoteModel::provider() const {
  if (endpoint_.protocol == Protocol::chat) return "chat";
  return endpoint_.protocol == Protocol::anthropic ? "anthropic" : "openai";
}

std::int64_t RemoteModel::context_tokens() const {
  if (settings_.context_tokens > 0) return settings_.context_tokens;
  if (context_learned_ > 0) return context_learned_;
  return facts_.input_tokens_max > 0 ? facts_.input_tokens_max : context_tokens_unknown;
}

std::int64_t RemoteModel::estimated_tokens(const Conversation& conversation) const {
  const auto bytes = static_cast<double>(body_of(conversation, asking_).size());
  return static_cast<std::int64_t>(bytes / bytes_per_token_);
}

std::string RemoteModel::body_of(const Conversation& conversation, const Asking& asking) const {
  if (endpoint_.protocol == Protocol::chat) return chat_request(conversation, asking);
  if (endpoint_.protocol == Protocol::anthropic) return messages_request(conversation, asking);
  return responses_request(conversation, asking);
}

// A window that holds question and answer together must have room for both.
std::int64_t RemoteModel::output_limit(std::int64_t asked, const Conversation& conversation) const {
  auto limit = asked;
  if (facts_.output_tokens_max > 0) limit = std::min(limit, facts_.output_tokens_max);
  if (facts_.name.empty() || context_learned_ > 0) {
    const auto room = context_tokens() - estimated_tokens(conversation);
    limit = std::min(limit, std::max(room, output_tokens_least));
  }
  return limit;
}

void RemoteModel::tell_sent(const std::string& url, const std::string& body) const {
  if (settings_.sent) settings_.sent({http::without_secrets(url), body});
}

Outcome<Reply> RemoteModel::respond(const Conversation& conversation,
                                    std::int64_t output_tokens_max, const ProgressSink& progress,
                                    std::stop_token stop) {
  asking_.output_tokens_max = output_limit(output_tokens_max, conversation);
  const auto calls_before = calls_in(conversation);
  Usage lost;  // of attempts that failed after they had begun
  std::int64_t bytes_sent = 0, bytes_received = 0;
  for (int retry = 0, changes = 0;;) {
    const auto body = body_of(conversation, asking_);
    tell_sent(endpoint_.ask_url, body);
    auto [reading, received] =
        exchange(client_, endpoint_, settings_, body, calls_before, progress, stop);
    bytes_sent += static_cast<std::int64_t>(body.size());
    bytes_received += received;
    if (reading) {
      learn_from(*reading, body.size());
      add(reading->usage, lost);
      reading->notes = std::exchange(notes_, {});
      reading->bytes_sent = bytes_sent;
      reading->bytes_received = bytes_received;
      return *std::move(reading);
    }
    const auto& error = reading.error();
    add(lost, error.usage);
    if (auto changed = accommodate(error, endpoint_.protocol, asking_);
        changed && changes++ < accommodations_max) {
      asking_ = std::move(changed->asking);
      notes_.push_back(std::move(changed->note));
      continue;
    }
    learn_context(error);
    if (!wait_for_retry(error, retry++, progress, stop))
      return std::unexpected(failure_of(error, lost));
  }
}

bool RemoteModel::wait_for_retry(const ProviderError& error, int retry,
                                 const ProgressSink& progress, const std::stop_token& stop) {
  if (retry >= settings_.retries_max) return false;
  const double jitter = std::uniform_real_distribution<double>(0, 1)(random_);
  const auto wait = wait_before_retry(error, retry, jitter, std::chrono::system_clock::now());
  if (!wait) return false;
  tell(progress, Progress::Kind::retrying,
       fmt::format("{}; again in {:.1f} s",
                   without(secrets_of(settings_), words_of(error, endpoint_.host)),
                   std::chrono::duration<double>(*wait).count()));
  return sleep_for(*wait, stop);
}

Failure RemoteModel::failure_of(const ProviderError& error, const Usage& usage) const {
  const bool is_stopped = error.transport && error.transport->kind == http::Failure::Kind::stopped;
  auto kind = ErrorKind::unavailable;
  if (error.transport) kind = error.transport->error.kind;
  if (error.status == 404) kind = ErrorKind::not_found;
  return {is_stopped ? Failure::Kind::error : kind_of(error),
          {kind, without(secrets_of(settings_), words_of(error, endpoint_.host)), hint_for(error)},
          usage};
}

std::string RemoteModel::hint_for(const ProviderError& error) const {
  if (error.transport) return error.transport->error.hint;
  switch (kind_of(error)) {
    case Failure::Kind::quota:
      return "Credit or quota is used up: see the provider's billing page.";
    case Failure::Kind::context_too_long:
      return "llm.context_tokens says how much one request may hold.";
    case Failure::Kind::busy:
      return "The provider is busy, or your limit is reached: try again later.";
    case Failure::Kind::unreachable:
    case Failure::Kind::error:
      break;
  }
  if (error.status == 401)
    return "The key is not right: OPENAI_API_KEY, ANTHROPIC_API_KEY or llm.api_key.";
  if (error.status == 403) return "The key may not use this model, or not from here.";
  if (error.status == 404) {
    return fmt::format(
        "Is '{}' a model of this server, and is llm.base_url right? It mostly ends "
        "in /v1.",
        asking_.model);
  }
  return "";
}

// How many bytes a token of this model has in requests like ours.
void RemoteModel::learn_from(const Reply& reply, std::size_t bytes_sent) {
  constexpr std::int64_t tokens_least = 500;  // fewer say nothing
  if (reply.usage.estimated || reply.usage.input < tokens_least) return;
  const auto ratio = static_cast<double>(bytes_sent) / static_cast<double>(reply.usage.input);
  bytes_per_token_ = std::clamp(ratio, 2.0, 6.0);
}

// "This model's maximum context length is 8192 tokens ...": how much it is, by its own word.
void RemoteModel::learn_context(const ProviderError& error) {
  if (kind_of(error) != Failure::Kind::context_too_long) return;
  constexpr std::string_view words = "maximum context length is ";
  const auto start = error.message.find(words);
  if (start == std::string::npos) return;
  std::int64_t tokens = 0;
  for (auto i = start + words.size(); i < error.message.size() && tokens < 100'000'000; ++i) {
    const char letter = error.message[i];
    if (letter == ',' || letter == '_') continue;
    if (letter < '0' || letter > '9') break;
    tokens = tokens * 10 + (letter - '0');
  }
  if (tokens >= output_tokens_least) context_learned_ = tokens;
}

Outcome<std::optional<std::pair<Compaction, Usage>>> RemoteModel::compact(
    const Conversation& conversation, std::stop_token stop) {
  if (endpoint_.compact_url.empty()) return std::optional<std::pair<Compaction, Usage>>();
  const auto body = compact_request(conversation, asking_);
  for (int retry = 0;; ++retry) {
    tell_sent(endpoint_.compact_url, body);
    const auto json = fetch(client_, endpoint_, settings_, endpoint_.compact_url, body, stop);
    if (json && at(*json, "output").is_array() && !at(*json, "output").empty()) {
      const auto& usage = at(*json, "usage");
      return std::pair{
          Compaction{written(at(*json, "output"))},
          Usage{.input = count_at(usage, "input_tokens").value_or(0),
                .cached = count_at(at(usage, "input_tokens_details"), "cached_tokens").value_or(0),
                .output = count_at(usage, "output_tokens").value_or(0),
                .estimated = !usage.is_object()}};
    }
    const auto error =
        json ? ProviderError{.status = 200, .message = "the compaction is empty"} : json.error();
    // Servers that follow OpenAI may not have it: then we summarise ourselves.
    const bool is_missing = error.status == 404 || error.status == 405 || error.status == 501;
    if (is_missing || json) {
      endpoint_.compact_url.clear();
      return std::optional<std::pair<Compaction, Usage>>();
    }
    if (!wait_for_retry(error, retry, nullptr, stop)) return std::unexpected(failure_of(error, {}));
  }
}

}  // namespace insights::llm
