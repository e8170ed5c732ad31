#include "explore/first_look.h"

#include <algorithm>
#include <utility>

#include "findings/prove.h"
#include "stats/random.h"

namespace insights::explore {

namespace {

// Each is proven over all rows: a few are worth that much before the search begins.
constexpr std::size_t told_max = 2;

// Patterns of sums and rates that many rows carry; their sentences have no number of the sample.
const std::vector<std::string> shown_by_a_sample{"concentration", "margin_erosion", "rate_outlier",
                                                 "trend"};

catalog::Subject sample_of(catalog::Subject& subject, const Order& order) {
  // The rows step aside, lest all of them be copied.
  auto rows = std::move(subject.frame);
  auto sample = subject;
  subject.frame = std::move(rows);
  const auto wanted =
      std::min(static_cast<std::size_t>(order.first_look.sample_rows), subject.frame.rows);
  sample.frame =
      frame::picked(subject.frame, stats::sampled_indices(wanted, subject.frame.rows, order.seed));
  return sample;
}

}  // namespace

void take_first_look(catalog::Catalog& catalog, const Order& order, const Parts& parts,
                     findings::EvidenceReader& reader, std::stop_token stop) {
  std::vector<catalog::Subject> samples;
  for (auto& subject : catalog.subjects) {
    if (std::cmp_greater_equal(subject.frame.rows, order.first_look.rows_min))
      samples.push_back(sample_of(subject, order));
  }
  if (samples.empty()) return;
  analyst::Material material;
  for (const auto& sample : samples) material.subjects.push_back({&sample, {}});
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
