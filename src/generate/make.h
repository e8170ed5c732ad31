// Writes the company: invoices.csv (one row a line of an invoice), customers.csv, products.csv and
// batches.csv. Line by line: ten million rows need no more memory than the list of orders.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "generate/company.h"
#include "generate/truth.h"

namespace insights::generate {

// The tables it writes, without ".csv".
inline constexpr std::array<std::string_view, 4> tables{"invoices", "customers", "products",
                                                        "batches"};

// `directory` must exist; files of these names are replaced. Errors: unavailable (cannot write),
// cancelled.
base::Result<Truth> make_company(const Order& order, const std::filesystem::path& directory,
                                 std::stop_token stop);

}  // namespace insights::generate
