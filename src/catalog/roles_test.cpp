#include "catalog/roles.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/star.h"
#include "catalog/test_frame.h"

using namespace insights;
using namespace insights::catalog;

namespace {

// A wholesaler's lines: list > invoice > paid, quantity x price = list, two returns.
std::string wholesale() {
  std::string csv =
      "sold_on,client_no,client_name,territory,article,pieces,unit_price,list_total,invoice_total,"
      "paid_total,profit,document_type\n";
  for (int i = 0; i < 60; ++i) {
    const int client = i % 6;
    const bool back = i == 20 || i == 41;
    const int pieces = (back ? -1 : 1) * (5 + i % 7);
    const double price = 10 + client, total = pieces * price,
                 invoice = total * (0.95 - 0.01 * (i % 3)), paid = invoice * 0.97;
    csv +=
        fmt::format("2024-{:02}-{:02},{},{},{},A{},{},{},{},{},{},{},{}\n", 1 + i % 12, 1 + i % 28,
                    700 + client, "Client " + std::string(1, static_cast<char>('A' + client)),
                    client < 3 ? "Hills" : "Coast", i % 9, pieces, price, total, invoice, paid,
                    paid * 0.4, back ? "CR" : "IN");
  }
  return csv;
}

}  // namespace

TEST_CASE("a table without any metadata is understood from its names and its numbers") {
  const auto subject = understood("lines", wholesale());
  CHECK(subject.find("sold_on")->role == Role::time);
  CHECK(subject.find("client_no")->role == Role::entity);
  CHECK(subject.find("client_no")->kind == "customer");
  CHECK(subject.find("client_no")->label_column == "client_name");
  CHECK(subject.find("client_name")->role == Role::label);
  CHECK(subject.find("territory")->role == Role::dimension);
  REQUIRE(subject.chain.has_value());
  std::vector<std::string> chain;
  for (const auto i : subject.chain->columns) chain.push_back(subject.columns[i].name);
  CHECK(chain == std::vector<std::string>{"list_total", "invoice_total", "paid_total"});
  CHECK(subject.columns[*subject.money].name == "paid_total");
  CHECK(subject.columns[*subject.quantity].name == "pieces");
  REQUIRE(subject.returns.has_value());
  CHECK(subject.returns->sql == "\"document_type\" = 'CR'");
  CHECK(subject.has_dependency(*subject.index_of("client_no"), *subject.index_of("territory")));
  CHECK_FALSE(
      subject.has_dependency(*subject.index_of("territory"), *subject.index_of("client_no")));
}

TEST_CASE("metadata corrects role, unit and label, and says what it could not place") {
  TableMetadata metadata;
  metadata.file = "lines.json";
  metadata.columns["paid_total"] = {.type = "",
                                    .unit = "₹",
                                    .description = "what was paid",
                                    .label = "net sales",
                                    .role = "",
                                    .kind = "",
                                    .label_column = "",
                                    .return_value = "",
                                    .additive = {}};
  metadata.columns["territory"].role = "unused";
  metadata.columns["teritory"].role = "dimension";
  metadata.columns["article"].role = "thing";
  const auto subject = understood("lines", wholesale(), metadata);
  CHECK(subject.find("paid_total")->unit == "INR");
  CHECK(subject.find("paid_total")->label == "net sales");
  CHECK(subject.find("territory")->role == Role::unused);
  CHECK(subject.currency == "INR");
  REQUIRE(subject.notes.size() == 2);
  CHECK(subject.notes[0].find("article") != std::string::npos);
  CHECK(subject.notes[1].find("did you mean \"territory\"") != std::string::npos);
}

TEST_CASE("a discount between 0 and 1 is a share, one in money is not") {
  std::string csv = "day,item,discount,rebate\n";
  for (int i = 0; i < 60; ++i)
    csv += fmt::format("2024-01-{:02},I{},{},{}\n", 1 + i % 28, i % 5, 0.05 * (i % 6),
                       0.5 + 7 * (i % 9));
  const auto subject = understood("order_details", csv);
  CHECK(subject.find("discount")->kind == "ratio");
  CHECK_FALSE(subject.find("discount")->additive);
  CHECK_FALSE(subject.find("discount")->money);
  CHECK(subject.find("rebate")->kind == "deduction");
}

TEST_CASE("quantity and price without an amount make one") {
  std::string csv = "day,item,quantity,price\n";
  for (int i = 0; i < 40; ++i)
    csv += fmt::format("2024-01-{:02},I{},{},{}\n", 1 + i % 28, i % 5, 1 + i % 9, 2.5 + i % 4);
  const auto subject = understood("sales", csv);
  REQUIRE(subject.money.has_value());
  CHECK(subject.columns[*subject.money].derived);
  CHECK(subject.columns[*subject.money].sql == "\"quantity\" * \"price\"");
}

TEST_CASE("cancellations are told by the letter their document numbers begin with") {
  std::string csv = "day,document_no,item,quantity,price\n";
  for (int i = 0; i < 300; ++i) {
    const bool back = i % 20 == 0;
    csv += fmt::format("2024-01-{:02},{}{},I{},{},2\n", 1 + i % 28, back ? "X" : "", 5000 + i,
                       i % 5, back ? -3 : 4);
  }
  const auto subject = understood("sales", csv);
  REQUIRE(subject.returns.has_value());
  CHECK(subject.returns->sql == "\"document_no\" LIKE 'X%'");
}

TEST_CASE("columns of nothing, of one value and of long texts are no groupings") {
  std::string csv = "day,empty,constant,remark,amount\n";
  for (int i = 0; i < 60; ++i)
    csv += fmt::format(
        "2024-01-{:02},,same,a long remark about delivery number {} of this unusual and lengthy "
        "year,{}\n",
        1 + i % 28, i, i);
  const auto subject = understood("sales", csv);
  CHECK(subject.find("empty")->role == Role::unused);
  CHECK(subject.find("constant")->role == Role::unused);
  CHECK(subject.find("remark")->role == Role::text);
}

TEST_CASE("flags are 0 and 1, yes and no; bad news is known by its word") {
  std::string csv = "day,late,renewed,amount\n";
  for (int i = 0; i < 60; ++i)
    csv += fmt::format("2024-01-{:02},{},{},{}\n", 1 + i % 28, i % 3 == 0 ? 1 : 0,
                       i % 2 == 0 ? "Yes" : "No", i);
  const auto subject = understood("sales", csv);
  CHECK(subject.find("late")->role == Role::flag);
  CHECK(subject.find("late")->polarity == -1);
  CHECK(subject.find("renewed")->role == Role::flag);
  CHECK(subject.find("renewed")->polarity == 1);
  CHECK(subject.numbers(*subject.index_of("renewed"))[0] == 1);
}

TEST_CASE(
    "a fact table takes on the attributes of what it refers to, and the list is no subject of its "
    "own") {
  std::string facts = "order_no,day,customer_id,amount\n",
              list = "customer_id,company_name,region\n";
  for (int i = 0; i < 200; ++i)
    facts += fmt::format("{},2024-01-{:02},{},{}\n", 9000 + i, 1 + i % 28, 1 + i % 20, i);
  for (int i = 1; i <= 20; ++i)
    list += fmt::format("{},Firm {},{}\n", i, static_cast<char>('A' + i),
                        i % 2 == 0 ? "Hills" : "Coast");
  std::vector<Subject> subjects;
  subjects.push_back(understood("orders", facts));
  subjects.push_back(understood("customers", list));
  const auto stars = join_stars(std::move(subjects));
  REQUIRE(stars.size() == 1);
  const auto& star = stars.front();
  REQUIRE(star.joins.size() == 1);
  CHECK(star.joins[0].matched == 1.0);
  REQUIRE(star.find("region") != nullptr);
  CHECK(star.codes(*star.index_of("region")).codes.size() == 200);
  CHECK(star.has_dependency(*star.index_of("customer_id"), *star.index_of("region")));
  CHECK(star.from_sql.find("LEFT JOIN \"customers\"") != std::string::npos);
  CHECK(star.find("amount")->exact_sql.find("\"orders\".\"amount\"") != std::string::npos);
}

TEST_CASE("codes that refer are told by the name in the list they refer to, long codes too") {
  std::string facts = "order_no,day,customer_id,amount\n", list = "customer_id,name,region\n";
  for (int i = 0; i < 300; ++i)
    facts += fmt::format("{},2024-01-{:02},C{},{}\n", 9000 + i, 1 + i % 28, 10001 + i % 40, i);
  for (int i = 0; i < 40; ++i)
    list += fmt::format("C{},Firm {}{} Works,{}\n", 10001 + i, static_cast<char>('A' + i % 20),
                        i < 20 ? "a" : "o", i % 2 == 0 ? "Hills" : "Coast");
  std::vector<Subject> subjects;
  subjects.push_back(understood("orders", facts));
  subjects.push_back(understood("customers", list));
  const auto star = join_stars(std::move(subjects)).front();
  REQUIRE(star.find("customer_id") != nullptr);
  CHECK(star.find("customer_id")->label_column == "name");
  REQUIRE(star.find("name") != nullptr);
  CHECK(star.find("name")->role == Role::label);
}

TEST_CASE("a list is known by the names in it, and its dates and numbers belong to its things") {
  std::string facts = "expense_no,day,employee,amount\n", list = "badge,name,joined_on,grade\n";
  for (int i = 0; i < 200; ++i)
    facts += fmt::format("{},2024-01-{:02},Person {},{}\n", 9000 + i, 1 + i % 28,
                         static_cast<char>('A' + i % 20), i);
  for (int i = 0; i < 20; ++i)
    list += fmt::format("{},Person {},2020-03-{:02},{}\n", 70 + i, static_cast<char>('A' + i),
                        1 + i, i % 5 + 0.5);
  std::vector<Subject> subjects;
  subjects.push_back(understood("expenses", facts));
  subjects.push_back(understood("people", list));
  const auto stars = join_stars(std::move(subjects));
  const auto& star = stars.front();
  REQUIRE(star.joins.size() == 1);
  CHECK(star.joins[0].from_column == "employee");
  CHECK(star.owned.size() >= 1);
  const auto joined = star.index_of("joined_on");
  REQUIRE(joined.has_value());
  CHECK(star.columns[*joined].role == Role::unused);
  CHECK(star.frame.columns[*joined].days()->days.size() == 200);
  CHECK(star.owned.front().owner == *star.index_of("employee"));
}

TEST_CASE("doubles are added up as such only while rounding gives the exact sum") {
  const auto decimals = [](const std::string& amount) {
    std::string csv = "sold_on,amount\n2024-01-01,0.25\n";
    for (int i = 1; i < 60; ++i) csv += fmt::format("2024-01-{:02},{}\n", 1 + i % 28, amount);
    return understood("sales", csv).find("amount")->sum_decimals;
  };
  CHECK(decimals("1000000000") == 2);  // 59 billion: off by a twentieth of a cent at most
  CHECK_FALSE(decimals("1000000000000").has_value());  // 59 trillion: by cents
}

TEST_CASE("currencies are known by code and by sign") {
  CHECK(currency_of("inr") == "INR");
  CHECK(currency_of("₹") == "INR");
  CHECK(currency_of("US$") == "USD");
  CHECK(currency_of("pieces") == "");
}

TEST_CASE("metadata that the table does not bear out is left out, and said with the nearest name") {
  TableMetadata metadata;
  metadata.file = "lines.json";
  metadata.columns["client_no"].kind = "custmer";
  metadata.columns["territory"].role = "time";
  metadata.columns["client_name"].role = "flag";
  metadata.columns["document_type"].return_value = "XX";
  metadata.columns["article"].label_column = "artcle";
  const auto subject = understood("lines", wholesale(), metadata);
  CHECK(subject.find("client_no")->kind == "customer");
  CHECK(subject.find("territory")->role == Role::dimension);
  CHECK(subject.find("client_name")->role == Role::label);
  CHECK(subject.returns->how == "document_type is 'CR'");
  std::string notes;
  for (const auto& note : subject.notes) notes += note + "\n";
  for (const auto* part : {"did you mean \"customer\"", "no dates", "more than two values", "'XX'",
                           "did you mean \"article\""})
    CHECK_MESSAGE(notes.find(part) != std::string::npos, part, " is not in:\n", notes);
}

TEST_CASE("what marks a return, what is money and what names a code can be told") {
  TableMetadata metadata;
  metadata.columns["territory"].return_value = "Hills";
  metadata.columns["pieces"].kind = "money";
  metadata.columns["client_no"].label_column = "article";
  const auto subject = understood("lines", wholesale(), metadata);
  REQUIRE(subject.returns.has_value());
  CHECK(subject.returns->sql == "\"territory\" = 'Hills'");
  CHECK(subject.find("pieces")->money);
  CHECK(subject.find("client_no")->label_column == "article");
  CHECK(subject.find("article")->role == Role::label);
}
