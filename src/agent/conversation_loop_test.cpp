#include "agent/conversation_loop.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "agent/test_run.h"

using namespace insights;
using namespace insights::agent;
using namespace insights::agent::testing;

namespace {

std::string select(int i) {
  return sql_call(
      fmt::format("SELECT region, sum(nsv2) + {} AS net FROM primary_sales GROUP BY region "
                  "ORDER BY region",
                  i));
}

// "{region} brings {net}" over query `id`.
llm::ToolCall finding_of(const std::string& id,
                         const std::string& title = "{region} brings {net}") {
  return call(
      "record_finding",
      fmt::format(
          R"({{"title":"{0}","summary":"","action":"Look at it.","values":[{{"name":"region","query":"{1}","row":0,"column":"region","formula":null,"catalog_name":null,"format":"text","unit":null}},{{"name":"net","query":"{1}","row":0,"column":"net","formula":null,"catalog_name":null,"format":"money","unit":"INR"}}],"impact":null,"entities":[],"columns":["region"],"based_on":null}})",
          title, id));
}

llm::ToolCall finish() { return call("finish", R"({"reason":"all is said"})"); }

std::size_t published(const explore::Run& run, findings::Strength strength) {
  return static_cast<std::size_t>(
      std::ranges::count(run.findings, strength, &findings::Finding::strength));
}

// Everything that the statistical analyst reports is in the run as well.
void check_leads_are_there(const explore::Run& run) {
  for (const auto& finding : without_model().findings)
    CHECK_MESSAGE(found(run, finding.title) != nullptr, finding.title);
}

}  // namespace

TEST_CASE("each request begins with the bytes of the one before") {
  TestRun test;
  for (int i = 0; i < 14; ++i) test.model.calls({call("execute_sql", select(i))});
  const auto run = test.go();
  REQUIRE(test.model.requests.size() == 15);
  for (std::size_t i = 1; i < test.model.requests.size(); ++i)
    CHECK(test.model.requests[i].starts_with(test.model.requests[i - 1]));
  for (const auto& conversation : test.model.conversations) {
    CHECK(conversation.cache_key == "run-1");
    CHECK(std::ranges::is_sorted(conversation.tools, {}, &llm::ToolDefinition::name));
  }
}

TEST_CASE("the steps asked for end with what was recorded, the last step's calls included") {
  TestRun test;
  test.settings.iterations_max = 4;
  test.model.calls({call("execute_sql", select(0)), call("execute_sql", select(1))})
      .calls({finding_of("q1", "One: {region} brings {net}")})
      .calls({call("execute_sql", select(2))})
      .calls({finding_of("q2", "Two: {region} brings {net}"), call("execute_sql", select(3))})
      .calls({finding_of("q2", "Three: {region} brings {net}")});
  const auto run = test.go();
  CHECK(test.model.requests.size() == 4);
  CHECK(found(run, "One:") != nullptr);
  CHECK(found(run, "Two:") != nullptr);
  CHECK(found(run, "Three:") == nullptr);
  CHECK(run.partial);
  CHECK(run.partial_reason.find("the 4 steps asked for are used up") != std::string::npos);
  CHECK(test.model.requests.back().find("this is the last one") != std::string::npos);
  check_leads_are_there(run);
}

TEST_CASE("a model that is lost takes nothing with it") {
  for (const std::size_t at : {0U, 1U, 2U}) {
    TestRun test;
    if (at >= 1) test.model.calls({call("execute_sql", select(0))});
    if (at >= 2) test.model.calls({finding_of("q1")});
    test.model.fails(llm::Failure::Kind::unreachable, "the server does not answer");
    const auto run = test.go();
    CHECK(run.partial);
    CHECK(run.partial_reason.find("the server does not answer") != std::string::npos);
    CHECK(published(run, findings::Strength::model_claim) == (at >= 2 ? 1 : 0));
    check_leads_are_there(run);
    CHECK(run.model->input_tokens >= 10);  // of the attempt that failed
  }
}

TEST_CASE("answers that bring nothing end the loop after two repairs, however they look") {
  const std::vector<std::vector<llm::ToolCall>> kinds{
      {},
      {call("execute_sql", "{\"sql\":")},
      {call("no_such_tool", "{}")},
      {call("execute_sql", sql_call("DROP TABLE primary_sales"))},
      {call("list_tables", "{}")}};
  for (const auto& calls : kinds) {
    TestRun test;
    test.settings.iterations_max = 50;
    for (int i = 0; i < 40; ++i) test.model.calls(calls);
    const auto run = test.go();
    // The first list_tables does bring something.
    CHECK(test.model.requests.size() <= 4);
    CHECK(run.partial);
    CHECK(run.partial_reason.find("in a row brought nothing") != std::string::npos);
  }
  // What helps in between makes good what went before.
  TestRun test;
  for (int i = 0; i < 4; ++i)
    test.model.text("Let me think.").text("And think.").calls({call("execute_sql", select(i))});
  const auto run = test.go();
  CHECK(test.model.requests.size() == 13);
  CHECK_FALSE(run.partial);
}

TEST_CASE("a refusal and a filter end the run, an answer cut for its length gets more room") {
  for (const auto ending : {llm::Ending::refused, llm::Ending::content_filter}) {
    TestRun test;
    test.model.says([&](const llm::Conversation&) {
      llm::Reply reply;
      reply.ending = ending;
      reply.turn.text = "I cannot help with that.";
      return reply;
    });
    const auto run = test.go();
    CHECK(run.partial);
    check_leads_are_there(run);
    CHECK(test.model.requests.size() == 1);
  }
  TestRun test;
  test.model
      .says([](const llm::Conversation&) {
        llm::Reply reply;
        reply.ending = llm::Ending::length;
        reply.turn.wire = "[]";
        return reply;
      })
      .calls({finish()});
  const auto run = test.go();
  CHECK_FALSE(run.partial);
  CHECK(test.model.requests.back().find("cut for its length") != std::string::npos);
}

TEST_CASE("money is a hard stop: a request that could go beyond it is not sent") {
  TestRun test;
  test.settings.usd_max = 0.05;
  test.settings.output_tokens_max = 2'000;
  test.settings.dollars = [](const llm::Usage& usage) {
    return std::optional(static_cast<double>(usage.input + 8 * usage.output) / 1e6);
  };
  for (int i = 0; i < 40; ++i) test.model.calls({call("execute_sql", select(i))});
  test.settings.iterations_max = 40;
  const auto run = test.go();
  REQUIRE(run.model);
  CHECK(run.model->usd <= 0.05);
  CHECK(run.model->usd > 0.02);
  CHECK(run.partial_reason.find("the budget of $0.05") != std::string::npos);

  TestRun nothing;
  nothing.settings.usd_max = 0.000001;
  nothing.settings.dollars = test.settings.dollars;
  const auto poor = nothing.go();
  CHECK(nothing.model.requests.empty());
  CHECK(poor.partial);
  check_leads_are_there(poor);

  TestRun tokens;
  tokens.settings.tokens_max = 20'000;
  tokens.settings.iterations_max = 40;
  for (int i = 0; i < 40; ++i) tokens.model.calls({call("execute_sql", select(i))});
  const auto counted = tokens.go();
  CHECK(counted.model->input_tokens + counted.model->output_tokens <= 20'000);
  CHECK(counted.partial_reason.find("20000 tokens") != std::string::npos);
}

TEST_CASE("a conversation that fills its window is shortened, and nothing recorded is lost") {
  for (const bool compacts : {true, false}) {
    TestRun test;
    test.model.compacts = compacts;
    test.model.context = 8'000;
    test.settings.output_tokens_max = 1'500;
    test.settings.iterations_max = 30;
    test.model.calls({call("execute_sql", select(0))}).calls({finding_of("q1")});
    for (int i = 1; i < 20; ++i) {
      test.model.calls(
          {call("describe_table", R"({"table":"primary_sales"})"), call("execute_sql", select(i))});
    }
    // A query from before is still known by its id.
    test.model.calls({finding_of("q1", "Later: {region} brings {net}")});
    const auto run = test.go();
    CHECK_FALSE(run.partial);
    CHECK(found(run, "Later: ") != nullptr);
    CHECK(published(run, findings::Strength::model_claim) == 2);
    const auto shortened = std::ranges::count_if(test.steps, [](const Step& step) {
      return step.text.find("was shortened") != std::string::npos;
    });
    CHECK(shortened >= 1);
    for (const auto& request : test.model.requests) CHECK(request.size() / 4 < 8'000);
    if (!compacts) {
      const auto place = std::ranges::find_if(test.model.requests, [](const std::string& text) {
        return text.find("conversation so far was shortened") != std::string::npos;
      });
      REQUIRE(place != test.model.requests.end());
      const auto& after = *place;
      CHECK(after.find("Recorded findings:\n- {region} brings {net}") != std::string::npos);
      CHECK(after.find("q1: SELECT region") != std::string::npos);
    }
  }
}

TEST_CASE("a provider that says the conversation is too long gets a shorter one, once") {
  TestRun test;
  test.model.calls({call("execute_sql", select(0))})
      .fails(llm::Failure::Kind::context_too_long, "too long")
      .calls({finding_of("q1")});
  const auto run = test.go();
  CHECK_FALSE(run.partial);
  CHECK(published(run, findings::Strength::model_claim) == 1);

  TestRun always;
  always.model.calls({call("execute_sql", select(0))})
      .fails(llm::Failure::Kind::context_too_long, "too long")
      .fails(llm::Failure::Kind::context_too_long, "too long");
  CHECK(always.go().partial);
  CHECK(always.model.requests.size() == 3);
}

TEST_CASE("a run that was killed at any entry of its journal goes on, and pays for nothing twice") {
  const auto script = [](ScriptedModel& model) {
    model.calls({call("execute_sql", select(0)), call("execute_sql", select(1))})
        .calls({finding_of("q2", "No digits 5")})
        .calls({finding_of("q1", "One: {region} brings {net}")})
        .calls({call(
            "test_hypothesis",
            R"({"kind":"trend","table":"primary_sales","filter_column":null,"filter_value":null,"from":null,"to":null,"measure":"nsv2","event":null,"group_column":null,"group_value":null,"other_value":null})")})
        .calls({call("execute_sql", select(2)), finding_of("q2", "Two: {region} brings {net}")})
        .calls({finding_of("q6", "Three: {region} brings {net}"), finish()});
  };
  TestRun whole;
  script(whole.model);
  const auto expected = whole.go();
  REQUIRE(published(expected, findings::Strength::model_claim) == 3);
  const auto& entries = whole.journal.written;
  const auto turns_in = [&](std::size_t count) {
    return static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count),
                      [](const store::JournalEntry& entry) { return entry.kind == "turn"; }));
  };
  for (std::size_t cut = 0; cut <= entries.size(); ++cut) {
    TestRun again;
    again.journal.written.assign(entries.begin(),
                                 entries.begin() + static_cast<std::ptrdiff_t>(cut));
    ScriptedModel all;
    script(all);
    again.model = std::move(all);
    again.model.skip(turns_in(cut));
    const auto run = again.go();
    CHECK(again.model.requests.size() + turns_in(cut) == whole.model.requests.size());
    // The very bytes go on from where they were.
    for (std::size_t i = 0; i < again.model.requests.size(); ++i)
      CHECK(again.model.requests[i] == whole.model.requests[turns_in(cut) + i]);
    CHECK(run.findings == expected.findings);
    CHECK(run.model->input_tokens == expected.model->input_tokens);
    CHECK((run.model->tokens_before.input > 0) == (turns_in(cut) > 0));
    if (again.model.requests.empty())
      CHECK(run.model->tokens_before.input == run.model->input_tokens);
    CHECK_FALSE(run.partial);
  }
}

TEST_CASE("a run is not gone on with over other data or other settings") {
  TestRun first;
  first.settings.kept = "privacy = full\nseed = 42";
  first.model.calls({call("execute_sql", select(0))});
  first.go();
  const auto resumed = [&](const std::string& kept) {
    TestRun second;
    second.settings.kept = kept;
    second.journal.written = first.journal.written;
    return second.attempt();
  };
  CHECK(resumed("privacy = full\nseed = 42").has_value());
  const auto other = resumed("privacy = tokens\nseed = 42");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().message.find("it had privacy = full") != std::string::npos);
  auto changed = first.journal.written;
  changed[0].body.replace(changed[0].body.find("data_digest\":\"") + 14, 4, "0000");
  TestRun second;
  second.settings.kept = first.settings.kept;
  second.journal.written = changed;
  const auto run = second.attempt();
  REQUIRE_FALSE(run.has_value());
  CHECK(run.error().message.find("the data is not what it was") != std::string::npos);
}

TEST_CASE("a journal that cannot be written ends the run with what is recorded") {
  TestRun test;
  test.journal.entries_max = 6;
  test.model.calls({call("execute_sql", select(0))}).calls({finding_of("q1")});
  for (int i = 1; i < 9; ++i) test.model.calls({call("execute_sql", select(i))});
  const auto run = test.go();
  CHECK(run.partial);
  CHECK(run.partial_reason.find("the disk is full") != std::string::npos);
  CHECK(published(run, findings::Strength::model_claim) == 1);
}

TEST_CASE("without leads the model works alone, and with none asked for nothing else is reported") {
  TestRun test;
  test.settings.leads = false;
  test.model.calls({call("execute_sql", select(0))}).calls({finding_of("q1")});
  const auto run = test.go();
  CHECK(run.findings.size() == 1);
  CHECK(test.model.requests[0].find("There are no leads.") != std::string::npos);
}

TEST_CASE("a stop request ends the loop before the next request") {
  TestRun test;
  test.model.says([&](const llm::Conversation&) {
    test.stop.request_stop();
    llm::Reply reply;
    reply.turn.calls = {call("execute_sql", select(0))};
    return reply;
  });
  const auto run = test.go();
  CHECK(test.model.requests.size() == 1);
  CHECK(run.partial);
}
