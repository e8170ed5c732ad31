#include "stats/change_point.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "stats/interval.h"
#include "stats/random.h"
#include "stats/series_data.h"
#include "stats/testing.h"

namespace insights::stats {
namespace {

std::vector<double> noise(Random& random, std::size_t n, double autocorrelation) {
  std::vector<double> values(n);
  double previous = random.normal() / std::sqrt(1.0 - autocorrelation * autocorrelation);
  for (double& value : values) value = previous = autocorrelation * previous + random.normal();
  return values;
}

TEST_CASE("two steps and a bend are found where they are") {
  Random random(100);
  auto values = noise(random, 160, 0.0);
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double x = static_cast<double>(t);
    values[t] += t < 50 ? 10.0 : t < 100 ? 16.0 : 16.0 + 0.4 * (x - 100.0);
  }
  const auto points = change_points(values);
  REQUIRE(points.size() == 2);
  CHECK(std::abs(static_cast<double>(points[0]) - 50.0) <= 2.0);
  CHECK(std::abs(static_cast<double>(points[1]) - 100.0) <= 6.0);
}

TEST_CASE("a change of rhythm, at one level, is a change") {
  Random random(101);
  auto values = noise(random, 120, 0.0);
  for (std::size_t t = 60; t < values.size(); ++t) values[t] = t % 2 == 0 ? 3.0 : -3.0;
  const auto points = change_points(values);
  REQUIRE_FALSE(points.empty());
  CHECK(std::abs(static_cast<double>(points.front()) - 60.0) <= 3.0);
}

TEST_CASE("long series are cut in steps of a few values") {
  Random random(103);
  auto values = noise(random, 12'000, 0.0);
  for (std::size_t t = 7000; t < values.size(); ++t) values[t] += 4.0;
  const auto points = change_points(values, {.segment_min = 500});
  REQUIRE(points.size() == 1);
  CHECK(std::abs(static_cast<double>(points[0]) - 7000.0) <= 3.0);
}

TEST_CASE("trend, memory and drift are no change points") {
  Random random(102);
  for (const double autocorrelation : {0.0, 0.3, 0.6}) {
    const double rate = rejection_rate(150, 0.5, [&] {
      auto values = noise(random, 80, autocorrelation);
      for (std::size_t t = 0; t < values.size(); ++t) values[t] += 0.05 * static_cast<double>(t);
      return change_points(values).empty() ? 1.0 : 0.0;
    });
    CAPTURE(autocorrelation);
    CHECK(rate < 0.1);
  }
}

TEST_CASE("unit and level do not matter; constants, lines, short and broken series have none") {
  auto values = nile;
  for (double& value : values) value = 1e9 - 1e-3 * value;
  CHECK(change_points(values) == change_points(nile));
  CHECK(change_points({}).empty());
  CHECK(change_points(std::vector<double>(15, 1.0)).empty());
  CHECK(change_points(std::vector<double>(100, 0.1)).empty());
  std::vector<double> line(100);
  for (std::size_t t = 0; t < line.size(); ++t) line[t] = 5.0 + 0.3 * static_cast<double>(t);
  CHECK(change_points(line).empty());
  line[50] = std::nan("");
  CHECK(change_points(line).empty());
  std::vector<double> huge(60, 0.0);
  for (std::size_t t = 30; t < huge.size(); ++t) huge[t] = 1e300;
  CHECK(change_points(huge) == std::vector<std::size_t>{30});
}

// --- the Turing Change Point Dataset, scored as van den Burg & Williams (2020), arXiv 2003.06222
// ---

using Points = std::set<std::size_t>;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Numbers between the first '[' after `from` and its ']'; `from` moves behind it.
std::vector<double> numbers_after(const std::string& text, std::size_t& from) {
  const std::size_t open = text.find('[', from);
  from = text.find(']', open);
  std::string list = text.substr(open + 1, from - open - 1);
  std::ranges::replace(list, ',', ' ');
  std::istringstream words(list);
  return {std::istream_iterator<double>(words), {}};
}

double true_positives(const Points& truth, Points found) {
  double hits = 0.0;
  for (const std::size_t point : truth) {
    const auto distance = [&](std::size_t other) {
      return other > point ? other - point : point - other;
    };
    const auto nearest = std::ranges::min_element(found, {}, distance);
    if (nearest == found.end() || distance(*nearest) > 5) continue;
    hits += 1.0;
    found.erase(nearest);
  }
  return hits;
}

double f1_score(const std::vector<Points>& annotators, Points found) {
  found.insert(0);
  Points everyone{0};
  double recall = 0.0;
  for (Points truth : annotators) {
    truth.insert(0);
    everyone.insert(truth.begin(), truth.end());
    recall += true_positives(truth, found) / static_cast<double>(truth.size() * annotators.size());
  }
  const double precision = true_positives(everyone, found) / static_cast<double>(found.size());
  return 2.0 * precision * recall / (precision + recall);
}

double cover(const std::vector<Points>& annotators, const Points& found, std::size_t n) {
  const auto segments = [&](Points points) {
    points.erase(0);
    points.insert(n);
    std::vector<Interval> parts;
    double begin = 0.0;
    for (const std::size_t point : points) {
      parts.push_back({begin, static_cast<double>(point)});
      begin = static_cast<double>(point);
    }
    return parts;
  };
  double sum = 0.0;
  for (const Points& truth : annotators) {
    for (const Interval& part : segments(truth)) {
      double best = 0.0;
      for (const Interval& own : segments(found)) {
        const double common =
            std::max(0.0, std::min(part.high, own.high) - std::max(part.low, own.low));
        best = std::max(best, common / (part.high - part.low + own.high - own.low - common));
      }
      sum += (part.high - part.low) / static_cast<double>(n) * best;
    }
  }
  return sum / static_cast<double>(annotators.size());
}

TEST_CASE(
    "Turing Change Point Dataset: better at default settings than the published methods at "
    "theirs") {
  const std::filesystem::path folder = INSIGHTS_SOURCE_DIR "/../shared/bench/tcpd";
  if (!std::filesystem::exists(folder / "annotations.json")) {
    MESSAGE("SKIPPED: the change point data are not beside the project (../shared/bench/tcpd)");
    return;
  }
  // The series the published comparison uses: one variable, no missing values, not the artificial
  // ones.
  const std::vector<std::string> names{"bank",
                                       "brent_spot",
                                       "businv",
                                       "centralia",
                                       "children_per_woman",
                                       "co2_canada",
                                       "construction",
                                       "debt_ireland",
                                       "gdp_argentina",
                                       "gdp_croatia",
                                       "gdp_iran",
                                       "gdp_japan",
                                       "global_co2",
                                       "homeruns",
                                       "jfk_passengers",
                                       "lga_passengers",
                                       "nile",
                                       "ozone",
                                       "rail_lines",
                                       "seatbelts",
                                       "shanghai_license",
                                       "unemployment_nl",
                                       "us_population",
                                       "usd_isk",
                                       "well_log"};
  const std::string annotations = text_of(folder / "annotations.json");
  double f1 = 0.0;
  double covered = 0.0;
  for (const std::string& name : names) {
    const std::string series = text_of(folder / "datasets" / name / (name + ".json"));
    std::size_t at = series.find("\"raw\"", series.find("\"series\""));
    const std::vector<double> values = numbers_after(series, at);
    std::vector<Points> annotators;
    at = annotations.find('{', annotations.find('"' + name + '"'));
    for (const std::size_t end = annotations.find('}', at); annotations.find('[', at) < end;) {
      const auto numbers = numbers_after(annotations, at);
      annotators.emplace_back(numbers.begin(), numbers.end());
    }
    const auto found = change_points(values);
    f1 += f1_score(annotators, {found.begin(), found.end()}) / static_cast<double>(names.size());
    covered += cover(annotators, {found.begin(), found.end()}, values.size()) /
               static_cast<double>(names.size());
  }
  MESSAGE("F1 " << f1 << ", cover " << covered << " (BinSeg 0.690, 0.655; silence 0.647, 0.557)");
  CHECK(f1 >= 0.76);
  CHECK(covered >= 0.68);
}

}  // namespace
}  // namespace insights::stats
