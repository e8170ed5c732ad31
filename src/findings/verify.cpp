#include "findings/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "findings/characters.h"
#include "findings/render.h"
#include "findings/same_cell.h"
#include "findings/sentence.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::Result;
using source::Cell;
using Answers = std::vector<Result<const Answer*>>;  // beside the finding's evidence

std::string shown(const Cell& cell) {
  if (source::is_null(cell)) return "null";
  return clean_text(source::text_of(cell), headline_characters_max);
}

// Collects checks; what differs from data that may have changed is told from what is plainly wrong.
class Checks {
 public:
  explicit Checks(bool data_unchanged)
      : differs_(data_unchanged ? CheckStatus::wrong : CheckStatus::data_changed) {}

  void wrong(std::string path, const Cell& stored, const std::string& now) {
    add(std::move(path), CheckStatus::wrong, stored, now);
  }
  // What the stored text is compared with comes from the database.
  void rerun(std::string path, const Cell& stored, const Cell& now) {
    const bool same = same_cell(stored, now);
    add(std::move(path), same ? CheckStatus::same : differs_, stored, same ? stored : now);
  }
  void differs(std::string path, const Cell& stored, const std::string& now) {
    add(std::move(path), differs_, stored, now);
  }
  void same(std::string path, const Cell& stored) {
    add(std::move(path), CheckStatus::same, stored, stored);
  }

  std::vector<Check> take() { return std::move(checks_); }

 private:
  void add(std::string path, CheckStatus status, const Cell& stored, const Cell& now) {
    checks_.push_back({std::move(path), status, shown(stored), shown(now)});
  }

  CheckStatus differs_;
  std::vector<Check> checks_;
};

// --- what the engine wrote, written again --------------------------------------------------------

struct Leaf {
  std::string path;
  Cell stored;
  Result<Cell> now;
};

Result<Cell> as_cell(Result<std::string> text) {
  if (!text) return std::unexpected(std::move(text).error());
  return Cell{*std::move(text)};
}

Result<Cell> as_cell(const Result<double>& number) {
  if (!number) return std::unexpected(number.error());
  return Cell{*number};
}

// The values over `evidence`; names are looked up in `tables` unless that is null.
std::map<std::string, Value> add_values(std::vector<Leaf>& leaves, const Finding& saved,
                                        std::span<const Evidence> evidence,
                                        const NumberStyle& style,
                                        const std::vector<source::Table>* tables) {
  std::map<std::string, Value> values;
  for (const auto& [name, stored] : saved.values) {
    auto value = render_value(stored.binding, evidence, style);
    if (const auto* named = std::get_if<CatalogName>(&stored.binding.from); named && tables) {
      const auto known = check_catalog_name(*named, *tables);
      if (!known) value = std::unexpected(known.error());
    }
    const auto path = "values." + name;
    if (value) {
      leaves.push_back({path, stored.value, value->value});
      leaves.push_back({path + ".text", stored.text, Cell{value->text}});
      values.emplace(name, *std::move(value));
    } else {
      leaves.push_back({path, stored.value, std::unexpected(value.error())});
      leaves.push_back({path + ".text", stored.text, std::unexpected(value.error())});
    }
  }
  return values;
}

void add_impact(std::vector<Leaf>& leaves, const Impact& saved,
                const std::map<std::string, Value>& values, std::span<const Evidence> evidence,
                const NumberStyle& style) {
  Impact impact = saved;
  const bool none = is_unset(saved.amount_from) && is_unset(saved.low_from) &&
                    is_unset(saved.high_from) && saved.account == Account::none;
  const auto amount = [&](const char* path, const Binding& from, double stored, double& now) {
    const auto recomputed = none ? Result<double>(0.0) : amount_of(from, evidence);
    leaves.push_back({path, stored, as_cell(recomputed)});
    now = recomputed.value_or(stored);
  };
  amount("impact.amount", saved.amount_from, saved.amount, impact.amount);
  amount("impact.low", saved.low_from, saved.low, impact.low);
  amount("impact.high", saved.high_from, saved.high, impact.high);
  leaves.push_back({"impact.text", saved.text, as_cell(impact_text(impact, values, style))});
  leaves.push_back({"impact.method", saved.method, as_cell(fill(saved.method_template, values))});
}

// All that follows from bindings, templates and evidence rows; the same paths in the same order
// whatever the rows say.
std::vector<Leaf> leaves_of(const Finding& saved, std::span<const Evidence> evidence,
                            const NumberStyle& style, const std::vector<source::Table>* tables) {
  std::vector<Leaf> leaves;
  const auto values = add_values(leaves, saved, evidence, style, tables);
  const auto sentence = [&](std::string path, const std::string& stored, const std::string& text) {
    leaves.push_back({std::move(path), stored, as_cell(fill(text, values))});
  };
  sentence("title", saved.title, saved.title_template);
  sentence("summary", saved.summary, saved.summary_template);
  sentence("action", saved.action, saved.action_template);
  add_impact(leaves, saved.impact, values, evidence, style);
  for (std::size_t index = 0; index < saved.guards.size(); ++index) {
    const auto& guard = saved.guards[index];
    sentence(fmt::format("guards[{}].note", index), guard.note, guard.note_template);
  }
  const bool chart = saved.chart.chart.mark != Chart::Mark::none;
  sentence("chart.title", saved.chart.title, chart ? saved.chart.chart.title : "");
  return leaves;
}

// The rows the query gives now, but with the stored cell wherever the two count as the same, so
// that a last digit cannot change what is computed from it.
Evidence settled(const Evidence& saved, const Answer& answer) {
  Evidence now;
  now.id = saved.id;
  now.columns = answer.rows.columns;
  const auto shown_rows = std::min(answer.rows.rows.size(), rows_shown_max);
  for (std::size_t row = 0; row < shown_rows; ++row) {
    auto cells = answer.rows.rows[row];
    const bool comparable = row < saved.rows.size() && now.columns == saved.columns &&
                            saved.rows[row].size() == cells.size();
    for (std::size_t column = 0; comparable && column < cells.size(); ++column) {
      const auto& stored = saved.rows[row][column];
      if (same_cell(stored, cells[column])) cells[column] = stored;
    }
    now.rows.push_back(std::move(cells));
  }
  return now;
}

void check_leaves(Checks& checks, const Finding& saved, const Answers& answers,
                  const NumberStyle& style, const std::vector<source::Table>& tables) {
  std::vector<Evidence> fresh;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    if (answers[index]) fresh.push_back(settled(saved.evidence[index], **answers[index]));
  }
  const auto stored_rows = leaves_of(saved, saved.evidence, style, nullptr);
  const auto fresh_rows = leaves_of(saved, fresh, style, &tables);
  for (std::size_t index = 0; index < stored_rows.size(); ++index) {
    const auto& leaf = stored_rows[index];
    const auto& now = fresh_rows[index].now;
    if (!leaf.now) {
      checks.wrong(leaf.path, leaf.stored, leaf.now.error().message);
    } else if (!same_cell(leaf.stored, *leaf.now)) {
      checks.wrong(leaf.path, leaf.stored, shown(*leaf.now));
    } else if (!now) {
      checks.differs(leaf.path, leaf.stored, now.error().message);
    } else {
      checks.rerun(leaf.path, leaf.stored, *now);
    }
  }
  if (const auto headline = check_headline(saved.title, saved.summary); !headline) {
    checks.wrong("title", saved.title, headline.error().message);
  }
  if (const auto amounts = check_amounts(saved.impact); !amounts) {
    checks.wrong("impact", saved.impact.text, amounts.error().message);
  }
}

// --- rows ----------------------------------------------------------------------------------------

using Rows = std::vector<std::vector<Cell>>;

void check_rows(Checks& checks, const std::string& path, const std::vector<std::string>& columns,
                const Rows& stored, const source::Rows& now) {
  checks.rerun(path + ".columns", fmt::format("{}", fmt::join(columns, ", ")),
               fmt::format("{}", fmt::join(now.columns, ", ")));
  for (std::size_t row = 0; row < stored.size(); ++row) {
    const auto at = fmt::format("{}.rows[{}]", path, row);
    if (stored[row].size() != columns.size()) {
      checks.wrong(at, static_cast<std::int64_t>(stored[row].size()), "as many cells as columns");
      continue;
    }
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const auto cell = at + "." + columns[column];
      if (row >= now.rows.size()) {
        checks.differs(cell, stored[row][column], "no such row");
      } else if (column >= now.rows[row].size()) {
        checks.differs(cell, stored[row][column], "no such column");
      } else {
        checks.rerun(cell, stored[row][column], now.rows[row][column]);
      }
    }
  }
}

void check_evidence(Checks& checks, const Evidence& saved, const Result<const Answer*>& answer,
                    sql::Dialect dialect) {
  const auto path = "evidence." + saved.id;
  const std::string speaks(sql::name(dialect));
  if (saved.dialect != speaks) checks.wrong(path + ".dialect", saved.dialect, speaks);
  if (!answer) {
    // A refused query was never run by the program, whatever the data is now.
    const bool refused = answer.error().kind == ErrorKind::refused;
    refused ? checks.wrong(path + ".sql", saved.sql, answer.error().message)
            : checks.differs(path + ".sql", saved.sql, answer.error().message);
    return;
  }
  const auto& rows = (*answer)->rows;
  checks.same(path + ".sql", saved.sql);
  checks.rerun(path + ".row_count", saved.row_count, static_cast<std::int64_t>(rows.rows.size()));
  checks.rerun(path + ".truncated", saved.truncated, rows.truncated);
  check_rows(checks, path, saved.columns, saved.rows, rows);
}

void check_chart(Checks& checks, const Finding& saved, const Answers& answers) {
  const auto& chart = saved.chart;
  if (chart.chart.mark == Chart::Mark::none) {
    if (!chart.rows.empty()) {
      checks.wrong("chart.query", chart.chart.query, "no chart, and so no rows");
    }
    return;
  }
  const auto found = std::ranges::find(saved.evidence, chart.chart.query, &Evidence::id);
  if (found == saved.evidence.end()) {
    checks.wrong("chart.query", chart.chart.query, "not among the evidence");
    return;
  }
  const auto& answer = answers[static_cast<std::size_t>(found - saved.evidence.begin())];
  if (!answer) {
    checks.differs("chart.rows", static_cast<std::int64_t>(chart.rows.size()),
                   answer.error().message);
    return;
  }
  const auto shown_rows = std::min((*answer)->rows.rows.size(), chart_rows_max);
  checks.rerun("chart.row_count", static_cast<std::int64_t>(chart.rows.size()),
               static_cast<std::int64_t>(shown_rows));
  check_rows(checks, "chart", chart.columns, chart.rows, (*answer)->rows);
}

// --- sizes ---------------------------------------------------------------------------------------

struct Oversize {
  std::string path;
  std::size_t have = 0, most = 0;
};

// The first thing there is more of than the engine ever writes.
std::optional<Oversize> oversize(const Finding& saved) {
  std::size_t rows = 0;
  for (const auto& evidence : saved.evidence) rows += evidence.rows.size();
  const std::array<Oversize, 5> sizes{{{"evidence", saved.evidence.size(), evidence_queries_max},
                                       {"evidence", rows, rows_shown_max},
                                       {"values", saved.values.size(), values_max},
                                       {"guards", saved.guards.size(), values_max},
                                       {"chart", saved.chart.rows.size(), chart_rows_max}}};
  const auto found =
      std::ranges::find_if(sizes, [](const Oversize& size) { return size.have > size.most; });
  if (found == sizes.end()) return std::nullopt;
  return *found;
}

bool has_id_twice(const std::vector<Evidence>& evidence) {
  std::vector<std::string_view> ids;
  ids.reserve(evidence.size());
  for (const auto& one : evidence) ids.push_back(one.id);
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end();
}

}  // namespace

std::string_view name(CheckStatus status) {
  switch (status) {
    case CheckStatus::same:
      return "same";
    case CheckStatus::data_changed:
      return "data changed";
    case CheckStatus::wrong:
      return "wrong";
  }
  std::unreachable();
}

Result<std::vector<Check>> verify(const Finding& saved, EvidenceReader& reader,
                                  const VerifyOptions& options, std::stop_token stop) {
  Checks checks(options.data_unchanged);
  if (const auto size = oversize(saved)) {
    checks.wrong(size->path, static_cast<std::int64_t>(size->have),
                 fmt::format("at most {}", size->most));
    return checks.take();
  }
  if (saved.evidence.empty() || has_id_twice(saved.evidence)) {
    checks.wrong("evidence", static_cast<std::int64_t>(saved.evidence.size()),
                 "one or more queries, each with its own id");
    return checks.take();
  }
  Answers answers;
  for (const auto& evidence : saved.evidence) {
    auto answer = reader.read(evidence.sql, stop);
    const bool unsaid = !answer && (answer.error().kind == ErrorKind::timed_out ||
                                    answer.error().kind == ErrorKind::cancelled ||
                                    answer.error().kind == ErrorKind::disconnected);
    if (unsaid) return std::unexpected(answer.error());
    answers.push_back(std::move(answer));
  }
  check_leaves(checks, saved, answers, options.style, reader.source().tables());
  for (std::size_t index = 0; index < answers.size(); ++index) {
    check_evidence(checks, saved.evidence[index], answers[index], reader.source().dialect());
  }
  check_chart(checks, saved, answers);
  return checks.take();
}

CheckStatus worst(const std::vector<Check>& checks) {
  auto status = CheckStatus::same;
  for (const auto& check : checks) status = std::max(status, check.status);
  return status;
}

}  // namespace insights::findings
