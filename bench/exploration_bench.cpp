// How long is a whole exploration, held against one full-statistics scan of the same file in the
// same run?
//
//   exploration_bench SALES.csv SALES.parquet VOCABULARY.toml
//
// Makes the Parquet file from the CSV file when it is not there. The scan asks count, sum, sum of
// squares, minimum and maximum of every numeric column, best of three; the exploration is
// everything from opening to confirmed findings.

#include <duckdb.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "analyst/statistical.h"
#include "explore/explore.h"
#include "source/open.h"

namespace {

using namespace insights;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Silent final : public explore::RunObserver {
 public:
  void on(const explore::Event&) override {}
};

bool make_parquet(const std::string& csv, const std::string& parquet) {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  if (duckdb_open(nullptr, &database) != DuckDBSuccess ||
      duckdb_connect(database, &connection) != DuckDBSuccess)
    return false;
  const auto copy =
      fmt::format("COPY (SELECT * FROM read_csv('{}')) TO '{}' (FORMAT parquet)", csv, parquet);
  const bool copied = duckdb_query(connection, copy.c_str(), nullptr) == DuckDBSuccess;
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return copied;
}

std::string full_statistics(const source::Table& table) {
  std::string list = "count(*)";
  for (const auto& column : table.columns) {
    const bool numeric = column.engine_type == "DOUBLE" || column.engine_type == "BIGINT" ||
                         column.engine_type == "INTEGER";
    if (numeric)
      list += fmt::format(", sum({0}), sum({0} * {0}), min({0}), max({0}), count({0})",
                          sql::quote_identifier(column.name));
  }
  return fmt::format("SELECT {} FROM {}", list, sql::quote_identifier(table.name));
}

double scan_seconds(source::Source& source, const sql::Gate& gate) {
  const auto query = gate.check(full_statistics(source.tables().front()));
  if (!query) throw std::runtime_error(query.error().message);
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    if (const auto rows = source.query(*query, {}, {}); !rows)
      throw std::runtime_error(rows.error().message);
    best = std::min(best, seconds_since(start));
  }
  return best;
}

int measure(const std::string& parquet, const std::string& vocabulary_text) {
  const auto source = source::open({.locations = {parquet}, .threads = 2}, {});
  if (!source) throw std::runtime_error(source.error().message);
  const auto gate = sql::Gate::open((*source)->dialect());
  const auto vocabulary = catalog::read_vocabulary(vocabulary_text, "");
  const double scan = scan_seconds(**source, *gate);

  const auto start = Clock::now();
  const auto fresh = source::open({.locations = {parquet}, .threads = 2}, {});
  analyst::StatisticalAnalyst analyst(*vocabulary);
  Silent silent;
  explore::Order order;
  order.brief.threads = 2;
  const catalog::Metadata metadata;
  const auto run =
      explore::explore(order, {**fresh, *gate, *vocabulary, metadata, analyst, silent}, {});
  const double whole = seconds_since(start);
  if (!run) throw std::runtime_error(run.error().message);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{:>10} rows: full-statistics scan {:.3f} s, exploration {:.2f} s, ratio {:.1f}, {} findings "
      "of {} tested, peak memory {} MB\n",
      run->tables.front().rows, scan, whole, whole / scan, run->findings.size(), run->counts.tested,
      usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: exploration_bench SALES.csv SALES.parquet VOCABULARY.toml\n");
    return 2;
  }
  try {
    if (!std::filesystem::exists(arguments[2]) && !make_parquet(arguments[1], arguments[2])) {
      fmt::print(stderr, "cannot make {} from {}\n", arguments[2], arguments[1]);
      return 1;
    }
    std::ifstream file(arguments[3]);
    return measure(arguments[2], std::string(std::istreambuf_iterator<char>(file), {}));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
