#include "catalog/personal.h"

#include <doctest/doctest.h>

#include "catalog/personal_formats.h"
#include "catalog/test_frame.h"
#include "source/gate.h"
#include "source/scratch.h"

using namespace insights;
using catalog::personal_of;

namespace {

std::string kind_of(const std::string& table, const std::string& column,
                    const std::vector<std::string>& values = {},
                    const std::string& type = "VARCHAR") {
  const auto found = personal_of(table, {column, type, ""}, values, catalog::test_vocabulary());
  if (found) CHECK_FALSE(found->why.empty());
  return found ? found->kind : "";
}

}  // namespace

TEST_CASE("a column that reaches or names somebody is found by its name") {
  CHECK(kind_of("t", "email") == "email");
  CHECK(kind_of("t", "ContactEmailAddress") == "email");
  CHECK(kind_of("t", "E-Mail") == "email");
  CHECK(kind_of("t", "phone_no") == "phone");
  CHECK(kind_of("t", "Telefon") == "phone");
  CHECK(kind_of("t", "correo") == "email");
  CHECK(kind_of("t", "first_name") == "person name");
  CHECK(kind_of("t", "Nachname") == "person name");
  CHECK(kind_of("t", "ship_address") == "address");
  CHECK(kind_of("t", "address_line_1") == "address");
  CHECK(kind_of("t", "date_of_birth", {}, "DATE") == "birth");
  CHECK(kind_of("employees", "birth_date", {}, "date") == "birth");
  CHECK(kind_of("t", "passport_number") == "personal id");
  CHECK(kind_of("t", "iban") == "bank account");
  CHECK(kind_of("t", "ip_address") == "network address");
  CHECK(kind_of("t", "password_hash") == "credential");
  CHECK(kind_of("t", "mobile", {"919812345678", "919812345679"}, "BIGINT") == "phone");
}

TEST_CASE("what is only about it, or only sounds so, is not personal") {
  CHECK(kind_of("t", "email_verified") == "");
  CHECK(kind_of("t", "email_opt_in", {}, "BOOLEAN") == "");
  CHECK(kind_of("t", "address_id") == "");
  CHECK(kind_of("t", "address_type") == "");
  CHECK(kind_of("t", "phone_calls", {"3", "12"}, "INTEGER") == "");
  CHECK(kind_of("t", "email_sent_at", {}, "TIMESTAMP") == "");
  CHECK(kind_of("t", "mobile", std::vector<std::string>(30, "yes")) == "");
  CHECK(kind_of("t", "region") == "");
  CHECK(kind_of("t", "batch_no", {"2024-01-0001", "2024-01-0002"}) == "");
  CHECK(kind_of("t", "invoice_date", {"2024-01-01", "2024-01-02"}) == "");
  CHECK(kind_of("t", "amount", {"100.25", "7"}, "DOUBLE") == "");
  CHECK(kind_of("t", "version", {"1.2.3.4.5", "1.2.3"}) == "");
}

TEST_CASE(
    "what customers and people are called is personal; what products and companies are is not") {
  CHECK(kind_of("sales", "customer_name") == "customer name");
  CHECK(kind_of("sales", "ClientName") == "customer name");
  CHECK(kind_of("customers", "name") == "customer name");
  CHECK(kind_of("employees", "name") == "person name");
  CHECK(kind_of("tickets", "assignee", {"Ada Lovelace", "Grace Hopper", "Alan Turing"}) ==
        "person name");
  CHECK(kind_of("tickets", "assignee", {"A1", "B2"}) == "");
  CHECK(kind_of("sales", "seller_first_name", std::vector<std::string>(30, "Ada")) ==
        "person name");
  CHECK(kind_of("products", "name") == "");
  CHECK(kind_of("sales", "product_name") == "");
  CHECK(kind_of("sales", "product_full_name") == "");
  CHECK(kind_of("suppliers", "name") == "");
  CHECK(kind_of("sales", "customer_code") == "");
  CHECK(kind_of("sales", "customer_segment_name") == "");
  CHECK(kind_of("customers", "company_name") == "");
  CHECK(kind_of("sales", "customer_name", {"Miller GmbH", "Ohm & Sons Ltd", "ABC Motors", "Ada"}) ==
        "");
}

TEST_CASE("values tell what a name does not") {
  CHECK(kind_of("t", "c7", {"a@b.com", "", "x.y@z.co.uk", "n/a"}) == "email");
  CHECK(kind_of("t", "c7", {"+49 30 1234567", "+1-555-010-9999"}) == "phone");
  CHECK(kind_of("t", "c7", {"555-123-4567", "555-123-9999"}) == "phone");
  CHECK(kind_of("t", "c7", {"DE89 3704 0044 0532 0130 00"}) == "bank account");
  CHECK(kind_of("t", "c7", {"DE88 3704 0044 0532 0130 00"}) == "");
  CHECK(kind_of("t", "c7", {"4111 1111 1111 1111"}) == "bank account");
  CHECK(kind_of("t", "c7", {"123-45-6789", "987-65-4321"}) == "personal id");
  CHECK(kind_of("t", "c7", {"10.0.0.1", "192.168.1.17"}) == "network address");
  CHECK(kind_of("t", "note", {"called back", "write to ada@example.com please"}) ==
        "contact in a text");
}

TEST_CASE("formats know their usual writings from codes, dates and prices") {
  CHECK(catalog::is_email("o'neill+x@mail.example.co"));
  for (const auto* text : {"a@b", "@b.com", "a@.com", "a b@c.com", "https://x.com/@y"})
    CHECK_FALSE(catalog::is_email(text));
  CHECK(catalog::is_phone("(030) 0074-321"));
  for (const auto* text : {"2024-01-31", "12345678", "10.000.000", "A-123-456-7890", "+12"})
    CHECK_FALSE(catalog::is_phone(text));
  CHECK(catalog::is_full_name("Ana María Trujillo"));
  for (const auto* text : {"North", "north east", "Unit 5", "ABC MOTORS"})
    CHECK_FALSE(catalog::is_full_name(text));
}

namespace {

struct Company {
  source::Scratch folder;
  std::unique_ptr<source::Source> source;
  Company() {
    source = source::opened({folder.write(
        "customers.csv", "id,name,contact,note\n1,Ada,a@b.com,x\n2,Bob,c@d.org,y\n")});
  }
  base::Result<catalog::PersonalColumns> personal(const catalog::ColumnMetadata& name = {}) {
    catalog::Metadata metadata;
    metadata.tables["customers"] = {"customers.json", {{"name", name}}};
    const auto gate = source::open_gate(*source);
    return catalog::find_personal(*source, *gate, catalog::test_vocabulary(), metadata, {});
  }
};

}  // namespace

TEST_CASE("names and the first rows of a source tell; its gate for a model knows it") {
  Company company;
  const auto personal = company.personal();
  REQUIRE(personal);
  CHECK(catalog::find(*personal, "customers", "contact")->kind == "email");
  CHECK(catalog::find(*personal, "customers", "name")->kind == "customer name");
  CHECK(catalog::find(*personal, "customers", "note") == nullptr);
  const auto relations = catalog::relations_for_model(*company.source, *personal);
  CHECK(relations[0].columns[1].privacy == sql::Privacy::masked);
  CHECK(relations[0].columns[2].privacy == sql::Privacy::guarded);
  CHECK(relations[0].columns[3].privacy == sql::Privacy::open);
}

TEST_CASE("the metadata decides what is personal and what may be done with it") {
  Company company;
  catalog::ColumnMetadata name;
  name.personal = "";
  CHECK(catalog::find(*company.personal(name), "customers", "name") == nullptr);
  name.personal = "phone";
  CHECK(catalog::find(*company.personal(name), "customers", "name")->privacy ==
        sql::Privacy::guarded);
  name.policy = "refuse";
  const auto closed = *catalog::find(*company.personal(name), "customers", "name");
  CHECK((closed.privacy == sql::Privacy::closed && closed.from_metadata));
  name.policy = "allow";
  CHECK(catalog::find(*company.personal(name), "customers", "name")->privacy == sql::Privacy::open);
  name.personal = "emial";
  const auto wrong = company.personal(name);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("customers.json") != std::string::npos);
  CHECK(wrong.error().hint == "did you mean \"email\"?");
}
