// What a query gives back: small results as rows of cells, large ones as batches of typed columns.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/calendar.h"

namespace insights::source {

// One value as the database gave it. Decimals come as double, integers beyond 64 bits too.
using Cell =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, base::Day, base::Moment>;

// The cell as plain text: "" for null, shortest text that reads back for a double, ISO for dates.
std::string text_of(const Cell& cell);
bool is_null(const Cell& cell);

// Says of a result that it was given before: when, and how long the database took for it then.
struct Cached {
  base::Moment asked_at;
  std::chrono::microseconds took{0};
  bool operator==(const Cached&) const = default;
};

// A whole, capped result.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // [row][column]
  bool truncated = false;               // the database had more rows or bytes than the limit
  std::optional<Cached> cached{};       // nothing: the database was asked for it now
  bool operator==(const Rows&) const = default;
};

// One column of a batch. Exactly one of the vectors is filled, by `type`; each has one entry a row,
// and an entry whose `valid` is 0 means null.
struct ColumnBatch {
  enum class Type { boolean, integer, real, text, day, moment };
  Type type = Type::text;
  std::vector<std::uint8_t> valid;
  std::vector<std::int64_t> integers;   // boolean (0/1), integer, day (since epoch), moment (us)
  std::vector<double> reals;            // real
  std::vector<std::string_view> texts;  // text; borrowed, only good during the call
  std::int64_t odd_times = 0;  // day, moment: infinite or outside of the years 1 to 9999, so null
};

// A horizontal slice of a large result, in the database's row order.
struct Batch {
  std::size_t rows = 0;
  std::vector<ColumnBatch> columns;
  std::optional<std::int64_t> text_bytes{};  // of all texts, where who filled it has counted them
};

// How much of values it holds: 8 bytes for a number or a date, the bytes of a text.
std::int64_t bytes_of(const Rows& rows);
std::int64_t bytes_of(const Batch& batch);

}  // namespace insights::source
