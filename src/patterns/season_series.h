// A value's amounts month by month over three years or more, and the season in them. Used by
// seasonality*.cpp alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "patterns/share_parts.h"
#include "patterns/workspace.h"
#include "stats/seasonality.h"

namespace insights::patterns {

inline constexpr std::size_t months_a_year = 12;

struct Season {
  std::size_t column = no_column;  // no_column: everything
  std::uint32_t value = 0;
  std::size_t measure = no_column;  // no_column: rows
  stats::Seasonality found;
  double p = 1;  // of the surest of the series that were asked
};

// The months of the workspace, and those before and after that lack a few days only: three years of
// data often lack one at an end. The rows of these are known by place, so that no cube has to be
// made again.
struct Months {
  Periods all;
  std::vector<std::uint32_t> front_rows, back_rows;
};

Months nearly_complete_months(const Workspace& workspace);

// Series of every value of a column over all months. Borrows the cube.
class SeriesByValue {
 public:
  // column no_column: of everything, value 0; measure no_column: rows.
  SeriesByValue(const catalog::Subject& subject, const Cube& cube, const Months& months,
                std::size_t column, std::size_t measure);
  std::vector<double> of(std::uint32_t value) const;

 private:
  const Cube& cube_;
  std::size_t measure_;
  bool has_front_, has_back_;
  std::vector<double> front_, back_;
};

// The series divided by its mean, so that an effect of 0.8 is 80 % of the average. Nothing when it
// is not above 0 all in all.
std::optional<stats::Seasonality> season_of(std::vector<double> series, const Periods& months);

// The season of a value's share of the total, and how sure it is: by the share itself or by what it
// is made of (patterns/share_parts.h). The effects are the share's; its highest month is looked for
// around that of the surest series.
struct SurestSeason {
  stats::Seasonality found;
  double p = 1;                // as many times p_alone as series were asked
  double p_alone = 1;          // of the surest series
  double likeness = 0;         // of the yearly profiles of the surest series
  std::vector<double> series;  // the surest
};
std::optional<SurestSeason> surest_season(const ShareSeries& series, const Periods& months);

// Own amounts over all amounts, by month; nothing when all sold nothing in one.
std::optional<std::vector<double>> share_of(const std::vector<double>& own,
                                            const std::vector<double>& all);

// The full years at the end of the series: each month of the year counts equally often.
inline std::size_t first_of_full_years(std::size_t months) { return months % months_a_year; }

// Mean of one month of the year over the mean of all, less 1.
double swing_of_amount(const std::vector<double>& series, const Periods& months, std::size_t phase);

}  // namespace insights::patterns
