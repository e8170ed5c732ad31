// Pairs of columns that go together because of how they are made, which is no news: a total and its
// factors, gross and net, a duration and the day it ended, a flag and the number it was read from.
#pragma once

#include <optional>
#include <vector>

#include "patterns/workspace.h"

namespace insights::patterns {

// measure = end - start, in days (or hours, minutes, seconds) on nearly every row.
struct Duration {
  std::size_t measure = 0, start = 0, end = 0;  // columns
};

class ByConstruction {
 public:
  explicit ByConstruction(const Workspace& workspace);

  // Do they share something that makes them move together? Dates, measures and flags.
  bool tied(std::size_t a, std::size_t b) const;
  // The duration that `measure` is, if it began on `start`.
  std::optional<Duration> duration(std::size_t measure, std::size_t start) const;
  // Is it the end of a duration that is looked at itself?
  bool is_end(std::size_t date) const;

 private:
  bool shares_a_duration(std::size_t a, std::size_t b) const;
  bool is_read_from(std::size_t flag, std::size_t measure) const;
  void find_durations();
  void find_comparisons();

  const Workspace& workspace_;
  std::vector<Duration> durations_;
  std::vector<std::pair<std::size_t, std::size_t>> read_from_;  // flag, measure
};

// The column as a number a row: measures and flags as they are, dates as days since 1970. NaN =
// null.
double number_at(const catalog::Subject& subject, std::size_t column, std::size_t row);
bool is_date(const catalog::Subject& subject, std::size_t column);

}  // namespace insights::patterns
