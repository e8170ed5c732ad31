// The gate of a source: what may be read is what the source has.
#pragma once

#include "source/source.h"
#include "sql/gate.h"
#include "sql/relations.h"

namespace insights::source {

// The tables as the gate knows them; no column is marked as personal.
sql::Relations relations_of(const Source& source);

// Judges by the source's own dialect and tables.
base::Result<sql::Gate> open_gate(const Source& source);

}  // namespace insights::source
