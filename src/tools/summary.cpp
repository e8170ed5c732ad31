// What a session has done, in so few words that a conversation can go on from them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "findings/characters.h"
#include "tools/correction.h"
#include "tools/desk.h"

namespace insights::tools {

namespace {

constexpr std::size_t queries_told_max = 40;
constexpr std::size_t sql_characters_max = 400;
constexpr std::size_t rows_told_max = 3;

bool is_cited(const Desk& desk, const std::string& id) {
  return std::ranges::any_of(desk.recorded, [&](const Recorded& one) {
    return std::ranges::find(one.claim.evidence, id, &findings::EvidenceQuery::id) !=
           one.claim.evidence.end();
  });
}

// Values of a result are told again only where the mode lets a result be told as it is.
bool tells_rows(const Desk& desk) {
  return desk.curtain.mode() == PrivacyMode::tokens || desk.curtain.mode() == PrivacyMode::full;
}

}  // namespace

std::string Session::summary() {
  auto& desk = *desk_;
  std::string text = "<data summary of the exploration so far>\nRecorded findings:\n";
  for (const auto& one : desk.recorded)
    text += fmt::format("- {} | {}{}\n", one.claim.title, one.claim.summary,
                        one.based_on.empty() ? "" : " (" + one.based_on + ")");
  for (const auto& [fingerprint, claim] : desk.deepened)
    text += fmt::format("- added to a lead: {}\n", claim.title);
  text += "Tests:\n";
  for (const auto& [id, test] : desk.tests)
    text +=
        fmt::format("- {}: {}{} {}: {}\n", id, fmt::join(test.columns, ", "),
                    test.group ? " of " + desk.curtain.told(source::Cell(test.group->value)) : "",
                    test.test.name, is_accepted(desk, id) ? "holds" : "may be chance");
  // Those that findings cite, then the latest.
  std::vector<std::pair<std::size_t, const std::string*>> order;
  for (const auto& [id, query] : desk.queries) {
    const auto digits = id.find_first_of("0123456789");
    const auto number =
        std::strtoul(id.c_str() + (digits == std::string::npos ? 0 : digits), nullptr, 10);
    order.emplace_back(number + (is_cited(desk, id) ? 1'000'000 : 0), &id);
  }
  std::ranges::sort(order, std::greater{}, &std::pair<std::size_t, const std::string*>::first);
  if (order.size() > queries_told_max) order.resize(queries_told_max);
  text += "Queries that can be cited, with their first rows:\n";
  for (const auto& [number, id] : order) {
    const auto& query = desk.queries.find(*id)->second;
    text +=
        fmt::format("- {}: {}\n", *id,
                    desk.curtain.told_quoting(findings::clean_text(query.sql, sql_characters_max)));
    if (!query.rows || !tells_rows(desk)) continue;
    for (std::size_t row = 0; row < std::min(rows_told_max, query.rows->rows.size()); ++row)
      text += fmt::format("    {}\t{}\n", row, desk.curtain.row(*query.rows, row, query.read));
  }
  return text + "</data>";
}

}  // namespace insights::tools
