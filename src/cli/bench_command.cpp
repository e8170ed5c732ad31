// `insights bench`: a report held against the truth of a generated company.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/generated.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/parts.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "config/text_file.h"
#include "report/json.h"
#include "score/score.h"

namespace insights::cli {
namespace {

using base::Result;
using config::Config;
using score::Score;
using score::Verdict;

constexpr std::int64_t top_of_bench = 40;  // unless --top says otherwise: more than is planted
constexpr std::size_t truth_bytes_max = std::size_t{64} << 20U;
constexpr std::array verdicts{Verdict::hit,        Verdict::repeat, Verdict::echo,
                              Verdict::background, Verdict::fact,   Verdict::unplanned,
                              Verdict::false_claim};

struct Scored {
  std::int64_t rows = 0;
  std::uint64_t seed = 0;
  Score score;
};

// A directory of its own under that for temporary files, gone at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "insights-bench-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Result<Scored> scored_files(const std::string& report_file, const std::string& truth_file) {
  const auto report =
      TRY(config::read_text_file(report_file, "the report", report::report_bytes_max));
  const auto text = TRY(config::read_text_file(truth_file, "the truth", truth_bytes_max));
  const auto claims = TRY(score::read_claims(report));
  const auto truth = TRY(score::read_truth(text));
  return Scored{truth.rows, truth.seed, score::score(claims, truth)};
}

Result<Scored> scored_company(const generate::Order& order, Config config, Progress& progress,
                              std::stop_token stop) {
  const Scratch scratch;
  if (scratch.path().empty())
    return base::fail(base::ErrorKind::unavailable, "no temporary directory could be made");
  progress.doing(fmt::format("making {} lines, seed {}", grouped(order.rows), order.seed));
  const auto truth = TRY(generate::make_company(order, scratch.path(), stop));
  config.locations = {scratch.path().string()};
  if (config::origin_of(config, "top").kind == config::Origin::Kind::built_in)
    config.top = top_of_bench;
  const auto run = TRY(run_exploration(config, {}, "", nullptr, progress, stop));
  const auto claims = TRY(score::read_claims(report::to_json(run)));
  progress.remark(fmt::format("{} lines, seed {}: explored in {:.1f} s", grouped(order.rows),
                              order.seed, claims.seconds));
  return Scored{order.rows, order.seed, score::score(claims, truth)};
}

Result<std::vector<Scored>> scored_companies(const Invocation& invocation, const Config& config) {
  const Interrupt interrupt;
  Progress progress(progress_style(config), stderr);
  std::vector<Scored> all;
  const auto rows = TRY(own_numbers(invocation, "--rows", generate_rows_min, generate_rows_max));
  const auto seeds = TRY(own_numbers(invocation, "--seeds", 0, 9'007'199'254'740'991));
  for (const auto size : rows) {
    for (const auto seed : seeds) {
      const auto order = TRY(order_of(invocation, size, seed));
      if (interrupt.token().stop_requested())
        return base::fail(base::ErrorKind::cancelled, "stopped before all was scored");
      all.push_back(TRY(scored_company(order, config, progress, interrupt.token())));
    }
  }
  return all;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string one_text(const Scored& scored, bool verbose) {
  const auto& score = scored.score;
  auto text = fmt::format("{} lines, seed {}\n  found {} of {} planted", grouped(scored.rows),
                          scored.seed, score.found(), score.planted.size());
  text += fmt::format("; {} claims", score.claims.size());
  for (const auto verdict : verdicts)
    text += fmt::format("{} {} {}", verdict == verdicts.front() ? ":" : ",", score.count(verdict),
                        score::name(verdict));
  text += fmt::format("\n  recall {}, precision {}, false alarms {}, unplanned {}",
                      percent(score.recall()), percent(score.precision()),
                      percent(score.false_alarm_rate()), percent(score.unplanned_rate()));
  if (const auto error = score.impact_error())
    text += fmt::format(", impact off by {} (median)", percent(*error));
  if (score.seconds > 0) text += fmt::format(", {:.1f} s", score.seconds);
  text += '\n';
  for (const auto& one : score.planted) {
    if (one.rank == 0) text += fmt::format("  missed: {} ({})\n", one.id, one.what);
  }
  for (const auto& judged : score.claims) {
    const bool to_read =
        judged.verdict == Verdict::false_claim || judged.verdict == Verdict::unplanned;
    if (!to_read && !verbose) continue;
    text += fmt::format("  {:>2}. {}{}: {} [{}]\n", judged.rank, score::name(judged.verdict),
                        judged.by.empty() ? "" : fmt::format(" ({})", judged.by),
                        one_line(judged.claim.title, 160), judged.claim.pattern);
  }
  return text;
}

// Of each planted insight: in how many of the companies it was found, and by which patterns.
struct Row {
  std::size_t planted = 0, found = 0;
  std::map<std::string, std::size_t> by;
};

std::map<std::string, Row> rows_of(const std::vector<Scored>& all) {
  std::map<std::string, Row> rows;
  for (const auto& one : all) {
    for (const auto& found : one.score.planted) {
      auto& row = rows[found.id];
      ++row.planted;
      if (found.rank == 0) continue;
      ++row.found;
      ++row.by[found.pattern];
    }
  }
  return rows;
}

std::string table_text(const std::vector<Scored>& all) {
  std::string text = "\nplanted              found  by\n";
  for (const auto& [id, row] : rows_of(all)) {
    std::string by;
    for (const auto& [pattern, times] : row.by)
      by += fmt::format("{}{} {}", by.empty() ? "" : ", ", pattern, times);
    text += fmt::format("{:<20} {:>2}/{:<2}  {}\n", id, row.found, row.planted, by);
  }
  return text;
}

nlohmann::ordered_json one_json(const Scored& scored) {
  const auto& score = scored.score;
  nlohmann::ordered_json json{{"rows", scored.rows},
                              {"seed", scored.seed},
                              {"planted", score.planted.size()},
                              {"found", score.found()},
                              {"recall", score.recall()},
                              {"precision", score.precision()},
                              {"false_alarm_rate", score.false_alarm_rate()},
                              {"unplanned_rate", score.unplanned_rate()},
                              {"impact_error", nullptr},
                              {"seconds", score.seconds},
                              {"insights", nlohmann::ordered_json::array()},
                              {"claims", nlohmann::ordered_json::array()}};
  if (const auto error = score.impact_error()) json["impact_error"] = *error;
  for (const auto& one : score.planted) {
    nlohmann::ordered_json insight{
        {"id", one.id}, {"found", one.rank > 0}, {"pattern", one.pattern}, {"rank", one.rank}};
    insight["impact_error"] = nullptr;
    if (one.impact_error) insight["impact_error"] = *one.impact_error;
    json["insights"].push_back(insight);
  }
  for (const auto& judged : score.claims) {
    json["claims"].push_back({{"rank", judged.rank},
                              {"verdict", score::name(judged.verdict)},
                              {"by", judged.by},
                              {"pattern", judged.claim.pattern},
                              {"title", judged.claim.title}});
  }
  return json;
}

std::string as_json(const std::vector<Scored>& all) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& one : all) list.push_back(one_json(one));
  return nlohmann::ordered_json{{"companies", list}}.dump(2) + "\n";
}

}  // namespace

Result<ExitCode> run_bench(const Invocation& invocation, const Config& config) {
  std::vector<Scored> all;
  if (invocation.arguments.empty()) {
    all = TRY(scored_companies(invocation, config));
  } else {
    all.push_back(TRY(scored_files(invocation.arguments[0], invocation.arguments[1])));
  }
  if (invocation.json) {
    TRY(write_standard_output(as_json(all)));
    return ExitCode::done;
  }
  std::string text;
  for (const auto& one : all) text += one_text(one, config.verbose);
  TRY(write_standard_output(text + table_text(all)));
  return ExitCode::done;
}

}  // namespace insights::cli
