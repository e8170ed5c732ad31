// The company that is made up: its customers, products and batches, and how they behave before any
// effect is planted.
//
// Everything is drawn with stats::Random and worked out with additions, multiplications, divisions
// and square roots only, which every machine rounds alike: the same order gives the same company,
// to the byte, anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "stats/random.h"

namespace insights::generate {

// What is asked for.
struct Order {
  std::int64_t rows = 200'000;    // lines of invoices, exactly
  std::uint64_t seed = 42;        // every random number comes from it
  std::set<std::string> effects;  // names of all_effects.h; empty: a company in which nothing is so
};

inline constexpr std::array<std::string_view, 6> regions{"Baltic", "Rhine",  "Alps",
                                                         "Iberia", "Nordic", "Adriatic"};
inline constexpr std::array<std::string_view, 4> segments{"Workshops", "Builders", "Industry",
                                                          "Public"};
inline constexpr std::array<std::string_view, 3> channels{"Field", "Online", "Phone"};
inline constexpr std::array<std::string_view, 3> carriers{"Axel Freight", "Bolt Cargo",
                                                          "Corvus Lines"};
inline constexpr std::array<std::string_view, 2> zones{"city", "remote"};
inline constexpr std::array<std::string_view, 4> plants{"Aarhus", "Brno", "Cadiz", "Dresden"};
inline constexpr std::array<std::string_view, 8> categories{
    "Pumps", "Valves", "Filters", "Seals", "Hoses", "Motors", "Gauges", "Fittings"};
inline constexpr std::size_t reps = 12;
inline constexpr std::size_t products_per_category = 10;
inline constexpr base::Day first_day{19358};  // 2023-01-01
inline constexpr int months_whole = 36;       // the data ends with December 2025

struct Customer {
  std::string id, name;
  std::size_t region = 0, segment = 0, rep = 0;
  double lines = 0;           // expected in the whole time
  double size = 1;            // of an order line, against the average line
  double gap = 14;            // days between two orders, on average
  double irregularity = 1;    // of the gaps: 0 = like a clock
  int quits_after = 1 << 30;  // day (from first_day) after which it orders no more
  int slows_after = 1 << 30;  // day after which its gaps are `slowing` times as long
  double slowing = 1;
  int counted_back_from = -1;  // its last order falls on this day; -1: wherever it falls
  std::array<double, categories.size()> taste{};  // weights of categories
  int discount = 800;                             // on the invoice, in hundredths of a percent
  int rebate = 300;                               // after it
  bool taken = false;                             // by an effect
};

struct Product {
  std::string id, name;
  std::size_t category = 0;
  double weight = 1;       // how often it is picked within its category
  int price = 1000;        // list price of one, in cents
  double cost_rate = 0.5;  // of the list price
  bool taken = false;
};

struct Batch {
  std::string id;
  std::size_t product = 0, plant = 0;
  int made_on = 0;  // day from first_day
};

struct Company {
  std::vector<Customer> customers;  // largest first
  std::vector<Product> products;    // by category
  std::vector<Batch> batches;       // [product][half year]
  int days = 0;                     // of data
  double growth_per_month = 1;      // of the size of orders
  std::array<double, 12> season{};  // factor of each month of the year

  std::size_t halves() const { return batches.size() / products.size(); }
  std::size_t batch_of(std::size_t product, int day) const;

  // A customer no effect has yet, near that place from the largest (0) to the smallest (1).
  std::size_t take_customer(double place);
  // The same with its share of all lines and of all sales set, and the days between its orders.
  std::size_t take_customer(double place, double share_of_lines, double share_of_sales,
                            double gap_days);
  std::size_t take_product(std::size_t category, std::size_t place);
};

// Month of the data, 0 = the first.
int month_of_data(int day);
// Its first day, from first_day.
int first_day_of_month(int month);
std::string date_text(int day);

// As it is without any effect.
Company founded(const Order& order);

// A number around 1 with the standard deviation `spread`, from 4 uniforms.
double around_one(stats::Random& random, double spread);

// A generator of its own for each thing that needs one, so that one more effect moves no other.
stats::Random random_for(const Order& order, std::string_view purpose);

}  // namespace insights::generate
