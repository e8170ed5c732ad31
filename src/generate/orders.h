// Who orders when, and how many lines: known before the first line is made, so that the lines come
// out in exactly the number asked for, by day, and nothing but this list has to be held in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "generate/company.h"

namespace insights::generate {

struct PlannedOrder {
  std::int32_t day = 0;
  std::uint32_t customer = 0;
  std::uint32_t lines = 0;
};

// By day, then by customer; the lines add up to order.rows.
std::vector<PlannedOrder> planned_orders(const Order& order, const Company& company);

}  // namespace insights::generate
