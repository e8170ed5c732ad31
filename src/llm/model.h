// A language model behind any provider's wire format: a conversation goes in, the model's next turn
// comes out. One of the program's four interfaces. What a provider sent is kept as it came, so that
// it can be sent back whole and in order (reasoning items, signatures); nobody outside this room
// reads it.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace insights::llm {

// How long a model may think. Each provider maps it to what its model takes (effort.h).
enum class Effort { none, minimal, low, medium, high, xhigh };

// What a model may call. `parameters` is a JSON Schema, strict: every property is required, no
// other is allowed.
struct ToolDefinition {
  std::string name;
  std::string description;
  std::string parameters;
  bool operator==(const ToolDefinition&) const = default;
};

struct ToolCall {
  std::string id;         // the provider's, or made up where it sent none
  std::string name;       // as the model wrote it: it may be unknown
  std::string arguments;  // as the model wrote it: it may be no JSON
  bool operator==(const ToolCall&) const = default;
};

// The parts of a conversation, in order.
struct UserMessage {
  std::string text;
  bool operator==(const UserMessage&) const = default;
};

struct ModelTurn {
  std::string text;  // what it said besides calling tools; may be empty
  std::vector<ToolCall> calls;
  std::string wire;  // JSON array of the provider's items, as they came; sent back unchanged.
                     // Empty: text and calls are sent (a turn of another provider's)
  bool operator==(const ModelTurn&) const = default;
};

struct ToolResult {
  std::string call_id;
  std::string output;
  bool is_error = false;
  bool operator==(const ToolResult&) const = default;
};

// What stands for all items before it, as the provider gave it.
struct Compaction {
  std::string wire;  // JSON array
  bool operator==(const Compaction&) const = default;
};

using Item = std::variant<UserMessage, ModelTurn, ToolResult, Compaction>;

// The same system text and tools in each request of a run, and items that are only added to: so
// that each request begins with the bytes of the one before.
struct Conversation {
  std::string system;
  std::vector<ToolDefinition> tools;  // sorted by name
  std::vector<Item> items;
  std::string cache_key;  // the same for all requests of a run; at most 64 characters
};

// Tokens as billed. `input` counts all input, the cached and the written to the cache included;
// `output` counts the reasoning.
struct Usage {
  std::int64_t input = 0;
  std::int64_t cached = 0;
  std::int64_t cache_written = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;
  bool estimated = false;  // the provider told none, or the answer was cut
  std::optional<double> usd_reported = std::nullopt;  // by the provider; before any table of prices
  bool operator==(const Usage&) const = default;
};

// US dollars for a million tokens.
struct Price {
  double input = 0, cached = 0, cache_write = 0, output = 0;
  double priority = 1;  // so many times as much in the priority tier
  std::string source = {};   // where it stands, and of which day
  bool operator==(const Price&) const = default;
};

enum class Ending {
  turn,            // it said what it had to say, or calls tools
  length,          // cut at the limit on output
  refused,         // the model would not
  content_filter,  // the provider would not
};

struct Reply {
  ModelTurn turn = {};
  Ending ending = Ending::turn;
  Usage usage = {};
  std::string model = {};               // that answered, by its own word
  std::string service_tier = {};        // that was billed, by the provider's word; may be empty
  std::string request_id = {};          // the provider's, for its support; may be empty
  std::vector<std::string> notes = {};  // for the user, each said once a run: "minimal is no effort
                                        // of gpt-5.2: low was asked for"
  std::int64_t bytes_sent = 0, bytes_received = 0;
};

// What happens while an answer comes in; told on the calling thread.
struct Progress {
  enum class Kind { thinking, saying, calling, retrying };
  Kind kind = Kind::thinking;
  std::string text;  // a piece of it; retrying: why, and after what wait
};
using ProgressSink = std::function<void(const Progress&)>;

// Every body that leaves for the provider, before it is sent: attempts of a retry one by one.
struct Sending {
  std::string url;   // without secrets
  std::string body;  // the whole request
};
using SendingSink = std::function<void(const Sending&)>;

// What a call that failed says besides its words.
struct Failure {
  enum class Kind {
    error,             // in words, see the Error
    context_too_long,  // the conversation must be shortened
    quota,             // money or credit is used up: asking again does not help
    busy,              // the provider's limits or load, after all retries
    unreachable,       // no connection, or it broke, after all retries
  };
  Kind kind = Kind::error;
  base::Error error;  // the provider's own words, and what to do
  Usage usage;        // of attempts that were cut, as far as it is known
};

template <class T>
using Outcome = std::expected<T, Failure>;

// What a probe found out (insights doctor).
struct ProbeStep {
  std::string name;  // "reachable", "key", "model", "tools", "context"
  bool fine = false;
  std::string says;  // in words, with what to do
};

class Model {
 public:
  virtual ~Model() = default;

  virtual std::string provider() const = 0;  // "openai", "chat", "anthropic"
  virtual std::string name() const = 0;      // the model's, as configured
  // Tokens of input that one request may hold.
  virtual std::int64_t context_tokens() const = 0;
  // What its tokens cost by the table of models; nothing when that does not know it. The cost of a
  // Usage: prices.h.
  virtual std::optional<Price> price() const { return std::nullopt; }
  // About how many tokens a request with this conversation would hold, by its bytes.
  virtual std::int64_t estimated_tokens(const Conversation& conversation) const = 0;

  // The model's next turn. Retries what may be retried. Every ToolCall of the last ModelTurn must
  // have its ToolResult in the conversation.
  virtual Outcome<Reply> respond(const Conversation& conversation, std::int64_t output_tokens_max,
                                 const ProgressSink& progress, std::stop_token stop) = 0;

  // The provider's own compaction of the whole conversation; nothing where it has none.
  virtual Outcome<std::optional<std::pair<Compaction, Usage>>> compact(
      const Conversation& conversation, std::stop_token stop) = 0;

  // Asks the endpoint what it is and can do, cheaply. In order; ends at the first that is not fine.
  virtual std::vector<ProbeStep> probe(std::stop_token stop) = 0;
};

}  // namespace insights::llm
