#include "patterns/clusters.h"

namespace insights::patterns {

namespace {

using catalog::Role;

Clusters clusters_of(const frame::Coded& coded, std::size_t rows) {
  Clusters clusters;
  clusters.ids.resize(rows);
  clusters.count = coded.values();
  coded.codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < rows; ++row) clusters.ids[row] = codes[row];
  });
  return clusters;
}

void add_documents(const Workspace& workspace, std::vector<Clusters>& clusters) {
  const auto& subject = workspace.subject;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[i].kind);
    if (kind == nullptr || !kind->event || subject.columns[i].role != Role::identifier) continue;
    if (subject.is_coded(i)) {
      clusters.push_back(clusters_of(subject.codes(i), subject.frame.rows));
    } else if (const auto* numbers = subject.frame.columns[i].numbers(); numbers != nullptr) {
      if (const auto coded = frame::encode(*numbers, subject.frame.rows))
        clusters.push_back(clusters_of(*coded, subject.frame.rows));
    }
    return;
  }
}

}  // namespace

std::vector<Clusters> clusters_across(const Workspace& workspace,
                                      std::span<const std::size_t> columns) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> used;
  const auto use = [&](std::size_t cluster) {
    const bool is_column = std::ranges::find(columns, cluster) != columns.end();
    const bool is_known = std::ranges::find(used, cluster) != used.end();
    // Where a value lies within one cluster (a batch of one product) it cannot be split by it.
    const bool lies_within = std::ranges::any_of(
        columns, [&](std::size_t column) { return subject.has_dependency(column, cluster); });
    if (!is_column && !is_known && !lies_within) used.push_back(cluster);
  };
  if (const auto customers = workspace.customers()) use(*customers);
  for (const std::size_t column : columns) {
    if (const auto unit = workspace.unit_of(column)) use(*unit);
  }
  std::vector<Clusters> clusters;
  for (const std::size_t column : used)
    clusters.push_back(clusters_of(subject.codes(column), subject.frame.rows));
  if (clusters.empty()) add_documents(workspace, clusters);
  return clusters;
}

Clusters clusters_by_period(const Workspace& workspace) {
  Clusters clusters;
  clusters.ids.resize(workspace.subject.frame.rows, 0);
  clusters.count = workspace.periods.count + 1;
  for (std::size_t row = 0; row < workspace.periods.of_row.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (period != no_period) clusters.ids[row] = period + 1U;
  }
  return clusters;
}

}  // namespace insights::patterns
