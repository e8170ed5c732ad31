#include "stats/simpson.h"

#include <algorithm>
#include <vector>

#include "stats/association.h"

namespace insights::stats {
namespace {

// How the trials of the two groups fall over the strata.
double mix_p_value(std::span<const Stratum> strata) {
  std::vector<std::int64_t> counts;
  for (const Stratum& stratum : strata) {
    counts.push_back(stratum.first.trials);
    counts.push_back(stratum.second.trials);
  }
  const auto test = chi_square_test(counts, 2);
  return test ? test->p_value : 1.0;
}

double mix_difference(std::span<const Stratum> strata, const Stratum& pooled) {
  double difference = 0.0;
  for (const Stratum& stratum : strata) {
    const double part_of_first =
        static_cast<double>(stratum.first.trials) / static_cast<double>(pooled.first.trials);
    const double part_of_second =
        static_cast<double>(stratum.second.trials) / static_cast<double>(pooled.second.trials);
    const Proportion both{stratum.first.events + stratum.second.events,
                          stratum.first.trials + stratum.second.trials};
    difference += (part_of_first - part_of_second) * both.rate();
  }
  return difference;
}

// Of a two-sided p-value, when the direction was said before.
double one_sided(double two_sided, bool as_said) {
  return as_said ? two_sided / 2.0 : 1.0 - two_sided / 2.0;
}

}  // namespace

Reversal simpson_reversal(std::span<const Stratum> strata, std::int64_t trials_min) {
  std::vector<Stratum> kept;
  Stratum pooled;
  for (const Stratum& stratum : strata) {
    if (std::min(stratum.first.trials, stratum.second.trials) <
        std::max<std::int64_t>(1, trials_min)) {
      continue;
    }
    kept.push_back(stratum);
    pooled.first.events += stratum.first.events;
    pooled.first.trials += stratum.first.trials;
    pooled.second.events += stratum.second.events;
    pooled.second.trials += stratum.second.trials;
  }
  Reversal result;
  result.strata_used = kept.size();
  if (kept.empty()) return result;

  const TwoProportions total = compare_proportions(pooled.first, pooled.second);
  const CommonEffect common = cochran_mantel_haenszel(kept);
  result.pooled_difference = total.difference;
  result.common_difference = common.risk_difference;
  result.mix_difference = mix_difference(kept, pooled);
  result.p_pooled = one_sided(total.p_value, total.difference * result.mix_difference > 0.0);
  result.p_common = one_sided(common.p_value, common.risk_difference * result.mix_difference < 0.0);
  result.p_mix = mix_p_value(kept);
  for (const Stratum& stratum : kept) {
    const double own = stratum.first.rate() - stratum.second.rate();
    if (own * result.common_difference > 0.0) ++result.strata_with_common_sign;
  }
  result.reversed = result.pooled_difference * result.common_difference < 0.0;
  if (result.reversed) {
    result.p_value = std::max({result.p_pooled, result.p_common, result.p_mix});
  }
  return result;
}

}  // namespace insights::stats
