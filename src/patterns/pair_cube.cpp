#include "patterns/pair_cube.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "findings/fingerprint.h"
#include "patterns/facts.h"
#include "patterns/pair_filling.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

constexpr std::size_t values_max = 300;                 // of a column: the most frequent
constexpr std::size_t numbers_at_once_max = 1'000'000;  // of the cubes that are filled in one pass

// [values] of a column.
std::vector<double> rows_of_values(const Workspace& workspace, std::size_t column) {
  if (const auto* flat = workspace.flat(column); flat != nullptr) return flat->rows;
  const auto& coded = workspace.subject.codes(column);
  std::vector<double> rows(coded.values(), 0);
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < workspace.subject.frame.rows; ++row) rows[codes[row]] += 1;
  });
  return rows;
}

PairColumn pair_column(const Workspace& workspace, std::size_t column, double rows_min) {
  const auto& coded = workspace.subject.codes(column);
  const auto rows = rows_of_values(workspace, column);
  std::vector<std::uint32_t> common;
  for (std::uint32_t value = 1; value < coded.values(); ++value) {
    if (rows[value] >= rows_min && !says_nothing(coded.dictionary[value])) common.push_back(value);
  }
  if (common.size() > values_max) {
    std::ranges::stable_sort(common, [&](auto a, auto b) { return rows[a] > rows[b]; });
    common.resize(values_max);
    std::ranges::sort(common);
  }
  PairColumn result{column, {0}, std::vector<std::uint16_t>(coded.values(), 0)};
  for (const auto value : common) {
    result.slot_of[value] = static_cast<std::uint16_t>(result.values.size());
    result.values.push_back(value);
  }
  return result;
}

}  // namespace

std::vector<PairColumn> pair_columns(const Workspace& workspace, double rows_min,
                                     std::size_t columns_max) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> columns;
  for (const std::size_t column : workspace.groupings) {
    if (subject.columns[column].kind != "calendar") columns.push_back(column);
  }
  std::ranges::stable_sort(columns, [&](std::size_t a, std::size_t b) {
    const bool unnamed_a = subject.columns[a].kind.empty(),
               unnamed_b = subject.columns[b].kind.empty();
    if (unnamed_a != unnamed_b) return unnamed_b;
    return subject.codes(a).values() < subject.codes(b).values();
  });
  std::vector<PairColumn> result;
  for (const std::size_t column : columns) {
    if (result.size() == columns_max) break;
    auto made = pair_column(workspace, column, rows_min);
    if (made.width() > 2) result.push_back(std::move(made));
  }
  return result;
}

bool are_crossed(const Workspace& workspace, const PairColumn& a, const PairColumn& b) {
  // Two shuffled columns say nothing about how a real one would fare.
  const bool both_decoys = workspace.is_decoy(a.column) && workspace.is_decoy(b.column);
  return a.column != b.column && !both_decoys && a.width() * b.width() <= pair_cells_max &&
         !workspace.subject.has_dependency(a.column, b.column) &&
         !workspace.subject.has_dependency(b.column, a.column);
}

void PairCube::add(std::size_t a, std::size_t b, std::span<const double> sums) {
  double* cell = cells_.data() + place(a, b);
  for (std::size_t i = 0; i < sums.size(); ++i) cell[i] += sums[i];
}

void each_crossing(const Workspace& workspace, std::span<const PairColumn> columns,
                   std::span<const Addend> measures,
                   const std::function<void(const PairColumn& a, const PairColumn& b,
                                            const PairCube& cube)>& visit) {
  RowBlocks blocks(measures);
  std::vector<Crossed> crossed;
  std::size_t cells = 0;
  const auto fill_and_visit = [&] {
    if (workspace.stop.stop_requested()) return;
    if (!crossed.empty()) fill(workspace, blocks, columns, crossed);
    for (const auto& one : crossed) {
      if (workspace.stop.stop_requested()) return;
      visit(columns[one.a], columns[one.b], one.cube);
    }
    crossed.clear();
    cells = 0;
  };
  for (std::size_t a = 0; a < columns.size() && !workspace.stop.stop_requested(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (!are_crossed(workspace, columns[a], columns[b])) continue;
      const std::size_t more = columns[a].width() * columns[b].width() * blocks.width();
      if (cells + more > numbers_at_once_max) fill_and_visit();
      cells += more;
      crossed.push_back({a, b, PairCube(columns[a], columns[b], blocks)});
    }
  }
  fill_and_visit();
}

std::vector<std::uint8_t> quarters_of(const catalog::Subject& subject, const ValueOf& first,
                                      const ValueOf& second, const frame::Mask& kept) {
  std::vector<std::uint8_t> quarters(subject.frame.rows, 0);
  subject.codes(first.column).codes.visit([&](const auto* a) {
    subject.codes(second.column).codes.visit([&](const auto* b) {
      for (std::size_t row = 0; row < quarters.size(); ++row) {
        if (a[row] == 0 || b[row] == 0 || (!kept.empty() && kept[row] == 0)) continue;
        const bool is_first = a[row] == first.value, is_second = b[row] == second.value;
        quarters[row] = is_first ? (is_second ? 1 : 2) : is_second ? 3 : 4;
      }
    });
  });
  return quarters;
}

std::string named_at_start(const catalog::Subject& subject, const ValueOf& one,
                           std::string_view hole) {
  auto phrase = subject_phrase(subject, one.column, one.value);
  phrase.replace(phrase.find("{who}"), 5, "{" + std::string(hole) + "}");
  return phrase;
}

std::string named(const catalog::Subject& subject, const ValueOf& one, std::string_view hole) {
  auto phrase = named_at_start(subject, one, hole);
  phrase[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(phrase[0])));
  return phrase;
}

void put_place_last(const catalog::Subject& subject, ValueOf& first, ValueOf& second) {
  static constexpr std::array<std::string_view, 5> places{"region", "segment", "store", "plant",
                                                          "channel"};
  const auto is_place = [&](std::size_t column) {
    return std::ranges::find(places, subject.columns[column].kind) != places.end();
  };
  if (is_place(first.column) && !is_place(second.column)) std::swap(first, second);
}

std::string placed(const Workspace& workspace, const ValueOf& one, std::string_view hole,
                   std::string_view linked) {
  const auto& column = workspace.subject.columns[one.column];
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  if (kind == nullptr || !kind->entity) return fmt::format(" in {} {{{}}}", noun_of(column), hole);
  const bool is_site = kind->name == "store" || kind->name == "plant";
  return fmt::format(" {} {}", is_site ? "at" : linked, named(workspace.subject, one, hole));
}

std::string both_named(const Workspace& workspace, const ValueOf& first, const ValueOf& second,
                       bool at_start) {
  return (at_start ? named_at_start : named)(workspace.subject, first, "first") +
         placed(workspace, second, "second", "with");
}

findings::Claim claim_about_both(const Workspace& workspace, std::string_view pattern,
                                 std::string_view family, const ValueOf& first,
                                 const ValueOf& second, std::string_view measure) {
  auto claim = claim_about(workspace, pattern, family, first.column, first.value, measure);
  const auto entity = entity_of(workspace.subject, second.column, second.value);
  claim.columns.insert(claim.columns.begin() + 1, entity.column);
  claim.entities.push_back(entity);
  claim.scope.equals.push_back({entity.column, entity.value, entity.value});
  std::ranges::sort(claim.scope.equals, {}, &findings::Entity::column);
  claim.fingerprint = findings::fingerprint(pattern, measure, claim.scope.equals);
  const auto& kind = workspace.subject.columns[second.column].kind;
  if (!kind.empty()) claim.topics.push_back(kind);
  return claim;
}

Candidate candidate_about_both(const Workspace& workspace, std::string_view pattern,
                               std::string_view family, const ValueOf& first, const ValueOf& second,
                               std::string_view measure) {
  const auto& subject = workspace.subject;
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = pattern;
  std::vector<findings::Entity> both;
  for (const auto& one : {first, second}) {
    both.push_back(
        {subject.columns[one.column].name, subject.codes(one.column).dictionary[one.value], ""});
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[one.column].kind);
    candidate.rank = std::max(candidate.rank, kind == nullptr ? 0 : kind->rank);
  }
  std::ranges::sort(both, {}, &findings::Entity::column);
  candidate.entry.fingerprint = findings::fingerprint(pattern, measure, both);
  candidate.column = first.column;
  candidate.value = first.value;
  candidate.within = {second};
  return candidate;
}

}  // namespace insights::patterns
