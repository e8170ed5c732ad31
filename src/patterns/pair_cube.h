// Sums over pairs of values of two columns, in one pass over their codes. Only values that are
// common enough to be spoken of take part, so that the cubes stay small whatever the columns are.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "patterns/pattern.h"
#include "patterns/row_blocks.h"

namespace insights::patterns {

inline constexpr std::size_t pair_cells_max = 100'000;

// A column whose common values are numbered 1 .. count; 0 is every other value and null.
struct PairColumn {
  std::size_t column = no_column;
  std::vector<std::uint32_t> values;   // [count + 1], codes by slot; values[0] is not used
  std::vector<std::uint16_t> slot_of;  // by code
  std::size_t width() const { return values.size(); }
};

// The groupings with at least two values of `rows_min` rows or more, at most `columns_max` of them
// (named kinds and fewer values first). Calendar columns and the value "unknown" are left out.
std::vector<PairColumn> pair_columns(const Workspace& workspace, double rows_min,
                                     std::size_t columns_max);

// Do the two cross each other: neither tells the other one, and their cells are few enough?
bool are_crossed(const Workspace& workspace, const PairColumn& a, const PairColumn& b);

// By cell (slot of a, slot of b): the number and the sum of each measure's numbers.
class PairCube {
 public:
  PairCube(const PairColumn& a, const PairColumn& b, const RowBlocks& blocks)
      : blocks_(&blocks), width_(b.width()), cells_(a.width() * b.width() * blocks.width()) {}

  double count(std::size_t measure, std::size_t a, std::size_t b) const {
    return cells_[place(a, b) + blocks_->count_place(measure)];
  }
  double sum(std::size_t measure, std::size_t a, std::size_t b) const {
    return cells_[place(a, b) + blocks_->sum_place(measure)];
  }
  // Adds sums of rows (a cell of RowSums) to those of a cell.
  void add(std::size_t a, std::size_t b, std::span<const double> sums);

 private:
  std::size_t place(std::size_t a, std::size_t b) const {
    return (a * width_ + b) * blocks_->width();
  }
  const RowBlocks* blocks_;
  std::size_t width_;
  std::vector<double> cells_;
};

// Calls visit(a, b, cube) for every two columns that are crossed, in order. As many cubes as fit
// into little memory are filled in one pass over the rows.
void each_crossing(const Workspace& workspace, std::span<const PairColumn> columns,
                   std::span<const Addend> measures,
                   const std::function<void(const PairColumn& a, const PairColumn& b,
                                            const PairCube& cube)>& visit);

// The rows of one cell and of what lies around it: 1 both values, 2 the first alone, 3 the second
// alone, 4 neither; 0 a row that takes no part.
std::vector<std::uint8_t> quarters_of(const catalog::Subject& subject, const ValueOf& first,
                                      const ValueOf& second, const frame::Mask& kept);

// A value in words, its name in the hole: "{first}" where it speaks for itself, else "depot
// {first}" (inside a sentence) or "Depot {first}" (at its beginning).
std::string named(const catalog::Subject& subject, const ValueOf& one, std::string_view hole);
std::string named_at_start(const catalog::Subject& subject, const ValueOf& one,
                           std::string_view hole);

// What happens first, where it happens (a region, a store, a channel) second.
void put_place_last(const catalog::Subject& subject, ValueOf& first, ValueOf& second);
// " in region {second}", " at store {second}"; of a thing or a person by `linked`: " of {second}".
std::string placed(const Workspace& workspace, const ValueOf& one, std::string_view hole,
                   std::string_view linked);
// "{first} in region {second}", "{first} with {second}".
std::string both_named(const Workspace& workspace, const ValueOf& first, const ValueOf& second,
                       bool at_start);

// As claim_about, for the rows that are both.
findings::Claim claim_about_both(const Workspace& workspace, std::string_view pattern,
                                 std::string_view family, const ValueOf& first,
                                 const ValueOf& second, std::string_view measure);

// The candidate's place: pattern, family, fingerprint, column, value, within and rank.
Candidate candidate_about_both(const Workspace& workspace, std::string_view pattern,
                               std::string_view family, const ValueOf& first, const ValueOf& second,
                               std::string_view measure);

}  // namespace insights::patterns
