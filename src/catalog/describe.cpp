#include "catalog/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace insights::catalog {

namespace {

using Json = nlohmann::ordered_json;

std::string join_names(const Subject& subject, const std::vector<std::size_t>& columns,
                       std::string_view between) {
  std::string text;
  for (const std::size_t i : columns)
    text += (text.empty() ? "" : std::string(between)) + subject.columns[i].name;
  return text;
}

std::vector<std::size_t> determined_by(const Subject& subject, std::size_t column) {
  std::vector<std::size_t> found;
  for (std::size_t other = 0; other < subject.columns.size(); ++other) {
    if (subject.has_dependency(column, other)) found.push_back(other);
  }
  return found;
}

std::string range_text(const Subject& subject, std::size_t i) {
  const auto& profile = subject.frame.columns[i].profile;
  if (profile.rows == profile.nulls) return "";
  if (subject.columns[i].role == Role::time) {
    return fmt::format("{} to {}",
                       base::iso_text(base::Day{static_cast<std::int32_t>(profile.minimum)}),
                       base::iso_text(base::Day{static_cast<std::int32_t>(profile.maximum)}));
  }
  if (subject.frame.columns[i].numbers() != nullptr) {
    return fmt::format("{} to {}", frame::number_text(profile.minimum),
                       frame::number_text(profile.maximum));
  }
  return fmt::format("{}{} values", profile.distinct_is_lower_bound ? "over " : "",
                     profile.distinct);
}

std::size_t columns_in_table(const Subject& subject) {
  return static_cast<std::size_t>(std::ranges::count(subject.columns, false, &Column::derived));
}

// A line of the head: what it is about, then `text`, broken between words to fit 80 columns.
std::string head_line(std::string_view about, const std::string& text) {
  constexpr std::size_t indent = 12, width = 80;
  std::string lines = fmt::format("  {:<10}", about);
  std::size_t column = indent;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto size = end - at;
    if (column > indent && column + 1 + size > width) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += text.substr(at, size);
    column += size;
    at = end + 1;
  }
  return lines + "\n";
}

// A line a thing: "product  sku, named by title".
std::string things(const Subject& subject) {
  std::string text;
  for (const auto& column : subject.columns) {
    if (column.role != Role::entity) continue;
    text += head_line(column.kind.empty() ? "thing" : column.kind,
                      column.label_column.empty()
                          ? column.name
                          : fmt::format("{}, named by {}", column.name, column.label_column));
  }
  return text;
}

std::string describe_head(const Subject& subject) {
  std::string text = fmt::format("{}  ({} rows, {} columns, from {})\n", subject.table,
                                 subject.frame.rows, columns_in_table(subject), subject.origin);
  if (subject.time) {
    text += head_line(
        "time", fmt::format("{}, {} to {}", subject.columns[*subject.time].name,
                            base::iso_text(subject.first_day), base::iso_text(subject.last_day)));
  }
  if (subject.money) {
    text += head_line(
        "money", subject.columns[*subject.money].name +
                     (subject.currency.empty() ? ", currency unknown (set \"unit\" in the metadata)"
                                               : ", in " + subject.currency));
  }
  if (subject.chain) text += head_line("chain", join_names(subject, subject.chain->columns, " > "));
  if (subject.returns) text += head_line("returns", "where " + subject.returns->how);
  text += things(subject);
  for (const auto& join : subject.joins) {
    text += head_line(
        "join", fmt::format("{} -> {}.{} ({}, {:.1f} % of the rows match)", join.from_column,
                            join.to_table, join.to_column,
                            join.declared ? "by a foreign key" : "inferred", 100 * join.matched));
  }
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto determined = determined_by(subject, i);
    if (!determined.empty())
      text += head_line(
          "each", subject.columns[i].name + " has one " + join_names(subject, determined, ", "));
  }
  return text;
}

// "email, guarded from models: its name says email"
std::string personal_text(const Personal& personal) {
  const auto treated = [&]() -> std::string_view {
    switch (personal.privacy) {
      case sql::Privacy::open:
        return "shown to models";
      case sql::Privacy::masked:
        return "masked for models";
      case sql::Privacy::guarded:
        return "masked for models, and not to be compared";
      case sql::Privacy::closed:
        return "closed to models";
    }
    std::unreachable();
  }();
  return fmt::format("personal: {}, {}; {}{}", personal.kind, treated, personal.why,
                     personal.from_metadata ? " [metadata]" : "");
}

std::string_view policy_name(sql::Privacy privacy) {
  if (privacy == sql::Privacy::open) return "allow";
  return privacy == sql::Privacy::closed ? "refuse" : "mask";
}

std::string describe_columns(const Subject& subject, const PersonalColumns& all_personal) {
  std::size_t width = 6;
  for (const auto& column : subject.columns)
    width = std::max(width, std::min<std::size_t>(column.name.size(), 28));
  std::string text;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto& column = subject.columns[i];
    std::string what(name(column.role));
    if (!column.kind.empty()) what += ", " + column.kind;
    if (!column.unit.empty()) what += " in " + column.unit;
    if (column.derived) what += " (computed)";
    text += fmt::format("  {:<{}}  {:<26}  {}\n", column.name, width, what, range_text(subject, i));
    std::string why = column.why;
    if (!column.label_column.empty()) why += fmt::format("; named by {}", column.label_column);
    if (subject.frame.columns[i].profile.nulls > 0)
      why += fmt::format("; {} empty", subject.frame.columns[i].profile.nulls);
    text += fmt::format("  {:<{}}    {}{}\n", "", width, why,
                        column.from_metadata ? " [metadata]" : "");
    if (const auto* personal = find(all_personal, column.table, column.name))
      text += fmt::format("  {:<{}}    {}\n", "", width, personal_text(*personal));
  }
  return text;
}

Json personal_json(const Personal& personal) {
  return {{"kind", personal.kind},
          {"policy", policy_name(personal.privacy)},
          {"guarded", personal.privacy == sql::Privacy::guarded},
          {"why", personal.why},
          {"from_metadata", personal.from_metadata}};
}

// Columns of tables that were joined on, or of which nothing else is said.
std::string personal_elsewhere(const Catalog& catalog, const PersonalColumns& all_personal) {
  std::string text;
  for (const auto& [table, columns] : all_personal) {
    for (const auto& [name, personal] : columns) {
      const auto is_it = [&](const Column& column) {
        return column.table == table && column.name == name;
      };
      const bool is_told = std::ranges::any_of(catalog.subjects, [&](const Subject& subject) {
        return std::ranges::any_of(subject.columns, is_it);
      });
      if (!is_told) text += fmt::format("{}.{}: {}\n", table, name, personal_text(personal));
    }
  }
  return text;
}

Json column_json(const Subject& subject, std::size_t i, const PersonalColumns& all_personal) {
  const auto& column = subject.columns[i];
  const auto& profile = subject.frame.columns[i].profile;
  Json json;
  json["name"] = column.name;
  json["table"] = column.table;
  json["type"] = column.engine_type;
  json["role"] = name(column.role);
  json["kind"] = column.kind;
  json["unit"] = column.unit;
  json["label"] = column.label;
  json["noun"] = column.noun;
  json["description"] = column.description;
  json["label_column"] = column.label_column;
  json["return_value"] = column.return_value;
  json["additive"] = column.additive;
  json["money"] = column.money;
  json["derived"] = column.derived;
  json["from_metadata"] = column.from_metadata;
  json["sql"] = column.sql;
  json["why"] = column.why;
  json["rows"] = profile.rows;
  json["nulls"] = profile.nulls;
  json["distinct"] = profile.distinct;
  json["distinct_is_lower_bound"] = profile.distinct_is_lower_bound;
  json["range"] = range_text(subject, i);
  Json determined = Json::array();
  for (const std::size_t other : determined_by(subject, i))
    determined.push_back(subject.columns[other].name);
  json["determines"] = determined;
  const auto* personal = find(all_personal, column.table, column.name);
  json["personal"] = personal == nullptr ? Json(nullptr) : personal_json(*personal);
  return json;
}

Json subject_json(const Subject& subject, const PersonalColumns& personal) {
  const auto column_name = [&](const std::optional<std::size_t>& i) {
    return i ? Json(subject.columns[*i].name) : Json(nullptr);
  };
  Json json;
  json["table"] = subject.table;
  json["origin"] = subject.origin;
  json["rows"] = subject.frame.rows;
  json["time"] = column_name(subject.time);
  json["money"] = column_name(subject.money);
  json["quantity"] = column_name(subject.quantity);
  json["currency"] = subject.currency;
  json["returns"] = subject.returns ? Json(subject.returns->how) : Json(nullptr);
  Json chain = Json::array();
  if (subject.chain) {
    for (const std::size_t i : subject.chain->columns) chain.push_back(subject.columns[i].name);
  }
  json["chain"] = chain;
  Json joins = Json::array();
  for (const auto& join : subject.joins) {
    joins.push_back({{"from", join.from_column},
                     {"to_table", join.to_table},
                     {"to", join.to_column},
                     {"inferred", !join.declared},
                     {"matched", join.matched}});
  }
  json["joins"] = joins;
  Json columns = Json::array();
  for (std::size_t i = 0; i < subject.columns.size(); ++i)
    columns.push_back(column_json(subject, i, personal));
  json["columns"] = columns;
  json["notes"] = subject.notes;
  return json;
}

}  // namespace

std::string describe(const Catalog& catalog, const PersonalColumns& personal) {
  std::string text;
  for (const auto& subject : catalog.subjects)
    text += describe_head(subject) + "\n" + describe_columns(subject, personal) + "\n";
  text += personal_elsewhere(catalog, personal);
  for (const auto& note : catalog.notes) text += fmt::format("note: {}\n", note);
  text +=
      "To correct it, write what is so into metadata/TABLE.json, add --metadata metadata, and run\n"
      "schema again:\n"
      "  {\"a column\": {\"role\": \"measure\", \"kind\": \"money\", \"unit\": \"INR\", "
      "\"label\": \"sales\"},\n"
      "   \"another\":  {\"role\": \"entity\", \"kind\": \"customer\", \"label_column\": "
      "\"its name\"},\n"
      "   \"a third\":  {\"return_value\": \"RE\"},\n"
      "   \"a fourth\": {\"personal\": \"email\", \"policy\": \"mask\"}}\n";
  text += "Roles: ";
  for (const auto role : {Role::time, Role::entity, Role::dimension, Role::measure, Role::flag,
                          Role::identifier, Role::label, Role::text, Role::unused})
    text += fmt::format("{}{}", role == Role::time ? "" : ", ", name(role));
  text += ".\n";
  return text;
}

std::string describe_json(const Catalog& catalog, const PersonalColumns& personal) {
  Json json;
  json["business_context"] = catalog.business_context;
  json["subjects"] = Json::array();
  for (const auto& subject : catalog.subjects)
    json["subjects"].push_back(subject_json(subject, personal));
  json["personal"] = Json::array();
  for (const auto& [table, columns] : personal) {
    for (const auto& [name, one] : columns) {
      Json entry{{"table", table}, {"column", name}};
      entry.update(personal_json(one));
      json["personal"].push_back(std::move(entry));
    }
  }
  json["notes"] = catalog.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace insights::catalog
