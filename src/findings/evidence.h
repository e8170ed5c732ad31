// Evidence queries: run each text once, and read values out of what it gave.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "findings/finding.h"
#include "source/source.h"

namespace insights::findings {

// What one query gave.
struct Answer {
  std::string id;  // "q7": by order of first use
  std::string sql;
  source::Rows rows;
};

struct EvidenceLimits {
  source::Limits query{.rows_max = static_cast<std::int64_t>(chart_rows_max),
                       .bytes_max = 1 << 20,
                       .time_max = std::chrono::milliseconds{30'000}};
  std::int64_t queries_max = 2000;  // distinct ones, over the reader's life
};

// Runs evidence queries through the gate, each distinct text once. One reader serves a whole run; a
// second, fresh one serves the confirmation, since what a reader knows it does not ask again. Ids
// follow the order of the calls of read(), so claims must be proven in a fixed order. Not for two
// threads at once.
class EvidenceReader {
 public:
  // Borrows both, which must outlive it.
  EvidenceReader(source::Source& source, const sql::Gate& gate, EvidenceLimits limits = {});

  // The answer, owned by the reader and good as long as it. Errors: refused or not_found by the
  // gate, cancelled beyond queries_max, and those of Source::query; an error is not remembered.
  base::Result<const Answer*> read(std::string_view sql, std::stop_token stop);

  // Asks for what is not known yet of these texts, side by side, so that read() has it at hand: an
  // answer or the error, told once. Changes nothing of what read() says. On one thread it does
  // nothing: read() asks when it is time.
  void read_ahead(std::span<const std::string> texts, int threads, const std::stop_token& stop);

  std::int64_t queries_run() const { return static_cast<std::int64_t>(answers_.size()); }
  const source::Source& source() const { return source_; }

 private:
  source::Source& source_;  // borrowed
  const sql::Gate& gate_;   // borrowed
  EvidenceLimits limits_;
  base::Result<source::Rows> asked(std::string_view sql, std::stop_token stop);

  std::map<std::string, Answer, std::less<>> answers_;                    // by text
  std::map<std::string, base::Result<source::Rows>, std::less<>> ahead_;  // by text, not yet read
};

// The cells that a binding cites.
std::vector<CellReference> cells_of(const Binding& binding);

// The binding with its queries' ids replaced. Error (invalid_input): an id that is not in `ids`.
base::Result<Binding> with_queries_renamed(Binding binding,
                                           const std::map<std::string, std::string>& ids);

// True for the binding that an ImpactClaim without an amount is born with.
bool is_unset(const Binding& binding);

inline constexpr std::size_t formula_cells_max = 64;

// What a binding gives over evidence rows: the cell; the formula's number; the name as text.
// Error (invalid_input): no such query, row or column; a null cell; a formula without a cell in it
// or without a value, or with more than formula_cells_max entries. Names are not looked up here:
// see check_catalog_name.
base::Result<source::Cell> value_of(const Binding& binding, std::span<const Evidence> evidence);

// A name that holds a numeral must be that of a table or column of the source (ignoring case and
// what is neither letter nor digit), lest a number be smuggled in as a name. Error (invalid_input)
// otherwise.
base::Status check_catalog_name(const CatalogName& name, const std::vector<source::Table>& tables);

}  // namespace insights::findings
