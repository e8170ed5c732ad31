// What the truth files of several effects have in common.
#pragma once

#include "generate/effect.h"

namespace insights::generate {

double money(std::int64_t cents);
// Month of the data as "2025-03".
std::string month_text(int month);

Named customer_named(const Company& company, std::size_t customer);
Named name_of_productd(const Company& company, std::size_t product);
Named batch_named(const Company& company, std::size_t batch);
Named value_named(std::string_view column, std::string_view value);

// Where a customer's, a product's or a batch's own story shows as well.
std::vector<Named> echoes_of_customer(const Company& company, std::size_t customer);
std::vector<Named> echoes_of_product(const Company& company, std::size_t product);

}  // namespace insights::generate
