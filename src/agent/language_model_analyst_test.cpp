#include "agent/language_model_analyst.h"

#include <doctest/doctest.h>

#include "agent/test_run.h"

using namespace insights;
using namespace insights::agent;
using namespace insights::agent::testing;

namespace {

const std::string plants =
    "SELECT plant, count(*) AS lines, sum(nsv2) AS net FROM primary_sales GROUP BY plant ORDER BY "
    "net DESC";

// "{plant} brings {net}" over the query `id`.
std::string plant_finding(const std::string& id, const std::string& row = "0",
                          const std::string& title = "{plant} brings {net} of net sales") {
  const auto cell = [&](const std::string& name, const std::string& column,
                        const std::string& format) {
    return R"({"name":")" + name + R"(","query":")" + id + R"(","row":)" + row + R"(,"column":")" +
           column + R"(","formula":null,"catalog_name":null,"format":")" + format +
           R"(","unit":null})";
  };
  return R"({"title":")" + title +
         R"(","summary":"{lines} lines came from it.","action":"Ask why.",)" + R"("values":[)" +
         cell("plant", "plant", "text") + "," + cell("net", "net", "money") + "," +
         cell("lines", "lines", "integer") +
         R"(],"impact":null,"entities":[],"columns":["plant","nsv2"],"based_on":null})";
}

}  // namespace

TEST_CASE(
    "what a model records comes out of the run, proven, beside all that was found without it") {
  TestRun test;
  test.model.calls({call("execute_sql", sql_call(plants))})
      .calls({call("record_finding", plant_finding("q1"))});
  const auto run = test.go();
  const auto* finding = found(run, "brings");
  REQUIRE(finding != nullptr);
  CHECK(finding->title == "Plant-B brings 1.42M of net sales");
  CHECK(finding->strength == findings::Strength::model_claim);
  CHECK(finding->evidence.at(0).sql == plants);
  const auto alone = without_model();
  CHECK(alone.findings.size() + 1 == run.findings.size());
  for (const auto& other : alone.findings) CHECK(found(run, other.title) != nullptr);
  CHECK_FALSE(run.partial);
  REQUIRE(run.model);
  CHECK(run.model->recorded == 1);
  CHECK(run.model->complete);
}

TEST_CASE("a wrong query, a wrong cell and a number of its own are answered with what is wrong") {
  TestRun test;
  test.model.calls({call("execute_sql", sql_call("DROP TABLE primary_sales"))})
      .calls({call("execute_sql", sql_call("SELECT plnt FROM primary_sales"))})
      .calls({call("execute_sql", sql_call(plants))})
      .calls({call("record_finding", plant_finding("q7"))})
      .calls({call("record_finding", plant_finding("q3", "0", "{plant} brings 142 of net sales"))})
      .calls({call("record_finding", plant_finding("q3"))});
  const auto run = test.go();
  const auto& last = test.model.conversations.back();
  const auto answers = outputs(last);
  REQUIRE(answers.size() == 6);
  CHECK(answers[0].find("<data") == std::string::npos);
  CHECK(answers[1].find("plant") != std::string::npos);
  CHECK(answers[3].find("no query \"q7\"") != std::string::npos);
  CHECK(answers[4].find("Not recorded") != std::string::npos);
  CHECK(answers[5].find("Recorded") != std::string::npos);
  CHECK(found(run, "Plant-B brings 1.42M") != nullptr);
  const auto refused = std::ranges::count_if(run.ledger.entries, [](const auto& entry) {
    return entry.pattern == "model" && entry.decision == findings::Decision::not_proven;
  });
  CHECK(refused == 2);
}
