#include <doctest/doctest.h>

#include <algorithm>

#include "findings/prove.h"
#include "tools/session.h"
#include "tools/test_session.h"

using namespace insights;
using namespace insights::tools;
using namespace insights::tools::testing;

namespace {

bool has(const Answer& answer, std::string_view part) {
  return answer.text.find(part) != std::string::npos;
}

std::string cell(const std::string& name, const std::string& query, const std::string& column,
                 const std::string& format) {
  return fmt::format(
      R"({{"name":"{}","query":"{}","row":0,"column":"{}","formula":null,"catalog_name":null,"format":"{}","unit":null}})",
      name, query, column, format);
}
std::string formula(const std::string& name, const std::string& text, const std::string& format) {
  return fmt::format(
      R"({{"name":"{}","query":null,"row":null,"column":null,"formula":"{}","catalog_name":null,"format":"{}","unit":null}})",
      name, text, format);
}

struct Writing {
  std::string title = "{area}: {own} a line, against {others} elsewhere";
  std::string summary = "It is lower by {gap}.";
  std::string values = cell("own", "q1", "own", "decimal") + "," +
                       cell("others", "q1", "others", "decimal") + "," +
                       cell("area", "q1", "area", "text") + "," +
                       formula("gap", "(others - own) / others", "percent");
  std::string impact = "null";
  std::string entities = R"({"column":"area","value":"Hills"})";
  std::string columns = R"("net_sales","area")";
  std::string based_on = "null";

  std::string text() const {
    return fmt::format(
        R"({{"title":"{}","summary":"{}","action":"Ask why.","values":[{}],"impact":{},"entities":[{}],"columns":[{}],"based_on":{}}})",
        title, summary, values, impact, entities, columns, based_on);
  }
};

// q1: Hills against the others in the second year.
void ask(TestSession& test) {
  REQUIRE_FALSE(
      test.sql("SELECT max(area) FILTER (WHERE area = 'Hills') AS area, avg(net_sales) FILTER "
               "(WHERE area = 'Hills') AS own, avg(net_sales) FILTER (WHERE area <> 'Hills') AS "
               "others, sum(net_sales) AS total FROM sales WHERE order_date >= DATE "
               "'2024-01-01'")
          .is_error);
}

std::string means_of_hills(const std::string& measure = "net_sales",
                           const std::string& other = "null") {
  return R"({"kind":"means","table":"sales","filter_column":null,"filter_value":null,"from":"2024-01-01","to":null,"measure":")" +
         measure + R"(","event":null,"group_column":"area","group_value":"Hills","other_value":)" +
         other + "}";
}

const findings::LedgerEntry* entry_of(const analyst::Investigation& found, std::string_view part) {
  const auto entry = std::ranges::find_if(found.ledger.entries, [&](const auto& one) {
    return one.fingerprint.find(part) != std::string::npos;
  });
  return entry == found.ledger.entries.end() ? nullptr : &*entry;
}

}  // namespace

TEST_CASE(
    "a claim without a test is recorded as a claim, with a test that bears it out as tested") {
  TestSession test(sales_csv(true));
  ask(test);
  CHECK(has(test.call("record_finding", Writing{}.text()), "as your claim"));
  REQUIRE(test.session->recorded().size() == 1);
  CHECK(test.session->recorded()[0].claim.strength == findings::Strength::model_claim);

  REQUIRE(has(test.call("test_hypothesis", means_of_hills()), "test-3: it holds"));
  Writing tested;
  tested.based_on = "\"test-3\"";
  CHECK(has(test.call("record_finding", tested.text()), "with the test"));
  // The same words about the same thing: it takes the place of the claim.
  const auto found = test.session->concluded({});
  REQUIRE(found.claims.size() == 1);
  CHECK(found.claims[0].recorded);
  CHECK(found.claims[0].claim.strength == findings::Strength::significant);
  CHECK(found.claims[0].claim.test.q < 0.02);
  const auto& entry = found.ledger.entries.at(found.claims[0].entry);
  CHECK(entry.decision == findings::Decision::published);
  CHECK_FALSE(entry.fact);
}

TEST_CASE("a test of something else bears nothing out, and neither does one that failed") {
  TestSession test(sales_csv(true));
  ask(test);
  test.call(
      "test_hypothesis",
      R"({"kind":"rates","table":"sales","filter_column":null,"filter_value":null,"from":null,"to":null,"measure":"late","event":null,"group_column":"area","group_value":"Coast","other_value":null})");
  Writing about;
  about.based_on = "\"test-2\"";
  CHECK(has(test.call("record_finding", about.text()), "test-2 is about late, area"));
  test.call("test_hypothesis", means_of_hills("late", "\"Plain\""));
  about.based_on = "\"test-4\"";
  about.columns = R"("late","area")";
  CHECK(has(test.call("record_finding", about.text()), "may well be chance"));
  about.based_on = "\"test-99\"";
  CHECK(has(test.call("record_finding", about.text()), "There is no lead, scan result or test"));
  CHECK(test.session->recorded().empty());

  // Told all the same, it carries the test that it failed.
  about.based_on = "null";
  CHECK(has(test.call("record_finding", about.text()), "as your claim"));
  const auto& guards = test.session->recorded().at(0).claim.guards;
  CHECK(std::ranges::any_of(guards, [](const auto& guard) {
    return guard.name == "tested" && guard.status == findings::GuardStatus::downgraded;
  }));
}

TEST_CASE(
    "what is not bound, not there or not the same twice is sent back, and the ledger says why") {
  TestSession test(sales_csv(true));
  ask(test);
  Writing writing;
  const auto sent_back = [&](const Writing& one, std::string_view why) {
    const auto answer = test.call("record_finding", one.text());
    CHECK_MESSAGE(answer.is_error, one.text());
    CHECK_MESSAGE(has(answer, why), answer.text);
  };
  writing.title = "{area}: 57 a line";
  sent_back(writing, "Not recorded");
  writing = {};
  writing.summary = "{nothing}";
  sent_back(writing, "nothing");
  writing = {};
  writing.values = cell("own", "q9", "own", "decimal");
  sent_back(writing, "no query \"q9\"");
  writing = {};
  writing.values += "," + formula("made_up", "own * 0 + 4711", "integer");
  sent_back(writing, "holds the number 4711");
  writing = {};
  writing.values += "," + formula("made_up", "ownn + own", "integer");
  sent_back(writing, "did you mean \"own\"?");
  writing = {};
  writing.entities = R"({"column":"area","value":"Moon"})";
  sent_back(writing, "No row has area = \"Moon\"");
  writing = {};
  writing.columns = R"("nett_sales")";
  sent_back(writing, "No table has a column");
  writing = {};
  writing.values = formula("own", "1 + 2", "integer");
  writing.title = "It is {own}";
  writing.summary = "";
  sent_back(writing, "needs evidence");

  // Two rows that come in any order.
  std::string id;
  const auto answer =
      test.sql("SELECT area, random() AS own, random() AS others FROM sales LIMIT 1");
  REQUIRE_FALSE(answer.is_error);
  const auto at = answer.text.find("query=\"") + 7;
  id = answer.text.substr(at, answer.text.find('"', at) - at);
  writing = {};
  writing.values =
      cell("own", id, "own", "decimal") + "," + cell("others", id, "others", "decimal") + "," +
      cell("area", id, "area", "text") + "," + formula("gap", "own + others", "decimal");
  sent_back(writing, "gave something else the second time");

  const auto found = test.session->concluded({});
  CHECK(found.claims.empty());
  CHECK(std::ranges::count(found.ledger.entries, findings::Decision::not_proven,
                           &findings::LedgerEntry::decision) == 9);
  CHECK(entry_of(found, "57 a line") != nullptr);
}

TEST_CASE("an impact is an amount over the values, and formulas may be over formulas") {
  TestSession test(sales_csv(true));
  ask(test);
  Writing writing;
  writing.values += "," + cell("total", "q1", "total", "money") + "," +
                    formula("missing", "gap * total / 12", "money");
  writing.impact =
      R"({"account":"lost","amount":"missing","low":"missing / 2","high":null,"unit":"USD","per":"month","method":"the gap of {gap}, on all sales"})";
  CHECK(has(test.call("record_finding", writing.text()), "Recorded"));
  const auto& impact = test.session->recorded().at(0).claim.impact;
  CHECK(impact.account == findings::Account::lost);
  CHECK(impact.is_money);
  writing.impact =
      R"({"account":"lost","amount":"5000","low":null,"high":null,"unit":"USD","per":"month","method":"made up"})";
  CHECK(has(test.call("record_finding", writing.text()), "holds the number 5000"));
}

TEST_CASE("what is added to a lead leaves the lead as it is") {
  TestSession test(sales_csv(true));
  auto leads = test.leads();
  REQUIRE(test.session->leads() > 0);
  const auto before = leads.claims;
  ask(test);
  Writing writing;
  writing.based_on = "\"lead-1\"";
  const auto answer = test.call("record_finding", writing.text());
  CHECK_MESSAGE(has(answer, "Recorded as part of lead-1"), answer.text);
  CHECK(test.session->recorded().empty());
  const auto found = test.session->concluded(std::move(leads));
  REQUIRE(found.claims.size() == before.size());
  std::size_t changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto& now = found.claims[i].claim;
    CHECK(now.title == before[i].claim.title);
    CHECK(now.fingerprint == before[i].claim.fingerprint);
    CHECK(now.summary.starts_with(before[i].claim.summary));
    CHECK(now.action == before[i].claim.action);
    changed += now.summary != before[i].claim.summary ? 1 : 0;
  }
  CHECK(changed == 1);

  // The room in a headline is limited, and the words say how much is left.
  writing.summary = std::string(450, 'a') + " {gap}";
  CHECK(has(test.call("record_finding", writing.text()), "Write a shorter one"));
}

TEST_CASE("the result of a scan is recorded with its own test") {
  TestSession test(sales_csv(true));
  const auto scan = test.call(
      "scan_patterns",
      R"({"pattern":"rate_outlier","table":"sales","filter_column":null,"filter_value":null,"from":null,"to":null})");
  REQUIRE(has(scan, "scan-1-1"));
  test.sql(
      "SELECT max(area) AS area, avg(net_sales) AS own, avg(net_sales) AS others FROM sales WHERE "
      "area = 'Coast'");
  Writing writing;
  writing.values = cell("own", "q2", "own", "decimal");
  writing.title = "{own} a line";
  writing.summary = "A line is worth {own} there.";
  writing.based_on = "\"scan-1-1\"";
  const auto answer = test.call("record_finding", writing.text());
  CHECK_MESSAGE(has(answer, "with the test that bears it out"), answer.text);
  const auto found = test.session->concluded({});
  REQUIRE(found.claims.size() == 1);
  CHECK(found.claims[0].claim.strength == findings::Strength::significant);
  CHECK(found.ledger.entries.at(found.claims[0].entry).decision == findings::Decision::published);
}

TEST_CASE("a token in a sentence is refused, so that what is told back holds no name") {
  TestSession test(sales_csv(true), TestSession::of(PrivacyMode::tokens));
  ask(test);
  const auto named = test.sql("SELECT customer FROM sales WHERE customer = 'C07' LIMIT 1");
  const auto at = named.text.find("customer~");
  REQUIRE(at != std::string::npos);
  const auto token = named.text.substr(at, named.text.find('\n', at) - at);
  Writing writing;
  writing.summary = token + " buys there.";
  const auto answer = test.call("record_finding", writing.text());
  CHECK(answer.is_error);
  CHECK_FALSE(has(answer, "C07"));
  CHECK_FALSE(has({test.session->summary()}, "C07"));
}
