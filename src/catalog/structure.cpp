#include "catalog/structure.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <unordered_map>

namespace insights::catalog {

namespace {

using frame::Frame;

constexpr std::size_t sampled_rows_max = 4000;
constexpr std::size_t numeric_columns_max = 40;
constexpr std::size_t dependency_values_max = 500'000;

// Rows spread evenly over the table: deterministic, and blind to its order.
std::vector<std::size_t> spread_rows(std::size_t rows) {
  std::vector<std::size_t> sample;
  const std::size_t step = std::max<std::size_t>(1, rows / sampled_rows_max);
  for (std::size_t row = 0; row < rows; row += step) sample.push_back(row);
  return sample;
}

// Does every value of `a` go with one value of `b`, but for one row in a thousand? Null in either
// is no vote.
bool determines_column(const frame::Coded& a, const frame::Coded& b) {
  std::vector<std::uint32_t> partner(a.values(), 0);
  std::size_t breaks = 0, repeats = 0;
  const std::size_t rows = a.codes.size();
  const std::size_t breaks_max = rows / 1000;
  return a.codes.visit([&](const auto* codes_a) {
    return b.codes.visit([&](const auto* codes_b) {
      for (std::size_t row = 0; row < rows; ++row) {
        if (codes_a[row] == 0 || codes_b[row] == 0) continue;
        auto& known = partner[codes_a[row]];
        if (known == 0) {
          known = codes_b[row];
          continue;
        }
        ++repeats;
        if (known != codes_b[row] && ++breaks > breaks_max) return false;
      }
      return repeats > 0 && breaks * 100 <= repeats;
    });
  });
}

bool close(double a, double b, double tolerance) {
  return std::fabs(a - b) <= tolerance * std::max({1.0, std::fabs(a), std::fabs(b)});
}

struct Fit {
  std::size_t holds = 0, seen = 0;
  bool good() const {
    return seen >= 5 && static_cast<double>(holds) >= 0.99 * static_cast<double>(seen);
  }
};

template <class Combine>
Fit fit_of(const std::vector<double>& total, const std::vector<double>& left,
           const std::vector<double>& right, const std::vector<std::size_t>& rows, double tolerance,
           Combine combine) {
  Fit fit;
  for (const std::size_t row : rows) {
    const double expected = combine(left[row], right[row]);
    if (std::isnan(expected) || std::isnan(total[row])) continue;
    if (left[row] == 0 || right[row] == 0) continue;  // says nothing
    ++fit.seen;
    if (close(total[row], expected, tolerance)) ++fit.holds;
    if (fit.seen == 200 && fit.holds < 190) break;
  }
  return fit;
}

std::int64_t broken_rows(const Frame& frame, const Identity& identity, double tolerance) {
  const auto& total = frame.columns[identity.total].numbers()->values;
  const auto& left = frame.columns[identity.left].numbers()->values;
  const auto& right = frame.columns[identity.right].numbers()->values;
  std::int64_t broken = 0;
  for (std::size_t row = 0; row < frame.rows; ++row) {
    const double expected = identity.operation == Identity::Operation::product
                                ? left[row] * right[row]
                                : left[row] - right[row];
    if (std::isnan(expected) || std::isnan(total[row])) continue;
    if (!close(total[row], expected, tolerance)) ++broken;
  }
  return broken;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// May `lower` follow `upper` in a chain from gross to net?
bool follows(const std::vector<double>& upper, const std::vector<double>& lower,
             const std::vector<std::size_t>& rows) {
  std::vector<double> ratios;
  std::size_t seen = 0, fits = 0;
  for (const std::size_t row : rows) {
    if (std::isnan(upper[row]) || std::isnan(lower[row]) || upper[row] == 0) continue;
    const double ratio = lower[row] / upper[row];
    ++seen;
    if (ratio >= 0 && ratio <= 1 + 1e-9) ++fits;
    ratios.push_back(ratio);
  }
  if (seen < 8 || static_cast<double>(fits) < 0.995 * static_cast<double>(seen)) return false;
  const double typical = median_of(ratios);
  for (auto& ratio : ratios) ratio = std::fabs(ratio - typical);
  return typical >= 0.7 && typical < 1 && median_of(ratios) <= 0.1;
}

std::vector<double> flags_where(const frame::Coded& coded, const std::vector<bool>& marked) {
  std::vector<double> flags(coded.codes.size());
  for (std::size_t row = 0; row < flags.size(); ++row)
    flags[row] = marked[coded.codes[row]] ? 1 : 0;
  return flags;
}

struct SignCounts {
  std::vector<std::int64_t> rows, negative;  // [value]
};

SignCounts signs_by_value(const frame::Coded& coded, const std::vector<double>& size) {
  SignCounts counts{std::vector<std::int64_t>(coded.values()),
                    std::vector<std::int64_t>(coded.values())};
  for (std::size_t row = 0; row < size.size(); ++row) {
    if (std::isnan(size[row]) || size[row] == 0) continue;
    ++counts.rows[coded.codes[row]];
    if (size[row] < 0) ++counts.negative[coded.codes[row]];
  }
  return counts;
}

// One value of a small column whose rows are the negative ones.
std::optional<SignMarker> marker_value(const frame::Coded& coded, std::size_t column,
                                       const std::vector<double>& size, std::int64_t negatives) {
  const auto counts = signs_by_value(coded, size);
  for (std::size_t value = 1; value < coded.values(); ++value) {
    const bool pure =
        counts.rows[value] > 0 && counts.negative[value] * 100 >= counts.rows[value] * 99;
    if (!pure || counts.negative[value] * 100 < negatives * 80) continue;
    std::vector<bool> marked(coded.values(), false);
    marked[value] = true;
    return SignMarker{column, coded.dictionary[value], false, false, flags_where(coded, marked)};
  }
  return std::nullopt;
}

// Document numbers that begin with one letter ("C536379") whose rows are the negative ones.
std::optional<SignMarker> marker_prefix(const frame::Coded& coded, std::size_t column,
                                        const std::vector<double>& size, std::int64_t negatives) {
  const auto counts = signs_by_value(coded, size);
  std::map<char, std::pair<std::int64_t, std::int64_t>> by_letter;
  std::int64_t all = 0;
  for (std::size_t value = 1; value < coded.values(); ++value) {
    all += counts.rows[value];
    const char first = coded.dictionary[value].empty() ? ' ' : coded.dictionary[value].front();
    if (std::isalpha(static_cast<unsigned char>(first)) == 0) continue;
    by_letter[first].first += counts.rows[value];
    by_letter[first].second += counts.negative[value];
  }
  for (const auto& [letter, count] : by_letter) {
    const bool pure = count.first >= 5 && count.second * 100 >= count.first * 99;
    if (!pure || count.first * 2 > all || count.second * 100 < negatives * 80) continue;
    std::vector<bool> marked(coded.values(), false);
    for (std::size_t value = 1; value < coded.values(); ++value) {
      marked[value] = !coded.dictionary[value].empty() && coded.dictionary[value].front() == letter;
    }
    return SignMarker{column, std::string(1, letter), true, false, flags_where(coded, marked)};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::vector<bool>> functional_dependencies(const Frame& frame,
                                                       const std::vector<std::size_t>& columns) {
  std::vector<std::vector<bool>> determines(frame.columns.size(),
                                            std::vector<bool>(frame.columns.size(), false));
  for (const std::size_t a : columns) {
    const auto* left = frame.columns[a].coded();
    if (left == nullptr || left->values() > dependency_values_max) continue;
    if (left->values() - 1 >= frame.rows && frame.rows > 1) continue;
    for (const std::size_t b : columns) {
      const auto* right = frame.columns[b].coded();
      if (a == b || right == nullptr || right->values() > left->values()) continue;
      if (right->values() < 3) continue;  // a constant is determined by anything
      determines[a][b] = determines_column(*left, *right);
    }
  }
  return determines;
}

double label_agreement(const frame::Coded& code, const frame::Coded& label) {
  std::unordered_map<std::uint64_t, std::int64_t> pairs;
  std::int64_t rows = 0;
  for (std::size_t row = 0; row < code.codes.size(); ++row) {
    const std::uint64_t a = code.codes[row], b = label.codes[row];
    if (a == 0 || b == 0) continue;
    ++pairs[a << 32 | b];
    ++rows;
  }
  std::vector<std::int64_t> best(code.values(), 0);
  for (const auto& [pair, count] : pairs) best[pair >> 32] = std::max(best[pair >> 32], count);
  std::int64_t agreeing = 0;
  for (const auto count : best) agreeing += count;
  return rows == 0 ? 0 : static_cast<double>(agreeing) / static_cast<double>(rows);
}

std::vector<Identity> find_identities(const Frame& frame, const std::vector<std::size_t>& numeric) {
  std::vector<Identity> found;
  const auto rows = spread_rows(frame.rows);
  const std::size_t count = std::min(numeric.size(), numeric_columns_max);
  const auto values = [&](std::size_t i) -> const std::vector<double>& {
    return frame.columns[numeric[i]].numbers()->values;
  };
  for (std::size_t total = 0; total < count; ++total) {
    for (std::size_t left = 0; left < count; ++left) {
      for (std::size_t right = 0; right < count; ++right) {
        if (left == right || total == left || total == right) continue;
        if (left < right) {
          const auto product = fit_of(values(total), values(left), values(right), rows, 0.005,
                                      [](double a, double b) { return a * b; });
          if (product.good()) {
            found.push_back(
                {Identity::Operation::product, numeric[total], numeric[left], numeric[right], 0});
          }
        }
        const auto difference = fit_of(values(total), values(left), values(right), rows, 0.0005,
                                       [](double a, double b) { return a - b; });
        if (difference.good()) {
          found.push_back(
              {Identity::Operation::difference, numeric[total], numeric[left], numeric[right], 0});
        }
      }
    }
  }
  for (auto& identity : found) {
    identity.broken_rows = broken_rows(
        frame, identity, identity.operation == Identity::Operation::product ? 0.01 : 0.001);
  }
  return found;
}

std::vector<std::size_t> find_chain(const Frame& frame,
                                    const std::vector<std::size_t>& candidates) {
  const auto rows = spread_rows(frame.rows);
  const std::size_t count = std::min(candidates.size(), numeric_columns_max);
  std::vector<std::vector<bool>> edge(count, std::vector<bool>(count, false));
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if (a == b) continue;
      edge[a][b] = follows(frame.columns[candidates[a]].numbers()->values,
                           frame.columns[candidates[b]].numbers()->values, rows);
    }
  }
  // The relation is transitive but for noise, so the longest path follows the number of columns
  // below.
  std::vector<std::size_t> best;
  for (std::size_t start = 0; start < count; ++start) {
    std::vector<std::size_t> chain{start};
    for (;;) {
      std::optional<std::size_t> next;
      std::size_t next_reach = 0;
      for (std::size_t b = 0; b < count; ++b) {
        if (!std::ranges::all_of(chain, [&](std::size_t a) { return edge[a][b]; })) continue;
        const auto reach = static_cast<std::size_t>(std::ranges::count(edge[b], true));
        if (!next || reach > next_reach) {
          next = b;
          next_reach = reach;
        }
      }
      if (!next) break;
      chain.push_back(*next);
    }
    if (chain.size() > best.size()) best = chain;
  }
  if (best.size() < 2) return {};
  for (auto& place : best) place = candidates[place];
  return best;
}

std::optional<SignMarker> find_return_marker(const Frame& frame, std::size_t size,
                                             const std::vector<std::size_t>& coded) {
  const auto& values = frame.columns[size].numbers()->values;
  const auto& profile = frame.columns[size].profile;
  const std::int64_t present = profile.rows - profile.nulls - profile.zeros;
  if (profile.negatives == 0 || profile.negatives * 10 > present * 4) return std::nullopt;
  for (const std::size_t column : coded) {
    const auto& candidate = *frame.columns[column].coded();
    if (candidate.values() <= 50) {
      if (auto marker = marker_value(candidate, column, values, profile.negatives)) return marker;
    }
  }
  for (const std::size_t column : coded) {
    const auto& candidate = *frame.columns[column].coded();
    if (candidate.values() > 50) {
      if (auto marker = marker_prefix(candidate, column, values, profile.negatives)) return marker;
    }
  }
  SignMarker marker;
  marker.column = size;
  marker.by_sign = true;
  marker.flags.resize(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) marker.flags[row] = values[row] < 0 ? 1 : 0;
  return marker;
}

}  // namespace insights::catalog
