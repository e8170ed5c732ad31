#include "source/rows_wire.h"

#include <utility>

namespace insights::source {

namespace {

void put(WireWriter& wire, const Cell& cell) {
  wire.number(static_cast<std::uint8_t>(cell.index()));
  if (const auto* truth = std::get_if<bool>(&cell)) wire.number<std::uint8_t>(*truth ? 1 : 0);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) wire.number(*whole);
  if (const auto* real = std::get_if<double>(&cell)) wire.number(*real);
  if (const auto* text = std::get_if<std::string>(&cell)) wire.text(*text);
  if (const auto* day = std::get_if<base::Day>(&cell)) wire.number(day->since_epoch);
  if (const auto* moment = std::get_if<base::Moment>(&cell)) wire.number(moment->microseconds);
}

Cell take_cell(WireReader& wire) {
  switch (wire.number<std::uint8_t>()) {
    case 0:
      return std::monostate{};
    case 1:
      return wire.number<std::uint8_t>() != 0;
    case 2:
      return wire.number<std::int64_t>();
    case 3:
      return wire.number<double>();
    case 4:
      return std::string(wire.text());
    case 5:
      return base::Day{wire.number<std::int32_t>()};
    case 6:
      return base::Moment{wire.number<std::int64_t>()};
    default:
      wire.fail();
      return std::monostate{};
  }
}

}  // namespace

void put(WireWriter& wire, const Rows& rows) {
  wire.number(static_cast<std::uint32_t>(rows.columns.size()));
  wire.number(static_cast<std::uint32_t>(rows.rows.size()));
  wire.number<std::uint8_t>(rows.truncated ? 1 : 0);
  for (const auto& column : rows.columns) wire.text(column);
  for (const auto& row : rows.rows) {
    for (const auto& cell : row) put(wire, cell);
  }
}

Rows take_rows(WireReader& wire) {
  Rows rows;
  const auto columns = wire.number<std::uint32_t>();
  const auto count = wire.number<std::uint32_t>();
  rows.truncated = wire.number<std::uint8_t>() != 0;
  // Each name takes eight bytes at least, each cell one; rows without a column are no rows.
  const bool fits = columns <= wire.left() / 8 && std::uint64_t{count} * columns <= wire.left() &&
                    (columns > 0 || count == 0);
  if (!fits) {
    wire.fail();
    return rows;
  }
  for (std::uint32_t column = 0; column < columns; ++column) rows.columns.emplace_back(wire.text());
  rows.rows.reserve(count);
  for (std::uint32_t row = 0; row < count && wire.is_good(); ++row) {
    auto& cells = rows.rows.emplace_back();
    cells.reserve(columns);
    for (std::uint32_t column = 0; column < columns; ++column) cells.push_back(take_cell(wire));
  }
  return rows;
}

}  // namespace insights::source
