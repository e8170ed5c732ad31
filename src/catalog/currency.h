// The column that says in which currency a row's amounts are.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"

namespace insights::catalog {

struct CurrencyColumn {
  std::size_t column = 0;
  std::string main;  // the value of most rows; the first in the alphabet of several
  std::size_t values = 0;
  std::size_t rows = 0;  // with the main value
};

// Text that holds nothing but currencies, or whose name says currency. nullopt when there is none.
std::optional<CurrencyColumn> currency_column(const Subject& subject);

}  // namespace insights::catalog
