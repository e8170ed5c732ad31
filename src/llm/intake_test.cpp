// Answers as providers send them, cut anywhere. The texts are our own, in the published shapes.
#include "llm/intake.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace insights::llm {
namespace {

const http::Response stream{.status = 200, .headers = {{"content-type", "text/event-stream"}}};
const http::Response object{.status = 200, .headers = {{"content-type", "application/json"}}};

// One of tests/llm/answers, which the fuzz target starts from, too.
std::string stored(const std::string& name) {
  std::ifstream file(INSIGHTS_SOURCE_DIR "/tests/llm/answers/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

Reading read(Protocol protocol, std::string_view text, std::size_t cut = 0,
             const http::Response& response = stream) {
  const ProgressSink nobody;
  Intake intake(protocol, 0, nobody);
  intake.take(response, text.substr(0, cut));
  intake.take(response, text.substr(cut));
  return intake.finish(response);
}

const std::string responses_stream = stored("responses.sse");

const std::string chat_stream = stored("chat.sse");

const std::string messages_stream = stored("messages.sse");

}  // namespace

TEST_CASE("a stream of OpenAI's is read the same wherever it is cut") {
  for (std::size_t cut = 0; cut <= responses_stream.size(); ++cut) {
    const auto reply = read(Protocol::openai, responses_stream, cut);
    REQUIRE(reply.has_value());
    CHECK(reply->turn.text == "Grüße all");
    CHECK(reply->turn.calls ==
          std::vector<ToolCall>{{"call_a", "execute_sql", R"({"sql":"SELECT 1"})"}});
    const auto wire = *parsed(reply->turn.wire);
    REQUIRE(wire.size() == 4);
    CHECK(wire[0]["encrypted_content"] == "whole==");
    CHECK(written(wire[1]) == R"({"type":"a_new_thing","id":"x_1","what":{"ever":[1,2.5,null]}})");
    CHECK(wire[2]["phase"] == "commentary");
    CHECK(reply->usage ==
          Usage{.input = 1200, .cached = 1024, .output = 90, .reasoning = 64, .estimated = false});
    CHECK(reply->model == "gpt-5.2-2025-12-11");
  }
}

TEST_CASE("a stream of chat/completions is read the same wherever it is cut") {
  for (std::size_t cut = 0; cut <= chat_stream.size(); ++cut) {
    const auto reply = read(Protocol::chat, chat_stream, cut);
    REQUIRE(reply.has_value());
    CHECK(reply->turn.text == "Grüße all");
    CHECK(reply->turn.calls ==
          std::vector<ToolCall>{{"call_a", "execute_sql", R"({"sql":"SELECT 1"})"},
                                {"call_b", "finish", "{}"}});
    const auto message = (*parsed(reply->turn.wire))[0];
    CHECK(written(message["reasoning_details"]) ==
          R"([{"type":"reasoning.text","index":0,"text":"Hm","signature":"s=="}])");
    CHECK(message["tool_calls"][0]["id"] == "call_a");
    CHECK(reply->usage.usd_reported == 0.0123);
    CHECK(reply->usage.cached == 1024);
  }
}

TEST_CASE("a stream of Anthropic's is read the same wherever it is cut") {
  for (std::size_t cut = 0; cut <= messages_stream.size(); ++cut) {
    const auto reply = read(Protocol::anthropic, messages_stream, cut);
    REQUIRE(reply.has_value());
    CHECK(reply->turn.text == "Grüße all");
    CHECK(reply->turn.calls ==
          std::vector<ToolCall>{{"toolu_a", "execute_sql", R"({"sql":"SELECT 1"})"}});
    CHECK(written(*parsed(reply->turn.wire)) ==
          R"([{"type":"thinking","thinking":"Hm","signature":"s=="},)"
          R"({"type":"redacted_thinking","data":"zz"},{"type":"text","text":"Grüße all"},)"
          R"({"type":"tool_use","id":"toolu_a","name":"execute_sql","input":{"sql":"SELECT 1"}}])");
    CHECK(reply->usage == Usage{.input = 1200, .cached = 1024, .cache_written = 76, .output = 90});
  }
}

TEST_CASE("a stream that breaks off anywhere is cut, and never read as a shorter answer") {
  struct Case {
    Protocol protocol;
    const std::string& text;
    std::string_view end;  // from here on the answer is whole
  };
  for (const auto& [protocol, text, end] :
       {Case{Protocol::openai, responses_stream, "data: {\"type\":\"response.completed\""},
        Case{Protocol::chat, chat_stream,
             "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":"
             "{\"tool_calls\":[{\"index\":0,\"function\":"
             "{\"arguments\":\"LECT"},
        Case{Protocol::anthropic, messages_stream, "data: {\"type\":\"message_delta\""}}) {
    for (std::size_t size = 0; size <= text.find(end); ++size) {
      const auto reply = read(protocol, text.substr(0, size));
      REQUIRE_FALSE(reply.has_value());
      CHECK(reply.error().is_cut);
      CHECK(may_be_retried(reply.error()));
    }
  }
}

TEST_CASE("an answer that is one JSON object is read, whatever its kind is called") {
  const std::string_view text =
      R"({"choices":[{"message":{"content":[{"type":"thinking","thinking":"x"},{"type":"text","text":"Well"}],)"
      R"("tool_calls":[{"function":{"name":"finish","arguments":{"a":1}}},)"
      R"({"function":{"name":"finish","arguments":{"a":2}}}]}}],"usage":null})";
  for (const auto& response : {object, http::Response{.status = 200, .headers = {}}}) {
    const auto reply = read(Protocol::chat, text, 0, response);
    REQUIRE(reply.has_value());
    CHECK(reply->turn.text == "Well");
    CHECK(reply->turn.calls == std::vector<ToolCall>{{"call_1", "finish", R"({"a":1})"},
                                                     {"call_2", "finish", R"({"a":2})"}});
    CHECK(reply->usage.estimated);
  }
}

TEST_CASE("calls of one turn that share an index, or an id, are told apart") {
  const auto reply = read(
      Protocol::chat,
      R"(data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"y","arguments":"{}"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":2,"id":"a","function":{"name":"z","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

)");
  REQUIRE(reply.has_value());
  CHECK(reply->turn.calls ==
        std::vector<ToolCall>{{"a", "x", "{}"}, {"b", "y", "{}"}, {"call_3", "z", "{}"}});
}

TEST_CASE("a call goes back with what only its server understands") {
  const auto reply = read(
      Protocol::chat,
      R"({"choices":[{"message":{"content":null,"tool_calls":[{"index":0,"id":"a","type":"function",)"
      R"("function":{"name":"x","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}]},)"
      R"("usage":{"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":4}}]})",
      0, object);
  REQUIRE(reply.has_value());
  const auto call = (*parsed(reply->turn.wire))[0]["tool_calls"][0];
  CHECK(call["extra_content"]["google"]["thought_signature"] == "s");
  CHECK_FALSE(call.contains("index"));
  CHECK(reply->usage.cached == 4);
}

TEST_CASE("errors are found in every shape they come in") {
  const auto error_of = [](Protocol protocol, std::string_view text, const http::Response& head) {
    auto reply = read(protocol, text, 0, head);
    REQUIRE_FALSE(reply.has_value());
    return reply.error();
  };
  const std::string nested =
      R"(data: {"type":"error","sequence_number":2,"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"Too long","param":"input"}})";
  CHECK(kind_of(error_of(Protocol::openai, nested, stream)) == Failure::Kind::context_too_long);
  const std::string flat =
      R"(data: {"type":"error","code":"rate_limit_exceeded","message":"Slow"})";
  CHECK(may_be_retried(error_of(Protocol::openai, flat, stream)));
  const std::string failed =
      R"(data: {"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Oh"},"usage":{"input_tokens":7,"output_tokens":0}}})";
  CHECK(may_be_retried(error_of(Protocol::openai, failed, stream)));
  CHECK(error_of(Protocol::openai, failed, stream).usage.input == 7);
  const std::string overloaded =
      R"(data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
  CHECK(may_be_retried(error_of(Protocol::anthropic, overloaded, stream)));
  const auto router = error_of(
      Protocol::chat,
      R"({"error":{"code":402,"message":"Insufficient credits","metadata":{"raw":"why"}}})",
      object);
  CHECK(router.status == 402);
  CHECK(router.message == "Insufficient credits: why");
  CHECK(kind_of(router) == Failure::Kind::quota);
  const std::string in_choice =
      R"(data: {"choices":[{"delta":{"content":"x"},"error":{"code":502,"message":"Bad"},"finish_reason":"error"}]})";
  CHECK(may_be_retried(error_of(Protocol::chat, in_choice, stream)));
  CHECK(error_of(Protocol::chat, R"({"error":"model not found"})", object).message ==
        "model not found");
}

TEST_CASE("nonsense in an answer is an error or an answer, and nothing worse") {
  const std::string deep(100'000, '[');
  for (const auto protocol : {Protocol::openai, Protocol::chat, Protocol::anthropic}) {
    for (const std::string_view text :
         {std::string_view("null"), std::string_view("[]"), std::string_view("7"),
          std::string_view("\xff\xfe"), std::string_view(deep), std::string_view("")})
      CHECK_FALSE(read(protocol, text, 0, object).has_value());
    for (
        const std::string_view text : {
            R"({"output":{"a":1},"usage":[],"status":7})",
            R"({"choices":[{"message":{"content":{"a":1},"tool_calls":[1,null,{"function":5}]}}]})",
            R"({"choices":[7]})",
            R"({"content":[7,{"type":"tool_use"},{"type":"tool_use","input":[1],"id":5}],"usage":{"input_tokens":-5}})",
            R"({"output":[{"type":"function_call"},{"type":"message","content":[null,7]},5]})",
        }) {
      const auto reply = read(protocol, text, 0, object);
      if (reply) CHECK(parsed(reply->turn.wire).has_value());
    }
  }
}

}  // namespace insights::llm
