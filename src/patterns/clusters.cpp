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

// One, or none.
std::vector<Clusters> documents_of(const Workspace& workspace) {
  std::vector<Clusters> clusters;
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
    break;
  }
  return clusters;
}

std::vector<std::size_t> columns_across(const Workspace& workspace,
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
  return used;
}

// The row's period; 0 outside them.
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

}  // namespace

std::vector<Clusters> clusters_across(const Workspace& workspace,
                                      std::span<const std::size_t> columns) {
  std::vector<Clusters> clusters;
  for (const std::size_t column : columns_across(workspace, columns))
    clusters.push_back(clusters_of(workspace.subject.codes(column), workspace.subject.frame.rows));
  return clusters.empty() ? documents_of(workspace) : clusters;
}

std::vector<const Clusters*> KnownClusters::across(std::span<const std::size_t> columns) {
  std::vector<const Clusters*> clusters;
  for (const std::size_t column : columns_across(workspace_, columns)) {
    auto known = of_column_.find(column);
    if (known == of_column_.end())
      known = of_column_
                  .emplace(column, clusters_of(workspace_.subject.codes(column),
                                               workspace_.subject.frame.rows))
                  .first;
    clusters.push_back(&known->second);
  }
  if (clusters.empty()) {
    if (!documents_) documents_ = documents_of(workspace_);
    for (const auto& document : *documents_) clusters.push_back(&document);
  }
  if (workspace_.periods.count > 0) {
    if (!periods_) periods_ = clusters_by_period(workspace_);
    clusters.push_back(&*periods_);
  }
  return clusters;
}

}  // namespace insights::patterns
