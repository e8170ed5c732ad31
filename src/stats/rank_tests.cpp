#include "stats/rank_tests.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "stats/distributions.h"

namespace insights::stats {
namespace {

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

struct Ranked {
  std::vector<double> ranks;
  double ties = 0.0;  // sum over tie groups of t^3 - t
};

Ranked ranked(std::span<const double> values) {
  // The values lie beside their places: sorting jumps about in memory as little as it can.
  struct Placed {
    double value;
    std::size_t place;
  };
  std::vector<Placed> order;
  order.reserve(values.size());
  for (std::size_t place = 0; place < values.size(); ++place)
    order.push_back({values[place], place});
  std::ranges::sort(order, {}, &Placed::value);
  Ranked result{std::vector<double>(values.size()), 0.0};
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && order[last + 1].value == order[first].value) ++last;
    const double rank = 0.5 * static_cast<double>(first + last) + 1.0;
    for (std::size_t i = first; i <= last; ++i) result.ranks[order[i].place] = rank;
    const double tied = static_cast<double>(last - first + 1);
    result.ties += tied * (tied * tied - 1.0);
    first = last + 1;
  }
  return result;
}

// P(U <= u) without ties: u is whole, at most half of n1 n2. The number of ways to reach each U are
// the coefficients of the Gaussian binomial, the product over i = 1..n1 of (1 - q^(n2+i)) / (1 -
// q^i); all numbers stay below 1e29.
double exact_lower_tail(std::size_t u, std::size_t n1, std::size_t n2) {
  std::vector<double> ways(u + 1, 0.0);
  ways[0] = 1.0;
  double total = 1.0;
  for (std::size_t i = 1; i <= n1; ++i) {
    for (std::size_t d = u; d >= n2 + i && d <= u; --d) ways[d] -= ways[d - n2 - i];
    for (std::size_t d = i; d <= u; ++d) ways[d] += ways[d - i];
    total *= static_cast<double>(n2 + i) / static_cast<double>(i);
  }
  return std::accumulate(ways.begin(), ways.end(), 0.0) / total;
}

}  // namespace

std::vector<double> average_ranks(std::span<const double> values) { return ranked(values).ranks; }

std::optional<KruskalWallis> kruskal_wallis(std::span<const std::vector<double>> groups) {
  std::vector<double> all;
  std::size_t kept = 0;
  for (const auto& group : groups) {
    if (!all_finite(group)) return std::nullopt;
    all.insert(all.end(), group.begin(), group.end());
    if (!group.empty()) ++kept;
  }
  if (kept < 2 || all.size() < 3) return std::nullopt;
  const Ranked pooled = ranked(all);
  const double n = static_cast<double>(all.size());
  const double middle = 0.5 * (n + 1.0);
  double spread = 0.0;
  std::size_t next = 0;
  for (const auto& group : groups) {
    if (group.empty()) continue;
    double deviation = 0.0;
    for (std::size_t index = 0; index < group.size(); ++index) {
      deviation += pooled.ranks[next++] - middle;
    }
    spread += deviation * deviation / static_cast<double>(group.size());
  }
  KruskalWallis result;
  result.degrees = static_cast<double>(kept - 1);
  const double tie_correction = 1.0 - pooled.ties / (n * (n * n - 1.0));
  if (!(tie_correction > 0.0)) return result;
  result.h = 12.0 * spread / (n * (n + 1.0)) / tie_correction;
  result.p_value = p_value(chi_square_upper_tail(result.h, result.degrees));
  result.epsilon_squared = std::clamp(result.h / (n - 1.0), 0.0, 1.0);
  return result;
}

std::optional<MannWhitney> mann_whitney(std::span<const double> first,
                                        std::span<const double> second) {
  if (first.empty() || second.empty() || !all_finite(first) || !all_finite(second)) {
    return std::nullopt;
  }
  std::vector<double> all(first.begin(), first.end());
  all.insert(all.end(), second.begin(), second.end());
  const Ranked pooled = ranked(all);
  const double n1 = static_cast<double>(first.size());
  const double n2 = static_cast<double>(second.size());
  const double n = n1 + n2;
  double rank_sum = 0.0;
  for (std::size_t index = 0; index < first.size(); ++index) rank_sum += pooled.ranks[index];

  MannWhitney result;
  result.u = rank_sum - 0.5 * n1 * (n1 + 1.0);
  result.superiority = result.u / (n1 * n2);
  if (pooled.ties == 0.0 && first.size() < 50 && second.size() < 50) {
    const auto nearer =
        static_cast<std::size_t>(std::llround(std::min(result.u, n1 * n2 - result.u)));
    result.p_value = p_value(2.0 * exact_lower_tail(nearer, first.size(), second.size()));
    return result;
  }
  const double variance = n1 * n2 / 12.0 * (n + 1.0 - pooled.ties / (n * (n - 1.0)));
  if (!(variance > 0.0)) return result;
  const double gap = std::max(0.0, std::abs(result.u - 0.5 * n1 * n2) - 0.5);
  result.p_value = p_value(normal_two_sided(gap / std::sqrt(variance)));
  return result;
}

}  // namespace insights::stats
