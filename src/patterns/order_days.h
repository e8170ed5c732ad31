// The days on which each customer ordered, and the gaps between them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "catalog/catalog.h"
#include "stats/rhythm.h"

namespace insights::patterns {

// By customer code (0 = null, always empty): its order days, ascending, each once. Returns are no
// orders. Of a customer with a day far from all others (far_days.h) no day can be trusted: none.
class OrderDays {
 public:
  std::size_t customers() const { return starts_.size() - 1; }
  std::span<const std::int32_t> of(std::uint32_t customer) const {
    return std::span(days_).subspan(starts_[customer], starts_[customer + 1] - starts_[customer]);
  }

 private:
  friend OrderDays order_days(const catalog::Subject& subject, std::size_t column);
  std::vector<std::size_t> starts_;  // [customers + 1]
  std::vector<std::int32_t> days_;
};

// REQUIRES: the subject has a time column; `column` is coded.
OrderDays order_days(const catalog::Subject& subject, std::size_t column);

// Gaps between consecutive days; count 0 for fewer than two.
stats::Gaps gaps_of(std::span<const std::int32_t> days);

// The longest gap, in days; 0 for fewer than two days.
double longest_gap(std::span<const std::int32_t> days);

}  // namespace insights::patterns
