// What happens after a failure, what a model is asked for, what it costs.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "llm/accommodation.h"
#include "llm/effort.h"
#include "llm/endpoint.h"
#include "llm/model_table.h"
#include "llm/prices.h"
#include "llm/retry.h"

namespace insights::llm {
namespace {

using std::chrono::milliseconds;

const std::chrono::system_clock::time_point now{
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 27}};

std::optional<milliseconds> wait(const ProviderError& error, int retry = 0, double jitter = 0) {
  return wait_before_retry(error, retry, jitter, now);
}

ProviderError busy() { return {.status = 429, .code = "rate_limit_exceeded"}; }

}  // namespace

TEST_CASE("a request is sent again after the wait that the provider asks for") {
  auto error = busy();
  error.retry_after = "7";
  CHECK(wait(error) == milliseconds(7000));
  error.retry_after = "1.5";
  CHECK(wait(error) == milliseconds(1500));
  error.retry_after_ms = "250";
  CHECK(wait(error) == milliseconds(250));
  error.retry_after_ms.clear();
  error.retry_after = "Fri, 27 Nov 2026 00:00:30 GMT";
  CHECK(wait(error) == milliseconds(30'000));
  error.retry_after = "Fri, 27 Nov 2026 00:02:01 GMT";
  CHECK(wait(error) == std::nullopt);
  error.retry_after = "121";
  CHECK(wait(error) == std::nullopt);
  for (const auto* nonsense : {"0", "-3", "soon", "nan", "Fri, 27 Nov 2025 00:00:30 GMT"}) {
    error.retry_after = nonsense;
    CHECK(wait(error) == milliseconds(500));
  }
}

TEST_CASE("without such a wait, ours doubles up to a limit, and jitter takes up to a quarter off") {
  CHECK(wait(busy(), 0) == milliseconds(500));
  CHECK(wait(busy(), 2) == milliseconds(2000));
  CHECK(wait(busy(), 9) == milliseconds(8000));
  CHECK(wait(busy(), 2, 1) == milliseconds(1500));
  CHECK(wait({.status = 529}, 1) == milliseconds(4000));
  CHECK(wait({.status = 503, .code = "server_is_overloaded"}, 9) == milliseconds(32'000));
}

TEST_CASE("what asking again does not help is not asked again") {
  for (const int status : {400, 401, 402, 403, 404, 413, 422})
    CHECK(wait({.status = status}) == std::nullopt);
  for (const int status : {408, 409, 429, 500, 502, 503, 504, 529})
    CHECK(wait({.status = status}).has_value());
  CHECK(wait({.status = 429, .type = "insufficient_quota"}) == std::nullopt);
  CHECK(wait({.status = 429, .code = "credit_balance_exhausted"}) == std::nullopt);
  CHECK(wait({.status = 500, .should_retry = "false"}) == std::nullopt);
  CHECK(wait({.status = 400, .should_retry = "true"}).has_value());
  CHECK(wait({.transport = http::Failure{http::Failure::Kind::broken, {}}}).has_value());
  CHECK(wait({.transport = http::Failure{http::Failure::Kind::untrusted, {}}}) == std::nullopt);
  CHECK(wait({.transport = http::Failure{http::Failure::Kind::stopped, {}}}) == std::nullopt);
}

TEST_CASE("a failure is told by what it means") {
  CHECK(kind_of({.status = 400,
                 .type = "invalid_request_error",
                 .message = "prompt is too long: 210000 tokens > 200000 maximum"}) ==
        Failure::Kind::context_too_long);
  CHECK(kind_of({.status = 429,
                 .code = "rate_limit_exceeded",
                 .message = "Request too large for gpt-5.2 on tokens per min (TPM): Limit 30000, "
                            "Requested 60000."}) == Failure::Kind::context_too_long);
  const auto llama = error_of_body(
      500, R"({"error":{"code":500,"message":"the request exceeds the available context size",)"
           R"("type":"exceed_context_size_error","n_prompt_tokens":1407,"n_ctx":8192}})");
  CHECK(kind_of(llama) == Failure::Kind::context_too_long);
  CHECK(llama.context_tokens == 8192);
  CHECK(wait(llama) == std::nullopt);
  CHECK(wait(error_of_body(
            500, R"({"error":{"code":500,"message":"Context size has been exceeded."}})")) ==
        std::nullopt);
  CHECK(kind_of({.status = 400, .message = "Your credit balance is too low"}) ==
        Failure::Kind::quota);
  CHECK(kind_of({.status = 400, .message = "no"}) == Failure::Kind::error);
  CHECK(kind_of({.status = 503}) == Failure::Kind::busy);
  CHECK(kind_of({.status = 200, .is_cut = true}) == Failure::Kind::unreachable);
}

TEST_CASE("an error is one line of words, without what a terminal would obey") {
  const auto error = error_of_body(
      400,
      R"({"error":{"message":"Bad\u001b[31m\nthing","type":"invalid_request_error","code":null}})");
  CHECK(words_of(error, "api.openai.com") ==
        "api.openai.com answered 400 (invalid_request_error): Bad [31m thing");
  CHECK(words_of(error_of_body(502, "<html>Bad gateway</html>"), "h") ==
        "h answered 502: <html>Bad gateway</html>");
  CHECK(words_of(
            error_of_body(422, R"({"detail":[{"loc":["body","tools"],"msg":"Input is wrong"}]})"),
            "h") == "h answered 422: Input is wrong");
  CHECK(words_of({.status = 400, .message = std::string(5000, 'x')}, "h").size() < 1100);
}

TEST_CASE("the effort asked for is the nearest that a model takes") {
  const auto near = [](std::string_view wanted, std::initializer_list<Effort> accepted) {
    return std::string(name_of(nearest_effort(*effort_named(wanted), std::vector(accepted))));
  };
  using enum Effort;
  CHECK(near("minimal", {none, low, medium, high, xhigh}) == "low");
  CHECK(near("xhigh", {none, low, medium, high}) == "high");
  CHECK(near("low", {medium, high}) == "medium");
  CHECK(near("none", {minimal, low}) == "minimal");
  CHECK(near("none", {none, low}) == "none");
  CHECK(near("high", {none}) == "none");
}

TEST_CASE("a refusal of an effort says which are taken") {
  const ProviderError error{
      .status = 400,
      .type = "invalid_request_error",
      .code = "unsupported_value",
      .param = "reasoning.effort",
      .message =
          "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported "
          "values are: 'none', 'low', 'medium', and 'high'."};
  using enum Effort;
  CHECK(efforts_listed(error.message) == std::vector{none, low, medium, high});
  const auto changed =
      accommodate(error, Protocol::openai, {.model = "gpt-5.1", .effort = "minimal"});
  REQUIRE(changed.has_value());
  CHECK(changed->asking.effort == "low");
  CHECK(changed->note == "gpt-5.1 does not take the effort minimal: low is asked for");
}

TEST_CASE("what a server refuses is left out, once") {
  const auto left_out = [](Protocol protocol, const ProviderError& error, Asking asking = {}) {
    const auto changed = accommodate(error, protocol, asking);
    return changed && !changed->asking.left_out.empty() ? *changed->asking.left_out.rbegin()
                                                        : std::string();
  };
  const auto said = [](const char* message) {
    return ProviderError{.status = 400, .message = message};
  };
  using enum Protocol;
  CHECK(left_out(openai, {.status = 400,
                          .code = "unsupported_value",
                          .param = "reasoning.summary",
                          .message = "Your organization must be verified to generate reasoning "
                                     "summaries."}) == "reasoning.summary");
  CHECK(left_out(openai, said("Encrypted content is not supported with this model.")) == "include");
  CHECK(left_out(chat, said("Unrecognized request argument supplied: reasoning_effort")) ==
        "reasoning_effort");
  CHECK(left_out(chat, said("\"qwen3\" does not support thinking")) == "reasoning_effort");
  CHECK(left_out(chat,
                 said("Unsupported parameter: 'max_tokens' is not supported with this model. "
                      "Use 'max_completion_tokens' instead."),
                 {.left_out = {"max_completion_tokens"}}) == "max_tokens");
  CHECK(left_out(anthropic, said("cache_control: Extra inputs are not permitted")) ==
        "cache_control");
  CHECK(left_out(anthropic, said("output_config.effort: Extra inputs are not permitted")) ==
        "output_config");
  CHECK(left_out(openai, said("messages must include a user message, and strict rules hold")) ==
        "");
  CHECK(left_out(openai, {.status = 400, .param = "model", .message = "no such model"}) == "");
  CHECK(left_out(openai, {.status = 500, .param = "include", .message = "x"}) == "");
  CHECK(left_out(openai, {.status = 400, .param = "include[0]", .message = "x"},
                 {.left_out = {"include"}}) == "");
}

TEST_CASE(
    "OpenAI is told the newer name of the limit, others the older, each the other when refused") {
  const ProviderError error{.status = 400,
                            .code = "unsupported_parameter",
                            .param = "max_tokens",
                            .message =
                                "Unsupported parameter: 'max_tokens' is not supported with "
                                "this model. Use 'max_completion_tokens' instead."};
  const auto changed = accommodate(error, Protocol::chat, {.model = "x", .output_tokens_max = 5});
  REQUIRE(changed.has_value());
  CHECK(changed->asking.left_out == std::set<std::string>{"max_tokens"});
}

TEST_CASE("a model that decides itself how long it thinks is no longer given a budget") {
  const auto changed = accommodate(
      {.status = 400, .message = "thinking.type: enabled is not supported; use adaptive"},
      Protocol::anthropic, {.model = "claude-x", .effort = "low", .thinking = Thinking::budget});
  REQUIRE(changed.has_value());
  CHECK(changed->asking.thinking == Thinking::adaptive);
}

TEST_CASE("the built-in table knows gpt-5.2, by any of its names") {
  const auto table = model_table("");
  REQUIRE(table.has_value());
  for (const auto* name : {"gpt-5.2", "gpt-5.2-2025-12-11", "openai/gpt-5.2", "GPT-5.2"}) {
    const auto facts = facts_of(*table, name);
    REQUIRE(facts.has_value());
    using enum Effort;
    CHECK(facts->efforts == std::vector{none, low, medium, high, xhigh});
    CHECK(facts->input_tokens_max == 272'000);
    CHECK(facts->output_tokens_max == 128'000);
    CHECK(facts->price->cached == 0.175);
  }
  CHECK(facts_of(*table, "gpt-5.2-pro")->price->output == 168);
  CHECK_FALSE(facts_of(*table, "llama3.3:70b").has_value());
  CHECK_FALSE(facts_of(*table, "gpt-oss:20b").has_value());
  for (const auto& facts : *table) {
    if (facts.price) CHECK_FALSE(facts.price->source.empty());
    CHECK(facts.effort.has_value() == !facts.efforts.empty());
  }
}

TEST_CASE("a table of models that is wrong is refused with its line") {
  const auto error = [](const char* text) { return parse_models(text, "m.toml").error().message; };
  CHECK(error("[[model]]\nnam = \"x\"\n") == "m.toml:2: a model has no 'nam'");
  CHECK(error("[[model]]\ninput = 5\n") == "m.toml:1: a model needs a 'name'");
  CHECK(error("[[model]]\nname = \"x\"\ninput = \"many\"\n") ==
        "m.toml:3: 'input' is a number of tokens");
  CHECK(error("[[model]]\nname = \"x\"\nefforts = [\"huge\"]\n").starts_with("m.toml:3: 'huge'"));
  CHECK(error("[[model]]\nname = \"x\"\nprice = { input = 1 }\n") ==
        "m.toml:3: a price needs 'output'");
  CHECK(error("models = 5\n") == "m.toml:1: a table of models holds [[model]] entries");
}

TEST_CASE("the table that the guide shows is understood") {
  std::ifstream file(INSIGHTS_SOURCE_DIR "/docs/guide/models.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto start = page.find("[[model]]");
  REQUIRE(start != std::string::npos);
  const auto table = parse_models(page.substr(start, page.find("```", start) - start), "models.md");
  REQUIRE(table.has_value());
  CHECK(facts_of(*table, "my-model-2")->price->cached == 0.05);
}

TEST_CASE("a usage costs what the price says, and what the provider says comes first") {
  const Price price{
      .input = 1.75, .cached = 0.175, .cache_write = 1.75, .output = 14, .priority = 2};
  const Usage usage{.input = 1'000'000, .cached = 400'000, .output = 100'000, .reasoning = 90'000};
  CHECK(*dollars(usage, price) == doctest::Approx(0.6 * 1.75 + 0.4 * 0.175 + 0.1 * 14));
  CHECK(*dollars(usage, price, "priority") ==
        doctest::Approx(2 * (0.6 * 1.75 + 0.4 * 0.175 + 1.4)));
  const Usage wrote{.input = 1'000'000, .cache_written = 1'000'000};
  CHECK(*dollars(wrote, Price{.input = 3, .cache_write = 3.75}) == doctest::Approx(3.75));
  CHECK_FALSE(dollars(usage, std::nullopt).has_value());
  CHECK(dollars({.input = 5, .usd_reported = 0.5}, price) == 0.5);
}

TEST_CASE("where a request goes follows from the base URL") {
  const auto urls = [](Settings settings) {
    const auto endpoint = endpoint_of(settings);
    REQUIRE(endpoint.has_value());
    return std::pair(endpoint->protocol, endpoint->ask_url);
  };
  using enum Protocol;
  CHECK(urls({}) == std::pair(openai, std::string("https://api.openai.com/v1/responses")));
  CHECK(urls({.base_url = "http://localhost:11434/v1/", .model = "q"}) ==
        std::pair(chat, std::string("http://localhost:11434/v1/chat/completions")));
  CHECK(urls({.base_url = "https://openrouter.ai/api/v1/chat/completions", .model = "q"}).second ==
        "https://openrouter.ai/api/v1/chat/completions");
  CHECK(urls({.base_url = "https://api.anthropic.com", .model = "claude-x"}) ==
        std::pair(anthropic, std::string("https://api.anthropic.com/v1/messages")));
  CHECK(urls({.base_url = "", .model = "claude-x"}).second ==
        "https://api.anthropic.com/v1/messages");
  CHECK(urls({.base_url = "https://r.openai.azure.com/openai/v1", .model = "d"}) ==
        std::pair(openai, std::string("https://r.openai.azure.com/openai/v1/responses")));
  CHECK(
      urls({.base_url = "https://r.openai.azure.com", .model = "d", .api_version = "2024-10-21"}) ==
      std::pair(chat, std::string("https://r.openai.azure.com/openai/deployments/d/chat/"
                                  "completions?api-version=2024-10-21")));
}

TEST_CASE("a model must be named where there is no default, and a base URL must be one") {
  CHECK(endpoint_of({.base_url = "http://localhost:1/v1"}).error().message ==
        "no model of localhost is named");
  CHECK(endpoint_of({.base_url = "localhost:11434/v1", .model = "x"}).error().message ==
        "llm.base_url is no address of a server");
  CHECK(endpoint_of({.base_url = "file:///etc/passwd", .model = "x"}).error().kind ==
        base::ErrorKind::invalid_input);
}

TEST_CASE("a key goes where each provider looks for it") {
  const auto header = [](const Settings& settings, std::string_view name) {
    const auto endpoint = endpoint_of(settings);
    for (const auto& one : endpoint->headers)
      if (one.name == name) return one.value;
    return std::string();
  };
  CHECK(header({.key = "k"}, "Authorization") == "Bearer k");
  CHECK(header({.protocol = Protocol::anthropic, .key = "k", .model = "c"}, "x-api-key") == "k");
  CHECK(header({.protocol = Protocol::anthropic, .key = "k", .model = "c"}, "Authorization") == "");
  CHECK(header({.base_url = "https://r.openai.azure.com/openai/v1", .key = "k", .model = "d"},
               "api-key") == "k");
}

}  // namespace insights::llm
