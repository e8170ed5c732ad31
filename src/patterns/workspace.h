// One subject made ready for the patterns: its periods, which columns to group by, its cubes, its
// base amounts. Made once a subject, then only read, by several threads.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "patterns/cube.h"
#include "patterns/periods.h"

namespace insights::patterns {

inline constexpr std::size_t no_column = std::numeric_limits<std::size_t>::max();

// Below so many rows no test has power and no sentence about significance is fair; patterns then
// report facts, marked descriptive.
inline constexpr std::size_t small_table_rows = 200;

// Rows that are looked at where all would take too long: enough for every effect that is worth
// telling, with rows that count less than one each.
inline constexpr std::size_t sample_rows_max = 20'000;

struct Workspace {
  const catalog::Subject& subject;        // borrowed
  const catalog::Vocabulary& vocabulary;  // borrowed
  Periods periods;
  std::vector<std::size_t> sample;  // every row of the table, or an evenly drawn part of a large
                                    // one, ascending
  std::vector<std::size_t>
      groupings;  // coded columns worth a group-by: entities and dimensions, decoys included
  std::set<std::size_t> decoys;  // of them: shuffled on purpose; a finding about one is false
  std::vector<std::size_t>
      measures;  // in every cube: chain, money, quantity, margin ... (additive ones)
  std::map<std::size_t, Cube>
      cubes;  // by column: (value, period), `measures`; absent when too large
  std::map<std::size_t, Cube>
      flats;               // by column: (value), `measures`, over all rows; absent when too large
  Cube total;              // [1 x periods], `measures`
  base::Day today;         // the data's last usual day, or the as-of date
  double months = 1;       // length of the data
  double money_total = 0;  // of the main measure, over all rows
  double money_per_month = 0;
  bool small = false;      // fewer than small_table_rows rows
  std::stop_token stop{};  // the time to search is used up: long loops ask, and give what they have

  // Is so much money a month worth a director's time? One part in two thousand of all; anything
  // where there is no money.
  bool is_worth_telling(double money_a_month) const;
  // The rows of the sample that are kept; `kept` empty keeps all.
  std::vector<std::size_t> sampled(const frame::Mask& kept) const;
  const Cube* cube(std::size_t column) const;
  const Cube* flat(std::size_t column) const;
  bool is_decoy(std::size_t column) const { return decoys.contains(column); }
  // Can `candidate`, which determines `column`, be what the column was assigned to? An entity can;
  // so can a dimension (the teacher of a method) with several values to each of the column's.
  bool is_unit(std::size_t candidate, std::size_t column) const;
  // The unit with the fewest values that determines `column`: what is independent in a statement
  // about it. Nothing when rows are the unit.
  std::optional<std::size_t> unit_of(std::size_t column) const;
  // The column of customers (a kind that orders), with codes; the one with the most values.
  std::optional<std::size_t> customers() const;
};

// `today` empty: the last day of the data. Cubes are made on `threads` threads; the result does not
// depend on how many.
Workspace prepare(const catalog::Subject& subject, const catalog::Vocabulary& vocabulary,
                  std::optional<base::Day> today, const std::set<std::size_t>& decoys, int threads,
                  std::stop_token stop);

// A copy of the subject with `count` shuffled copies of real groupings added (columns "decoy ..."),
// and which they are. Small tables and tables without groupings get none.
std::set<std::size_t> add_decoys(catalog::Subject& subject, int count, std::uint64_t seed,
                                 int threads = 1);

}  // namespace insights::patterns
