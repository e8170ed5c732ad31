// A season that examine_seasonality found, tested again without some rows, and put into words. Used
// by seasonality*.cpp alone.
#pragma once

#include <string_view>

#include "findings/claim.h"
#include "patterns/season_series.h"

namespace insights::patterns {

inline constexpr std::string_view season_family = "seasonality";

// Goods of some kind, that are told in units and kept in stock.
bool is_goods(const Workspace& workspace, std::size_t column);

// Does the season stand when only these rows are there?
bool season_stands(const Workspace& workspace, const Season& season, const Periods& months,
                   const frame::Mask& kept);

findings::Claim state_season(const Workspace& workspace, const Season& season,
                             const Periods& months);

}  // namespace insights::patterns
