#include "findings/renumber.h"

#include <fmt/format.h>

#include "base/ensure.h"
#include "findings/evidence.h"

namespace insights::findings {

namespace {

using Ids = std::map<std::string, std::string>;  // old -> new

void rename(Binding& binding, const Ids& ids) {
  if (is_unset(binding)) return;
  auto renamed = with_queries_renamed(std::move(binding), ids);
  base::ensure(renamed.has_value(), "a finding cites a query that is not among its evidence");
  binding = *std::move(renamed);
}

void rename(Finding& finding, const Ids& ids) {
  for (auto& evidence : finding.evidence) evidence.id = ids.at(evidence.id);
  for (auto& [name, value] : finding.values) rename(value.binding.from, ids);
  for (auto* from :
       {&finding.impact.amount_from, &finding.impact.low_from, &finding.impact.high_from}) {
    rename(*from, ids);
  }
  auto& query = finding.chart.chart.query;
  if (!query.empty()) query = ids.at(query);
}

}  // namespace

std::vector<Finding> renumbered(std::vector<Finding> findings) {
  Ids by_text;  // SQL -> id
  std::size_t place = 0;
  for (auto& finding : findings) {
    finding.id = fmt::format("f-{}", ++place);
    Ids ids;
    for (const auto& evidence : finding.evidence) {
      const auto id = fmt::format("q{}", by_text.size() + 1);
      ids[evidence.id] = by_text.emplace(evidence.sql, id).first->second;
    }
    rename(finding, ids);
  }
  return findings;
}

}  // namespace insights::findings
