#include "findings/control_false_discovery.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/ensure.h"
#include "stats/false_discovery.h"

namespace insights::findings {

namespace {

// The tests of one family: their places in the input, and beside them their p-values, each divided
// by its weight.
struct Family {
  std::vector<std::size_t> places;
  std::vector<double> p_values;
};

using Families = std::map<std::string, Family>;

Families families_of(const std::vector<Hypothesis>& hypotheses, bool decoys) {
  Families families;
  for (std::size_t place = 0; place < hypotheses.size(); ++place) {
    const auto& entry = hypotheses[place].entry;
    if (entry.fact || entry.decoy != decoys) continue;
    if (!(entry.p >= 0 && entry.p <= 1))
      base::ensure(false, "a p-value is in [0, 1]: " + entry.fingerprint);
    if (!(hypotheses[place].weight > 0))
      base::ensure(false, "a weight is above 0: " + entry.fingerprint);
    families[entry.family].places.push_back(place);
  }
  for (auto& [name, family] : families) {
    double sum = 0;
    for (const std::size_t place : family.places) sum += hypotheses[place].weight;
    const double mean = sum / static_cast<double>(family.places.size());
    for (const std::size_t place : family.places)
      family.p_values.push_back(
          std::min(1.0, hypotheses[place].entry.p * mean / hypotheses[place].weight));
  }
  return families;
}

void decide(std::vector<Hypothesis>& hypotheses, const Family& family,
            const std::vector<double>& q_values, double level) {
  for (std::size_t test = 0; test < family.places.size(); ++test) {
    const std::size_t place = family.places[test];
    auto& entry = hypotheses[place].entry;
    entry.q = std::max(entry.p, q_values[test]);
    entry.decision = !(q_values[test] <= level)   ? Decision::not_significant
                     : hypotheses[place].material ? Decision::published
                                                  : Decision::too_small;
  }
}

}  // namespace

Correction control_false_discovery(std::vector<Hypothesis> hypotheses, double level) {
  base::ensure(level > 0 && level < 1, "a level of false discoveries is between 0 and 1");
  Correction correction;
  for (auto& [entry, material, weight] : hypotheses) {
    if (!entry.fact) continue;
    entry.q = 1;
    entry.decision = material ? Decision::published : Decision::too_small;
  }

  const auto families = families_of(hypotheses, false);
  std::vector<std::vector<double>> p_values;
  p_values.reserve(families.size());
  for (const auto& [name, family] : families) p_values.push_back(family.p_values);
  const auto selection = stats::select_families(p_values, level);
  correction.families = static_cast<std::int64_t>(families.size());
  correction.families_selected = std::ranges::count(selection.family_selected, true);
  correction.level_inside = selection.level_inside;
  std::size_t index = 0;
  for (const auto& [name, family] : families) {
    decide(hypotheses, family, stats::adjusted_p_values(family.p_values),
           selection.family_selected[index] ? selection.level_inside : 0);
    ++index;
  }
  // What a family of decoys would have had to pass, had it stood among the others.
  const double decoy_level =
      std::max(selection.level_inside,
               level / static_cast<double>(std::max<std::size_t>(1, families.size())));
  for (const auto& [name, family] : families_of(hypotheses, true))
    decide(hypotheses, family, stats::adjusted_p_values(family.p_values), decoy_level);
  correction.entries.reserve(hypotheses.size());
  for (auto& hypothesis : hypotheses) correction.entries.push_back(std::move(hypothesis.entry));
  return correction;
}

}  // namespace insights::findings
