#include "score/score.h"

#include <algorithm>
#include <cmath>

namespace insights::score {
namespace {

using generate::Named;
using generate::Planted;
using generate::Trap;
using generate::Truth;

// "customers.name" is the column "name" of a joined table.
std::string_view bare(std::string_view column) {
  const auto dot = column.rfind('.');
  return dot == std::string_view::npos ? column : column.substr(dot + 1);
}

template <class Range>
bool has(const Range& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool speaks_of(const Claim& claim, std::string_view column) {
  const auto is_it = [&](const std::string& one) { return bare(one) == column; };
  return std::ranges::any_of(claim.columns, is_it) ||
         std::ranges::any_of(claim.entities,
                             [&](const NamedValue& one) { return bare(one.column) == column; });
}

// By an entity of that column, or in a sentence that speaks of that column.
bool names(const Claim& claim, const Named& named) {
  const auto is_value = [&](const std::string& text) {
    return text == named.value || text == named.name;
  };
  const auto is_column = [&](std::string_view column) { return has(named.columns, column); };
  for (const auto& entity : claim.entities) {
    if (is_column(bare(entity.column)) && (is_value(entity.value) || is_value(entity.label)))
      return true;
  }
  const bool of_column = std::ranges::any_of(
      named.columns, [&](const std::string& column) { return speaks_of(claim, column); });
  return of_column && std::ranges::any_of(claim.texts, is_value);
}

bool names_all(const Claim& claim, const std::vector<Named>& list) {
  return std::ranges::all_of(list, [&](const Named& one) { return names(claim, one); });
}

bool speaks_of_all(const Claim& claim, const std::vector<std::string>& columns) {
  return std::ranges::all_of(columns,
                             [&](const std::string& one) { return speaks_of(claim, one); });
}

bool speaks_of_any(const Claim& claim, const std::vector<std::string>& columns) {
  return std::ranges::any_of(columns,
                             [&](const std::string& one) { return speaks_of(claim, one); });
}

bool is_of_time(const Claim& claim, const Planted& planted) {
  if (!planted.when_matters) return true;
  const auto from = planted.from.substr(0, 7), to = planted.to.substr(0, 7);
  return std::ranges::any_of(claim.months, [&](const std::string& month) {
    return month >= from && (to.empty() || month <= to);
  });
}

bool is_of_columns(const Claim& claim, const Planted& planted) {
  return speaks_of_all(claim, planted.columns_needed) &&
         (planted.columns.empty() || speaks_of_any(claim, planted.columns));
}

bool reports(const Claim& claim, const Planted& planted) {
  return has(planted.patterns, claim.pattern) && names_all(claim, planted.entities) &&
         is_of_columns(claim, planted) && is_of_time(claim, planted);
}

bool echoes(const Claim& claim, const Planted& planted) {
  return has(planted.patterns, claim.pattern) &&
         std::ranges::any_of(planted.echoes, [&](const Named& one) { return names(claim, one); });
}

bool falls_for(const Claim& claim, const Trap& trap) {
  if (!trap.patterns.empty() && !has(trap.patterns, claim.pattern)) return false;
  if (has(trap.patterns_spared, claim.pattern)) return false;
  if (!names_all(claim, trap.entities) || !speaks_of_all(claim, trap.columns)) return false;
  if (speaks_of_any(claim, trap.unless_columns)) return false;
  if (!trap.month.empty() && !has(claim.months, trap.month)) return false;
  return trap.money_above <= 0 || claim.largest_amount > trap.money_above;
}

// False, true without having been planted, or to be read; hits are dealt with before.
void judge_other(Judged& judged, const Truth& truth) {
  for (const auto& planted : truth.planted) {
    if (!echoes(judged.claim, planted)) continue;
    judged.verdict = Verdict::echo;
    judged.by = planted.id;
    return;
  }
  for (const auto& background : truth.background) {
    if (!reports(judged.claim, background)) continue;
    judged.verdict = Verdict::background;
    judged.by = background.id;
    return;
  }
  judged.verdict = judged.claim.fact ? Verdict::fact : Verdict::unplanned;
}

bool is_false(Judged& judged, const Truth& truth) {
  judged.verdict = Verdict::false_claim;
  for (const auto& column : truth.noise_columns) {
    if (!speaks_of(judged.claim, column)) continue;
    judged.by = "noise column " + column;
    return true;
  }
  for (const auto& trap : truth.traps) {
    if (!falls_for(judged.claim, trap)) continue;
    judged.by = "trap " + trap.id;
    return true;
  }
  return false;
}

void take_hit(Found& found, Judged& judged, const Planted& planted) {
  const bool first = found.rank == 0;
  judged.verdict = first ? Verdict::hit : Verdict::repeat;
  judged.by = planted.id;
  if (!first) return;
  found.rank = judged.rank;
  found.pattern = judged.claim.pattern;
  if (!planted.impact || planted.impact->amount <= 0 || judged.claim.impact <= 0) return;
  if (planted.impact->per != judged.claim.impact_per) return;
  found.impact_error =
      std::fabs(judged.claim.impact - planted.impact->amount) / planted.impact->amount;
}

double share(std::size_t part, std::size_t whole, double of_none) {
  return whole == 0 ? of_none : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::false_claim:
      return "false";
    case Verdict::hit:
      return "hit";
    case Verdict::repeat:
      return "repeat";
    case Verdict::echo:
      return "echo";
    case Verdict::background:
      return "background";
    case Verdict::fact:
      return "fact";
    case Verdict::unplanned:
      return "unplanned";
  }
  return "";
}

std::size_t Score::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(claims, verdict, &Judged::verdict));
}

std::size_t Score::found() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(planted, [](const Found& one) { return one.rank > 0; }));
}

double Score::recall() const { return share(found(), planted.size(), 1); }

double Score::precision() const {
  return share(claims.size() - count(Verdict::false_claim) - count(Verdict::unplanned),
               claims.size(), 1);
}

double Score::false_alarm_rate() const {
  return share(count(Verdict::false_claim), claims.size(), 0);
}

double Score::unplanned_rate() const { return share(count(Verdict::unplanned), claims.size(), 0); }

std::optional<double> Score::impact_error() const {
  std::vector<double> errors;
  for (const auto& one : planted)
    if (one.impact_error) errors.push_back(*one.impact_error);
  if (errors.empty()) return std::nullopt;
  std::ranges::sort(errors);
  const auto middle = errors.size() / 2;
  return errors.size() % 2 == 1 ? errors[middle] : (errors[middle - 1] + errors[middle]) / 2;
}

Score score(const Claims& claims, const Truth& truth) {
  Score result;
  result.seconds = claims.seconds;
  for (const auto& planted : truth.planted)
    result.planted.push_back({planted.id, planted.what, "", 0, {}});
  for (const auto& claim : claims.claims) {
    Judged judged{claim, result.claims.size() + 1, Verdict::unplanned, ""};
    if (!is_false(judged, truth)) {
      const auto planted = std::ranges::find_if(
          truth.planted, [&](const Planted& one) { return reports(claim, one); });
      if (planted == truth.planted.end()) {
        judge_other(judged, truth);
      } else {
        const auto at = static_cast<std::size_t>(planted - truth.planted.begin());
        take_hit(result.planted[at], judged, *planted);
      }
    }
    result.claims.push_back(std::move(judged));
  }
  return result;
}

}  // namespace insights::score
