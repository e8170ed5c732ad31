// How often something happens to the rows of each value of a column, and how far those rows hang
// together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "patterns/workspace.h"
#include "stats/proportion_tests.h"

namespace insights::patterns {

// Columns that say whether something happened, as numbers; the derived returns flag among them.
std::vector<std::size_t> flag_columns(const catalog::Subject& subject);

// "are returned", "are marked late": what a sentence says of the rows on which the flag is set. No
// digits.
std::string flag_phrase(const catalog::Column& flag);

struct RatesByValue {
  std::vector<stats::Proportion> values;  // [value]; 0 = null
  stats::Proportion all;                  // of the values but null
};

// Events of `flag` by value of `column`. Rows without a flag are no trials.
RatesByValue rates_of(const Workspace& workspace, std::size_t flag, std::size_t column);

// Own and elsewhere: the value's rate and that of all other values, of the kept rows (empty: all),
// in one pass.
struct OwnAndElsewhere {
  stats::Proportion own, elsewhere;
};
OwnAndElsewhere rates_where(const catalog::Subject& subject, std::size_t flag, std::size_t column,
                            std::uint32_t value, const frame::Mask& kept);

// Intra-class correlation among the 2,000 largest siblings of a value, the value itself left out.
class Siblings {
 public:
  explicit Siblings(const RatesByValue& rates);
  double scatter_without(std::uint32_t value) const;

 private:
  std::vector<std::uint32_t> values_;
  std::vector<stats::Proportion> rates_;
};

// Rows of one customer, one order, one product may share their fate: then n rows say less than n
// independent ones. The design effect is by how many times; 1 = independent.
class Dependence {
 public:
  Dependence(const Workspace& workspace, std::size_t flag);

  // For the rows of each of `values` of `column`: the largest over the groups that may hang
  // together there.
  std::vector<double> within(std::size_t column, std::span<const std::uint32_t> values);
  // For the rows of the whole table.
  double overall(std::size_t column);

  // The group to be left out when asking whether one entity carries an effect: customers, else
  // documents, else nothing.
  const frame::Coded* entities(std::size_t column, std::string& noun) const;

 private:
  struct Group {
    std::size_t column = no_column;
    const frame::Coded* coded = nullptr;
    double scatter = 0;      // intra-class correlation of the flag in these groups
    double mean_square = 0;  // sum n^2 / sum n over groups: rows that a row shares its group with
  };
  bool applies(const Group& group, std::size_t column) const;
  void add(std::size_t column, const frame::Coded& coded);
  void add_unit_of(std::size_t column);
  std::vector<double> shared_rows(const Group& group, std::size_t column,
                                  std::span<const std::uint32_t> values) const;

  const Workspace& workspace_;
  std::size_t flag_;
  std::optional<frame::Coded> documents_;  // made here when the document numbers are numbers
  std::vector<Group> groups_;
};

}  // namespace insights::patterns
