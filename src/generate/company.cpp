#include "generate/company.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "generate/names.h"

namespace insights::generate {
namespace {

constexpr std::size_t customers_min = 40;
constexpr double lines_per_order_min = 1.4, lines_per_order_max = 3.6;
constexpr double gap_min = 2;  // days

std::size_t customers_for(std::int64_t rows) {
  const auto many = static_cast<double>(rows);
  const double wanted = std::min(many / 50, 2 * std::sqrt(many));
  return std::clamp(static_cast<std::size_t>(wanted), customers_min, names_max);
}

// Lines fall off with the root of the rank, sales faster: large customers order more at a time.
std::vector<Customer> customers_of(const Order& order, int days) {
  auto random = random_for(order, "customers");
  std::vector<Customer> customers(customers_for(order.rows));
  const auto names = company_names(customers.size(), order.seed);
  double lines = 0;
  for (std::size_t i = 0; i < customers.size(); ++i) {
    auto& one = customers[i];
    one.id = fmt::format("C{:05}", 10001 + i);
    one.name = names[i];
    one.region = random.below(regions.size());
    one.segment = random.below(segments.size());
    one.rep = random.below(reps);
    one.irregularity = 0.6 + 0.8 * random.uniform();
    one.discount = 700 + static_cast<int>(random.below(5)) * 50;
    one.taste.fill(1);
    one.lines = 1 / std::sqrt(static_cast<double>(i + 3));
    lines += one.lines;
  }
  for (auto& one : customers) {
    one.lines *= static_cast<double>(order.rows) / lines;
    const double each =
        lines_per_order_min + (lines_per_order_max - lines_per_order_min) * random.uniform();
    one.gap = std::max(gap_min, static_cast<double>(days) * each / one.lines);
  }
  const double average = static_cast<double>(order.rows) / static_cast<double>(customers.size());
  for (auto& one : customers) one.size = std::sqrt(one.lines / average);
  return customers;
}

std::vector<Product> products_of(const Order& order) {
  auto random = random_for(order, "products");
  std::vector<Product> products;
  for (std::size_t category = 0; category < categories.size(); ++category) {
    double price = 900 + 600 * random.uniform();
    for (std::size_t i = 0; i < products_per_category; ++i) {
      Product one;
      one.category = category;
      one.id = fmt::format("P{:03}", 101 + products.size());
      one.name = name_of_product(category, i);
      one.weight = 1 / std::sqrt(static_cast<double>(i + 2));
      one.price = static_cast<int>(price);
      one.cost_rate = 0.52;
      price *= 1.2 + 0.1 * random.uniform();
      products.push_back(one);
    }
  }
  return products;
}

std::vector<Batch> batches_of(const Order& order, const std::vector<Product>& products, int days) {
  auto random = random_for(order, "batches");
  std::vector<Batch> batches;
  const int halves = (month_of_data(days - 1)) / 6 + 1;
  for (std::size_t product = 0; product < products.size(); ++product) {
    for (int half = 0; half < halves; ++half) {
      const auto number = 2301 + half / 2 * 100 + half % 2;  // year and half
      batches.push_back({fmt::format("B{}-{}", number, products[product].id.substr(1)), product,
                         static_cast<std::size_t>(random.below(plants.size())),
                         first_day_of_month(6 * half) - static_cast<int>(random.below(20))});
    }
  }
  return batches;
}

}  // namespace

int month_of_data(int day) {
  return base::month_of(base::Day{first_day.since_epoch + day}).since_year_zero -
         base::month_of(first_day).since_year_zero;
}

int first_day_of_month(int month) {
  const auto start = base::split(first_day);
  const int since = start.month - 1 + month;
  return base::day_of({start.year + since / 12, since % 12 + 1, 1}).since_epoch -
         first_day.since_epoch;
}

std::string date_text(int day) { return base::iso_text(base::Day{first_day.since_epoch + day}); }

Company founded(const Order& order) {
  Company company;
  company.days = first_day_of_month(months_whole);
  company.season.fill(1);
  company.customers = customers_of(order, company.days);
  company.products = products_of(order);
  company.batches = batches_of(order, company.products, company.days);
  return company;
}

std::size_t Company::batch_of(std::size_t product, int day) const {
  const auto half = std::min(static_cast<std::size_t>(month_of_data(day) / 6), halves() - 1);
  return product * halves() + half;
}

std::size_t Company::take_customer(double place) {
  auto at = static_cast<std::size_t>(place * static_cast<double>(customers.size() - 1));
  while (customers[at].taken) at = (at + 1) % customers.size();
  customers[at].taken = true;
  return at;
}

std::size_t Company::take_customer(double place, double share_of_lines, double share_of_sales,
                                   double gap_days) {
  const auto at = take_customer(place);
  auto& one = customers[at];
  double lines = 0;
  for (const auto& customer : customers) lines += customer.lines;
  one.lines = share_of_lines * lines;
  one.gap = gap_days;
  one.size = share_of_sales / share_of_lines;
  return at;
}

std::size_t Company::take_product(std::size_t category, std::size_t place) {
  std::size_t at = place;
  while (products[category * products_per_category + at].taken)
    at = (at + 1) % products_per_category;
  products[category * products_per_category + at].taken = true;
  return category * products_per_category + at;
}

double around_one(stats::Random& random, double spread) {
  constexpr double deviation_of_four = 0.57735026918962573;  // of the sum of 4 uniforms
  const double sum = random.uniform() + random.uniform() + random.uniform() + random.uniform();
  return 1 + spread * (sum - 2) / deviation_of_four;
}

stats::Random random_for(const Order& order, std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ order.seed;  // FNV-1a
  for (const char letter : purpose) {
    hash ^= static_cast<unsigned char>(letter);
    hash *= 0x100000001b3U;
  }
  return stats::Random(hash ^ (static_cast<std::uint64_t>(order.rows) << 20U));
}

}  // namespace insights::generate
