#include "source/exposure.h"

#include <fmt/format.h>

#include <optional>

#include "source/load.h"
#include "sql/dialect.h"

namespace insights::source {

namespace {

// The values are looked at for so long; what takes longer is a view over much work, and is taken as
// it is.
constexpr std::chrono::milliseconds check_time_max = std::chrono::minutes{1};

enum class Check { none, finite, calendar, fits_64_bits, to_text };

Check check_of(std::string_view type) {
  if (type == "DOUBLE" || type == "FLOAT") return Check::finite;
  if (is_time_type(type)) return Check::calendar;
  if (type == "UBIGINT" || type == "HUGEINT" || type == "UHUGEINT") return Check::fits_64_bits;
  if (is_number_type(type) || type == "BOOLEAN" || type == "VARCHAR") return Check::none;
  return Check::to_text;
}

// A condition that holds for a value that stays as it is.
std::string condition_of(const std::string& column, Check check) {
  if (check == Check::finite) return fmt::format("isfinite({})", column);
  if (check == Check::fits_64_bits)
    return fmt::format("{} BETWEEN -9223372036854775808 AND 9223372036854775807", column);
  return fmt::format("({0} >= '0001-01-01' AND {0} < '10000-01-01')", column);
}

std::string replacement_of(const std::string& column, Check check, std::int64_t odd) {
  switch (check) {
    case Check::none:
      return "";
    case Check::finite:
    case Check::calendar:
      return odd == 0
                 ? ""
                 : fmt::format("CASE WHEN {} THEN {} END", condition_of(column, check), column);
    case Check::fits_64_bits:
      return fmt::format("CAST({} AS {})", column, odd == 0 ? "BIGINT" : "DOUBLE");
    case Check::to_text:
      return fmt::format("CAST({} AS VARCHAR)", column);
  }
  std::unreachable();
}

// Which of the columns of doubles have a value that is no finite number: a sum with one is none
// either, and is had sooner than a look at every value. All of them, when that cannot be told.
std::vector<bool> may_be_odd(const std::vector<TableColumn>& columns, const std::string& relation,
                             Staging& staging) {
  std::vector<bool> odd(columns.size(), true);
  std::string list;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < columns.size(); ++index) {
    if (check_of(columns[index].engine_type) != Check::finite) continue;
    list += fmt::format("{}isfinite(sum({}))", list.empty() ? "" : ", ",
                        sql::quote_identifier(columns[index].name));
    places.push_back(index);
  }
  if (places.empty()) return odd;
  const auto rows = staging.run(fmt::format("SELECT {} FROM {}", list, relation), check_time_max);
  if (!rows) return odd;
  for (std::size_t place = 0; place < places.size(); ++place) {
    const auto& cell = rows->rows.front().at(place);
    odd[places[place]] = cell == Cell(false);
  }
  return odd;
}

// How many values of each column do not hold its condition; 0 where there is nothing to check.
std::vector<std::int64_t> count_odd(const std::vector<TableColumn>& columns,
                                    const std::string& relation, Staging& staging) {
  std::vector<std::int64_t> counts(columns.size(), 0);
  const auto odd = may_be_odd(columns, relation, staging);
  std::string list;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < columns.size(); ++index) {
    const auto check = check_of(columns[index].engine_type);
    if (check == Check::none || check == Check::to_text || !odd[index]) continue;
    list += fmt::format("{}count_if(NOT {})", list.empty() ? "" : ", ",
                        condition_of(sql::quote_identifier(columns[index].name), check));
    places.push_back(index);
  }
  if (places.empty()) return counts;
  const auto rows = staging.run(fmt::format("SELECT {} FROM {}", list, relation), check_time_max);
  if (!rows) return counts;
  for (std::size_t place = 0; place < places.size(); ++place) {
    const auto* count = std::get_if<std::int64_t>(&rows->rows.front().at(place));
    counts[places[place]] = count == nullptr ? 0 : *count;
  }
  return counts;
}

std::string origin_of(const TablePlan& plan) {
  constexpr std::size_t named_max = 3;
  const auto& parts = plan.parts;
  if (parts.size() > named_max) {
    return fmt::format("{} to {} ({} files)", parts.front().file.path.string(),
                       parts.back().file.path.string(), parts.size());
  }
  std::string origin;
  for (const auto& part : parts) {
    origin += (origin.empty() ? "" : ", ") + part.file.path.string();
  }
  return origin;
}

// Comments and the like come from the part, names and types from what the run will see.
std::vector<TableColumn> with_comments(std::vector<TableColumn> columns,
                                       const std::vector<TableColumn>& from) {
  for (auto& column : columns) {
    for (const auto& twin : from) {
      if (twin.name == column.name) column.comment = twin.comment;
    }
  }
  return columns;
}

}  // namespace

base::Result<Table> expose(const TablePlan& plan, Staging& staging,
                           std::vector<std::string>& notes) {
  const auto failed = [&](const engine::Failure& failure) {
    return std::unexpected(load_error(plan.parts.front().file, failure, staging));
  };
  const auto relation = relation_of(plan);
  const auto columns = describe(staging, relation);
  if (!columns) return failed(columns.error());
  const auto odd = count_odd(*columns, relation, staging);
  TRY(staging.stopped());
  std::string replacements;
  for (std::size_t index = 0; index < columns->size(); ++index) {
    const auto& column = columns->at(index);
    const auto name = sql::quote_identifier(column.name);
    const auto check = check_of(column.engine_type);
    const auto expression = replacement_of(name, check, odd[index]);
    if (expression.empty()) continue;
    replacements += fmt::format("{}{} AS {}", replacements.empty() ? "" : ", ", expression, name);
    if (odd[index] == 0) continue;
    notes.push_back(fmt::format(
        "Table {}, column {}: {} {}.", plan.name, column.name, odd[index],
        check == Check::finite ? "values that are infinite or no number (NaN) became null"
        : check == Check::calendar
            ? "dates outside of the years 1 to 9999 became null"
            : "values are beyond 64 bits; the column was read as real numbers"));
  }
  const auto view = sql::quote_identifier(plan.name);
  const auto list = replacements.empty() ? "*" : fmt::format("* REPLACE ({})", replacements);
  if (const auto made =
          staging.run(fmt::format("CREATE VIEW {} AS SELECT {} FROM {}", view, list, relation));
      !made) {
    return failed(made.error());
  }
  auto exposed = describe(staging, view);
  if (!exposed) return failed(exposed.error());
  const auto& first = plan.parts.front();
  return Table{.name = plan.name,
               .origin = origin_of(plan),
               .columns = with_comments(*std::move(exposed), first.columns),
               .comment = first.comment,
               .primary_key = first.primary_key,
               .foreign_keys = first.foreign_keys,
               .is_view = first.is_view};
}

}  // namespace insights::source
