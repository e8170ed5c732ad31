// Requests are what the published schemas allow (tests/llm), and grow at their end only.

// g++ 12 with -fsanitize sees std::regex, which valijson uses, read what was not written; it was
// (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <doctest/doctest.h>

#include <fstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "llm/asking.h"
#include "llm/sample_conversation.h"

namespace insights::llm {
namespace {

// The first few complaints of tests/llm/NAME.strict.schema.json; "" for a request as it wants it.
std::string complaint(const std::string& name, const std::string& request) {
  std::ifstream file(INSIGHTS_SOURCE_DIR "/tests/llm/" + name + ".strict.schema.json");
  const auto schema_json = nlohmann::json::parse(file);
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  const auto json = nlohmann::json::parse(request);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(json), &results))
    return "";
  std::string text = "refused";
  valijson::ValidationResults::Error error;
  while (results.popError(error) && text.size() < 500) {
    text += "; ";
    for (const auto& step : error.context) text += step;
    text += " " + error.description;
  }
  return text;
}

const Asking plain{.model = "gpt-5.2", .effort = "medium", .output_tokens_max = 4000};

// As a provider's answer would have left it: reasoning, a call, the result.
Conversation with_a_call(const std::string& wire) {
  auto conversation = sample_conversation();
  conversation.items.push_back(ModelTurn{
      .text = "", .calls = {{"call_a", "execute_sql", R"({"sql":"SELECT 1"})"}}, .wire = wire});
  conversation.items.push_back(ToolResult{"call_a", "1 row\n\"x\"\xff", false});
  return conversation;
}

const std::string responses_wire =
    R"([{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA=="},)"
    R"({"type":"function_call","id":"fc_1","call_id":"call_a","name":"execute_sql",)"
    R"("arguments":"{\"sql\":\"SELECT 1\"}","status":"completed"}])";

}  // namespace

TEST_CASE("a Responses request is what the published schema allows") {
  CHECK(complaint("create_response", responses_request(sample_conversation(), plain)) == "");
  for (const auto& wire : {std::string(), responses_wire})
    CHECK(complaint("create_response", responses_request(with_a_call(wire), plain)) == "");
  auto asking = plain;
  asking.effort = "none";
  asking.must_call = true;
  CHECK(complaint("create_response", responses_request(sample_conversation(), asking)) == "");
}

TEST_CASE("a chat request is what the published schema allows") {
  for (const bool is_openai : {true, false}) {
    auto asking = plain;
    asking.is_openai = is_openai;
    CHECK(complaint("create_chat_completion_request",
                    chat_request(sample_conversation(), asking)) == "");
    CHECK(complaint("create_chat_completion_request", chat_request(with_a_call(""), asking)) == "");
  }
}

TEST_CASE("a request to compact holds the conversation, and nothing that is not allowed there") {
  const auto request = compact_request(with_a_call(responses_wire), plain);
  CHECK(complaint("compact_request", request) == "");
  CHECK(at(*parsed(request), "input").size() == 4);
}

TEST_CASE(
    "a Responses request asks for nothing to be stored, and for reasoning to be handed over") {
  const auto json = *parsed(responses_request(sample_conversation(), plain));
  CHECK(json["store"] == false);
  CHECK(json["include"] == Json::array({"reasoning.encrypted_content"}));
  CHECK(json["reasoning"] == Json{{"effort", "medium"}, {"summary", "auto"}});
  CHECK(json["prompt_cache_key"] == "run-1");
  CHECK(json["max_output_tokens"] == 4000);
  CHECK_FALSE(json.contains("temperature"));
  auto asking = plain;
  asking.left_out = {"include", "reasoning.summary", "store", "prompt_cache_key"};
  const auto less = *parsed(responses_request(sample_conversation(), asking));
  CHECK_FALSE(less.contains("include"));
  CHECK_FALSE(less.contains("store"));
  CHECK(less["reasoning"] == Json{{"effort", "medium"}});
}

TEST_CASE("what a provider sent goes back byte for byte, and in its place") {
  const auto request = responses_request(with_a_call(responses_wire), plain);
  const auto items = std::string_view(responses_wire).substr(1, responses_wire.size() - 2);
  CHECK(request.find(items) != std::string::npos);
  const auto input = (*parsed(request))["input"];
  REQUIRE(input.size() == 4);
  CHECK(input[1]["type"] == "reasoning");
  CHECK(input[2]["call_id"] == "call_a");
  CHECK(input[3]["type"] == "function_call_output");
}

TEST_CASE("a request begins with all the bytes of the conversation before it") {
  const auto common_begin = [](const std::string& before, const std::string& after) {
    const auto [end, other] = std::ranges::mismatch(before, after);
    return static_cast<double>(end - before.begin()) / static_cast<double>(before.size());
  };
  auto longer = sample_conversation();
  longer.items.front() = UserMessage{std::string(5000, 'x')};
  const auto conversations = [&longer](const std::string& wire) {
    auto after = longer;
    const auto call = with_a_call(wire);
    after.items.insert(after.items.end(), call.items.begin() + 1, call.items.end());
    return after;
  };
  CHECK(common_begin(responses_request(longer, plain),
                     responses_request(conversations(responses_wire), plain)) > 0.99);
  CHECK(common_begin(chat_request(longer, plain), chat_request(conversations(""), plain)) > 0.99);
  CHECK(common_begin(messages_request(longer, plain), messages_request(conversations(""), plain)) >
        0.99);
}

TEST_CASE("a compaction stands for all that came before it") {
  auto conversation = with_a_call(responses_wire);
  conversation.items.push_back(
      Compaction{R"([{"type":"compaction","id":"cmp_1","encrypted_content":"zzz"}])"});
  conversation.items.push_back(UserMessage{"Go on."});
  const auto request = responses_request(conversation, plain);
  CHECK(complaint("create_response", request) == "");
  const auto input = (*parsed(request))["input"];
  REQUIRE(input.size() == 2);
  CHECK(input[0]["type"] == "compaction");
}

TEST_CASE("thoughts go back to a server that sent them, until it refuses them") {
  const auto conversation = with_a_call(
      R"([{"role":"assistant","content":"","reasoning_content":"Hm","tool_calls":[{"id":"call_a",)"
      R"("type":"function","function":{"name":"execute_sql","arguments":"{}"}}]}])");
  auto asking = plain;
  CHECK(chat_request(conversation, asking).find("reasoning_content") != std::string::npos);
  asking.left_out = {"reasoning_content"};
  const auto messages = (*parsed(chat_request(conversation, asking)))["messages"];
  CHECK_FALSE(messages[2].contains("reasoning_content"));
  CHECK(messages[2]["tool_calls"][0]["id"] == "call_a");
}

TEST_CASE("servers of others than OpenAI get the older name of the limit, until they refuse it") {
  auto asking = plain;
  const auto names = [&asking] {
    const auto json = *parsed(chat_request(sample_conversation(), asking));
    return std::pair(json.contains("max_tokens"), json.contains("max_completion_tokens"));
  };
  CHECK(names() == std::pair(true, false));
  asking.left_out = {"max_tokens"};
  CHECK(names() == std::pair(false, true));
  asking = plain;
  asking.is_openai = true;
  CHECK(names() == std::pair(false, true));
}

TEST_CASE("Anthropic gets all results of a turn in one message, before what the user adds") {
  auto conversation = sample_conversation();
  conversation.items.push_back(
      ModelTurn{.text = "Looking.",
                .calls = {{"a", "execute_sql", R"({"sql":"1"})"}, {"b", "execute_sql", "no JSON"}},
                .wire = ""});
  conversation.items.push_back(ToolResult{"a", "one", false});
  conversation.items.push_back(UserMessage{"Two steps are left."});
  conversation.items.push_back(ToolResult{"b", "refused", true});
  const auto json = *parsed(messages_request(conversation, plain));
  const auto messages = json["messages"];
  REQUIRE(messages.size() == 3);
  CHECK(messages[1]["content"][1]["input"] == Json{{"sql", "1"}});
  CHECK(messages[1]["content"][2]["input"] == Json::object());
  const auto last = messages[2]["content"];
  REQUIRE(last.size() == 3);
  CHECK(last[0]["tool_use_id"] == "a");
  CHECK(last[1]["is_error"] == true);
  CHECK(last[2]["type"] == "text");
  CHECK(json["max_tokens"] == 4000);
}

TEST_CASE("Anthropic's models are told to think in the way each takes") {
  auto asking = plain;
  const auto request = [&asking] {
    return *parsed(messages_request(sample_conversation(), asking));
  };
  CHECK_FALSE(request().contains("thinking"));
  asking.thinking = Thinking::adaptive;
  CHECK(request()["thinking"] == Json{{"type", "adaptive"}});
  CHECK(request()["output_config"] == Json{{"effort", "medium"}});
  asking.thinking = Thinking::budget;
  CHECK(request()["thinking"] == Json{{"type", "enabled"}, {"budget_tokens", 2000}});
  asking.output_tokens_max = 1500;  // No room for the least that is taken.
  CHECK_FALSE(request().contains("thinking"));
  asking.effort = "none";
  CHECK(request()["thinking"] == Json{{"type", "disabled"}});
}

}  // namespace insights::llm
