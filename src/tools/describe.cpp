// list_tables and describe_table: what the catalog made of the tables.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sql/dialect.h"
#include "tools/arguments.h"
#include "tools/desk.h"

namespace insights::tools {

namespace {

constexpr std::size_t tables_max = 100;
constexpr std::size_t columns_max = 120;
constexpr std::size_t examples_max = 6;

bool is_own(const catalog::Subject& subject, const catalog::Column& column) {
  return column.table == subject.table && !column.derived;
}

std::string summary_of(const Desk& desk, const analyst::Prepared& prepared) {
  const auto plain = [&](std::string_view text) { return desk.curtain.cleaned(text); };
  const auto& subject = *prepared.subject;
  std::size_t own = 0;
  for (std::size_t i = 0; i < subject.columns.size(); ++i)
    own += is_own(subject, subject.columns[i]) && !prepared.decoys.contains(i) ? 1 : 0;
  auto text = fmt::format(
      "{}\t{}\t{}\t{}", plain(subject.table), subject.frame.rows, own,
      subject.time ? base::iso_text(subject.first_day) + " to " + base::iso_text(subject.last_day)
                   : "no time");
  std::string links;
  for (const auto& join : subject.joins)
    links += fmt::format("{}{} = {}.{}", links.empty() ? "" : "; ", plain(join.from_column),
                         plain(join.to_table), plain(join.to_column));
  return text + "\t" + links;
}

// The values that are known to be few and to name no one: those a filter can use.
std::string examples_of(const Desk& desk, const catalog::Subject& subject, std::size_t column) {
  const bool tells =
      desk.curtain.mode() == PrivacyMode::tokens || desk.curtain.mode() == PrivacyMode::full;
  if (!tells || !subject.is_coded(column) || subject.columns[column].role == catalog::Role::text)
    return "";
  const auto& codes = subject.codes(column);
  std::map<std::uint32_t, std::size_t> counts;
  for (std::size_t row = 0; row < codes.codes.size(); ++row) ++counts[codes.codes[row]];
  counts.erase(0);
  std::vector<std::pair<std::size_t, std::uint32_t>> often;
  for (const auto& [code, count] : counts) often.emplace_back(count, code);
  std::ranges::sort(often, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(often.size(), examples_max); ++i)
    text +=
        (i == 0 ? "" : ", ") + desk.curtain.told(source::Cell(codes.dictionary[often[i].second]));
  return text + (often.size() > examples_max ? ", ..." : "");
}

std::string column_line(const Desk& desk, const catalog::Subject& subject, std::size_t i) {
  const auto plain = [&](std::string_view text) { return desk.curtain.cleaned(text); };
  const auto& column = subject.columns[i];
  const auto& profile = subject.frame.columns[i].profile;
  auto role = std::string(catalog::name(column.role));
  if (!column.kind.empty()) role += " (" + column.kind + ")";
  const auto* person = catalog::find(desk.guard.personal, column.table, column.name);
  if (person != nullptr && person->privacy == sql::Privacy::closed)
    role += ", personal: not to be read";
  else if (person != nullptr && person->privacy != sql::Privacy::open)
    role += ", personal: its values come as tokens";
  if (column.role == catalog::Role::measure && !column.additive) role += ", not to be added up";
  return fmt::format("{}\t{}\t{}\t{}\t{}{}\t{}\t{}\t{}", plain(column.name), column.engine_type,
                     role, plain(column.unit), profile.distinct_is_lower_bound ? "at least " : "",
                     profile.distinct, profile.nulls, examples_of(desk, subject, i),
                     plain(column.description));
}

Answer description(Desk& desk, const analyst::Prepared& prepared) {
  const auto& subject = *prepared.subject;
  std::string lines;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < subject.columns.size() && shown < columns_max; ++i) {
    if (prepared.decoys.contains(i) || !is_own(subject, subject.columns[i])) continue;
    lines += column_line(desk, subject, i) + "\n";
    ++shown;
    if (!examples_of(desk, subject, i).empty())
      desk.curtain.carry({subject.table, subject.columns[i].name});
  }
  return {
      fmt::format("<data table=\"{}\" in_sql=\"{}\" rows=\"{}\">\n"
                  "column\ttype\trole\tunit\tdistinct\tnulls\tvalues\tdescription\n{}</data>",
                  desk.curtain.cleaned(subject.table), desk.curtain.cleaned(subject.relation_sql),
                  subject.frame.rows, lines)};
}

}  // namespace

std::string Session::tables_text(std::size_t most) const {
  const auto& desk = *desk_;
  const auto& subjects = desk_->material.subjects;  // largest and best linked first
  std::string lines;
  for (std::size_t i = 0; i < std::min(most, subjects.size()); ++i)
    lines += summary_of(desk, subjects[i]) + "\n";
  return fmt::format(
      "<data tables=\"{}\" shown=\"{}\" dialect=\"{}\">\n"
      "table\trows\tcolumns\ttime\tlinks\n{}</data>",
      subjects.size(), std::min(most, subjects.size()),
      sql::name(desk_->database().source.dialect()), lines);
}

std::string Session::columns_text(std::size_t most) {
  const auto& subjects = desk_->material.subjects;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, subjects.size()); ++i)
    text += (i == 0 ? "" : "\n") + description(*desk_, subjects[i]).text;
  return text;
}

Work begin_list_tables(Desk& desk, const std::string&, std::string_view arguments) {
  return [&desk, status = read_no_arguments(arguments)] {
    if (!status) return refusal(status.error());
    std::string lines;
    const auto& subjects = desk.material.subjects;
    for (std::size_t i = 0; i < std::min(tables_max, subjects.size()); ++i)
      lines += summary_of(desk, subjects[i]) + "\n";
    return Answer{fmt::format("<data tables=\"{}\">\ntable\trows\tcolumns\ttime\tlinks\n{}</data>",
                              subjects.size(), lines)};
  };
}

Work begin_describe_table(Desk& desk, const std::string&, std::string_view arguments) {
  return [&desk, read = read_table(arguments)] {
    if (!read) return refusal(read.error());
    const auto prepared = desk.subject(read->table);
    return prepared ? description(desk, **prepared) : refusal(prepared.error());
  };
}

}  // namespace insights::tools
