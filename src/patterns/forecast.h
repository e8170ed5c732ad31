// Where a steady movement goes if nothing changes: the line (or the part after its hinge) continued
// for a quarter of the time there is, at most, with its 95 % prediction interval.
//
// Least squares on the periods. Residuals with a memory carry less: all variances of the fit are
// multiplied by (1 + r) / (1 - r), r the lag 1 autocorrelation of the residuals (Bayley &
// Hammersley 1946), and the degrees of freedom shrink with the effective number of periods. A step
// has no direction and is not continued.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "findings/claim.h"
#include "findings/values.h"
#include "patterns/workspace.h"
#include "stats/series_shape.h"

namespace insights::patterns {

struct Projection {
  std::size_t knot = 0;   // the line runs from here; flat before
  std::size_t steps = 0;  // periods after the last
  double value = 0;
  double reach = 0;  // half of the interval
};

// values [n], oldest first. Nothing for a step, fewer than 9 periods, fewer than 6 that move, or an
// interval wider than the value itself. `unseen` periods follow that are over already.
std::optional<Projection> projection_of(std::span<const double> values, const stats::ShapeFit& fit,
                                        std::size_t unseen);

// How the series is asked for: one amount a period, of the rows of `condition`.
struct ForecastSql {
  std::string amount;              // aggregate: count(*), avg ...
  std::string condition;           // without the span of time
  std::size_t first = 0, end = 0;  // periods of the workspace
};

// Adds the query "forecast" and its values, and gives the sentence: " If the trend continues ...".
// `per` as in "a month", may be empty; the amount is not told below `floor` or above `ceiling`.
std::string add_forecast(findings::Claim& claim, findings::Values& values,
                         const Workspace& workspace, const Projection& projection,
                         const ForecastSql& sql, findings::Format format, std::string_view unit,
                         std::string_view per);

}  // namespace insights::patterns
