// One result that is kept, as bytes: a version, a checksum, when it was asked and how long that
// took, and the rows (source/rows_wire.h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/calendar.h"
#include "source/rows.h"

namespace insights::cache {

struct Entry {
  source::Rows rows;  // without Rows::cached
  base::Moment asked_at;
  std::chrono::microseconds took{0};
};

std::string packed(const Entry& entry);

// Nothing: the bytes are not those of an entry of this version, whole and unchanged. Whatever they
// are, they do no harm.
std::optional<Entry> unpacked(std::string_view bytes);

}  // namespace insights::cache
