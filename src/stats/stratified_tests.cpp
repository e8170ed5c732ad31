#include "stats/stratified_tests.h"

#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "stats/distributions.h"

namespace insights::stats {
namespace {

// Sums over strata, in the notation of the papers: a of n1 and c of n2 are events, N = n1 + n2.
struct Sums {
  double excess = 0.0;       // a - expected a
  double variance = 0.0;     // hypergeometric variance of a
  double odds_top = 0.0;     // a (n2 - c) / N
  double odds_bottom = 0.0;  // c (n1 - a) / N
  double difference = 0.0;   // (a n2 - c n1) / N
  double weight = 0.0;       // n1 n2 / N
  double sato_p = 0.0;
  double sato_q = 0.0;
};

void add(Sums& sums, const Stratum& stratum) {
  const double a = static_cast<double>(stratum.first.events);
  const double c = static_cast<double>(stratum.second.events);
  const double n1 = static_cast<double>(stratum.first.trials);
  const double n2 = static_cast<double>(stratum.second.trials);
  const double total = n1 + n2;
  const double events = a + c;
  const double expected = events * (n1 / total);
  sums.excess += a - expected;
  if (total > 1.0) sums.variance += expected * (n2 / total) * ((total - events) / (total - 1.0));
  sums.odds_top += a * ((n2 - c) / total);
  sums.odds_bottom += c * ((n1 - a) / total);
  sums.difference += a * (n2 / total) - c * (n1 / total);
  sums.weight += n1 * (n2 / total);
  const double share1 = n1 / total;
  const double share2 = n2 / total;
  sums.sato_p += share1 * share1 * c - share2 * share2 * a + share1 * share2 * (n2 - n1) / 2.0;
  sums.sato_q += (a * ((n2 - c) / total) + c * ((n1 - a) / total)) / 2.0;
}

}  // namespace

CommonEffect cochran_mantel_haenszel(std::span<const Stratum> strata, double confidence) {
  base::ensure(confidence > 0.0 && confidence < 1.0, "confidence must be inside (0, 1)");
  CommonEffect result;
  result.risk_difference_interval = {-1.0, 1.0};
  Sums sums;
  for (const Stratum& stratum : strata) {
    for (const Proportion& group : {stratum.first, stratum.second}) {
      base::ensure(group.events >= 0 && group.events <= group.trials,
                   "a proportion needs 0 <= events <= trials");
    }
    if (stratum.first.trials == 0 || stratum.second.trials == 0) continue;
    ++result.strata_used;
    add(sums, stratum);
  }
  if (result.strata_used == 0) return result;
  if (sums.variance > 0.0) {
    result.statistic = sums.excess * sums.excess / sums.variance;
    result.p_value = p_value(chi_square_upper_tail(result.statistic, 1.0));
  }
  if (sums.odds_bottom > 0.0) {
    result.odds_ratio = sums.odds_top / sums.odds_bottom;
  } else if (sums.odds_top > 0.0) {
    result.odds_ratio = std::numeric_limits<double>::infinity();
  }
  const double difference = sums.difference / sums.weight;
  const double variance = (difference * sums.sato_p + sums.sato_q) / (sums.weight * sums.weight);
  const double reach = normal_quantile(0.5 + 0.5 * confidence) * std::sqrt(std::max(0.0, variance));
  result.risk_difference = difference;
  result.risk_difference_interval = {std::max(-1.0, difference - reach),
                                     std::min(1.0, difference + reach)};
  return result;
}

}  // namespace insights::stats
