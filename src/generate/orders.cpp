#include "generate/orders.h"

#include <algorithm>
#include <cmath>

#include "base/calendar.h"

namespace insights::generate {
namespace {

constexpr double regular = 0.4;     // standard deviation of a gap of irregularity 1, in gaps
constexpr double gap_least = 0.15;  // of its own gap

double next_gap(const Customer& customer, int day, stats::Random& random) {
  const double gap = customer.gap * (day >= customer.slows_after ? customer.slowing : 1);
  return gap * std::max(gap_least, around_one(random, regular * customer.irregularity));
}

// Nobody orders on Saturdays and Sundays.
int working_day(int day, int days) {
  const int weekday = (first_day.since_epoch + day + 3) % 7;  // 0 = Monday
  if (weekday < 5) return day;
  const int monday = day + 7 - weekday;
  return monday < days ? monday : day - (weekday - 4);
}

std::vector<int> order_days(const Customer& customer, int days, stats::Random& random) {
  std::vector<int> found;
  if (customer.counted_back_from >= 0) {
    for (double day = customer.counted_back_from; day >= 0;
         day -= next_gap(customer, static_cast<int>(day), random))
      found.push_back(working_day(static_cast<int>(day), days));
    std::ranges::reverse(found);
  } else {
    double day = random.uniform() * customer.gap;
    while (day < days && day <= customer.quits_after) {
      found.push_back(working_day(static_cast<int>(day), days));
      day += next_gap(customer, static_cast<int>(day), random);
    }
    if (found.empty())
      found.push_back(working_day(static_cast<int>(random.uniform() * (days - 7)), days));
  }
  const auto twice = std::ranges::unique(found);
  found.erase(twice.begin(), twice.end());
  return found;
}

}  // namespace

std::vector<PlannedOrder> planned_orders(const Order& order, const Company& company) {
  auto random = random_for(order, "orders");
  std::vector<PlannedOrder> orders;
  std::vector<double> lines_each(company.customers.size());
  double sum = 0;
  for (std::size_t i = 0; i < company.customers.size(); ++i) {
    const auto& customer = company.customers[i];
    lines_each[i] = customer.lines * customer.gap / company.days;
    for (const int day : order_days(customer, company.days, random)) {
      orders.push_back({day, static_cast<std::uint32_t>(i), 0});
      sum += lines_each[i];
    }
  }
  std::ranges::sort(orders, [](const PlannedOrder& a, const PlannedOrder& b) {
    return a.day != b.day ? a.day < b.day : a.customer < b.customer;
  });
  // Rounded on the running sum, so that nothing is lost.
  const double scale = static_cast<double>(order.rows) / sum;
  double running = 0;
  std::int64_t given = 0;
  for (auto& one : orders) {
    running += lines_each[one.customer] * scale;
    const auto due = std::min(static_cast<std::int64_t>(running + 0.5), order.rows);
    one.lines = static_cast<std::uint32_t>(due - given);
    given = due;
  }
  if (!orders.empty()) orders.back().lines += static_cast<std::uint32_t>(order.rows - given);
  return orders;
}

}  // namespace insights::generate
