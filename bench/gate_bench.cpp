// What the gate costs per statement, beside what the engine's parse alone costs: median and 99th
// percentile over those statements of a corpus that pass, in one run. And what a query costs in
// a worker process, beside the same in-process.
//
//   gate_bench CORPUS.jsonl PROGRAM SOURCE     lines {"dialect", "sql"}
#include <fmt/format.h>
#include <pg_query.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "source/gate.h"
#include "source/open.h"
#include "source/worker.h"
#include "sql/duckdb_parser.h"
#include "sql/gate.h"

namespace {

using namespace insights;
using Clock = std::chrono::steady_clock;

template <class Work>
double microseconds(const Work& work) {
  const auto started = Clock::now();
  work();
  return std::chrono::duration<double, std::micro>(Clock::now() - started).count();
}

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

void report(const char* what, const std::vector<double>& parse, const std::vector<double>& gate) {
  fmt::print(
      "{}: {} statements; parse alone {:.0f} us (p99 {:.0f}), gate {:.0f} us (p99 {:.0f}), "
      "ratio of medians {:.1f}\n",
      what, gate.size(), quantile(parse, 0.5), quantile(parse, 0.99), quantile(gate, 0.5),
      quantile(gate, 0.99), quantile(gate, 0.5) / quantile(parse, 0.5));
}

void measure_gate(const std::vector<std::string>& statements, const sql::Gate& gate,
                  const sql::DuckDbParser& parser) {
  std::vector<double> parse, judge;
  constexpr int repetitions = 5;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (const auto& statement : statements) {
      if (!gate.judge(statement)) continue;  // what is refused is often refused early
      parse.push_back(microseconds([&] {
        if (gate.dialect() == sql::Dialect::duckdb) {
          static_cast<void>(parser.parse(statement).has_value());
        } else {
          pg_query_free_parse_result(pg_query_parse(statement.c_str()));
        }
      }));
      judge.push_back(microseconds([&] { static_cast<void>(gate.judge(statement).has_value()); }));
    }
  }
  report(gate.dialect() == sql::Dialect::duckdb ? "duckdb" : "postgres", parse, judge);
}

void measure_worker(const std::string& program, const std::string& location) {
  const source::OpenOptions options{.locations = {location}, .threads = 1};
  auto inside = source::open(options, {});
  auto apart = source::open_in_worker(options, {program, source::worker_word}, {});
  if (!inside || !apart) {
    fmt::print("no source to measure a worker with\n");
    return;
  }
  const auto gate = source::open_gate(**inside);
  for (const auto& statement :
       {std::string("SELECT 1"),
        "SELECT * FROM " + (*inside)->tables().front().name + " LIMIT 1000"}) {
    const auto query = gate->check(statement);
    std::vector<double> in_process, in_worker;
    for (int repetition = 0; repetition < 200; ++repetition) {
      in_process.push_back(
          microseconds([&] { static_cast<void>((*inside)->query(*query, {}, {})); }));
      in_worker.push_back(
          microseconds([&] { static_cast<void>((*apart)->query(*query, {}, {})); }));
    }
    fmt::print("worker: {}: in-process {:.0f} us, worker {:.0f} us, ratio of medians {:.2f}\n",
               statement, quantile(in_process, 0.5), quantile(in_worker, 0.5),
               quantile(in_worker, 0.5) / quantile(in_process, 0.5));
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    fmt::print("usage: gate_bench CORPUS.jsonl PROGRAM SOURCE\n");
    return 2;
  }
  const auto source = source::open({.locations = {words[3]}}, {});
  if (!source) {
    fmt::print("{}\n", source.error().message);
    return 1;
  }
  std::vector<std::string> duckdb, postgres;
  std::ifstream file(words[1]);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    auto& list = json["dialect"] == "postgres" ? postgres : duckdb;
    if (json["dialect"] != "trino") list.push_back(json["sql"]);
  }
  const auto parser = sql::DuckDbParser::open();
  const auto relations = source::relations_of(**source);
  measure_gate(duckdb, *sql::Gate::open(sql::Dialect::duckdb, relations), *parser);
  measure_gate(postgres, *sql::Gate::open(sql::Dialect::postgres, relations), *parser);
  measure_worker(words[2], words[3]);
  return 0;
}
