// How long is a whole exploration, held against one full-statistics scan of the same file in the
// same run, and where does the time go?
//
//   exploration_bench SALES.csv SALES.parquet VOCABULARY.toml
//
// Makes the Parquet file from the CSV file when it is not there. The scan asks count, sum, sum of
// squares, minimum and maximum of every numeric column, through the same source with as many
// threads, best of three; the exploration is everything from opening to confirmed findings. Times
// of patterns are of one thread each, while others run beside it. The processor's time (of all
// threads) stands beside the clock's: on a machine with other work it is the one that stays.

#include <duckdb.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "analyst/statistical.h"
#include "explore/explore.h"
#include "source/gate.h"
#include "source/open.h"

namespace {

using namespace insights;
using Clock = std::chrono::steady_clock;

constexpr int threads = 2;

// Of the clock and of the processor, since some beginning.
struct Times {
  double clock = 0, processor = 0;
  Times operator-(const Times& other) const {
    return {clock - other.clock, processor - other.processor};
  }
};

Times now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {std::chrono::duration<double>(Clock::now().time_since_epoch()).count(),
          seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

std::int64_t peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// When each phase ended, by what the run tells of itself.
class Phases final : public explore::RunObserver {
 public:
  void on(const explore::Event& event) override {
    if (std::holds_alternative<explore::TableLoaded>(event)) loaded_ = now();
    if (std::holds_alternative<explore::CatalogRead>(event)) understood_ = now();
    if (std::holds_alternative<explore::QueryRun>(event)) ++queries_;
    if (const auto* pattern = std::get_if<explore::HypothesesTested>(&event)) {
      const double took = std::chrono::duration<double>(pattern->took).count();
      if (!examined_) first_pattern_ = now() - Times{took, took};
      examined_ = now();
      patterns_.emplace_back(took, pattern->pattern);
    }
    if (std::holds_alternative<explore::FindingProven>(event)) proven_ = now();
  }

  void print(const Times& opened) {
    const auto end = now();
    const auto examined = examined_.value_or(understood_);
    const auto proven = proven_.value_or(examined);
    const auto phase = [](std::string_view name, const Times& took) {
      return fmt::format("{} {:.2f} ({:.2f})", name, took.clock, took.processor);
    };
    fmt::print("    {}, {}, {}, {}, {}, {}; {} queries\n    slowest patterns:",
               phase("load", loaded_ - opened), phase("catalog", understood_ - loaded_),
               phase("decoys and cubes", first_pattern_ - understood_),
               phase("patterns", examined - first_pattern_),
               phase("causes, claims and proof", proven - examined),
               phase("confirmation", end - proven), queries_);
    std::ranges::sort(patterns_, std::greater{});
    constexpr std::size_t shown = 12;
    for (std::size_t i = 0; i < std::min(shown, patterns_.size()); ++i)
      fmt::print(" {} {:.2f}", patterns_[i].second, patterns_[i].first);
    fmt::print("\n");
  }

 private:
  Times loaded_, understood_, first_pattern_;
  std::optional<Times> examined_, proven_;
  std::vector<std::pair<double, std::string>> patterns_;
  int queries_ = 0;
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

Times scan_times(source::Source& source, const sql::Gate& gate) {
  const auto query = gate.check(full_statistics(source.tables().front()));
  if (!query) throw std::runtime_error(query.error().message);
  constexpr double most = std::numeric_limits<double>::max();
  Times best{most, most};
  for (int i = 0; i < 3; ++i) {
    const auto start = now();
    if (const auto rows = source.query(*query, {}, {}); !rows)
      throw std::runtime_error(rows.error().message);
    const auto took = now() - start;
    best = {std::min(best.clock, took.clock), std::min(best.processor, took.processor)};
  }
  return best;
}

int measure(const std::string& parquet, const std::string& vocabulary_text) {
  const auto vocabulary = catalog::read_vocabulary(vocabulary_text, "");
  Times scan;
  std::optional<base::Result<sql::Gate>> gate;
  {
    const auto source = source::open({.locations = {parquet}, .threads = threads}, {});
    if (!source) throw std::runtime_error(source.error().message);
    gate.emplace(source::open_gate(**source));
    scan = scan_times(**source, **gate);
  }
  const auto start = now();
  const auto source = source::open({.locations = {parquet}, .threads = threads}, {});
  analyst::StatisticalAnalyst analyst(*vocabulary);
  Phases phases;
  explore::Order order;
  order.brief.threads = threads;
  const catalog::Metadata metadata;
  const auto run =
      explore::explore(order, {**source, **gate, *vocabulary, metadata, analyst, phases}, {});
  const auto whole = now() - start;
  if (!run) throw std::runtime_error(run.error().message);
  fmt::print(
      "{:>10} rows: full-statistics scan {:.3f} s ({:.3f} of the processor), exploration {:.2f} s "
      "({:.2f}), ratio {:.1f} ({:.1f}), {} findings of {} tested, peak memory {} MB{}\n",
      run->tables.front().rows, scan.clock, scan.processor, whole.clock, whole.processor,
      whole.clock / scan.clock, whole.processor / scan.processor, run->findings.size(),
      run->counts.tested, peak_megabytes(),
      run->partial ? ", ENDED EARLY: " + run->partial_reason : "");
  phases.print(start);
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
