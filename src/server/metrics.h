// Counts and gauges, written in Prometheus' text format 0.0.4.
//
// Not prometheus-cpp: in Debian it brings an HTTP server of its own and five packages, for a format
// of four rules (docs/decisions/0013-http-server.md).
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace insights::server {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Thread-safe.
class Metrics {
 public:
  // `name` is declared in metrics.cpp; adding to one that is not is a Bug.
  void add(std::string_view name, const Labels& labels = {}, double amount = 1);
  void set(std::string_view name, double value, const Labels& labels = {});
  // What was set last, or added up so far; nothing where neither was done.
  std::optional<double> value(std::string_view name) const;
  // Puts a duration into its histogram.
  void observe(std::string_view name, double seconds, const Labels& labels = {});

  std::string text() const;

 private:
  struct Series {
    double value = 0;               // of a histogram: the sum
    std::vector<double> buckets{};  // of a histogram: how many were at most that long
    double count = 0;
  };
  Series& series(std::string_view name, const Labels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, Series>, std::less<>> families_;
};

}  // namespace insights::server
