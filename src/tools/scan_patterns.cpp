// scan_patterns: one of the statistical analyst's patterns, on a table or on part of its rows.
#include <fmt/format.h>

#include <algorithm>

#include "analyst/statistical.h"
#include "base/nearest.h"
#include "findings/prove.h"
#include "patterns/all.h"
#include "patterns/wording.h"
#include "tools/arguments.h"
#include "tools/desk.h"
#include "tools/segment.h"

namespace insights::tools {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t claims_max = 8;

base::Status check_pattern(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& pattern : patterns::all_patterns) {
    if (pattern.name == name) return {};
    names.emplace_back(pattern.name);
  }
  return fail(ErrorKind::not_found, fmt::format("There is no pattern \"{}\".", name),
              base::did_you_mean(name, names));
}

// That it is about part of the rows only, a reader must be told.
void say_of_what(findings::Claim& claim, const Segment& segment, const catalog::Subject& subject,
                 const ScanArguments& arguments) {
  using findings::CellReference;
  const bool dated = arguments.segment.from || arguments.segment.to;
  std::string select;
  if (segment.entity) {
    const auto* column = subject.find(segment.entity->column);
    select = fmt::format("max({}) AS part", column->sql);
    claim.values.insert_or_assign("part", findings::ValueBinding{CellReference{"part", 0, "part"},
                                                                 findings::Format::text, ""});
    claim.values.insert_or_assign(
        "part_of",
        findings::ValueBinding{findings::CatalogName{column->name}, findings::Format::text, ""});
  }
  if (dated) {
    const auto time = patterns::time_sql(subject);
    select += fmt::format("{0}min({1}) AS part_from, max({1}) AS part_to",
                          select.empty() ? "" : ", ", time);
    for (const auto* name : {"part_from", "part_to"})
      claim.values.insert_or_assign(
          name, findings::ValueBinding{CellReference{"part", 0, name}, findings::Format::date, ""});
  }
  claim.evidence.push_back({"part", fmt::format("SELECT {} FROM {}", select, subject.from_sql)});
  claim.summary +=
      fmt::format(" Only rows{}{} were looked at.", segment.entity ? " of {part_of} {part}" : "",
                  dated ? " from {part_from} to {part_to}" : "");
}

struct Scanned {
  std::string words;  // what was looked at
  analyst::Investigation found;
};

Result<Scanned> scanned(const Desk& desk, const ScanArguments& arguments) {
  TRY(check_pattern(arguments.pattern));
  const auto segment = TRY(segment_of(desk, arguments.segment));
  const auto subject = TRY(cut_out(segment));
  auto brief = desk.brief;
  brief.only = {arguments.pattern};
  brief.claims_max = claims_max;
  brief.threads = 1;
  analyst::StatisticalAnalyst analyst(desk.vocabulary);
  auto found = TRY(analyst.investigate(
      brief, {.subjects = {{&subject, segment.prepared->decoys}}, .database = nullptr}, {},
      desk.stop));
  // A segment's hypotheses are not those of the whole table.
  for (auto& entry : found.ledger.entries) {
    entry.family = "asked/" + entry.family + (segment.words.empty() ? "" : " of " + segment.words);
    if (!segment.words.empty()) entry.fingerprint += " of " + segment.words;
  }
  for (auto& stated : found.claims) {
    if (segment.words.empty()) continue;
    auto& claim = stated.claim;
    claim.fingerprint = found.ledger.entries[stated.entry].fingerprint;
    claim.family = found.ledger.entries[stated.entry].family;
    if (segment.entity) claim.scope.equals.push_back(*segment.entity);
    if (segment.entity) claim.entities.push_back(*segment.entity);
    std::ranges::sort(claim.scope.equals, {}, &findings::Entity::column);
    say_of_what(claim, segment, subject, arguments);
  }
  return Scanned{segment.words, std::move(found)};
}

Answer kept(Desk& desk, const std::string& id, Result<Scanned> scan) {
  if (!scan) return refusal(scan.error());
  const auto number = desk.scans.size();
  const auto& entries = scan->found.ledger.entries;
  std::string lines;
  std::size_t shown = 0;
  for (auto& [claim, place, recorded] : scan->found.claims) {
    const auto finding =
        findings::prove(claim, desk.database().reader, desk.database().style, desk.stop);
    if (!finding) continue;
    const auto name = fmt::format("scan-{}-{}", id, ++shown);
    lines += fmt::format("{}\t{}\t{}\n", name, fmt::join(claim.columns, ", "), desk.told(*finding));
    desk.offers.emplace(name,
                        Offer{.claim = claim, .is_lead = false, .scan = number, .entry = place});
  }
  const auto tested =
      std::ranges::count_if(entries, [](const auto& entry) { return !entry.decoy; });
  desk.scans.push_back(std::move(scan->found.ledger));
  const auto of_what = scan->words.empty() ? std::string() : " of " + scan->words;
  if (shown == 0)
    return {fmt::format("{} hypotheses{} were tested, and nothing stands out.", tested, of_what)};
  return {fmt::format("<data tested=\"{}\" accepted=\"{}\"{}>\nid\tcolumns\tfinding\n{}</data>",
                      tested, shown, of_what.empty() ? "" : " rows=\"" + scan->words + "\"",
                      lines)};
}

}  // namespace

Work begin_scan_patterns(Desk& desk, const std::string& id, std::string_view arguments) {
  const auto read = read_scan(arguments);
  if (!read) return [error = read.error()] { return refusal(error); };
  return [&desk, id, scan = scanned(desk, *read)] { return kept(desk, id, scan); };
}

}  // namespace insights::tools
