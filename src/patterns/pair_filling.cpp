#include "patterns/pair_filling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace insights::patterns {

namespace {

constexpr std::size_t no_bundle = no_column;

// Columns that are counted as one, whose values are all combinations of theirs.
struct Bundle {
  std::size_t values = 1;
  bool of_decoys = false;
};

// Where a column is: value v of it is (v * stride) in its bundle's.
struct Place {
  std::size_t bundle = no_bundle;
  std::size_t stride = 1;
};

struct Bundles {
  std::vector<Bundle> all;
  std::vector<Place> places;  // by column
};

// So many values that adding up the rows still is what takes the time, and the sums of two bundles
// stay in the second-nearest cache.
std::size_t bundle_values_max(std::size_t rows) {
  constexpr double most = 128;
  return static_cast<std::size_t>(std::min(most, std::sqrt(static_cast<double>(rows)) / 8));
}

// First fit, the widest columns first. Decoys keep to themselves: as they are not crossed with one
// another, neither are their bundles.
Bundles bundles_of(const Workspace& workspace, std::span<const PairColumn> columns,
                   std::span<const Crossed> crossed) {
  std::vector<bool> wanted(columns.size());
  for (const auto& one : crossed) wanted[one.a] = wanted[one.b] = true;
  std::vector<std::size_t> order(columns.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](auto i) { return columns[i].width(); });
  const std::size_t most = bundle_values_max(workspace.subject.frame.rows);
  Bundles bundles{{}, std::vector<Place>(columns.size())};
  for (const std::size_t column : order) {
    if (!wanted[column]) continue;
    const bool decoy = workspace.is_decoy(columns[column].column);
    const std::size_t width = columns[column].width();
    auto found = std::ranges::find_if(bundles.all, [&](const Bundle& bundle) {
      return bundle.of_decoys == decoy && bundle.values * width <= most;
    });
    if (found == bundles.all.end()) found = bundles.all.insert(found, Bundle{1, decoy});
    bundles.places[column] = {static_cast<std::size_t>(found - bundles.all.begin()), found->values};
    found->values *= width;
  }
  return bundles;
}

// Two bundles whose rows are added up together, or one by itself (first == second).
struct Joint {
  std::size_t first, second;
  RowSums sums;
};

bool covers(const Joint& joint, std::size_t first, std::size_t second) {
  return (joint.first == first && joint.second == second) ||
         (first == second && (joint.first == first || joint.second == first));
}

std::vector<Joint> joints_of(const Bundles& bundles, const RowBlocks& blocks,
                             std::span<const Crossed> crossed) {
  std::vector<Joint> joints;
  // Columns within one bundle can be read from any of its joints: those are made first.
  for (const bool within : {false, true}) {
    for (const auto& one : crossed) {
      const auto [first, second] =
          std::minmax(bundles.places[one.a].bundle, bundles.places[one.b].bundle);
      if ((first == second) != within) continue;
      if (std::ranges::any_of(joints,
                              [&](const Joint& joint) { return covers(joint, first, second); }))
        continue;
      const std::size_t others = within ? 1 : bundles.all[second].values;
      joints.push_back({first, second, RowSums(blocks, bundles.all[first].values * others)});
    }
  }
  return joints;
}

using Block = std::array<std::uint32_t, RowBlocks::rows_max>;

void add_rows(const catalog::Subject& subject, RowBlocks& blocks,
              std::span<const PairColumn> columns, const Bundles& bundles,
              std::vector<Joint>& joints) {
  std::vector<Block> values(bundles.all.size());
  Block cells{};
  for (std::size_t begin = 0; begin < subject.frame.rows; begin += RowBlocks::rows_max) {
    const std::size_t count = std::min(RowBlocks::rows_max, subject.frame.rows - begin);
    blocks.read(begin, count);
    for (auto& block : values) block.fill(0);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto [bundle, stride] = bundles.places[i];
      if (bundle == no_bundle) continue;
      const auto factor = static_cast<std::uint32_t>(stride);
      auto& block = values[bundle];
      subject.codes(columns[i].column).codes.visit([&](const auto* codes) {
        for (std::size_t row = 0; row < count; ++row)
          block[row] += columns[i].slot_of[codes[begin + row]] * factor;
      });
    }
    for (auto& joint : joints) {
      const auto width = static_cast<std::uint32_t>(bundles.all[joint.second].values);
      const auto &first = values[joint.first], &second = values[joint.second];
      if (joint.first == joint.second) {
        joint.sums.add(std::span(first).first(count));
        continue;
      }
      for (std::size_t row = 0; row < count; ++row) cells[row] = first[row] * width + second[row];
      joint.sums.add(std::span(cells).first(count));
    }
  }
}

// Every value of a bundle as its columns see it.
std::vector<std::size_t> slots_of(const Bundle& bundle, const Place& place, std::size_t width) {
  std::vector<std::size_t> slots(bundle.values);
  for (std::size_t value = 0; value < slots.size(); ++value)
    slots[value] = value / place.stride % width;
  return slots;
}

// Adds the cells of a joint up to those of two of its columns.
void roll_up(const Bundles& bundles, std::span<const PairColumn> columns, const Joint& joint,
             std::span<const double> cells, std::size_t cell_width, Crossed& one) {
  const bool alone = joint.first == joint.second;
  const std::size_t seconds = alone ? 1 : bundles.all[joint.second].values;
  const auto slots = [&](std::size_t column) {
    const auto& place = bundles.places[column];
    return slots_of(bundles.all[place.bundle], place, columns[column].width());
  };
  const auto slots_a = slots(one.a), slots_b = slots(one.b);
  const bool a_is_first = bundles.places[one.a].bundle == joint.first,
             b_is_first = bundles.places[one.b].bundle == joint.first;
  for (std::size_t first = 0; first < bundles.all[joint.first].values; ++first) {
    for (std::size_t second = 0; second < seconds; ++second) {
      const auto cell = cells.subspan((first * seconds + second) * cell_width, cell_width);
      if (cell[0] > 0)  // rows
        one.cube.add(slots_a[a_is_first ? first : second], slots_b[b_is_first ? first : second],
                     cell);
    }
  }
}

}  // namespace

void fill(const Workspace& workspace, RowBlocks& blocks, std::span<const PairColumn> columns,
          std::vector<Crossed>& crossed) {
  const auto bundles = bundles_of(workspace, columns, crossed);
  auto joints = joints_of(bundles, blocks, crossed);
  add_rows(workspace.subject, blocks, columns, bundles, joints);
  std::vector<bool> filled(crossed.size());
  for (auto& joint : joints) {
    const auto cells = joint.sums.take();
    for (std::size_t i = 0; i < crossed.size(); ++i) {
      const auto [first, second] =
          std::minmax(bundles.places[crossed[i].a].bundle, bundles.places[crossed[i].b].bundle);
      if (filled[i] || !covers(joint, first, second)) continue;
      roll_up(bundles, columns, joint, cells, blocks.width(), crossed[i]);
      filled[i] = true;
    }
  }
}

}  // namespace insights::patterns
