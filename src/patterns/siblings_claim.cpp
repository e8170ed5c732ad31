// When everything moves: do its parts go along?

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "patterns/course_claim.h"
#include "patterns/facts.h"
#include "patterns/wording.h"

namespace insights::patterns {

namespace {

constexpr std::size_t siblings_min = 2, siblings_max = 12;
constexpr double sibling_rows_min = 30;
constexpr double most_of = 0.75;  // of the siblings, to be said
constexpr double alike_max = 0.1;

struct Siblings {
  std::size_t column = no_column;
  std::size_t all = 0, moved = 0;
  std::uint32_t most = 0;  // the value that moved most
  double lead = 0;         // its change over the mean change
};

Siblings siblings_of(const Workspace& workspace, std::size_t column, const CourseText& text,
                     const Move& move) {
  Siblings found{column, 0, 0, 0, 0};
  const auto* flat = workspace.flat(column);
  const auto& at = move.movement.stretches;
  const bool rises = move.movement.relative > 0;
  double most = 0, changes = 0;
  for (std::uint32_t value = 1; flat != nullptr && value < flat->values; ++value) {
    if (flat->rows_total(value) < sibling_rows_min) continue;
    ++found.all;
    const auto course = text.course_of(column, value);
    const double before = course.over(at.before_begin, at.before_end);
    const double after = course.over(at.after_begin, at.after_end);
    if ((after > before) == rises && after != before) ++found.moved;
    const double change = (after - before) * (rises ? 1 : -1);
    changes += std::max(0.0, change);
    if (change > most) {
      most = change;
      found.most = value;
    }
  }
  if (changes > 0) found.lead = most / changes * static_cast<double>(found.all);
  return found;
}

// The most telling column whose values nearly all go along.
std::optional<Siblings> telling(const Workspace& workspace, const CourseText& text,
                                const Move& move) {
  std::optional<Siblings> best;
  for (const std::size_t column : workspace.groupings) {
    const auto count = workspace.subject.codes(column).values();
    if (workspace.is_decoy(column) || workspace.subject.columns[column].kind == "calendar" ||
        count <= siblings_min || count > siblings_max + 1)
      continue;
    const auto found = siblings_of(workspace, column, text, move);
    if (found.all < siblings_min || found.most == 0 ||
        static_cast<double>(found.moved) < most_of * static_cast<double>(found.all))
      continue;
    // Of two columns that say nearly the same the plainer one.
    const auto plain = [&](std::size_t one) { return words_in_name(workspace.subject, one); };
    const bool alike = best && found.all == best->all && found.moved == best->moved &&
                       std::fabs(found.lead - best->lead) <= alike_max * best->lead;
    if (!best || (alike ? plain(found.column) < plain(best->column) : found.lead > best->lead))
      best = found;
  }
  return best;
}

}  // namespace

void say_siblings(findings::Claim& claim, findings::Values& values, const Workspace& workspace,
                  const CourseText& text, const Move& move) {
  const auto found = telling(workspace, text, move);
  if (!found) return;
  const auto& subject = workspace.subject;
  const auto& column = subject.columns[found->column];
  const auto& starts = workspace.periods.starts;
  const auto& at = move.movement.stretches;
  const auto stretch = [&](std::size_t begin, std::size_t end) {
    const auto condition = both_sql(
        text.condition, between_sql(subject, starts[text.first + begin], starts[text.first + end]));
    const auto amount = fmt::format("CAST({} AS DOUBLE PRECISION)", text.amount_sql(condition));
    return text.weight_sql ? fmt::format("{} / nullif({}, 0)", amount, text.weight_sql(condition))
                           : fmt::format("{} / {}", amount, end - begin);
  };
  const bool rises = move.movement.relative > 0;
  claim.evidence.push_back(
      {"parts",
       fmt::format("SELECT count(*) AS parts, count(*) FILTER (WHERE later {} earlier) AS moved, "
                   "max(name) FILTER (WHERE name IS NOT NULL) AS most FROM (SELECT {} AS name, {} "
                   "AS earlier, {} AS later FROM {} WHERE {} IS NOT NULL GROUP BY {} HAVING "
                   "count(*) >= {}) AS each_part",
                   rises ? ">" : "<", name_sql(subject, found->column, found->most),
                   stretch(at.before_begin, at.before_end), stretch(at.after_begin, at.after_end),
                   subject.from_sql, column.sql, column.sql, sibling_rows_min)});
  values.cell("parts", "parts", 0, "parts", findings::Format::integer)
      .cell("parts_moved", "parts", 0, "moved", findings::Format::integer)
      .cell("most", "parts", 0, "most");
  const std::string all = found->all == 2 ? "both " : "all {parts} ";
  const std::string which =
      (found->moved == found->all ? all : "{parts_moved} of {parts} ") + nouns_of(column);
  claim.summary += fmt::format(" It {} for {}, most for {{most}}.", rises ? "rose" : "fell", which);
}

}  // namespace insights::patterns
