// A group of customers (a region, a segment, a salesperson's) of which fewer came back than of the
// others.
//
// Unit: the customer. Of those that ordered in one span, how many ordered again in the next of
// equal length? Two rates compared exactly, and once more among customers that ordered about as
// often (a group of rare buyers is not worse); the larger p-value counts. A small table carries no
// test: there a group of two or more customers is described when one of them went quiet.

#include "patterns/retention.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "findings/fingerprint.h"
#include "patterns/all.h"
#include "patterns/order_days.h"
#include "patterns/small_echoes.h"
#include "patterns/survival.h"
#include "patterns/wording.h"
#include "stats/robust.h"
#include "stats/stratified_tests.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using stats::Proportion;

constexpr int span_days_min = 30, span_days_max = 182;
constexpr double difference_min = 0.08;
constexpr std::int64_t customers_min = 8;
constexpr std::size_t customers_min_small = 2;
constexpr double lift_small = 1.5;

// Attributes of a customer, not the things it buys: dimensions, and the people and shops that look
// after it.
std::vector<std::size_t> attributes(const Workspace& workspace, std::size_t customers) {
  const auto& subject = workspace.subject;
  std::vector<std::size_t> found;
  for (const std::size_t column : workspace.groupings) {
    const auto& kind = subject.columns[column].kind;
    const bool belongs =
        subject.columns[column].role == Role::dimension || kind == "person" || kind == "store";
    if (belongs && kind != "calendar" && !workspace.is_decoy(column) &&
        subject.has_dependency(customers, column))
      found.push_back(column);
  }
  return found;
}

std::optional<RetentionSpans> spans_of(const Workspace& workspace) {
  const int all = workspace.today.since_epoch - workspace.subject.first_day.since_epoch + 1;
  const int span = std::clamp(all / 4, span_days_min, span_days_max);
  if (2 * span > all) return std::nullopt;
  const int end = workspace.today.since_epoch;
  return RetentionSpans{base::Day{end - 2 * span + 1}, base::Day{end - span + 1}, base::Day{end}};
}

struct Activity {
  std::vector<std::int32_t>
      days;  // [customer] different order days in the first span, as far as rows are in order
  std::vector<std::uint8_t> came_back;
  std::vector<double> money;  // in the first span
};

Activity activity_of(const Workspace& workspace, std::size_t customers, const RetentionSpans& spans,
                     const frame::Mask& kept) {
  const auto& subject = workspace.subject;
  const std::size_t count = subject.codes(customers).values();
  Activity activity{std::vector<std::int32_t>(count), std::vector<std::uint8_t>(count),
                    std::vector<double>(count)};
  std::vector<std::int32_t> last(count, frame::no_day);
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  const auto* returned = subject.returns ? &subject.numbers(subject.returns->flag_column) : nullptr;
  const auto* money = subject.money ? &subject.numbers(*subject.money) : nullptr;
  subject.codes(customers).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < days.size(); ++row) {
      if (days[row] < spans.first.since_epoch || days[row] > spans.end.since_epoch ||
          codes[row] == 0)
        continue;
      if ((!kept.empty() && kept[row] == 0) || (returned != nullptr && (*returned)[row] > 0))
        continue;
      if (days[row] >= spans.second.since_epoch) {
        activity.came_back[codes[row]] = 1;
        continue;
      }
      if (last[codes[row]] != days[row]) ++activity.days[codes[row]];
      last[codes[row]] = days[row];
      if (money != nullptr && !std::isnan((*money)[row]))
        activity.money[codes[row]] += (*money)[row];
    }
  });
  return activity;
}

std::vector<std::uint32_t> belongs_to(const catalog::Subject& subject, std::size_t customers,
                                      std::size_t column) {
  std::vector<std::uint32_t> group(subject.codes(customers).values(), 0);
  subject.codes(customers).codes.visit([&](const auto* codes) {
    subject.codes(column).codes.visit([&](const auto* groups) {
      for (std::size_t row = 0; row < subject.frame.rows; ++row) group[codes[row]] = groups[row];
    });
  });
  group[0] = 0;
  return group;
}

// [rows] 1 = of a customer of the group that did not come back.
frame::Mask rows_of_lost(const Workspace& workspace, const Retention& found) {
  const auto& subject = workspace.subject;
  const auto activity = activity_of(workspace, found.customers, found.spans, {});
  const auto group = belongs_to(subject, found.customers, found.column);
  std::vector<std::uint8_t> lost(group.size(), 0);
  for (std::size_t customer = 1; customer < group.size(); ++customer) {
    const bool ordered = activity.days[customer] > 0;
    lost[customer] =
        group[customer] == found.value && ordered && activity.came_back[customer] == 0 ? 1 : 0;
  }
  frame::Mask rows(subject.frame.rows, 0);
  subject.codes(found.customers).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = lost[codes[row]];
  });
  return rows;
}

constexpr std::size_t bands = 3;
std::size_t band_of(std::int32_t days) { return days <= 1 ? 0 : days <= 4 ? 1 : 2; }

using Kept = std::array<Proportion, bands>;  // kept of active customers, by how often they ordered

std::vector<Kept> kept_by_group(const Activity& activity, const std::vector<std::uint32_t>& group,
                                std::size_t groups) {
  std::vector<Kept> kept(groups);
  for (std::size_t customer = 1; customer < group.size(); ++customer) {
    if (activity.days[customer] == 0 || group[customer] == 0) continue;
    auto& one = kept[group[customer]][band_of(activity.days[customer])];
    ++one.trials;
    one.events += activity.came_back[customer];
  }
  return kept;
}

Proportion sum_of(const Kept& kept) {
  Proportion sum;
  for (const auto& one : kept) {
    sum.events += one.events;
    sum.trials += one.trials;
  }
  return sum;
}

struct Verdict {
  Proportion own, others;
  double p = 1, difference = 0;
  bool material = false;
};

Verdict judge(const std::vector<Kept>& kept, std::uint32_t value) {
  Kept others{};
  for (std::size_t group = 1; group < kept.size(); ++group) {
    for (std::size_t band = 0; band < bands && group != value; ++band) {
      others[band].events += kept[group][band].events;
      others[band].trials += kept[group][band].trials;
    }
  }
  Verdict verdict{sum_of(kept[value]), sum_of(others)};
  if (verdict.own.trials < customers_min || verdict.others.trials < customers_min) return verdict;
  std::array<stats::Stratum, bands> strata;
  for (std::size_t band = 0; band < bands; ++band) strata[band] = {kept[value][band], others[band]};
  const auto plain = stats::compare_proportions(verdict.own, verdict.others);
  const auto inside = stats::cochran_mantel_haenszel(strata);
  verdict.p = std::max(plain.p_value, inside.p_value);
  verdict.difference = plain.difference;
  verdict.material = verdict.difference <= -difference_min && inside.risk_difference < 0;
  return verdict;
}

Candidate candidate_of(const Workspace& workspace, const Retention& found) {
  const auto& subject = workspace.subject;
  const auto& column = subject.columns[found.column];
  Candidate candidate;
  candidate.entry.family = retention_family;
  candidate.entry.pattern = "retention";
  const findings::Entity entity{column.name, subject.codes(found.column).dictionary[found.value],
                                ""};
  candidate.entry.fingerprint = findings::fingerprint(
      "retention", subject.columns[found.customers].name, std::vector{entity});
  candidate.column = found.column;
  candidate.value = found.value;
  const auto* kind = workspace.vocabulary.kind_named(column.kind);
  candidate.rank = kind == nullptr ? 0 : kind->rank;
  candidate.measure = "retention";
  return candidate;
}

void examine_attribute(const Workspace& workspace, std::size_t customers, std::size_t column,
                       const RetentionSpans& spans, const Activity& activity,
                       std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  const auto group = belongs_to(subject, customers, column);
  const auto kept = kept_by_group(activity, group, subject.codes(column).values());
  std::vector<double> typical;
  for (std::size_t customer = 1; customer < group.size(); ++customer) {
    if (activity.days[customer] > 0 && activity.money[customer] > 0)
      typical.push_back(activity.money[customer]);
  }
  const double months = (spans.second.since_epoch - spans.first.since_epoch) / 30.4375;
  const double monthly = stats::median(typical).value_or(0) / months;
  for (std::uint32_t value = 1; value < kept.size(); ++value) {
    const auto verdict = judge(kept, value);
    if (verdict.own.trials < customers_min || verdict.others.trials < customers_min) continue;
    const Retention found{customers, column, value, spans, verdict.own, verdict.others};
    auto candidate = candidate_of(workspace, found);
    candidate.entry.p = verdict.p;
    candidate.entry.statistic = verdict.own.rate();
    candidate.entry.effect = verdict.difference;
    candidate.material = verdict.material;
    if (verdict.material) {
      candidate.impact = -verdict.difference * static_cast<double>(verdict.own.trials) *
                         std::max(monthly, subject.money ? 0.0 : 1.0);
      candidate.surprise = std::clamp(-verdict.difference / 0.3, 0.3, 1.0);
      candidate.claim = [&workspace, found] { return state_retention(workspace, found); };
      candidate.rows_of_lost = [&workspace, found] { return rows_of_lost(workspace, found); };
      candidate.survives = [&workspace, found, group,
                            before = verdict.difference](const frame::Mask& mask) {
        const auto again =
            judge(kept_by_group(activity_of(workspace, found.customers, found.spans, mask), group,
                                workspace.subject.codes(found.column).values()),
                  found.value);
        return again.material && still_stands(again.p, again.difference, before);
      };
    }
    candidates.push_back(std::move(candidate));
  }
}

// ---- Small tables.

bool is_quiet(std::span<const std::int32_t> days, base::Day today) {
  if (days.size() < 2) return false;
  const int silence = today.since_epoch - days.back();
  return silence >= quiet_days_min && silence > quiet_gaps_min * gaps_of(days).mean;
}

struct Quiet {
  std::vector<Proportion> groups;  // [value] quiet of all customers
  Proportion all;
};

Quiet quiet_by_group(const Workspace& workspace, std::size_t customers,
                     const std::vector<std::uint32_t>& group, std::size_t groups,
                     const frame::Mask& kept) {
  const auto days = order_days(workspace.subject, customers);
  std::vector<bool> is_kept(group.size(), kept.empty());
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (kept[row] != 0) is_kept[workspace.subject.codes(customers).codes[row]] = true;
  }
  Quiet quiet{std::vector<Proportion>(groups), {}};
  for (std::uint32_t customer = 1; customer < group.size(); ++customer) {
    if (!is_kept[customer] || group[customer] == 0 || days.of(customer).empty()) continue;
    const int one = is_quiet(days.of(customer), workspace.today) ? 1 : 0;
    quiet.groups[group[customer]].events += one;
    ++quiet.groups[group[customer]].trials;
    quiet.all.events += one;
    ++quiet.all.trials;
  }
  return quiet;
}

bool stands_out(const Quiet& quiet, std::uint32_t value) {
  const auto& own = quiet.groups[value];
  return own.trials >= static_cast<std::int64_t>(customers_min_small) && own.events >= 1 &&
         own.trials < quiet.all.trials && own.rate() >= lift_small * quiet.all.rate();
}

// A group is not explained by the one customer of it that went quiet: that is what it says.
bool leaves_out_one_customer(const catalog::Subject& subject, std::size_t customers,
                             const frame::Mask& kept) {
  std::uint32_t only = 0;
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (kept[row] != 0) continue;
    const auto customer = subject.codes(customers).codes[row];
    if (only != 0 && customer != only) return false;
    only = customer;
  }
  return true;
}

void examine_attribute_small(const Workspace& workspace, std::size_t customers, std::size_t column,
                             std::vector<Candidate>& candidates) {
  const auto& subject = workspace.subject;
  const auto group = belongs_to(subject, customers, column);
  const std::size_t groups = subject.codes(column).values();
  const auto quiet = quiet_by_group(workspace, customers, group, groups, {});
  for (std::uint32_t value = 1; value < groups; ++value) {
    if (quiet.groups[value].trials < static_cast<std::int64_t>(customers_min_small)) continue;
    const Retention found{customers, column, value, {}, quiet.groups[value], quiet.all};
    auto candidate = candidate_of(workspace, found);
    candidate.entry.fact = true;
    candidate.entry.effect = quiet.groups[value].rate();
    candidate.material = stands_out(quiet, value);
    if (candidate.material) {
      candidate.impact = workspace.money_per_month * static_cast<double>(found.own.events) /
                         static_cast<double>(std::max<std::int64_t>(1, found.others.trials));
      candidate.surprise = 0.8;
      candidate.claim = [&workspace, found] { return state_quiet_customers(workspace, found); };
      candidate.survives = [&workspace, found, group, groups](const frame::Mask& kept) {
        return leaves_out_one_customer(workspace.subject, found.customers, kept) ||
               stands_out(quiet_by_group(workspace, found.customers, group, groups, kept),
                          found.value);
      };
    }
    candidates.push_back(std::move(candidate));
  }
}

}  // namespace

std::vector<Candidate> examine_retention(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto customers = workspace.customers();
  if (!customers || !workspace.subject.time) return candidates;
  const auto columns = attributes(workspace, *customers);
  if (workspace.small) {
    for (const std::size_t column : columns)
      examine_attribute_small(workspace, *customers, column, candidates);
    drop_echoes(workspace, candidates);
    return candidates;
  }
  const auto spans = spans_of(workspace);
  if (!spans || columns.empty()) return candidates;
  const auto activity = activity_of(workspace, *customers, *spans, {});
  for (const std::size_t column : columns)
    examine_attribute(workspace, *customers, column, *spans, activity, candidates);
  return candidates;
}

}  // namespace insights::patterns
