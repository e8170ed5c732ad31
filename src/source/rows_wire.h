// A result as bytes, and back.
#pragma once

#include "source/rows.h"
#include "source/wire.h"

namespace insights::source {

void put(WireWriter& wire, const Rows& rows);

// What put() wrote. Bytes that are no such result, whatever they are, leave the reader not good;
// what they make is not larger than they are, but for a factor.
Rows take_rows(WireReader& wire);

}  // namespace insights::source
