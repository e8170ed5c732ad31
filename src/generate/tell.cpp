#include "generate/tell.h"

#include "generate/all_effects.h"

namespace insights::generate {

double money(std::int64_t cents) { return static_cast<double>(cents) / 100; }

std::string month_text(int month) { return date_text(first_day_of_month(month)).substr(0, 7); }

Named customer_named(const Company& company, std::size_t customer) {
  const auto& one = company.customers[customer];
  return {{"customer_id", "name"}, one.id, one.name};
}

Named name_of_productd(const Company& company, std::size_t product) {
  const auto& one = company.products[product];
  return {{"product_id", "name"}, one.id, one.name};
}

Named batch_named(const Company& company, std::size_t batch) {
  const auto& one = company.batches[batch];
  return {{"batch_id"}, one.id, one.id};
}

Named value_named(std::string_view column, std::string_view value) {
  return {{std::string(column)}, std::string(value), std::string(value)};
}

std::vector<Named> echoes_of_customer(const Company& company, std::size_t customer) {
  const auto& one = company.customers[customer];
  return {value_named("region", regions[one.region]), value_named("segment", segments[one.segment]),
          value_named("sales_rep", rep_name(one.rep))};
}

std::vector<Named> echoes_of_product(const Company& company, std::size_t product) {
  return {value_named("category", categories[company.products[product].category])};
}

}  // namespace insights::generate
