// Which segment explains a change of the total between two comparable stretches of time: one to
// three values of a column, or one value within another ("91 % of the fall is one product in one
// region").
//
// The total must have moved by more than its months scatter. Values are then taken by how far their
// share moved (Jensen-Shannon) until they explain two thirds of the change, as Adtributor does
// (Bhagwan et al. 2014, NSDI); a segment that has much of the change because it has much of
// everything explains nothing, so its own growth must also differ from that of all the rest: tested
// over months and over the customers behind it, whichever is the less sure. A cell of two columns
// is told instead when it explains as much as its values do, and they owe it to the cell (after
// RiskLoc, Kalander 2022).

#include "patterns/change_explained.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/clusters.h"
#include "patterns/facts.h"
#include "patterns/survival.h"
#include "stats/mean_tests.h"

namespace insights::patterns {

namespace {

constexpr double total_change_min = 0.05;
constexpr double p_total_max = 0.05;
constexpr double explained_min = 0.67, each_explained_min = 0.1;
constexpr double explained_max =
    3;  // beyond it the segment moves against all others: no explanation
constexpr double over_its_share = 1.5;  // explained, to share of the total before
constexpr double share_before_max = 0.6;
constexpr std::size_t values_max = 3;
constexpr double of_values_explained = 0.85, rest_of_value_min = 0.2;  // of a cell
constexpr double pair_rows_share = 0.01;
constexpr std::size_t pair_columns_max = 16;
constexpr double survives_explained = 0.4;

double amount_of_row(const std::vector<double>* amounts, std::size_t row) {
  if (amounts == nullptr) return 1;
  return std::isnan((*amounts)[row]) ? 0 : (*amounts)[row];
}

// Everything the tests need of the table, made once.
class Table {
 public:
  Table(const Workspace& workspace, const Comparison& comparison)
      : workspace_(workspace),
        comparison_(comparison),
        sides_(sides_of(workspace.periods, comparison)),
        amounts_(workspace.subject.money ? &workspace.subject.numbers(*workspace.subject.money)
                                         : nullptr) {}

  const Workspace& workspace() const { return workspace_; }
  const Comparison& comparison() const { return comparison_; }

  // One value of a cube of the workspace.
  Change of(const Cube& cube, std::uint32_t value) const {
    const Amount amount(workspace_);
    Change change;
    for (std::size_t i = 0; i < comparison_.length; ++i) {
      change.before += amount.in_period(cube, value, comparison_.before_begin + i);
      change.after += amount.in_period(cube, value, comparison_.after_begin + i);
    }
    return change;
  }
  Change total() const { return of(workspace_.total, 0); }

  // Does the total move by more than its periods scatter?
  double p_of_total() const {
    const Amount amount(workspace_);
    stats::Moments before, after, paired;
    for (std::size_t i = 0; i < comparison_.length; ++i) {
      const double was = amount.in_period(workspace_.total, 0, comparison_.before_begin + i);
      const double is = amount.in_period(workspace_.total, 0, comparison_.after_begin + i);
      before.add(was);
      after.add(is);
      paired.add(is - was);
    }
    if (comparison_.same_months) {
      const auto n = static_cast<double>(paired.n);
      if (!(paired.m2 > 0)) return 1;
      return stats::student_two_sided(paired.mean / std::sqrt(paired.variance() / n), n - 1);
    }
    const auto test = stats::welch_t(after, before);
    return test ? test->p_value : 1;
  }

  // 1 a row of the segment, 2 of the rest, 0 neither (outside both stretches, or not kept).
  std::vector<std::uint8_t> parts(const Segment& segment, const frame::Mask& kept) const {
    std::vector<std::uint8_t> found(sides_.size(), 0);
    std::vector<std::uint8_t> matched(sides_.size(), 0);
    for (const auto& one : segment.values) {
      workspace_.subject.codes(one.column).codes.visit([&](const auto* codes) {
        for (std::size_t row = 0; row < matched.size(); ++row)
          matched[row] =
              static_cast<std::uint8_t>(matched[row] + (codes[row] == one.value ? 1 : 0));
      });
    }
    const auto enough = segment.is_cell ? segment.values.size() : 1;
    for (std::size_t row = 0; row < found.size(); ++row) {
      if (sides_[row] == Side::neither || (!kept.empty() && kept[row] == 0)) continue;
      found[row] = matched[row] >= enough ? 1 : 2;
    }
    return found;
  }

  Change sum(const std::vector<std::uint8_t>& parts, std::uint8_t part) const {
    Change change;
    for (std::size_t row = 0; row < parts.size(); ++row) {
      if (parts[row] != part) continue;
      (sides_[row] == Side::before ? change.before : change.after) += amount_of_row(amounts_, row);
    }
    return change;
  }

  // Growth of part 1 against that of part 2: the less sure of months and of what is behind the
  // rows.
  double p_of_growth(const std::vector<std::uint8_t>& parts,
                     std::span<const std::size_t> columns) const {
    const auto own = sum(parts, 1), rest = sum(parts, 2);
    if (!(own.before > 0) || !(rest.before > 0)) return 1;
    const double growth_own = own.after / own.before, growth_rest = rest.after / rest.before;
    const auto influence = [&](std::size_t row) -> double {
      if (parts[row] == 0) return 0;
      const double amount = amount_of_row(amounts_, row);
      const double growth = parts[row] == 1 ? growth_own : growth_rest;
      const double moved = sides_[row] == Side::before ? -growth * amount : amount;
      return parts[row] == 1 ? moved / own.before : -moved / rest.before;
    };
    double p = p_of(growth_own - growth_rest, spread_over(months(), influence));
    for (const auto& clusters : clusters_across(workspace_, columns))
      p = std::max(p, p_of(growth_own - growth_rest, spread_over(clusters, influence)));
    return p;
  }

 private:
  // A month and the one it is held against belong together.
  Clusters months() const {
    Clusters clusters{std::vector<std::uint32_t>(sides_.size(), 0), comparison_.length + 1};
    for (std::size_t row = 0; row < sides_.size(); ++row) {
      if (sides_[row] == Side::neither) continue;
      const auto begin =
          sides_[row] == Side::before ? comparison_.before_begin : comparison_.after_begin;
      clusters.ids[row] = static_cast<std::uint32_t>(workspace_.periods.of_row[row] - begin + 1);
    }
    return clusters;
  }

  const Workspace& workspace_;
  Comparison comparison_;
  std::vector<Side> sides_;
  const std::vector<double>* amounts_;
};

std::vector<std::size_t> columns_of(const Segment& segment) {
  std::vector<std::size_t> columns;
  for (const auto& one : segment.values) {
    if (std::ranges::find(columns, one.column) == columns.end()) columns.push_back(one.column);
  }
  return columns;
}

// How far a share of the total moved, in the sense of Jensen and Shannon.
double surprise_of(double before, double after) {
  const double p = std::max(before, 1e-9), q = std::max(after, 1e-9);
  return 0.5 * (p * std::log(2 * p / (p + q)) + q * std::log(2 * q / (p + q)));
}

bool stands_out(const ExplainedChange& found) {
  const double share_before = found.own.before / found.total.before;
  return found.share() >= explained_min && found.share() <= explained_max && share_before > 0 &&
         share_before <= share_before_max && found.share() >= over_its_share * share_before;
}

struct Choice {
  ExplainedChange found;
  double surprise = 0;
  double picked_from = 1;  // hypotheses it was picked from
};

// The fewest values of a column that explain enough of the change, by how far their shares moved.
std::optional<Choice> choice_of(const Table& table, std::size_t column, const Change& total) {
  const auto* cube = table.workspace().cube(column);
  if (cube == nullptr || table.workspace().subject.columns[column].kind == "calendar" ||
      comes_and_goes(*cube))
    return std::nullopt;
  struct Value {
    std::uint32_t code;
    Change change;
    double surprise;
  };
  std::vector<Value> values;
  const auto& dictionary = table.workspace().subject.codes(column).dictionary;
  std::size_t present = 0;
  for (std::uint32_t code = 1; code < cube->values; ++code) {
    const auto change = table.of(*cube, code);
    if (change.before == 0 && change.after == 0) continue;
    ++present;
    if (says_nothing(dictionary[code]) ||
        change.difference() / total.difference() < each_explained_min)
      continue;
    values.push_back(
        {code, change, surprise_of(change.before / total.before, change.after / total.after)});
  }
  if (present < 2) return std::nullopt;
  std::ranges::stable_sort(values,
                           [](const Value& a, const Value& b) { return a.surprise > b.surprise; });
  Choice choice;
  choice.found.total = total;
  choice.found.comparison = table.comparison();
  choice.picked_from = static_cast<double>(present);
  for (const auto& value : values) {
    if (choice.found.segment.values.size() == values_max || choice.found.share() >= explained_min)
      break;
    choice.found.segment.values.push_back({column, value.code});
    choice.found.own.before += value.change.before;
    choice.found.own.after += value.change.after;
    choice.surprise += value.surprise;
  }
  if (choice.found.segment.values.empty() || 2 * choice.found.segment.values.size() > present)
    return std::nullopt;
  return choice;
}

// Each value by itself must grow otherwise than all that is not in the segment.
double p_of_choice(const Table& table, const Choice& choice) {
  const auto& segment = choice.found.segment;
  const auto whole = table.parts(segment, {});
  double p = 0;
  for (const auto& one : segment.values) {
    auto parts = table.parts({{one}, false}, {});
    for (std::size_t row = 0; row < parts.size(); ++row) {
      if (parts[row] == 2 && whole[row] == 1) parts[row] = 0;
    }
    p = std::max(p, table.p_of_growth(parts, columns_of(segment)));
  }
  return std::min(1.0, p * choice.picked_from);
}

// The cell must grow otherwise than the rest of each of its two values.
double p_of_cell(const Table& table, const Segment& cell) {
  double p = 0;
  for (const auto& one : cell.values) {
    const auto own = table.parts(cell, {});
    auto parts = table.parts({{one}, false}, {});
    for (std::size_t row = 0; row < parts.size(); ++row)
      parts[row] = parts[row] == 1 ? (own[row] == 1 ? 1 : 2) : 0;
    p = std::max(p, table.p_of_growth(parts, columns_of(cell)));
  }
  return p;
}

Candidate candidate_of(const std::shared_ptr<const Table>& table, const Choice& choice) {
  const auto& workspace = table->workspace();
  const auto& subject = workspace.subject;
  const auto& found = choice.found;
  const auto& values = found.segment.values;
  Candidate candidate;
  if (found.segment.is_cell) {
    candidate = candidate_about_both(workspace, "change_explained", change_family, values[0],
                                     values[1], "");
  } else {
    candidate.entry.family = change_family;
    candidate.entry.pattern = "change_explained";
    std::vector<findings::Entity> entities;
    for (const auto& one : values)
      entities.push_back(
          {subject.columns[one.column].name, subject.codes(one.column).dictionary[one.value], ""});
    candidate.entry.fingerprint = findings::fingerprint("change_explained", "", entities);
    candidate.column = values.front().column;
    candidate.value = values.front().value;
    for (std::size_t i = 0; values.size() > 1 && i < values.size(); ++i)
      candidate.values.push_back(values[i].value);
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[candidate.column].kind);
    candidate.rank = kind == nullptr ? 0 : kind->rank;
  }
  candidate.measure = "change of the total";
  candidate.total_moved = found.total.difference() > 0 ? 1 : -1;
  candidate.entry.statistic = found.own.difference();
  candidate.entry.p = found.p;
  candidate.entry.effect = found.share();
  candidate.surprise = std::clamp(found.share() - found.own.before / found.total.before, 0.3, 1.0);
  candidate.impact =
      std::fabs(found.own.difference()) / static_cast<double>(found.comparison.length);
  return candidate;
}

// Would the segment still explain it, were only these rows there?
bool survives(const Table& table, const ExplainedChange& found, const frame::Mask& kept) {
  const auto parts = table.parts(found.segment, kept);
  const auto own = table.sum(parts, 1), rest = table.sum(parts, 2);
  const Change total{own.before + rest.before, own.after + rest.after};
  const bool same_way = (total.difference() > 0) == (found.total.difference() > 0);
  if (!same_way || !(own.before > 0) || !(rest.before > 0) ||
      own.difference() / total.difference() < survives_explained)
    return false;
  return still_stands(table.p_of_growth(parts, columns_of(found.segment)),
                      own.relative() - rest.relative(),
                      found.own.relative() - Change{found.total.before - found.own.before,
                                                    found.total.after - found.own.after}
                                                 .relative());
}

// The cell of two columns that explains enough and whose values owe it to the cell, if there is
// one.
std::optional<Choice> cell_of(const Table& table, const Change& total, const PairColumn& first,
                              const PairColumn& second, const PairCube& cube) {
  const auto add = [](Change& to, const Change& change) {
    to.before += change.before;
    to.after += change.after;
  };
  const auto cell = [&](std::size_t a, std::size_t b) {
    return Change{cube.sum(0, a, b), cube.sum(1, a, b)};
  };
  std::vector<Change> of_first(first.width()), of_second(second.width());
  for (std::size_t a = 0; a < first.width(); ++a) {
    for (std::size_t b = 0; b < second.width(); ++b) {
      add(of_first[a], cell(a, b));
      add(of_second[b], cell(a, b));
    }
  }
  Choice best;
  best.picked_from = static_cast<double>((first.width() - 1) * (second.width() - 1));
  for (std::size_t a = 1; a < first.width(); ++a) {
    for (std::size_t b = 1; b < second.width(); ++b) {
      ExplainedChange found;
      found.segment = {{{first.column, first.values[a]}, {second.column, second.values[b]}}, true};
      found.comparison = table.comparison();
      found.total = total;
      found.own = cell(a, b);
      const auto owes_it = [&](const Change& whole) {
        return whole.before - found.own.before >= rest_of_value_min * whole.before &&
               found.share() >= of_values_explained * whole.difference() / total.difference();
      };
      if (!stands_out(found) || !owes_it(of_first[a]) || !owes_it(of_second[b])) continue;
      const double surprise =
          surprise_of(found.own.before / total.before, found.own.after / total.after);
      if (surprise <= best.surprise) continue;
      best.found = found;
      best.surprise = surprise;
    }
  }
  return best.surprise > 0 ? std::optional(best) : std::nullopt;
}

// The best cell of each pair of columns.
std::vector<Choice> cells_of(const Table& table, const Change& total) {
  const auto& workspace = table.workspace();
  const auto& subject = workspace.subject;
  const auto columns = pair_columns(
      workspace, std::max(30.0, pair_rows_share * static_cast<double>(subject.frame.rows)),
      pair_columns_max);
  const auto sides = sides_of(workspace.periods, table.comparison());
  std::vector<double> before(sides.size(), std::nan("")), after(sides.size(), std::nan(""));
  const auto* money = subject.money ? &subject.numbers(*subject.money) : nullptr;
  for (std::size_t row = 0; row < sides.size(); ++row) {
    if (sides[row] == Side::before) before[row] = amount_of_row(money, row);
    if (sides[row] == Side::after) after[row] = amount_of_row(money, row);
  }
  const std::array<Addend, 2> measures{{{&before}, {&after}}};
  std::vector<Choice> choices;
  each_crossing(workspace, columns, measures,
                [&](const PairColumn& a, const PairColumn& b, const PairCube& cube) {
                  if (auto cell = cell_of(table, total, a, b, cube))
                    choices.push_back(*std::move(cell));
                });
  return choices;
}

}  // namespace

std::vector<Candidate> examine_change_explained(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto comparison = comparison_of(workspace.periods);
  if (!comparison || workspace.small) return candidates;
  const auto table = std::make_shared<const Table>(workspace, *comparison);
  const auto total = table->total();
  if (!(total.before > 0) || !(total.after > 0) || std::fabs(total.relative()) < total_change_min)
    return candidates;
  const double p_total = table->p_of_total();
  if (p_total > p_total_max) return candidates;
  std::vector<Choice> choices;
  for (const std::size_t column : workspace.groupings) {
    if (auto choice = choice_of(*table, column, total)) choices.push_back(*std::move(choice));
  }
  for (auto& cell : cells_of(*table, total)) choices.push_back(std::move(cell));
  // The best one is told; the others are the same change seen in other columns.
  std::size_t best = choices.size();
  for (std::size_t i = 0; i < choices.size(); ++i) {
    auto& choice = choices[i];
    if (!stands_out(choice.found)) continue;
    choice.found.p = std::max(
        p_total, choice.found.segment.is_cell
                     ? std::min(1.0, p_of_cell(*table, choice.found.segment) * choice.picked_from)
                     : p_of_choice(*table, choice));
    if (choice.found.p < 0.01 &&
        (best == choices.size() || choice.surprise > choices[best].surprise))
      best = i;
  }
  for (std::size_t i = 0; i < choices.size(); ++i) {
    auto candidate = candidate_of(table, choices[i]);
    candidate.material =
        i == best && (!workspace.subject.money || workspace.is_worth_telling(candidate.impact));
    if (candidate.material) {
      candidate.claim = [&workspace, found = choices[i].found] {
        return state_explained_change(workspace, found);
      };
      candidate.survives = [table, found = choices[i].found](const frame::Mask& kept) {
        return survives(*table, found, kept);
      };
    }
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

}  // namespace insights::patterns
