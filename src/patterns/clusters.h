// Rows that hang together: those of one customer, one order, one month. A difference between groups
// of rows is as sure as the things behind the rows are many, so its spread is taken over them.
//
// A statistic that is smooth in sums (a mean, a ratio of sums, the logarithm of one) moves by its
// influence with each row; the influences of one cluster add up, and the squares of those sums add
// up to its variance, however the clusters cross the groups.
// Source: Liang & Zeger (1986), Biometrika 73, 13-22 (cluster-robust variance); degrees of freedom
// after Satterthwaite (1946), Biometrics Bulletin 2, 110-114, from how evenly the clusters carry
// it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "patterns/workspace.h"
#include "stats/distributions.h"

namespace insights::patterns {

struct Clusters {
  std::vector<std::uint32_t> ids;  // [rows]; 0 = of none: such a row stands for itself
  std::size_t count = 0;           // ids are below it
};

// Customers, the units that own the columns, else documents: what the rows of these columns' values
// may share their fate with. Never one of the columns themselves. May be empty: rows are the unit.
std::vector<Clusters> clusters_across(const Workspace& workspace,
                                      std::span<const std::size_t> columns);

// The same made once for many pairs of columns.
class KnownClusters {
 public:
  explicit KnownClusters(const Workspace& workspace) : workspace_(workspace) {}
  // Of clusters_across(columns), and the periods where there are any; good as long as this is.
  std::vector<const Clusters*> across(std::span<const std::size_t> columns);

 private:
  const Workspace& workspace_;
  std::map<std::size_t, Clusters> of_column_;
  std::optional<std::vector<Clusters>> documents_;
  std::optional<Clusters> periods_;
};

struct Spread {
  double deviation = 0;  // of the statistic
  double degrees = 1;    // at least 1
};

// influence(row) for every row; 0 for a row that takes no part. In the order of `ways`, which are
// all added up in one pass.
template <class Influence>
std::vector<Spread> spreads_over(std::span<const Clusters* const> ways, Influence influence) {
  struct Sums {
    std::vector<double> of_cluster;
    double squares = 0, fourths = 0;
    void add(double sum) {
      squares += sum * sum;
      fourths += sum * sum * sum * sum;
    }
  };
  std::vector<Sums> sums;
  for (const auto* clusters : ways) sums.push_back({std::vector<double>(clusters->count, 0)});
  const std::size_t rows = ways.empty() ? 0 : ways.front()->ids.size();
  for (std::size_t row = 0; row < rows; ++row) {
    const double own = influence(row);
    if (own == 0) continue;
    for (std::size_t way = 0; way < ways.size(); ++way) {
      if (const auto id = ways[way]->ids[row]; id == 0)
        sums[way].add(own);
      else
        sums[way].of_cluster[id] += own;
    }
  }
  std::vector<Spread> spreads;
  for (auto& one : sums) {
    for (const double sum : one.of_cluster) one.add(sum);
    if (!(one.fourths > 0)) {
      spreads.emplace_back();
      continue;
    }
    // How many clusters of one size would carry it as evenly; of normal ones the fourth power has a
    // mean of three times the square of the variance.
    const double even = std::max(2.0, 3 * one.squares * one.squares / one.fourths);
    spreads.push_back({std::sqrt(one.squares * even / (even - 1)), even - 1});
  }
  return spreads;
}

template <class Influence>
Spread spread_over(const Clusters& clusters, Influence influence) {
  const auto* one = &clusters;
  return spreads_over(std::span(&one, 1), influence).front();
}

// Two-sided, of a statistic that is 0 when there is nothing.
inline double p_of(double statistic, const Spread& spread) {
  if (!(spread.deviation > 0)) return 1;
  return stats::p_value(stats::student_two_sided(statistic / spread.deviation, spread.degrees));
}

}  // namespace insights::patterns
