// Part of a table's rows: those of one value of a column, within a span of days.
#pragma once

#include <string>

#include "base/result.h"
#include "frame/frame.h"
#include "tools/desk.h"
#include "tools/draft.h"

namespace insights::tools {

struct Segment {
  const analyst::Prepared* prepared = nullptr;
  frame::Mask kept;       // [rows] 1 = in it; empty when all are
  std::string condition;  // in SQL; empty when all are
  std::string words;      // "area = Hills, 2025-01-01 to 2025-03-31"; empty when all are
  std::optional<findings::Entity> entity;
  std::size_t rows = 0;
};

// Error: not_found (no such table, column or value), invalid_input (days without a time column, no
// row left).
base::Result<Segment> segment_of(const Desk& desk, const SegmentArguments& arguments);

// The code of a value of a coded column. Error: not_found, with near names.
base::Result<std::uint32_t> code_of(const Desk& desk, const catalog::Subject& subject,
                                    std::size_t column, std::string_view value);

// A subject of the segment's rows alone, whose queries read those rows alone. Error
// (invalid_input): the column that filters was joined on, and is not the table's own.
base::Result<catalog::Subject> cut_out(const Segment& segment);

}  // namespace insights::tools
