#include "patterns/by_construction.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/shared_fate.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using catalog::Subject;

constexpr double holds_min = 0.97;       // of the rows
constexpr std::size_t looked_at = 2000;  // rows that a construction is recognised on
constexpr double near_the_end = 0.5;  // of the duration: a date that follows the end, not the start

std::vector<std::size_t> some_rows(const Workspace& workspace) {
  const auto& rows = workspace.sample;
  const std::size_t step = std::max<std::size_t>(1, rows.size() / looked_at);
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < rows.size(); i += step) some.push_back(rows[i]);
  return some;
}

std::vector<std::size_t> with_numbers(const Subject& subject, Role role) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (subject.columns[i].role == role && subject.frame.columns[i].numbers() != nullptr)
      found.push_back(i);
  }
  return found;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// With its time of day, where it has one.
double moment_at(const Subject& subject, std::size_t column, std::size_t row) {
  const auto& days = *subject.frame.columns[column].days();
  if (days.days[row] == frame::no_day) return std::nan("");
  const double seconds = days.seconds.empty() ? 0 : days.seconds[row];
  return days.days[row] + seconds / 86'400;
}

bool is_duration(const Subject& subject, std::size_t measure, std::size_t start, std::size_t end,
                 const std::vector<std::size_t>& rows) {
  const auto& numbers = subject.numbers(measure);
  constexpr std::array<double, 4> units{1, 24, 1440, 86'400};
  std::array<std::size_t, units.size()> agreed{};
  std::size_t seen = 0, apart = 0;
  for (const std::size_t row : rows) {
    const double days = moment_at(subject, end, row) - moment_at(subject, start, row);
    if (std::isnan(days) || std::isnan(numbers[row])) continue;
    ++seen;
    apart += days != 0 ? 1 : 0;
    for (std::size_t unit = 0; unit < units.size(); ++unit) {
      // Whole units may be counted from midnight or from the hour; only of long ones is that small.
      const double length = std::fabs(days) * units[unit];
      const double slack = std::max(length >= 5 ? 1.01 : 0, 0.002 * length + 1e-4 * units[unit]);
      if (std::fabs(numbers[row] - days * units[unit]) <= slack) ++agreed[unit];
    }
  }
  const auto most = static_cast<double>(*std::ranges::max_element(agreed));
  return seen >= 10 && apart * 2 > seen && most >= holds_min * static_cast<double>(seen);
}

}  // namespace

double number_at(const Subject& subject, std::size_t column, std::size_t row) {
  const auto& data = subject.frame.columns[column];
  if (const auto* days = data.days()) {
    return days->days[row] == frame::no_day ? std::nan("") : days->days[row];
  }
  const auto* numbers = data.numbers();
  return numbers == nullptr ? std::nan("") : numbers->values[row];
}

bool is_date(const Subject& subject, std::size_t column) {
  return subject.frame.columns[column].days() != nullptr;
}

ByConstruction::ByConstruction(const Workspace& workspace) : workspace_(workspace) {
  find_durations();
  find_comparisons();
}

void ByConstruction::find_durations() {
  const auto& subject = workspace_.subject;
  std::vector<std::size_t> dates;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    if (is_date(subject, i)) dates.push_back(i);
  }
  const auto rows = some_rows(workspace_);
  for (const std::size_t measure : with_numbers(subject, Role::measure)) {
    for (const std::size_t start : dates) {
      for (const std::size_t end : dates) {
        if (start != end && is_duration(subject, measure, start, end, rows))
          durations_.push_back({measure, start, end});
      }
    }
  }
}

// A flag that says "this number reached that one".
void ByConstruction::find_comparisons() {
  const auto& subject = workspace_.subject;
  const auto measures = with_numbers(subject, Role::measure);
  const auto rows = some_rows(workspace_);
  for (const std::size_t flag : with_numbers(subject, Role::flag)) {
    for (const std::size_t a : measures) {
      for (const std::size_t b : measures) {
        if (a == b) continue;
        std::size_t seen = 0, agreed = 0, raised = 0;
        for (const std::size_t row : rows) {
          const double x = subject.numbers(a)[row], y = subject.numbers(b)[row],
                       told = subject.numbers(flag)[row];
          if (std::isnan(x) || std::isnan(y) || std::isnan(told)) continue;
          ++seen;
          raised += told > 0 ? 1 : 0;
          agreed += (x >= y) == (told > 0) ? 1 : 0;
        }
        const bool varies = raised * 50 > seen && (seen - raised) * 50 > seen;
        if (seen < 20 || !varies) continue;
        const auto holds = holds_min * static_cast<double>(seen);
        const bool same = static_cast<double>(agreed) >= holds,
                   opposite = static_cast<double>(seen - agreed) >= holds;
        if (!same && !opposite) continue;
        read_from_.emplace_back(flag, a);
        read_from_.emplace_back(flag, b);
      }
    }
  }
}

bool ByConstruction::is_read_from(std::size_t flag, std::size_t measure) const {
  return std::ranges::find(read_from_, std::pair{flag, measure}) != read_from_.end();
}

std::optional<Duration> ByConstruction::duration(std::size_t measure, std::size_t start) const {
  for (const auto& one : durations_) {
    if (one.measure == measure && one.start == start) return one;
  }
  return std::nullopt;
}

bool ByConstruction::is_end(std::size_t date) const {
  return std::ranges::any_of(durations_, [&](const Duration& one) { return one.end == date; });
}

// Two durations with an end in common; a duration and a date that follows its end (the day of the
// last change) rather than its start.
bool ByConstruction::shares_a_duration(std::size_t a, std::size_t b) const {
  const auto& subject = workspace_.subject;
  for (const auto& one : durations_) {
    if (one.measure != a) continue;
    if (b == one.end) return true;
    for (const auto& other : durations_) {
      if (other.measure == b && (one.start == other.start || one.end == other.end ||
                                 one.start == other.end || one.end == other.start))
        return true;
    }
    if (!is_date(subject, b) || b == one.start) continue;
    std::vector<double> lengths, off;
    for (const std::size_t row : some_rows(workspace_)) {
      const double end = number_at(subject, one.end, row), date = number_at(subject, b, row);
      if (std::isnan(end) || std::isnan(date)) continue;
      lengths.push_back(std::fabs(end - number_at(subject, one.start, row)));
      off.push_back(std::fabs(date - end));
    }
    std::erase_if(lengths, [](double length) { return std::isnan(length); });
    if (median(off) <= near_the_end * median(lengths)) return true;
  }
  return false;
}

bool ByConstruction::tied(std::size_t a, std::size_t b) const {
  const auto& subject = workspace_.subject;
  const auto &one = subject.columns[a], &other = subject.columns[b];
  for (const auto& identity : subject.identities) {
    const auto part_of = [&](std::size_t column) {
      return column == identity.total || column == identity.left || column == identity.right;
    };
    if (part_of(a) && part_of(b)) return true;
  }
  if (one.additive && other.additive) return true;  // both grow with the size of the row
  const auto is_factor = [&](std::size_t column) {
    return subject.price == column || subject.quantity == column;
  };
  // Any amount of a row is its quantity times its price, or made of that.
  if ((one.money && one.additive && is_factor(b)) ||
      (other.money && other.additive && is_factor(a)))
    return true;
  if (duration(a, b) || duration(b, a)) return false;
  if (shares_a_duration(a, b) || shares_a_duration(b, a)) return true;
  if (is_read_from(a, b) || is_read_from(b, a)) return true;
  const auto made_of = [](const catalog::Column& made, const catalog::Column& part) {
    return made.derived && !part.sql.empty() && made.sql.find(part.sql) != std::string::npos;
  };
  return made_of(one, other) || made_of(other, one);
}

}  // namespace insights::patterns
