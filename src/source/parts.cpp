#include "source/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "sql/dialect.h"

namespace insights::source {

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

bool go_together(const TableColumn& one, const TableColumn& other) {
  if (one.engine_type == other.engine_type) return true;
  // A column that is empty in one file is text there, whatever it is in the others.
  if (one.engine_type == "VARCHAR" || other.engine_type == "VARCHAR") return true;
  return (is_number_type(one.engine_type) && is_number_type(other.engine_type)) ||
         (is_time_type(one.engine_type) && is_time_type(other.engine_type));
}

bool go_together(const Part& one, const Part& other) {
  if (one.file.kind != other.file.kind || one.file.kind == FileKind::database) return false;
  if (one.file.path.parent_path() != other.file.path.parent_path()) return false;
  if (one.columns.size() != other.columns.size()) return false;
  return std::ranges::all_of(one.columns, [&](const TableColumn& column) {
    return std::ranges::any_of(other.columns, [&](const TableColumn& twin) {
      return column.name == twin.name && go_together(column, twin);
    });
  });
}

// The longest beginning of all the names, without the digits and separators at its end: "sales" of
// sales_2024, sales_2025.
std::string common_stem(const std::vector<Part>& parts) {
  std::string stem = parts.front().name;
  for (const auto& part : parts) {
    const auto [end, other] = std::ranges::mismatch(stem, part.name);
    stem.erase(end, stem.end());
  }
  const auto last = stem.find_last_not_of("0123456789_-. ()[]");
  stem.erase(last == std::string::npos ? 0 : last + 1);
  return stem;
}

std::string name_of(const std::vector<Part>& parts) {
  if (parts.size() == 1) return parts.front().name;
  const auto stem = common_stem(parts);
  if (stem.size() > 1 && lower(stem) != "part") return stem;
  const auto directory = parts.front().file.path.parent_path().stem().string();
  return directory.empty() || directory == "." ? "table" : directory;
}

std::string unique_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = wanted;
  for (int number = 2; !taken.insert(lower(name)).second; ++number)
    name = fmt::format("{}_{}", wanted, number);
  return name;
}

}  // namespace

TablePlans plan_tables(std::vector<Part> parts) {
  TablePlans plans;
  for (auto& part : parts) {
    const auto home = std::ranges::find_if(
        plans.tables, [&](const TablePlan& plan) { return go_together(plan.parts.front(), part); });
    if (home != plans.tables.end()) {
      home->parts.push_back(std::move(part));
    } else {
      plans.tables.push_back({"", {std::move(part)}});
    }
  }
  std::set<std::string> taken;
  for (auto& plan : plans.tables) {
    std::ranges::sort(plan.parts, {},
                      [](const Part& part) { return part.file.path.filename().string(); });
    const auto wanted = name_of(plan.parts);
    plan.name = unique_name(wanted, taken);
    if (plan.parts.size() > 1) {
      plans.notes.push_back(fmt::format(
          "Table {}: {} files with the same columns were put together, from {} to {}.", plan.name,
          plan.parts.size(), plan.parts.front().file.path.filename().string(),
          plan.parts.back().file.path.filename().string()));
    }
    if (plan.name != wanted) {
      plans.notes.push_back(fmt::format("{} is called {}, because another table has its name.",
                                        plan.parts.front().file.path.string(), plan.name));
    }
  }
  return plans;
}

std::string relation_of(const TablePlan& plan) {
  const auto& first = plan.parts.front();
  if (first.parquet.empty()) return first.relation;
  std::string list;
  bool alike = true;
  for (const auto& part : plan.parts) {
    list += (list.empty() ? "" : ", ") + sql::quote_text(part.parquet.string());
    alike = alike && part.columns == first.columns;
  }
  // To unite by name DuckDB opens all files for each query, so only where the order or types
  // differ.
  return fmt::format("read_parquet([{}]{})", list, alike ? "" : ", union_by_name = true");
}

bool is_number_type(std::string_view type) {
  return type == "DOUBLE" || type == "FLOAT" || type.ends_with("INT") || type == "INTEGER" ||
         type == "UINTEGER" || type.starts_with("DECIMAL");
}

bool is_time_type(std::string_view type) { return type == "DATE" || type.starts_with("TIMESTAMP"); }

}  // namespace insights::source
