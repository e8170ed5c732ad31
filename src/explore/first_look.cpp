#include "explore/first_look.h"

#include <fmt/format.h>

#include <algorithm>

#include "findings/prove.h"

namespace insights::explore {

namespace {

constexpr std::size_t told_max = 5;

// Patterns of sums and rates that many rows carry; their sentences have no number of the sample.
const std::vector<std::string> shown_by_a_sample{"concentration", "margin_erosion", "rate_outlier",
                                                 "trend"};

bool is_large(source::Source& source, const sql::Gate& gate, std::int64_t rows_min,
              std::stop_token stop) {
  return std::ranges::any_of(source.tables(), [&](const source::Table& table) {
    // A server counts row by row; its statistics are good enough here.
    if (table.rows_estimated) return *table.rows_estimated >= rows_min;
    const auto query =
        gate.check(fmt::format("SELECT count(*) AS rows FROM {}", source::relation_sql(table)));
    if (!query) return false;
    const auto counted = source.query(*query, {}, stop);
    if (!counted || counted->rows.empty()) return false;
    const auto* rows = std::get_if<std::int64_t>(&counted->rows[0][0]);
    return rows != nullptr && *rows >= rows_min;
  });
}

}  // namespace

void take_first_look(source::Source& source, const Order& order, const Parts& parts,
                     catalog::ReadOptions reading, findings::EvidenceReader& reader,
                     std::stop_token stop) {
  if (!is_large(source, parts.gate, order.first_look.rows_min, stop)) return;
  reading.sample = catalog::Sample{order.first_look.sample_rows, order.seed};
  reading.on_loaded = {};
  auto catalog = catalog::read(source, parts.gate, parts.vocabulary, parts.metadata, reading, stop);
  if (!catalog) return;
  analyst::Material material;
  for (const auto& subject : catalog->subjects) material.subjects.push_back({&subject, {}});
  auto brief = order.brief;
  brief.only = shown_by_a_sample;
  brief.claims_max = told_max;
  const auto investigation = parts.analyst.investigate(brief, material, {}, stop);
  if (!investigation) return;
  for (const auto& [claim, place, recorded] : investigation->claims) {
    if (stop.stop_requested()) return;
    const auto finding = findings::prove(claim, reader, order.style, stop);
    if (!finding) continue;
    const auto hides = [marks = findings::marks_of(*finding)](const findings::Rule& rule) {
      return findings::hides(rule, marks);
    };
    if (std::ranges::none_of(order.brief.feedback.rules, hides))
      parts.observer.on(EarlyFinding{&*finding, order.first_look.sample_rows});
  }
}

}  // namespace insights::explore
