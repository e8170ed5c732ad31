// "The top tenth of customers bring 60 % of sales": how a total is spread over many.
#include <fmt/format.h>

#include <cmath>

#include "patterns/parts.h"
#include "stats/concentration.h"

namespace insights::patterns {

namespace {

using findings::Format;

constexpr std::size_t parts_min = 50;  // before "the top tenth" is said

double known_total(const Workspace& workspace, std::size_t column) {
  const Amount amount(workspace);
  double sum = 0;
  for (const auto part : parts_of(workspace.subject, column))
    sum += amount.of(*workspace.flat(column), part);
  return sum;
}

void add_evidence(findings::Claim& claim, const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const auto placed = fmt::format(
      "SELECT name, CASE WHEN amount > 0 THEN amount ELSE 0 END AS amount, row_number() OVER "
      "(ORDER BY amount DESC, part) AS place, count(*) OVER () AS parts FROM ({}) AS parts_of_all",
      parts_sql(subject, amount, column));
  claim.evidence.push_back(
      {"a",
       fmt::format("SELECT max(parts) AS parts, count(*) FILTER (WHERE place * 10 <= parts + 9) AS "
                   "top_parts, sum(amount) FILTER (WHERE place * 10 <= parts + 9) AS top_amount, "
                   "sum(amount) AS total, substr(max(name) FILTER (WHERE place = 1), 1, 45) AS "
                   "who, sum(amount) "
                   "FILTER (WHERE place = 1) AS largest FROM ({}) AS placed",
                   placed)});
  claim.evidence.push_back({"b", top_parts_sql(subject, amount, column, 15)});
}

}  // namespace

std::optional<double> top_tenth_share(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  if (subject.columns[column].role != catalog::Role::entity || workspace.small) return std::nullopt;
  const auto parts = parts_of(subject, column);
  if (parts.size() < parts_min ||
      static_cast<double>(parts.size()) * 3 > static_cast<double>(subject.frame.rows))
    return std::nullopt;
  std::vector<double> amounts;
  for (const auto value : parts) amounts.push_back(amount.of(*workspace.flat(column), value));
  return stats::share_of_top_fraction(amounts, 0.1);
}

findings::Claim state_top_tenth(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  const auto& own = subject.columns[column];
  auto claim = claim_about_all(workspace, "concentration", "concentration", amount.name());
  claim.fingerprint = fmt::format("concentration/top_tenth/{}", own.name);
  claim.columns.insert(claim.columns.begin(), own.name);
  if (!own.kind.empty()) claim.topics.push_back(own.kind);
  add_evidence(claim, workspace, column);
  findings::Values values;
  values.cell("parts", "a", 0, "parts", Format::integer)
      .cell("top_parts", "a", 0, "top_parts", Format::integer)
      .cell("who", "a", 0, "who");
  values.cell("top_amount", "a", 0, "top_amount", amount.format(), amount.unit())
      .cell("total", "a", 0, "total", amount.format(), amount.unit());
  values.cell("largest", "a", 0, "largest", amount.format(), amount.unit());
  values.formula("top_share", "top_amount / total", Format::percent)
      .formula("largest_share", "largest / total", Format::percent);
  const auto what = amount.phrase(values), nouns = nouns_of(own), noun = noun_of(own);
  const double unknown = amount.total() - known_total(workspace, column);
  const auto of = std::fabs(unknown) > 0.01 * amount.total()
                      ? fmt::format("the {} with a known {}", what, noun)
                      : what;
  claim.title = fmt::format(
      "The top tenth of {} bring {{top_share}} of {}; the largest, {{who}}, {{largest_share}}",
      nouns, of);
  claim.summary =
      fmt::format("{{top_parts}} of {{parts}} {} make up {{top_amount}} of {{total}}{}.", nouns,
                  amount.is_money() ? "" : " " + what);
  const auto* kind = workspace.vocabulary.kind_named(own.kind);
  claim.action = kind != nullptr && kind->orders
                     ? "Look after the top tenth first: regular contact, and a call as soon as one "
                       "of them slows down; serve the many small ones at little cost."
                     : fmt::format(
                           "Keep the top tenth in good order first, and ask which of the many "
                           "small {} earn their keep.",
                           nouns);
  set_counted_impact(claim, values, workspace, "top_amount", findings::Account::none,
                     "what the top tenth brings, spread over the months of the data");
  claim.values = values.bindings();
  claim.test.effect_name = "share of the top tenth";
  claim.chart = {findings::Chart::Mark::bar,
                 fmt::format("The largest {}, by {}", nouns, what),
                 "b",
                 {"name", own.label, findings::Chart::Axis::Kind::nominal, ""},
                 amount.axis("amount"),
                 "",
                 "",
                 "",
                 ""};
  claim.guards = usual_guards(workspace);
  return claim;
}

}  // namespace insights::patterns
