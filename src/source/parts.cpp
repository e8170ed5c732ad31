#include "source/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

bool is_letter(char character) {
  const auto code = static_cast<unsigned char>(character);
  return std::isalpha(code) != 0 || code >= 0x80;
}

// Words of a file's name that number its part: of sales_2024-Q1 and part-0001 "sales" and nothing
// is left.
bool counts_parts(std::string_view word) {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  constexpr std::array<std::string_view, 8> full_months{
      "january", "february", "march", "april", "august", "september", "october", "november"};
  constexpr std::array<std::string_view, 9> others{"part", "chunk", "page", "week",    "q",
                                                   "h",    "june",  "july", "december"};
  const auto among = [&](const auto& words) {
    return std::ranges::find(words, word) != words.end();
  };
  return among(months) || among(full_months) || among(others);
}

// The words of a name in lower case, without numbers.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char letter : lower(name)) {
    if (is_letter(letter)) {
      words.back() += letter;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Parts of one have names that differ in numbers and months alone, or begin with the same word and
// have more in common than an id and a name.
bool are_named_alike(const Part& one, const Part& other) {
  auto words = words_of(one.name);
  auto others = words_of(other.name);
  constexpr std::size_t columns_min = 4;
  const bool same_first = !words.empty() && !others.empty() && words.front() == others.front() &&
                          words.front().size() >= 3 && one.columns.size() >= columns_min;
  std::erase_if(words, counts_parts);
  std::erase_if(others, counts_parts);
  return same_first || words == others;
}

bool go_together(const Part& one, const Part& other) {
  if (one.file.kind != other.file.kind || one.file.kind == FileKind::database) return false;
  if (one.file.path.parent_path() != other.file.path.parent_path()) return false;
  if (one.columns.size() != other.columns.size() || !are_named_alike(one, other)) return false;
  return std::ranges::all_of(one.columns, [&](const TableColumn& column) {
    return std::ranges::any_of(other.columns, [&](const TableColumn& twin) {
      return column.name == twin.name && go_together(column, twin);
    });
  });
}

// The longest beginning of all the names in whole words, without digits and separators at its end:
// "sales" of sales_2024 and sales_2025, of sales_jan and sales_jun.
std::string common_stem(const std::vector<Part>& parts) {
  std::string stem = parts.front().name;
  bool in_a_word = false;
  for (const auto& part : parts) {
    const auto size =
        static_cast<std::size_t>(std::ranges::mismatch(stem, part.name).in1 - stem.begin());
    in_a_word = (in_a_word && size == stem.size()) ||
                (size < stem.size() && is_letter(stem[size])) ||
                (size < part.name.size() && is_letter(part.name[size]));
    stem.resize(size);
  }
  while (in_a_word && !stem.empty() && is_letter(stem.back())) stem.pop_back();
  while (true) {
    const auto last = stem.find_last_not_of("0123456789_-. ()[]");
    stem.erase(last == std::string::npos ? 0 : last + 1);
    const auto word = std::find_if_not(stem.rbegin(), stem.rend(), is_letter).base() - stem.begin();
    if (stem.empty() || !counts_parts(lower(stem.substr(static_cast<std::size_t>(word)))))
      return stem;
    stem.resize(static_cast<std::size_t>(word));
  }
}

std::string name_of(const std::vector<Part>& parts) {
  if (parts.size() == 1) return parts.front().name;
  auto stem = common_stem(parts);
  if (!stem.empty()) return stem;
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
  std::vector<std::set<std::string>> names;  // of the parts of each table
  for (auto& part : parts) {
    std::size_t home = 0;
    // sales.csv and sales.tsv are one export saved twice, not two parts of one.
    while (home < plans.tables.size() && (!go_together(plans.tables[home].parts.front(), part) ||
                                          names[home].contains(lower(part.name))))
      ++home;
    if (home == plans.tables.size()) {
      plans.tables.emplace_back();
      names.emplace_back();
    }
    names[home].insert(lower(part.name));
    plans.tables[home].parts.push_back(std::move(part));
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
