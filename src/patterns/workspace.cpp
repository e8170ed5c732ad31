#include "patterns/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "patterns/far_days.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using catalog::Subject;

constexpr std::size_t groupings_max = 60;
constexpr std::size_t measures_max = 12;
constexpr std::uint64_t sample_seed = 42;
constexpr std::size_t units_a_value_min =
    3;  // of a column that is no entity, else it is a finer name
constexpr double worth_telling_share = 0.0005;

// Says of a row only whether it takes an earlier one back: the return marker knows, and sales held
// against their own reversal differ in everything.
bool only_marks_returns(const Subject& subject, std::size_t column) {
  constexpr std::size_t two_values_and_null = 3;
  return !subject.columns[column].return_value.empty() && subject.is_coded(column) &&
         subject.codes(column).values() <= two_values_and_null;
}

std::vector<std::size_t> choose_groupings(const Subject& subject) {
  std::vector<std::size_t> groupings;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    const bool grouped = column.role == Role::entity || column.role == Role::dimension;
    if (grouped && subject.is_coded(i) && subject.codes(i).values() > 2 &&
        !only_marks_returns(subject, i))
      groupings.push_back(i);
  }
  // Named kinds first: with hundreds of columns the ones that mean something are kept.
  std::ranges::stable_sort(groupings, [&](std::size_t a, std::size_t b) {
    return subject.columns[a].kind.empty() < subject.columns[b].kind.empty();
  });
  if (groupings.size() > groupings_max) groupings.resize(groupings_max);
  std::ranges::sort(groupings);
  return groupings;
}

std::vector<std::size_t> choose_measures(const Subject& subject) {
  std::vector<std::size_t> measures;
  const auto add = [&](std::size_t column) {
    if (std::ranges::find(measures, column) == measures.end() && measures.size() < measures_max)
      measures.push_back(column);
  };
  if (subject.money) add(*subject.money);
  if (subject.chain) {
    for (const std::size_t column : subject.chain->columns) add(column);
  }
  if (subject.quantity) add(*subject.quantity);
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const bool numeric = subject.frame.columns[i].numbers() != nullptr;
    if (numeric && subject.columns[i].role == Role::measure && subject.columns[i].additive) add(i);
  }
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == Role::flag && subject.frame.columns[i].numbers() != nullptr)
      add(i);
  }
  return measures;
}

std::vector<std::size_t> sample_of(std::size_t rows) {
  return stats::sampled_indices(std::min(rows, sample_rows_max), rows, sample_seed);
}

// Cubes of all groupings: each thread passes over the rows once, for its part of the columns. The
// total is one more part.
void fill_cubes(Workspace& workspace, int threads, std::stop_token stop) {
  const auto parts = static_cast<std::size_t>(std::max(1, threads));
  std::vector<std::vector<std::size_t>> columns(parts);
  for (std::size_t i = 0; i < workspace.groupings.size(); ++i)
    columns[i % parts].push_back(workspace.groupings[i]);
  std::vector<ColumnCubes> made(parts);
  base::parallel_for(parts + 1, threads, stop, [&](std::size_t part) {
    if (part == parts) {
      workspace.total = total_cube(workspace.subject, workspace.periods, workspace.measures);
      return;
    }
    made[part] = cubes_of(workspace.subject, columns[part], workspace.periods, workspace.measures);
  });
  const auto keep = [](std::map<std::size_t, Cube>& into, std::size_t column, Cube& cube) {
    if (cube.values > 0) into.emplace(column, std::move(cube));
  };
  for (std::size_t part = 0; part < parts; ++part) {
    for (std::size_t i = 0; i < made[part].flat.size(); ++i) {
      keep(workspace.flats, columns[part][i], made[part].flat[i]);
      keep(workspace.cubes, columns[part][i], made[part].by_period[i]);
    }
  }
}

}  // namespace

bool Workspace::is_worth_telling(double money_a_month) const {
  return money_per_month <= 0 || money_a_month >= worth_telling_share * money_per_month;
}

std::vector<std::size_t> Workspace::sampled(const frame::Mask& kept) const {
  auto rows = sample;
  if (!kept.empty()) std::erase_if(rows, [&](std::size_t row) { return kept[row] == 0; });
  return rows;
}

const Cube* Workspace::cube(std::size_t column) const {
  const auto found = cubes.find(column);
  return found == cubes.end() ? nullptr : &found->second;
}

const Cube* Workspace::flat(std::size_t column) const {
  const auto found = flats.find(column);
  return found == flats.end() ? nullptr : &found->second;
}

bool Workspace::is_unit(std::size_t candidate, std::size_t column) const {
  const auto& own = subject.columns[candidate];
  if (own.role == Role::entity) return true;
  return own.role == Role::dimension && own.kind != "calendar" && subject.is_coded(column) &&
         subject.codes(candidate).values() - 1 >=
             units_a_value_min * (subject.codes(column).values() - 1);
}

std::optional<std::size_t> Workspace::unit_of(std::size_t column) const {
  std::optional<std::size_t> unit;
  for (const std::size_t candidate : groupings) {
    if (!subject.has_dependency(candidate, column) || !is_unit(candidate, column)) continue;
    if (!unit || subject.codes(candidate).values() < subject.codes(*unit).values())
      unit = candidate;
  }
  return unit;
}

std::optional<std::size_t> Workspace::customers() const {
  std::optional<std::size_t> found;
  for (const std::size_t column : groupings) {
    const auto* kind = vocabulary.kind_named(subject.columns[column].kind);
    if (is_decoy(column) || kind == nullptr || !kind->orders ||
        subject.columns[column].role != Role::entity)
      continue;
    if (!found || subject.codes(column).values() > subject.codes(*found).values()) found = column;
  }
  return found;
}

Workspace prepare(const Subject& subject, const catalog::Vocabulary& vocabulary,
                  std::optional<base::Day> today, const std::set<std::size_t>& decoys, int threads,
                  std::stop_token stop) {
  Workspace workspace{subject,
                      vocabulary,
                      periods_of(subject),
                      sample_of(subject.frame.rows),
                      choose_groupings(subject),
                      decoys,
                      choose_measures(subject),
                      {},
                      {},
                      {},
                      {},
                      1,
                      0,
                      0,
                      false,
                      stop};
  fill_cubes(workspace, threads, stop);
  if (workspace.total.values == 0)  // stopped before its turn; whoever looks finds one
    workspace.total = total_cube(subject, workspace.periods, workspace.measures);
  const auto usual = far_days(subject);
  workspace.today = today.value_or(usual.last);
  workspace.months =
      std::max(1.0, (usual.last.since_epoch - usual.first.since_epoch + 1) / 30.4375);
  if (subject.money) {
    for (const double value : subject.numbers(*subject.money)) {
      if (!std::isnan(value)) workspace.money_total += value;
    }
    workspace.money_per_month = workspace.money_total / workspace.months;
  }
  workspace.small = subject.frame.rows < small_table_rows;
  return workspace;
}

std::set<std::size_t> add_decoys(Subject& subject, int count, std::uint64_t seed, int threads) {
  std::set<std::size_t> decoys;
  if (subject.frame.rows < small_table_rows) return decoys;
  auto candidates = choose_groupings(subject);
  std::erase_if(candidates, [&](std::size_t i) { return subject.codes(i).values() > 5000; });
  if (candidates.empty()) return decoys;
  const auto wanted = static_cast<std::size_t>(std::max(0, count));
  const auto source_of = [&](std::size_t i) { return candidates[i * candidates.size() / wanted]; };
  std::vector<frame::Coded> shuffled(wanted);
  base::parallel_for(wanted, threads, {}, [&](std::size_t i) {
    shuffled[i] = subject.codes(source_of(i));
    shuffled[i].codes.change([&](auto codes) { stats::shuffle(codes, seed + i); });
  });
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::size_t source = source_of(i);
    auto column = subject.columns[source];
    column.name = fmt::format("decoy {} ({} shuffled)", i + 1, column.name);
    column.label_column.clear();
    frame::Column data;
    data.name = column.name;
    data.type = subject.frame.columns[source].type;
    data.profile = subject.frame.columns[source].profile;
    data.data = std::move(shuffled[i]);
    decoys.insert(subject.columns.size());
    subject.columns.push_back(std::move(column));
    subject.frame.columns.push_back(std::move(data));
    for (auto& row : subject.determines) row.push_back(false);
    subject.determines.emplace_back(subject.columns.size(), false);
  }
  return decoys;
}

}  // namespace insights::patterns
