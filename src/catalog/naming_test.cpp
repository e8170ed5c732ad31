#include "catalog/naming.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/test_frame.h"

using namespace insights::catalog;

namespace {

// 40 lines of 20 documents.
std::string lines(const std::string& header, bool unique = false) {
  std::string csv = header + "\n";
  for (int i = 0; i < 40; ++i) {
    const int document = unique ? i : i / 2;
    csv += fmt::format("INV{},2024-01-{:02},R{},{}.5,{}.2,{}.1,{},{}\n", 1000 + document,
                       i % 28 + 1, i % 3, 90 + i * 7 % 50, 80 + i * 7 % 50, 70 + i * 7 % 50,
                       3 + i * 5 % 30, 10 + i * 3 % 17);
  }
  return csv;
}

constexpr auto header = "invoice_id,invoice_date,rep,gsv,nsv1,nsv2,payment_days,qq";

}  // namespace

TEST_CASE("measures are called by what their short forms stand for, and told apart") {
  const auto subject = understood("invoices", lines(header));
  CHECK(subject.find("gsv")->label == "gross sales");
  const auto &first = *subject.find("nsv1"), &second = *subject.find("nsv2");
  const auto& main = subject.columns[*subject.money];
  CHECK(main.label.find('(') == std::string::npos);
  for (const auto* column : {&first, &second}) {
    if (column != &main) CHECK(column->label == "net sales (" + column->name + ")");
  }
}

TEST_CASE("a duration whose name ends in its unit is a time, in that unit") {
  const auto subject = understood("invoices", lines(header));
  CHECK(subject.find("payment_days")->label == "payment time");
  CHECK(subject.find("payment_days")->unit == "days");
}

TEST_CASE("a code of a few letters is called by a short description, and only by a short one") {
  TableMetadata metadata;
  metadata.columns["qq"].description = "Promotional discount: what was agreed";
  CHECK(understood("invoices", lines(header), metadata).find("qq")->label ==
        "promotional discount");
  metadata.columns["qq"].description = "What is given to dealers that order very early in the year";
  CHECK(understood("invoices", lines(header), metadata).find("qq")->label == "qq");
  metadata.columns["qq"].label = "bonus";
  CHECK(understood("invoices", lines(header), metadata).find("qq")->label == "bonus");
}

TEST_CASE("a row is a line of its document when the document comes again, else the document") {
  CHECK(understood("invoices", lines(header)).nouns == "invoice lines");
  CHECK(understood("invoices", lines(header, true)).nouns == "invoices");
  CHECK(understood("incidents", lines(header)).noun == "incident");
  CHECK(understood("extract", lines(header)).nouns == "rows");
}

TEST_CASE("people are called by what they do") {
  CHECK(understood("invoices", lines(header)).find("rep")->noun == "sales rep");
}

TEST_CASE("the currency at the end of a name is left to the amounts") {
  std::string csv = "order_id,order_date,net_amt_usd\n";
  for (int i = 0; i < 30; ++i) csv += fmt::format("{},2024-01-{:02},{}.5\n", i, i % 28 + 1, 90 + i);
  const auto subject = understood("orders", csv);
  CHECK(subject.find("net_amt_usd")->unit == "USD");
  CHECK(subject.find("net_amt_usd")->label == "net amount");
}
