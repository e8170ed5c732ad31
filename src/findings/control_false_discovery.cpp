#include "findings/control_false_discovery.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/ensure.h"
#include "stats/false_discovery.h"

namespace insights::findings {

namespace {

// The tests of one family: their places in the input, and their p-values beside.
struct Family {
  std::vector<std::size_t> places;
  std::vector<double> p_values;
};

std::map<std::string, Family> families_of(const std::vector<Hypothesis>& hypotheses) {
  std::map<std::string, Family> families;
  for (std::size_t place = 0; place < hypotheses.size(); ++place) {
    const auto& entry = hypotheses[place].entry;
    if (entry.fact) continue;
    base::ensure(entry.p >= 0 && entry.p <= 1, "a p-value is in [0, 1]: " + entry.fingerprint);
    auto& family = families[entry.family];
    family.places.push_back(place);
    family.p_values.push_back(entry.p);
  }
  return families;
}

}  // namespace

Correction control_false_discovery(const std::vector<Hypothesis>& hypotheses, double level) {
  base::ensure(level > 0 && level < 1, "a level of false discoveries is between 0 and 1");
  Correction correction;
  for (const auto& hypothesis : hypotheses) {
    auto entry = hypothesis.entry;
    if (entry.fact) {
      entry.q = 1;
      entry.decision = hypothesis.material ? Decision::published : Decision::too_small;
    }
    correction.entries.push_back(std::move(entry));
  }

  const auto families = families_of(hypotheses);
  std::vector<std::vector<double>> p_values;
  p_values.reserve(families.size());
  for (const auto& [name, family] : families) p_values.push_back(family.p_values);
  const auto selection = stats::select_families(p_values, level);
  correction.families = static_cast<std::int64_t>(families.size());
  correction.families_selected = std::ranges::count(selection.family_selected, true);
  correction.level_inside = selection.level_inside;

  std::size_t index = 0;
  for (const auto& [name, family] : families) {
    const auto q_values = stats::adjusted_p_values(family.p_values);
    for (std::size_t test = 0; test < family.places.size(); ++test) {
      auto& entry = correction.entries[family.places[test]];
      entry.q = q_values[test];
      const bool material = hypotheses[family.places[test]].material;
      entry.decision = !selection.rejected[index][test] ? Decision::not_significant
                       : material                       ? Decision::published
                                                        : Decision::too_small;
    }
    ++index;
  }
  return correction;
}

}  // namespace insights::findings
