// `insights query`: one statement through the gate, judged or run.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/query_log.h"
#include "cli/query_output.h"
#include "cli/say.h"
#include "source/gate.h"
#include "source/masks.h"
#include "sql/gate.h"

namespace insights::cli {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using config::Config;

Result<sql::Dialect> dialect_named(const std::string& name) {
  for (const auto dialect : {sql::Dialect::duckdb, sql::Dialect::postgres}) {
    if (name == sql::name(dialect)) return dialect;
  }
  return fail(ErrorKind::invalid_input, fmt::format("there is no gate for {}", name),
              "Known: duckdb, postgres.");
}

// A statement that somebody else wrote gets little time, unless a setting says how much.
std::chrono::milliseconds time_max_of(const Config& config) {
  constexpr std::chrono::seconds built_in{4};
  const auto origin = config::origin_of(config, "budget.query_time");
  return origin.kind == config::Origin::Kind::built_in ? built_in : config.query_time_max;
}

// The gates of a source, each made when it is first asked for.
class Gates {
 public:
  Gates(sql::Relations relations, sql::Reader reader)
      : relations_(std::move(relations)), reader_(reader) {}

  Result<sql::Gate*> of(sql::Dialect dialect) {
    const auto known = gates_.find(dialect);
    if (known != gates_.end()) return &known->second;
    auto gate = TRY(sql::Gate::open(dialect, relations_, reader_));
    return &gates_.emplace(dialect, std::move(gate)).first->second;
  }

 private:
  sql::Relations relations_;
  sql::Reader reader_;
  std::map<sql::Dialect, sql::Gate> gates_;
};

// A statement is judged as a model's: that is what masking is for. A person who runs his own sees
// what is there, and is not asked what of it is personal.
Result<Gates> gates_of(source::Source& source, bool for_model, const Config& config,
                       const std::stop_token& stop) {
  if (!for_model) return Gates(source::relations_of(source), sql::Reader::person);
  const auto personal = TRY(personal_columns(source, config, stop));
  return Gates(catalog::relations_for_model(source, personal), sql::Reader::model);
}

// One line of --jsonl, judged.
Result<std::string> judged_line(const std::string& line, sql::Dialect built_in, Gates& gates) {
  const auto parsed = parse_statement_line(line);
  if (!parsed) return verdict_line({}, parsed.error());
  auto dialect = built_in;
  if (!parsed->dialect.empty() && parsed->dialect != "any") {
    const auto named = dialect_named(parsed->dialect);
    if (!named) return verdict_line(*parsed, named.error());
    dialect = *named;
  }
  const auto* gate = TRY(gates.of(dialect));
  const auto judged = gate->judge(parsed->sql);
  return judged ? verdict_line(*parsed, *judged) : verdict_line(*parsed, judged.error());
}

Result<ExitCode> judge_lines(sql::Dialect dialect, Gates& gates) {
  constexpr std::size_t bytes_at_once = std::size_t{64} << 10;
  std::string answers, line;
  std::ios::sync_with_stdio(false);
  while (std::getline(std::cin, line)) {
    if (line.empty()) continue;
    answers += TRY(judged_line(line, dialect, gates));
    if (answers.size() < bytes_at_once && std::cin.rdbuf()->in_avail() > 0) continue;
    TRY(write_standard_output(answers));
    answers.clear();
  }
  TRY(write_standard_output(answers));
  return ExitCode::done;
}

Result<ExitCode> judge_one(const Invocation& invocation, const std::string& statement,
                           const sql::Gate& gate) {
  const auto judged = gate.judge(statement);
  if (invocation.json) {
    TRY(write_standard_output(judged ? judgement_json(*judged) : judgement_json(judged.error())));
    return judged ? ExitCode::done : ExitCode::refused;
  }
  if (!judged) {
    say_error(sql::error_of(judged.error()));
    return ExitCode::refused;
  }
  TRY(write_standard_output(judgement_text(*judged)));
  return ExitCode::done;
}

// One statement to be run, and by what.
struct Order {
  const std::string& statement;
  const sql::Gate& gate;
  source::Source& source;
  const QueryLog& log;  // of both
  source::Limits limits;
  bool masks = false;
};

Result<ExitCode> run_one(const Order& order, const Invocation& invocation, Progress& progress,
                         const std::stop_token& stop) {
  const auto judged = order.gate.judge(order.statement);
  TRY(order.log.status());
  if (!judged) {
    say_error(sql::error_of(judged.error()));
    return ExitCode::refused;
  }
  const auto result = order.source.query(*judged, order.limits, stop);
  TRY(order.log.status());
  const auto& resolved = judged->resolved();
  if (!result && order.masks)
    return std::unexpected(source::Masks::masked(result.error(), resolved));
  if (!result) return std::unexpected(result.error());
  const auto shown = order.masks ? source::Masks::fresh().masked(*result, resolved) : *result;
  TRY(write_standard_output(invocation.json ? rows_json(shown) : rows_text(shown)));
  if (shown.truncated) progress.remark(truncation_remark(shown, order.limits));
  return ExitCode::done;
}

std::string statement_of(const Invocation& invocation) {
  if (invocation.statement != "-") return invocation.statement;
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<ExitCode> run_query(const Invocation& invocation, const Config& config) {
  if (config.locations.empty()) return usage_error(nothing_named("query"));
  source::Limits limits;
  const auto rows = own_number(invocation, "--rows", 1, 1'000'000'000);
  const auto bytes = own_number(invocation, "--bytes", 1, std::int64_t{1} << 40);
  if (!rows) return usage_error(rows.error());
  if (!bytes) return usage_error(bytes.error());
  limits.rows_max = *rows;
  limits.bytes_max = *bytes;
  limits.time_max = time_max_of(config);
  const bool only_judges = invocation.own.contains("--check");
  const bool of_lines = invocation.own.contains("--jsonl");
  const auto named = invocation.own.find("--dialect");
  if (!only_judges && (of_lines || named != invocation.own.end())) {
    return usage_error({ErrorKind::invalid_input,
                        "--dialect and --jsonl only judge, and nothing is run", "Add --check."});
  }

  const Interrupt interrupt;  // First: the threads made after it leave signals to it.
  Progress progress(progress_style(config), stderr);
  progress.doing("opening the source");
  auto log = query_log(config, "catalog");
  const auto source =
      TRY(only_judges ? open_source(config.locations, config, log, interrupt.token())
                      : open_worker_source(config.locations, config, log, interrupt.token()));
  progress.close();
  auto dialect = source->dialect();
  if (named != invocation.own.end()) {
    const auto chosen = dialect_named(named->second);
    if (!chosen) return usage_error(chosen.error());
    dialect = *chosen;
  }
  const bool masks = invocation.has("--mask");
  auto gates = TRY(gates_of(*source, only_judges || masks, config, interrupt.token()));
  if (of_lines) return judge_lines(dialect, gates);
  auto* gate = TRY(gates.of(dialect));
  const auto statement = statement_of(invocation);
  if (only_judges) return judge_one(invocation, statement, *gate);
  log.asked_by("query");
  log.watch(*gate);
  return run_one({statement, *gate, *source, log, limits, masks}, invocation, progress,
                 interrupt.token());
}

}  // namespace insights::cli
