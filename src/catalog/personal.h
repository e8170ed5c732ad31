// Which columns hold data about persons, by their names (vocabulary: [[personal]]), by what their
// values look like (personal_formats.h), and before both by the metadata; each with its reason. For
// what goes to a model: the statistical analyst and whoever may read the database see what is
// there.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "catalog/metadata.h"
#include "catalog/vocabulary.h"
#include "source/source.h"
#include "sql/gate.h"
#include "sql/relations.h"

namespace insights::catalog {

struct Personal {
  std::string kind;  // "email", "customer name" ...
  sql::Privacy privacy = sql::Privacy::masked;
  std::string why;  // in words for a person
  bool from_metadata = false;
  bool operator==(const Personal&) const = default;
};

// By table (its name in the source) and column; what is not personal is not in it.
using PersonalColumns = std::map<std::string, std::map<std::string, Personal>>;

// What one column holds of persons; nothing if it is nothing.
//   table    the name of its table, which says whose name a column "name" holds
//   values   some of its values as texts, without null
std::optional<Personal> personal_of(const std::string& table, const source::TableColumn& column,
                                    std::span<const std::string> values,
                                    const Vocabulary& vocabulary);

// Asks each table for its first rows (sample_rows) and judges its columns; a table that cannot be
// asked is judged by names alone. Errors: invalid_input (the metadata names a kind that is not
// known), cancelled, disconnected.
//   gate     of the source, for a person (source::open_gate)
inline constexpr std::int64_t sample_rows = 1000;
base::Result<PersonalColumns> find_personal(source::Source& source, const sql::Gate& gate,
                                            const Vocabulary& vocabulary, const Metadata& metadata,
                                            std::stop_token stop);

// The tables of a source for a gate that judges for a model.
sql::Relations relations_for_model(const source::Source& source, const PersonalColumns& personal);

// Of a table of the source; nothing if it is not personal.
const Personal* find(const PersonalColumns& personal, const std::string& table,
                     const std::string& column);

}  // namespace insights::catalog
