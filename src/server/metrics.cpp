#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace insights::server {

namespace {

struct Family {
  std::string_view name, type, help;
};
constexpr std::array families{
    Family{"insights_http_requests_total", "counter", "Requests answered, by status"},
    Family{"insights_http_request_seconds", "histogram",
           "From the head of a request to its answer"},
    Family{"insights_http_connections", "gauge", "Connections open now"},
    Family{"insights_http_streams", "gauge", "Connections that follow events now"},
    Family{"insights_http_connections_refused_total", "counter", "Connections over a limit"},
    Family{"insights_runs_total", "counter", "Explorations that ended, by state"},
    Family{"insights_run_seconds", "histogram", "How long explorations took"},
    Family{"insights_runs_running", "gauge", "Explorations running now"},
    Family{"insights_runs_queued", "gauge", "Explorations that wait"},
    Family{"insights_findings_total", "counter", "Findings published, by pattern"},
    Family{"insights_schedule_occurrences_total", "counter",
           "Times a schedule was due, by outcome"},
    Family{"insights_webhook_attempts_total", "counter", "Requests to webhooks, by outcome"},
    Family{"insights_webhook_deliveries_waiting", "gauge", "Deliveries to webhooks that wait"},
    Family{"insights_webhook_deliveries_failed", "gauge",
           "Deliveries to webhooks that were given up in the last day"},
    Family{"insights_queries_total", "counter", "Queries of explorations, by outcome"},
    Family{"insights_query_seconds", "histogram", "How long queries took"},
    Family{"insights_refusals_total", "counter",
           "Statements of explorations that the gate refused, by class"},
    Family{"insights_cache_total", "counter",
           "Queries that a cache might answer, by what became of them"},
    Family{"insights_cache_saved_seconds_total", "counter",
           "Seconds of the database that the cache saved"},
    Family{"insights_cache_reachable", "gauge", "Whether Redis answered when it was last asked"},
    Family{"insights_tokens_total", "counter", "Tokens of language models, by model and kind"},
    Family{"insights_dollars_total", "counter", "US dollars that language models cost, by model"},
    Family{"insights_budget_used_ratio", "gauge",
           "What the exploration that ended last used of what it was allowed, by budget"},
    Family{"insights_last_success_timestamp_seconds", "gauge",
           "When the last whole exploration ended, in seconds since 1970"},
    Family{"insights_ready", "gauge",
           "Whether store and database did their part, as for readiness"},
    Family{"insights_store_errors_total", "counter", "What could not be written to the store"}};

constexpr std::array bounds{0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0};

std::string escaped(std::string_view value) {
  std::string text;
  for (const char letter : value) {
    if (letter == '\\' || letter == '"') text += '\\';
    if (letter == '\n')
      text += "\\n";
    else
      text += letter;
  }
  return text;
}

std::string label_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
  return text;
}

std::string in_braces(std::string_view labels, std::string_view more = "") {
  if (labels.empty() && more.empty()) return "";
  return fmt::format("{{{}{}{}}}", labels, labels.empty() || more.empty() ? "" : ",", more);
}

}  // namespace

Metrics::Series& Metrics::series(std::string_view name, const Labels& labels) {
  base::ensure(std::ranges::count(families, name, &Family::name) == 1, "a metric is declared");
  return families_[std::string(name)][label_text(labels)];
}

void Metrics::add(std::string_view name, const Labels& labels, double amount) {
  const std::scoped_lock lock(mutex_);
  series(name, labels).value += amount;
}

void Metrics::set(std::string_view name, double value, const Labels& labels) {
  const std::scoped_lock lock(mutex_);
  series(name, labels).value = value;
}

std::optional<double> Metrics::value(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto family = families_.find(name);
  if (family == families_.end()) return std::nullopt;
  const auto one = family->second.find("");
  return one == family->second.end() ? std::nullopt : std::optional(one->second.value);
}

void Metrics::observe(std::string_view name, double seconds, const Labels& labels) {
  const std::scoped_lock lock(mutex_);
  auto& histogram = series(name, labels);
  histogram.buckets.resize(bounds.size());
  for (std::size_t at = 0; at < bounds.size(); ++at)
    if (seconds <= bounds[at]) histogram.buckets[at] += 1;
  histogram.value += seconds;
  histogram.count += 1;
}

std::string Metrics::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const auto& [name, type, help] : families) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    const auto family = families_.find(name);
    if (family == families_.end()) continue;
    for (const auto& [labels, series] : family->second) {
      if (type != "histogram") {
        text += fmt::format("{}{} {}\n", name, in_braces(labels), series.value);
        continue;
      }
      for (std::size_t at = 0; at < bounds.size(); ++at)
        text += fmt::format("{}_bucket{} {}\n", name,
                            in_braces(labels, fmt::format("le=\"{}\"", bounds[at])),
                            series.buckets[at]);
      text += fmt::format("{}_bucket{} {}\n", name, in_braces(labels, "le=\"+Inf\""), series.count);
      text += fmt::format("{}_sum{} {}\n", name, in_braces(labels), series.value);
      text += fmt::format("{}_count{} {}\n", name, in_braces(labels), series.count);
    }
  }
  return text;
}

}  // namespace insights::server
