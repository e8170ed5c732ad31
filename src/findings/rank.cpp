#include "findings/rank.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "base/ensure.h"
#include "findings/evidence.h"

namespace insights::findings {

namespace {

constexpr double notable_share = 0.0002;  // I0: of the base a month
constexpr double stand_in_share = 0.01;   // what a finding without an amount counts as
constexpr double remark_share = 0.003;    // the same, of a fact about the whole table
constexpr double boost_max = 3;
constexpr double relevance_weight = 0.7, likeness_weight = 0.3;

// The base a month of the finding's unit; nothing when it is not known, or the finding has no
// amount.
std::optional<double> monthly_base(const Finding& finding, const std::vector<Base>& bases) {
  if (is_unset(finding.impact.amount_from)) return std::nullopt;
  for (const auto& base : bases) {
    const bool same = base.unit == finding.impact.unit && base.is_money == finding.impact.is_money;
    if (same && base.amount > 0) return monthly(base.amount, base.per);
  }
  return std::nullopt;
}

double monthly_amount(const Impact& impact) { return monthly(std::abs(impact.amount), impact.per); }

int order_of(Strength strength) {
  switch (strength) {
    case Strength::significant:
      return 0;
    case Strength::descriptive:
      return 1;
    case Strength::model_claim:
      return 2;
  }
  std::unreachable();
}

std::string key_of(const Entity& entity) { return entity.column + "=" + entity.value; }

// What a finding is about, sorted, each once.
std::vector<std::string> marks_of(const Finding& finding) {
  std::vector<std::string> marks{"pattern " + finding.pattern};
  for (const auto& column : finding.columns) marks.push_back("column " + column);
  for (const auto& entity : finding.entities) marks.push_back("entity " + key_of(entity));
  std::ranges::sort(marks);
  const auto repeated = std::ranges::unique(marks);
  marks.erase(repeated.begin(), repeated.end());
  return marks;
}

// Source: Jaccard (1912), New Phytologist 11(2), 37-50.
double likeness(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  std::vector<std::string> shared;
  std::ranges::set_intersection(first, second, std::back_inserter(shared));
  const auto all = first.size() + second.size() - shared.size();
  return static_cast<double>(shared.size()) / static_cast<double>(all);
}

struct Candidate {
  Finding finding;
  std::vector<std::string> marks;
  bool focused = false, data_quality = false, placed = false;
  double relevance = 0;      // 0..1
  double likeness_most = 0;  // to those placed

  double worth() const { return relevance_weight * relevance - likeness_weight * likeness_most; }
};

// True when `first` is to be placed before `second`.
bool before(const Candidate& first, const Candidate& second) {
  if (first.focused != second.focused) return first.focused;
  if (first.worth() != second.worth()) return first.worth() > second.worth();
  const auto& mine = first.finding;
  const auto& other = second.finding;
  if (mine.strength != other.strength) return order_of(mine.strength) < order_of(other.strength);
  return std::tie(mine.fingerprint, mine.title, mine.summary) <
         std::tie(other.fingerprint, other.title, other.summary);
}

// Places candidates one by one, and knows what the first places already hold.
class Placement {
 public:
  Placement(std::vector<Candidate> candidates, std::size_t places)
      : candidates_(std::move(candidates)), places_(places) {}

  std::vector<Finding> run() {
    while (ordered_.size() < candidates_.size()) place(next());
    return std::move(ordered_);
  }

 private:
  template <class Wanted>
  Candidate* best(Wanted wanted) {
    Candidate* found = nullptr;
    for (auto& candidate : candidates_) {
      if (candidate.placed || !wanted(candidate)) continue;
      if (found == nullptr || before(candidate, *found)) found = &candidate;
    }
    return found;
  }

  Candidate& next() {
    const auto any = [](const Candidate&) { return true; };
    const auto within = [&](const Candidate& candidate) { return fits(candidate); };
    const auto quality = [](const Candidate& candidate) { return candidate.data_quality; };
    Candidate* found = nullptr;
    if (ordered_.size() + 1 == places_ && !has_data_quality_) found = best(quality);
    if (found == nullptr && ordered_.size() < places_) found = best(within);
    if (found == nullptr) found = best(any);
    base::ensure(found != nullptr, "a candidate is left to be placed");
    return *found;
  }

  bool fits(const Candidate& candidate) const {
    const auto count = [](const auto& counts, const std::string& key) {
      const auto found = counts.find(key);
      return found == counts.end() ? std::size_t{0} : found->second;
    };
    const bool asked_for = candidate.focused;
    if (!asked_for && count(of_pattern_, candidate.finding.pattern) >= top_places_per_pattern) {
      return false;
    }
    return std::ranges::all_of(candidate.finding.entities, [&](const Entity& entity) {
      return count(about_entity_, key_of(entity)) < top_places_per_entity;
    });
  }

  void place(Candidate& chosen) {
    chosen.placed = true;
    has_data_quality_ = has_data_quality_ || chosen.data_quality;
    ++of_pattern_[chosen.finding.pattern];
    for (const auto& entity : chosen.finding.entities) ++about_entity_[key_of(entity)];
    for (auto& candidate : candidates_) {
      if (candidate.placed) continue;
      candidate.likeness_most =
          std::max(candidate.likeness_most, likeness(candidate.marks, chosen.marks));
    }
    ordered_.push_back(std::move(chosen.finding));
  }

  std::vector<Candidate> candidates_;
  std::size_t places_;
  std::vector<Finding> ordered_;
  std::map<std::string, std::size_t> of_pattern_, about_entity_;
  bool has_data_quality_ = false;
};

}  // namespace

double monthly(double amount, std::string_view per) {
  constexpr double days_a_month = 365.2425 / 12;
  constexpr std::array<std::pair<std::string_view, double>, 6> factors{{{"", 1.0 / 12},
                                                                        {"day", days_a_month},
                                                                        {"week", days_a_month / 7},
                                                                        {"month", 1},
                                                                        {"quarter", 1.0 / 3},
                                                                        {"year", 1.0 / 12}}};
  for (const auto& [span, factor] : factors) {
    if (span == per) return amount * factor;
  }
  base::ensure(false, "an amount is per day, week, month, quarter, year or once");
  std::unreachable();
}

double focus_boost(const Finding& finding, const Focus& focus) {
  double boost = 0;
  const auto look_up = [&](const std::string& topic) {
    const auto weight = focus.weights.find(topic);
    if (weight != focus.weights.end())
      boost = std::max(boost, std::clamp(weight->second, 1.0, boost_max));
  };
  look_up(finding.pattern);
  for (const auto& topic : finding.topics) look_up(topic);
  return boost;
}

double score(const Finding& finding, const std::vector<Base>& bases, const Focus& focus) {
  const auto base = monthly_base(finding, bases);
  // Beside amounts of money a fact about the whole table without one is a remark: nothing tested
  // how striking it is.
  const bool remark =
      finding.strength == Strength::descriptive && finding.entities.empty() && !bases.empty();
  const double stand_in = remark ? remark_share : stand_in_share;
  const double size = base ? monthly_amount(finding.impact) / *base
                           : stand_in * std::min(1.0, std::abs(finding.test.effect));
  const double surprise = 0.4 + 0.6 * std::clamp(finding.surprise, 0.0, 1.0);
  const double said_by = finding.strength == Strength::model_claim ? 0.5 : 1.0;
  const double boost = std::max(1.0, focus_boost(finding, focus));
  return std::log1p(size / notable_share) * surprise * finding.actionability * said_by * boost *
         finding.feedback.weight;
}

Severity severity(const Finding& finding, const std::vector<Base>& bases) {
  const auto base = monthly_base(finding, bases);
  const double share = base ? monthly_amount(finding.impact) / *base : 0;
  const auto account = base ? finding.impact.account : Account::none;
  const bool striking = finding.strength == Strength::significant && finding.surprise >= 0.9;
  const auto most = finding.strength == Strength::model_claim ? Severity::medium : Severity::high;
  switch (account) {
    case Account::at_risk:
    case Account::lost:
      if (share >= 0.01) return most;
      return share >= 0.001 ? Severity::medium : Severity::low;
    case Account::opportunity:
      return share >= 0.01 ? Severity::medium : Severity::low;
    case Account::none:
      return striking ? Severity::medium : Severity::low;
  }
  std::unreachable();
}

std::vector<Finding> rank(std::vector<Finding> findings, const std::vector<Base>& bases,
                          const Focus& focus, std::size_t places) {
  double best = 0;
  for (auto& finding : findings) {
    finding.score = score(finding, bases, focus);
    finding.severity = severity(finding, bases);
    best = std::max(best, finding.score);
  }
  std::vector<Candidate> candidates;
  for (auto& finding : findings) {
    Candidate candidate;
    candidate.marks = marks_of(finding);
    candidate.focused = focus_boost(finding, focus) > 0;
    candidate.data_quality =
        std::ranges::find(finding.topics, data_quality_topic) != finding.topics.end();
    candidate.relevance = best > 0 ? finding.score / best : 0;
    candidate.finding = std::move(finding);
    candidates.push_back(std::move(candidate));
  }
  return Placement(std::move(candidates), places).run();
}

}  // namespace insights::findings
