#include "stats/concentration.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/ensure.h"

namespace insights::stats {

std::optional<std::vector<double>> sorted_shares(std::span<const double> amounts) {
  std::vector<double> shares(amounts.begin(), amounts.end());
  double largest = 0.0;
  for (double& share : shares) {
    if (!std::isfinite(share)) return std::nullopt;
    share = std::max(0.0, share);
    largest = std::max(largest, share);
  }
  if (!(largest > 0.0)) return std::nullopt;
  std::ranges::sort(shares, std::greater{});
  // Relative to the largest first: a sum of amounts near the end of the number range must not
  // overflow.
  for (double& share : shares) share /= largest;
  const double total = std::accumulate(shares.rbegin(), shares.rend(), 0.0);
  for (double& share : shares) share /= total;
  return shares;
}

std::optional<double> herfindahl_hirschman_index(std::span<const double> amounts) {
  const auto shares = sorted_shares(amounts);
  if (!shares) return std::nullopt;
  return std::transform_reduce(shares->rbegin(), shares->rend(), 0.0, std::plus{},
                               [](double share) { return share * share; });
}

std::optional<double> gini_coefficient(std::span<const double> amounts) {
  const auto shares = sorted_shares(amounts);
  if (!shares) return std::nullopt;
  const double n = static_cast<double>(shares->size());
  double sum = 0.0;
  for (std::size_t place = 0; place < shares->size(); ++place) {
    sum += (n - 1.0 - 2.0 * static_cast<double>(place)) * (*shares)[place];
  }
  return std::clamp(sum / n, 0.0, 1.0);
}

std::optional<double> share_of_top(std::span<const double> amounts, std::size_t count) {
  const auto shares = sorted_shares(amounts);
  if (!shares) return std::nullopt;
  if (count >= shares->size()) return 1.0;
  const auto end = shares->begin() + static_cast<std::ptrdiff_t>(count);
  return std::min(1.0, std::accumulate(shares->begin(), end, 0.0));
}

std::optional<double> share_of_top_fraction(std::span<const double> amounts, double fraction) {
  base::ensure(fraction >= 0.0 && fraction <= 1.0, "a fraction must be in [0, 1]");
  // A hair less before rounding up: 0.2 * 15 is 3.0000000000000004 and means 3.
  const double parts = fraction * static_cast<double>(amounts.size());
  return share_of_top(amounts, static_cast<std::size_t>(std::ceil(parts * (1.0 - 1e-12))));
}

std::optional<std::size_t> parts_holding_share(std::span<const double> amounts, double share) {
  base::ensure(share >= 0.0 && share <= 1.0, "a share must be in [0, 1]");
  const auto shares = sorted_shares(amounts);
  if (!shares) return std::nullopt;
  double held = 0.0;
  std::size_t count = 0;
  while (count < shares->size() && held < share * (1.0 - 1e-12)) held += (*shares)[count++];
  return count;
}

}  // namespace insights::stats
