// From an open source to a Catalog: load every table, understand it, and join stars.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/metadata.h"
#include "catalog/vocabulary.h"
#include "frame/load.h"
#include "source/source.h"
#include "sql/gate.h"

namespace insights::catalog {

struct ReadOptions {
  frame::LoadOptions load;
  std::size_t tables_max = 200;    // later tables are left out, with a note
  std::optional<base::Day> as_of;  // rows after it are left out, in frames and in evidence
  std::function<void(const std::string& table, std::int64_t rows)> on_loaded;  // may be empty
};

// Errors: those of the source. A source without tables is invalid_input.
base::Result<Catalog> read(source::Source& source, const sql::Gate& gate,
                           const Vocabulary& vocabulary, const Metadata& metadata,
                           const ReadOptions& options, std::stop_token stop);

}  // namespace insights::catalog
