#include "tools/curtain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "findings/characters.h"
#include "findings/sentence.h"
#include "sql/dialect.h"
#include "tools/aggregate_rule.h"

namespace insights::tools {

namespace {

constexpr std::size_t tokens_max = 200'000;  // values that get one; more are withheld by position
constexpr std::string_view withheld = "(withheld)";
constexpr std::string_view rows_column = "group_rows";

bool names_something(const catalog::Column& column) {
  return column.role == catalog::Role::entity || column.role == catalog::Role::label ||
         column.role == catalog::Role::text || column.role == catalog::Role::identifier;
}

bool has_letter(std::string_view text) {
  return std::ranges::any_of(text,
                             [](unsigned char c) { return std::isalpha(c) != 0 || c >= 0x80; });
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Words for the model may hold a number of the data ("the impact -5200 is below zero"); those of up
// to two digits are rows, lines and limits.
std::string without_numbers(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 ||
                                 (text[end] == '.' && end > at)))
      ++end;
    if (end - at > 2 && (at == 0 || !is_word(text[at - 1])))
      result += "(a number)";
    else
      result += text.substr(at, std::max<std::size_t>(end - at, 1));
    at = std::max(end, at + 1);
  }
  return result;
}

// A block of data must not seem to end before its end.
std::string fenced(std::string text) {
  for (auto at = text.find("</"); at != std::string::npos; at = text.find("</", at + 3))
    text.insert(at + 1, "\\");
  return text;
}

}  // namespace

std::string_view name(PrivacyMode mode) {
  switch (mode) {
    case PrivacyMode::schema:
      return "schema";
    case PrivacyMode::aggregates:
      return "aggregates";
    case PrivacyMode::tokens:
      return "tokens";
    case PrivacyMode::full:
      return "full";
  }
  std::unreachable();
}

Curtain::Curtain(const std::vector<analyst::Prepared>& subjects,
                 const catalog::PersonalColumns& personal, Privacy privacy, Caps caps,
                 const source::Masks::Key& key)
    : privacy_(privacy), caps_(caps), masks_(key) {
  for (const auto& prepared : subjects) {
    const auto& subject = *prepared.subject;
    for (std::size_t i = 0; i < subject.columns.size(); ++i) {
      if (prepared.decoys.contains(i) || !subject.is_coded(i)) continue;
      const auto& column = subject.columns[i];
      const auto* person = catalog::find(personal, column.table, column.name);
      const bool masked = person != nullptr && person->privacy != sql::Privacy::open;
      const bool secret = privacy_.mode != PrivacyMode::full && names_something(column);
      const auto& values = subject.codes(i).dictionary;
      for (std::size_t code = 1; code < values.size(); ++code) {
        if (masked) {
          token_of_.insert_or_assign(values[code], masks_.token(values[code]));
        } else if (!secret) {
          plain_.insert(values[code]);
        } else if (token_of_.size() < tokens_max && !token_of_.contains(values[code])) {
          auto token = fmt::format("{}~{}", column.name, code);
          value_of_.emplace(token, values[code]);
          token_of_.emplace(values[code], std::move(token));
        }
      }
    }
  }
}

std::string Curtain::cleaned(std::string_view text) const {
  return fenced(findings::clean_text(text, caps_.value_characters_max));
}

std::string Curtain::told_text(const std::string& text) const {
  if (const auto token = token_of_.find(text); token != token_of_.end()) return token->second;
  if (privacy_.mode == PrivacyMode::full) return cleaned(text);
  // A text that is no value of a column is made of some: it may hold a name.
  if (has_letter(text) && !plain_.contains(text)) return std::string(withheld);
  return cleaned(text);
}

std::string Curtain::told(const source::Cell& cell) const {
  if (source::is_null(cell)) return "NULL";
  if (const auto* text = std::get_if<std::string>(&cell)) return told_text(*text);
  return source::text_of(cell);
}

std::string Curtain::row(const source::Rows& rows, std::size_t row, const sql::Resolved& read) {
  const auto personal = sql::personal_columns(read, rows.columns);
  std::string line;
  for (std::size_t i = 0; i < rows.rows[row].size(); ++i) {
    const auto& cell = rows.rows[row][i];
    if (i > 0) line += "\t";
    line +=
        personal[i] && !source::is_null(cell) ? masks_.token(source::text_of(cell)) : told(cell);
  }
  return line;
}

std::string Curtain::block(std::string_view id, const source::Rows& rows,
                           const sql::Resolved& read) {
  const auto count = rows.rows.size();
  const auto more = rows.truncated ? fmt::format("more than {}", count) : fmt::format("{}", count);
  if (privacy_.mode == PrivacyMode::schema) {
    std::string names;
    for (const auto& column : rows.columns) names += (names.empty() ? "" : "\t") + cleaned(column);
    return fmt::format(
        "<data query=\"{}\" rows=\"{}\" values=\"withheld by the privacy mode\">\n{}\n</data>", id,
        more, names);
  }
  const auto counting = std::ranges::find(rows.columns, rows_column) - rows.columns.begin();
  const auto is_small = [&](const std::vector<source::Cell>& row) {
    if (privacy_.mode != PrivacyMode::aggregates) return false;
    const auto at = static_cast<std::size_t>(counting);
    const auto* group = at < row.size() ? std::get_if<std::int64_t>(&row[at]) : nullptr;
    return group == nullptr || *group < privacy_.group_min;
  };
  std::string lines;
  std::size_t shown = 0, small = 0;
  bool cut = false;
  for (std::size_t i = 0; i < count && !cut; ++i) {
    // A row that is left out keeps its number: cells are cited by it.
    std::string line;
    if (is_small(rows.rows[i])) {
      ++small;
      line = fmt::format("{}\t(a group of fewer than {} rows)", i, privacy_.group_min);
    } else {
      line = fmt::format("{}\t{}", i, row(rows, i, read));
    }
    cut = shown >= caps_.rows_max || lines.size() + line.size() > caps_.bytes_max;
    if (cut) break;
    lines += line + "\n";
    ++shown;
  }
  std::string names = "row";
  for (const auto& column : rows.columns) names += "\t" + cleaned(column);
  if (shown > small) carried_.insert(read.columns.begin(), read.columns.end());
  const bool truncated = cut || rows.truncated;
  return fmt::format(
      "<data query=\"{}\" rows=\"{}\" shown=\"{}\" truncated=\"{}\">\n{}\n{}</data>{}", id, more,
      shown, truncated ? "yes" : "no", names, lines,
      truncated ? "\nThe result is cut: aggregate, filter or order it to see what "
                  "matters first."
                : "");
}

std::string Curtain::told(const findings::Finding& finding, const std::set<std::string>& personal) {
  if (privacy_.mode == PrivacyMode::schema || privacy_.mode == PrivacyMode::aggregates)
    return cleaned(finding.title_template) + " | " +
           fenced(
               findings::clean_text(finding.summary_template, findings::headline_characters_max));
  auto values = finding.values;
  for (auto& [name, value] : values) {
    if (std::holds_alternative<findings::CatalogName>(value.binding.from)) continue;
    if (personal.contains(name))
      value.text = masks_.token(source::text_of(value.value));
    else if (const auto* text = std::get_if<std::string>(&value.value))
      value.text = told_text(*text);
  }
  const auto title = findings::fill(finding.title_template, values);
  const auto summary = findings::fill(finding.summary_template, values);
  for (const auto& column : finding.columns) carried_.insert({finding.scope.table, column});
  return fenced(findings::clean_text((title ? *title : "") + " | " + (summary ? *summary : ""),
                                     findings::headline_characters_max));
}

std::string Curtain::told_note(std::string_view note) const {
  if (privacy_.mode != PrivacyMode::full || note.empty()) return "";
  constexpr std::size_t value_bytes_min = 3;  // shorter ones would be found within words
  std::string text(note);
  for (const auto& [value, token] : token_of_) {
    if (value.size() < value_bytes_min) continue;
    for (auto at = text.find(value); at != std::string::npos;
         at = text.find(value, at + token.size()))
      text.replace(at, value.size(), token);
  }
  return fenced(findings::clean_text(text, 1000));
}

std::string Curtain::told_quoting(std::string_view message) const {
  auto text = fenced(findings::clean_text(message, 1000));
  // An engine quotes the value that it could not read.
  std::string kept;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char quote = text[at];
    const auto end = quote == '"' || quote == '\'' ? text.find(quote, at + 1) : std::string::npos;
    if (end == std::string::npos) {
      kept += quote;
      continue;
    }
    const auto inside = text.substr(at + 1, end - at - 1);
    kept += quote;
    kept += token_of_.contains(inside) ? token_of_.find(inside)->second : inside;
    kept += quote;
    at = end;
  }
  const bool tells_numbers =
      privacy_.mode == PrivacyMode::tokens || privacy_.mode == PrivacyMode::full;
  return tells_numbers ? kept : without_numbers(kept);
}

std::string Curtain::replaced(std::string_view text, bool in_sql) const {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto mark = text.find('~', at);
    if (mark == std::string_view::npos) break;
    auto begin = mark, end = mark + 1;
    while (begin > at && is_word(text[begin - 1])) --begin;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    const auto known = value_of_.find(text.substr(begin, end - begin));
    if (known == value_of_.end()) {
      result += text.substr(at, mark + 1 - at);
      at = mark + 1;
      continue;
    }
    result += text.substr(at, begin - at);
    const auto quoted = sql::quote_text(known->second);
    result += in_sql ? quoted.substr(1, quoted.size() - 2) : known->second;
    at = end;
  }
  return result.append(text.substr(at));
}

std::string Curtain::restored(std::string_view text) const {
  return replaced(masks_.values_in(text), false);
}
std::string Curtain::restored_sql(std::string_view sql) const {
  return replaced(masks_.values_in_sql(sql), true);
}

std::string Curtain::objection(std::string_view sql) const {
  return privacy_.mode == PrivacyMode::aggregates ? aggregate_objection(sql, rows_column)
                                                  : std::string();
}

}  // namespace insights::tools
