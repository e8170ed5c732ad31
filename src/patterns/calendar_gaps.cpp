// Days without rows: a weekday on which nothing ever happens while the others are busy, and a
// stretch of days on which something usually does and nothing did: a closure, or days that were
// never loaded.
//
// Days around the turn of the year are quiet in many businesses and are told only when they are
// many.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/facts.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t dates_min = 10;     // of a weekday, before its silence says something
constexpr double busy_share_min = 0.8;    // of its dates with rows: a busy weekday
constexpr double usual_share_min = 0.95;  // a weekday whose empty date is remarkable
constexpr int busy_weekdays_min = 3;
constexpr int missing_days_min = 4;  // usual days in a row without rows
constexpr int turn_of_year_days_max = 14;
constexpr int chart_margin_days = 35;

struct Calendar {
  base::Day first;
  std::vector<std::int64_t> rows;                // [days]
  std::array<std::size_t, 7> dates{}, active{};  // by weekday, in periods that have rows
  std::size_t days() const { return rows.size(); }
  base::Day day(std::size_t i) const {
    return base::Day{first.since_epoch + static_cast<std::int32_t>(i)};
  }
  double share(int weekday) const {
    const auto at = static_cast<std::size_t>(weekday);
    return dates[at] == 0 ? 0 : static_cast<double>(active[at]) / static_cast<double>(dates[at]);
  }
};

Calendar calendar_of(const Workspace& workspace) {
  const auto& periods = workspace.periods;
  Calendar calendar;
  if (periods.count == 0) return calendar;
  calendar.first = periods.first_day();
  calendar.rows.assign(
      static_cast<std::size_t>(periods.last_day().since_epoch - calendar.first.since_epoch) + 1, 0);
  const auto& days = workspace.subject.frame.columns[*workspace.subject.time].days()->days;
  for (std::size_t row = 0; row < days.size(); ++row) {
    if (periods.of_row[row] != no_period)
      ++calendar.rows[static_cast<std::size_t>(days[row] - calendar.first.since_epoch)];
  }
  for (std::size_t period = 0; period < periods.count; ++period) {
    if (workspace.total.row_series(0)[period] == 0) continue;
    for (auto day = periods.starts[period]; day < periods.starts[period + 1]; ++day.since_epoch) {
      const auto weekday = static_cast<std::size_t>(base::weekday(day));
      ++calendar.dates[weekday];
      calendar.active[weekday] +=
          calendar.rows[static_cast<std::size_t>(day.since_epoch - calendar.first.since_epoch)] > 0
              ? 1
              : 0;
    }
  }
  return calendar;
}

std::vector<int> silent_weekdays(const Calendar& calendar) {
  std::vector<int> silent;
  int busy = 0;
  for (int weekday = 0; weekday < 7; ++weekday) {
    const auto at = static_cast<std::size_t>(weekday);
    if (calendar.share(weekday) >= busy_share_min)
      ++busy;
    else if (calendar.dates[at] >= dates_min && calendar.active[at] == 0)
      silent.push_back(weekday);
  }
  return busy >= busy_weekdays_min ? silent : std::vector<int>{};
}

// A stretch without rows, [first, last], and how many usual days are in it.
struct Gap {
  base::Day first, last;
  int missing = 0;
};

bool is_turn_of_year(const Gap& gap) {
  const int length = gap.last.since_epoch - gap.first.since_epoch + 1;
  if (length > turn_of_year_days_max) return false;
  const auto holds = [&](int month, int day) {
    for (const int year : {base::split(gap.first).year, base::split(gap.last).year}) {
      const auto date = base::day_of({year, month, day});
      if (date >= gap.first && date <= gap.last) return true;
    }
    return false;
  };
  return holds(12, 25) || holds(1, 1);
}

// The stretch with the most usual days missing; missing = 0 when there is none.
Gap longest_gap_of(const Calendar& calendar) {
  Gap longest, current;
  bool open = false;
  for (std::size_t i = 0; i < calendar.days(); ++i) {
    const bool usual = calendar.share(base::weekday(calendar.day(i))) >= usual_share_min;
    if (calendar.rows[i] > 0) {
      open = false;
      continue;
    }
    if (!open) current = Gap{calendar.day(i), calendar.day(i), 0};
    open = true;
    current.last = calendar.day(i);
    current.missing += usual ? 1 : 0;
    if (current.missing > longest.missing && !is_turn_of_year(current))
      longest = current;
    else if (current.missing == longest.missing && current.first == longest.first)
      longest.last = current.last;
  }
  return longest;
}

// What does not happen: "orders" where customers order, else what a row is.
std::string happenings(const Workspace& workspace) {
  if (workspace.customers()) return "orders";
  return plain_words(workspace.subject.nouns);
}

std::string weekday_sql(const catalog::Subject& subject) {
  return fmt::format("extract(isodow FROM {})", time_sql(subject));
}

std::string weekday_name_sql(const catalog::Subject& subject) {
  std::string text = fmt::format("CASE {}", weekday_sql(subject));
  for (int weekday = 0; weekday < 7; ++weekday)
    text += fmt::format(" WHEN {} THEN '{}'", weekday + 1, base::weekday_name(weekday));
  return text + " END";
}

findings::Claim state_weekdays(const Workspace& workspace, const std::vector<int>& silent) {
  const auto& subject = workspace.subject;
  auto claim = claim_about_all(workspace, "calendar_gaps", "calendar_gaps",
                               subject.columns[*subject.time].name);
  claim.fingerprint = "calendar_gaps/weekdays";
  claim.topics.emplace_back(findings::data_quality_topic);
  std::string names, numbers;
  for (std::size_t i = 0; i < silent.size(); ++i) {
    names += fmt::format("{}{}s",
                         i == 0                   ? ""
                         : i + 1 == silent.size() ? " and "
                                                  : ", ",
                         base::weekday_name(silent[i]));
    numbers += fmt::format("{}{}", i == 0 ? "" : ", ", silent[i] + 1);
  }
  const auto day = time_sql(subject);
  const auto within =
      between_sql(subject, workspace.periods.starts.front(), workspace.periods.starts.back());
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) FILTER (WHERE {} IN ({})) AS silent_rows, count(*) AS "
                        "row_count, min({}) AS first_day, max({}) AS last_day FROM {} WHERE {}",
                        weekday_sql(subject), numbers, day, day, subject.from_sql, within)});
  claim.evidence.push_back({"b", fmt::format("SELECT {} AS weekday, count(*) AS row_count FROM {} "
                                             "WHERE {} GROUP BY {}, weekday ORDER BY {}",
                                             weekday_name_sql(subject), subject.from_sql, within,
                                             weekday_sql(subject), weekday_sql(subject))});
  findings::Values values;
  values.cell("silent_rows", "a", 0, "silent_rows", Format::integer)
      .cell("row_count", "a", 0, "row_count", Format::integer);
  values.cell("first_day", "a", 0, "first_day", Format::date)
      .cell("last_day", "a", 0, "last_day", Format::date);
  claim.title =
      fmt::format("No {} on {}, from {{first_day}} to {{last_day}}", happenings(workspace), names);
  claim.summary = fmt::format(
      "{{silent_rows}} of {{row_count}} {} fall on {}, while the busy weekdays have some in nearly "
      "every week.",
      plain_words(subject.nouns), names);
  claim.action = fmt::format(
      "If the business is closed on {}, leave them out of daily targets and averages; if it is "
      "open, find the days that are missing.",
      names);
  claim.values = values.bindings();
  claim.test.effect_name = "weekdays";
  claim.chart = {findings::Chart::Mark::bar,
                 capitalized(plain_words(subject.nouns)) + " by weekday",
                 "b",
                 {"weekday", "", findings::Chart::Axis::Kind::ordinal, ""},
                 {"row_count", subject.nouns, findings::Chart::Axis::Kind::quantitative, ""},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(partial_period_guard(workspace));
  return claim;
}

findings::Claim state_gap(const Workspace& workspace, const Gap& gap) {
  const auto& subject = workspace.subject;
  auto claim = claim_about_all(workspace, "calendar_gaps", "calendar_gaps",
                               subject.columns[*subject.time].name);
  claim.fingerprint = fmt::format("calendar_gaps/{}", base::iso_text(gap.first));
  claim.topics.emplace_back(findings::data_quality_topic);
  claim.scope.from = gap.first;
  claim.scope.to = gap.last;
  const auto day = time_sql(subject);
  const auto after = base::Day{gap.last.since_epoch + 1};
  claim.evidence.push_back(
      {"a",
       fmt::format(
           "SELECT max({0}) FILTER (WHERE {0} < {1}) AS last_before, min({0}) FILTER (WHERE {0} >= "
           "{1}) AS first_after, count(*) FILTER (WHERE {2}) AS rows_inside FROM {3}",
           day, day_sql(gap.first), between_sql(subject, gap.first, after), subject.from_sql)});
  const auto from =
      std::max(workspace.periods.first_day(), base::Day{gap.first.since_epoch - chart_margin_days});
  const auto to = base::Day{after.since_epoch + chart_margin_days};
  claim.evidence.push_back(
      {"b",
       fmt::format(
           "SELECT {0} AS day, count(*) AS row_count FROM {1} WHERE {2} GROUP BY {0} ORDER BY day",
           day, subject.from_sql, between_sql(subject, from, to))});
  findings::Values values;
  values.cell("last_before", "a", 0, "last_before", Format::date)
      .cell("first_after", "a", 0, "first_after", Format::date);
  values.cell("rows_inside", "a", 0, "rows_inside", Format::integer)
      .formula("length", "first_after - last_before - 1", Format::days);
  claim.title =
      fmt::format("No {} between {{last_before}} and {{first_after}}: {{length}} without any",
                  happenings(workspace));
  claim.summary = fmt::format(
      "{{rows_inside}} {} fall in between, though on such weekdays there are some nearly every "
      "week.",
      plain_words(subject.nouns));
  claim.action =
      "If it was no closure, find out whether these days were lost on the way into the table: "
      "totals of that time are too low.";
  claim.values = values.bindings();
  claim.test.effect_name = "usual days in a row without rows";
  claim.chart = {findings::Chart::Mark::bar,
                 capitalized(plain_words(subject.nouns)) + " by day",
                 "b",
                 {"day", "", findings::Chart::Axis::Kind::temporal, ""},
                 {"row_count", subject.nouns, findings::Chart::Axis::Kind::quantitative, ""},
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  claim.guards.push_back(
      {"season", findings::GuardStatus::passed,
       "days around the turn of the year are not counted as a gap unless they are many"});
  return claim;
}

}  // namespace

std::vector<Candidate> examine_calendar_gaps(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (!workspace.subject.time || workspace.small) return candidates;
  const auto calendar = calendar_of(workspace);
  if (calendar.days() == 0) return candidates;
  const auto silent = silent_weekdays(calendar);
  auto weekdays = fact_candidate("calendar_gaps", "calendar_gaps/weekdays",
                                 static_cast<double>(silent.size()) / 7);
  weekdays.material = !silent.empty() && silent.size() <= 3;
  // Closed at the weekend is no news; closed on one day of it, or in mid-week, is.
  weekdays.surprise = silent == std::vector<int>{5, 6} || silent == std::vector<int>{6} ? 0.1 : 0.6;
  weekdays.claim = [&workspace, silent] { return state_weekdays(workspace, silent); };
  candidates.push_back(std::move(weekdays));

  const auto gap = longest_gap_of(calendar);
  auto missing =
      fact_candidate("calendar_gaps", "calendar_gaps/gap", static_cast<double>(gap.missing));
  missing.material = gap.missing >= missing_days_min;
  missing.surprise = std::min(1.0, 0.3 + 0.02 * gap.missing);
  missing.claim = [&workspace, gap] { return state_gap(workspace, gap); };
  candidates.push_back(std::move(missing));
  return candidates;
}

}  // namespace insights::patterns
