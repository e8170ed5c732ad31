// One file inside the staging database, and how parts become the tables that a run sees.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "source/files.h"
#include "source/source.h"

namespace insights::source {

// What one file (or one table of a database file) holds.
struct Part {
  DataFile file;
  std::string name;               // the table's name if it stays alone
  std::filesystem::path parquet;  // where the rows are; empty for a table of a database
  std::string relation;           // otherwise: what stands after FROM
  std::vector<TableColumn> columns;
  std::string comment;
  std::vector<std::string> primary_key{};  // of a table of a database
  std::vector<ForeignKey> foreign_keys{};
  bool is_view = false;  // of a database
};

// A table to be: one part, or several that belong together.
struct TablePlan {
  std::string name;  // not the name of any other plan, in any case of letters
  std::vector<Part> parts;
};

struct TablePlans {
  std::vector<TablePlan> tables;   // in the order of their first parts
  std::vector<std::string> notes;  // what was put together, and what got another name
};

// Text or Parquet files of one kind and directory whose columns have the same names and types that
// go together, and whose own names differ only in numbers and months (sales_2024, sales_2025) or at
// least begin with the same word, are one table, its rows in the order of the files' names. All
// others are tables of their own.
TablePlans plan_tables(std::vector<Part> parts);

// What stands after FROM for all the parts of a table.
std::string relation_of(const TablePlan& plan);

// Type names of the engine: numbers of any kind, dates and moments.
bool is_number_type(std::string_view type);
bool is_time_type(std::string_view type);

}  // namespace insights::source
