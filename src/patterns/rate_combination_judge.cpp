// How a combination is judged: its effect, its p-value, over rows and over what they hang together
// by.

#include <algorithm>
#include <cmath>

#include "patterns/clusters.h"
#include "patterns/rate_combination.h"
#include "stats/distributions.h"
#include "stats/mean_tests.h"
#include "stats/overdispersion.h"

namespace insights::patterns {

namespace {

using stats::Moments;

constexpr double ratio_min = 1.3, beyond_expected = 1.15;
constexpr double deviations_min = 0.3, relative_min = 0.2, interaction_part = 0.5;  // averages
constexpr double prior_strength = 100;  // rows that the parent's rate is worth

double rate_of(const Moments& rows) {
  return (rows.mean * static_cast<double>(rows.n) + 0.5) / (static_cast<double>(rows.n) + 1);
}
double log_odds(const Moments& rows) {
  const double rate = rate_of(rows);
  return std::log(rate / (1 - rate));
}
double log_odds_variance(const Moments& rows) {
  const double n = static_cast<double>(rows.n), events = rows.mean * n;
  return 1 / (events + 0.5) + 1 / (n - events + 0.5);
}
stats::Proportion counts(const Moments& rows) {
  return {std::llround(rows.mean * static_cast<double>(rows.n)), rows.n};
}

// The rate or average that the two values by themselves lead to expect.
double expected_of(bool is_flag, const ByParts& rows) {
  const auto at = [&](std::size_t i) { return is_flag ? log_odds(rows.of[i]) : rows.of[i].mean; };
  const double value = at(1) + at(2) - at(0);
  return is_flag ? 1 / (1 + std::exp(-value)) : value;
}

bool is_beyond_all(const Combination& what, const ByParts& rows) {
  for (std::size_t part = 0; part < what.parts.size(); ++part) {
    const double parent = rows.parent(part).mean;
    if (what.higher ? rows.own().mean <= parent : rows.own().mean >= parent) return false;
  }
  return true;
}

ByParts moments_by_parts(const catalog::Subject& subject, const Combination& what,
                         const std::vector<std::uint8_t>& parts) {
  ByParts rows{std::vector<Moments>(std::size_t{1} << what.parts.size())};
  const auto& numbers = subject.numbers(what.measure);
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] != 0) rows.of[parts[row] - 1U].add(number_of(what, numbers[row]));
  }
  return rows;
}

// Against each parent and as an interaction, over what the rows hang together by.
double p_of_clusters(const Workspace& workspace, const Combination& what,
                     const std::vector<std::uint8_t>& parts, const ByParts& rows) {
  const auto& numbers = workspace.subject.numbers(what.measure);
  std::vector<std::size_t> columns;
  for (const auto& part : what.parts) columns.push_back(part.column);
  // By period, too: what went wrong for some days went wrong for all that was made then.
  KnownClusters known(workspace);
  double p = 0;
  for (const auto* clusters : known.across(columns)) {
    for (std::size_t part = 0; part < what.parts.size(); ++part) {
      const std::size_t parent = rows.all() & ~(std::size_t{1} << part);
      const auto influence = [&](std::size_t row) -> double {
        if (parts[row] == 0) return 0;
        const std::size_t of = parts[row] - 1U;
        if (of != rows.all() && of != parent) return 0;
        const double off =
            (number_of(what, numbers[row]) - rows.of[of].mean) / static_cast<double>(rows.of[of].n);
        return of == parent ? -off : off;
      };
      p = std::max(p,
                   p_of(rows.own().mean - rows.of[parent].mean, spread_over(*clusters, influence)));
    }
  }
  return p;
}

}  // namespace

// Own beyond what its two values lead to expect, over its own error; rates on the scale of odds.
double interaction_z(bool is_flag, const ByParts& rows) {
  double value = 0, variance = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& one = rows.of[i];
    if (one.n < 2) return 0;
    const double sign = i == 0 || i == 3 ? 1 : -1;
    value += sign * (is_flag ? log_odds(one) : one.mean);
    variance += is_flag ? log_odds_variance(one) : one.variance() / static_cast<double>(one.n);
  }
  return variance > 0 ? value / std::sqrt(variance) : 0;
}

double effect_of(const Combination& what, const ByParts& rows) {
  const auto& near = rows.parent(nearest_parent(what, rows));
  if (what.is_flag)
    return stats::shrunk_rate(counts(rows.own()), {rate_of(near), prior_strength}) / rate_of(near);
  const double deviation = std::sqrt((rows.own().variance() + near.variance()) / 2);
  return deviation > 0 ? (rows.own().mean - near.mean) / deviation : 0;
}

bool has_enough(const Combination& what, const ByParts& rows) {
  for (std::size_t part = 0; part < what.parts.size(); ++part) {
    if (static_cast<double>(rows.parent(part).n) < combination_rows_min) return false;
  }
  return static_cast<double>(rows.own().n) >= combination_rows_min &&
         (what.parts.size() > 2 || rows.of[0].n > 1);
}

bool is_material(const Combination& what, const ByParts& rows) {
  if (!has_enough(what, rows) || !is_beyond_all(what, rows)) return false;
  const double effect = effect_of(what, rows);
  const auto& near = rows.parent(nearest_parent(what, rows));
  const bool pair = what.parts.size() == 2;
  const double expected = pair ? expected_of(what.is_flag, rows) : near.mean;
  if (what.is_flag) {
    const double own = rate_of(rows.own());
    return what.higher ? effect >= ratio_min && own >= beyond_expected * expected
                       : effect <= 1 / ratio_min && own <= expected / beyond_expected;
  }
  const double gap = rows.own().mean - near.mean;
  return std::fabs(effect) >= deviations_min &&
         std::fabs(gap) >= relative_min * std::fabs(near.mean) &&
         (rows.own().mean - expected) / gap >= interaction_part;
}

// Against each parent, rows taken as they are.
double p_of_rows(const Combination& what, const ByParts& rows) {
  double p = 0;
  for (std::size_t part = 0; part < what.parts.size(); ++part) {
    if (what.is_flag) {
      p = std::max(
          p, stats::compare_proportions(counts(rows.own()), counts(rows.parent(part))).p_value);
    } else {
      const auto test = stats::welch_t(rows.own(), rows.parent(part));
      p = std::max(p, test ? test->p_value : 1);
    }
  }
  return p;
}

// Which of the parts each row has, plus one; 0 for a row without a number or without a value.
std::vector<std::uint8_t> parts_of_rows(const catalog::Subject& subject, const Combination& what,
                                        const frame::Mask& kept) {
  std::vector<std::uint8_t> found(subject.frame.rows, 1);
  const auto& numbers = subject.numbers(what.measure);
  for (std::size_t part = 0; part < what.parts.size(); ++part) {
    const auto value = what.parts[part].value;
    subject.codes(what.parts[part].column).codes.visit([&](const auto* codes) {
      for (std::size_t row = 0; row < found.size(); ++row) {
        if (codes[row] == 0 || found[row] == 0)
          found[row] = 0;
        else if (codes[row] == value)
          found[row] = static_cast<std::uint8_t>(found[row] + (1U << part));
      }
    });
  }
  for (std::size_t row = 0; row < found.size(); ++row) {
    if (std::isnan(numbers[row]) || (!kept.empty() && kept[row] == 0)) found[row] = 0;
  }
  return found;
}

double number_of(const Combination& what, double number) {
  return what.is_flag ? (number > 0 ? 1 : 0) : number;
}

CombinationVerdict judged(const Workspace& workspace, const Combination& what, double scatter,
                          const frame::Mask& kept) {
  const auto parts = parts_of_rows(workspace.subject, what, kept);
  const auto rows = moments_by_parts(workspace.subject, what, parts);
  CombinationVerdict verdict;
  if (!has_enough(what, rows)) return verdict;
  verdict.effect = effect_of(what, rows);
  verdict.material = is_material(what, rows);
  verdict.p = p_of_rows(what, rows);
  if (what.parts.size() == 2)
    verdict.p =
        std::max(verdict.p, stats::normal_two_sided(interaction_z(what.is_flag, rows) / scatter));
  verdict.p = std::max(verdict.p, p_of_clusters(workspace, what, parts, rows));
  return verdict;
}

ByParts by_parts(const catalog::Subject& subject, const Combination& what,
                 const frame::Mask& kept) {
  return moments_by_parts(subject, what, parts_of_rows(subject, what, kept));
}

std::size_t nearest_parent(const Combination& what, const ByParts& rows) {
  std::size_t nearest = 0;
  for (std::size_t part = 1; part < what.parts.size(); ++part) {
    const double mean = rows.parent(part).mean, least = rows.parent(nearest).mean;
    if (what.higher ? mean > least : mean < least) nearest = part;
  }
  return nearest;
}

bool is_wanted(const catalog::Column& measure, bool is_flag, bool higher) {
  if (!is_flag || measure.polarity == 0) return !is_flag || higher;
  return higher == (measure.polarity < 0);
}

}  // namespace insights::patterns
