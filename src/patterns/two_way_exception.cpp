// Two values that go together far more, or far less, than each of them leads to expect: a category
// that one region buys three times as much of as the others do.
//
// Model: money (rows where there is none) is a product of what the one value does and what the
// other does (log-additive, Sarawagi, Agrawal & Megiddo 1998, EDBT). The expectation of a cell is
// made of the rows around it, not of its own. The logarithm of actual over expected is tested
// against its spread over what is behind the rows (customers, orders, months; the least sure
// counts) and against the spread of its sibling cells: where everybody has habits, a habit is no
// exception.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/clusters.h"
#include "patterns/facts.h"
#include "patterns/pair_cube.h"
#include "patterns/survival.h"
#include "stats/association.h"
#include "stats/robust.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::GuardStatus;

constexpr std::string_view family = "two-way exception";
constexpr double residual_min = 0.30;
constexpr double rows_min = 30, expected_rows_min = 30;
constexpr double value_rows_share = 0.005;  // of a value, of all rows, to take part
constexpr double cell_share_min = 0.002;    // of the total, actual or expected
constexpr double association_max = 0.5;     // above it the two columns say the same
constexpr std::size_t columns_max = 20, siblings_min = 8;
constexpr double p_screened = 0.05;
constexpr double spread_normal = 1.4826;

// Sums by quarter: both values, the first alone, the second alone, neither.
struct Quarters {
  std::array<double, 5> sums{};  // [1..4]
  double expected() const { return sums[4] > 0 ? sums[2] * sums[3] / sums[4] : 0; }
  bool is_whole() const { return sums[1] > 0 && sums[2] > 0 && sums[3] > 0 && sums[4] > 0; }
  double log_ratio() const { return std::log(sums[1] / expected()); }
};

struct Exception {
  ValueOf first, second;  // what, where
  Quarters quarters;
  double siblings = 0;  // spread of the log ratio among the other cells
  double p = 1;
  double picked_from = 1;
  bool material = false;
};

const std::vector<double>* amounts_of(const catalog::Subject& subject) {
  return subject.money ? &subject.numbers(*subject.money) : nullptr;
}

Quarters quarters_sums(const std::vector<double>* amounts,
                       const std::vector<std::uint8_t>& quarters) {
  // Nearly all rows are in one quarter: four sums of each, that none waits for the one before.
  std::array<Quarters, 4> parts;
  for (std::size_t row = 0; row < quarters.size(); ++row) {
    const double amount = amounts == nullptr ? 1 : (*amounts)[row];
    parts[row % parts.size()].sums[quarters[row]] += std::isnan(amount) ? 0 : amount;
  }
  Quarters sums;
  for (const auto& part : parts) {
    for (std::size_t i = 0; i < sums.sums.size(); ++i) sums.sums[i] += part.sums[i];
  }
  return sums;
}

// Of the log ratio: the less sure of all that may hang together.
double p_of_ratio(const Workspace& workspace, const Exception& one,
                  const std::vector<std::uint8_t>& quarters, const Quarters& sums,
                  KnownClusters& clusters) {
  const auto* amounts = amounts_of(workspace.subject);
  const std::array<double, 5> weights{0, 1 / sums.sums[1], -1 / sums.sums[2], -1 / sums.sums[3],
                                      1 / sums.sums[4]};
  const auto influence = [&](std::size_t row) -> double {
    const double amount = amounts == nullptr ? 1 : (*amounts)[row];
    return std::isnan(amount) ? 0 : amount * weights[quarters[row]];
  };
  const std::array columns{one.first.column, one.second.column};
  auto ways = clusters.across(columns);
  Clusters alone;
  if (ways.empty()) {
    alone = {std::vector<std::uint32_t>(quarters.size(), 0), 1};  // rows stand for themselves
    ways.push_back(&alone);
  }
  double p = 0;
  for (auto& spread : spreads_over(ways, influence)) {
    spread.deviation = std::hypot(spread.deviation, one.siblings);
    p = std::max(p, p_of(sums.log_ratio(), spread));
  }
  return p;
}

bool is_far(const Quarters& sums) {
  const double ratio = sums.sums[1] / sums.expected();
  return ratio >= 1 + residual_min || ratio <= 1 - residual_min;
}

// The two columns as they cross: rows and amounts by cell.
class Crossing {
 public:
  Crossing(const PairColumn& a, const PairColumn& b, const PairCube& cube)
      : a_(a), b_(b), cube_(cube) {
    margins_.rows_a.resize(a.width());
    margins_.rows_b.resize(b.width());
    margins_.sums_a.resize(a.width());
    margins_.sums_b.resize(b.width());
    for (std::size_t i = 1; i < a.width(); ++i) {
      for (std::size_t j = 1; j < b.width(); ++j) add(margins_, i, j, 1);
    }
  }

  // Do the two columns say the same, or nearly?
  bool is_one_thing() const {
    std::vector<std::int64_t> counts;
    for (std::size_t i = 1; i < a_.width(); ++i) {
      for (std::size_t j = 1; j < b_.width(); ++j)
        counts.push_back(std::llround(cube_.count(0, i, j)));
    }
    const auto test = stats::chi_square_test(counts, b_.width() - 1);
    return !test || test->cramers_v > association_max;
  }

  // Every cell that is large enough, or ought to be.
  std::vector<Exception> cells() const {
    std::vector<Exception> found;
    for (std::size_t i = 1; i < a_.width(); ++i) {
      for (std::size_t j = 1; j < b_.width(); ++j) {
        if (!is_large(margins_, i, j)) continue;
        Exception cell;
        cell.first = {a_.column, a_.values[i]};
        cell.second = {b_.column, b_.values[j]};
        cell.quarters = quarters(margins_, i, j);
        found.push_back(cell);
      }
    }
    return found;
  }

  // How far the log ratios of the other cells scatter, were the one not there: an exception shows
  // in every cell of its row and its column. 0 when there are too few to tell.
  double scatter_without(const Exception& one) const {
    auto margins = margins_;
    const auto slot = [](const PairColumn& column, std::uint32_t value) {
      return static_cast<std::size_t>(
          std::ranges::find(column.values.begin() + 1, column.values.end(), value) -
          column.values.begin());
    };
    const std::size_t row = slot(a_, one.first.value), column = slot(b_, one.second.value);
    add(margins, row, column, -1);
    std::vector<double> sizes;
    for (std::size_t i = 1; i < a_.width(); ++i) {
      for (std::size_t j = 1; j < b_.width(); ++j) {
        if ((i != row || j != column) && is_large(margins, i, j))
          sizes.push_back(std::fabs(quarters(margins, i, j).log_ratio()));
      }
    }
    // About nothing: the model says that every ratio is one.
    return sizes.size() >= siblings_min ? spread_normal * stats::median(sizes).value_or(0) : 0;
  }

  double sum() const { return margins_.sum; }

 private:
  struct Margins {
    std::vector<double> rows_a, rows_b, sums_a, sums_b;
    double rows = 0, sum = 0;
  };

  void add(Margins& margins, std::size_t i, std::size_t j, double sign) const {
    const double rows = sign * cube_.count(0, i, j), sum = sign * cube_.sum(0, i, j);
    margins.rows_a[i] += rows;
    margins.rows_b[j] += rows;
    margins.rows += rows;
    margins.sums_a[i] += sum;
    margins.sums_b[j] += sum;
    margins.sum += sum;
  }
  Quarters quarters(const Margins& margins, std::size_t i, std::size_t j) const {
    const double own = cube_.sum(0, i, j);
    const double first = margins.sums_a[i] - own, second = margins.sums_b[j] - own;
    return {{0, own, first, second, margins.sum - own - first - second}};
  }
  bool is_large(const Margins& margins, std::size_t i, std::size_t j) const {
    return margins.rows_a[i] * margins.rows_b[j] >= expected_rows_min * margins.rows &&
           cube_.count(0, i, j) >= rows_min / 3 && quarters(margins, i, j).is_whole();
  }

  const PairColumn &a_, &b_;
  const PairCube& cube_;
  Margins margins_;
};

// The cell that stands out most of two columns.
std::optional<Exception> exception_of(const Workspace& workspace, const Crossing& crossing,
                                      KnownClusters& clusters) {
  auto cells = crossing.cells();
  if (cells.empty() || crossing.is_one_thing()) return std::nullopt;
  Exception* best = nullptr;
  double most = 0;
  for (auto& cell : cells) {
    const double size = std::max(cell.quarters.sums[1], cell.quarters.expected());
    if (!is_far(cell.quarters) || size < cell_share_min * crossing.sum()) continue;
    const double weight = std::fabs(cell.quarters.log_ratio()) * std::sqrt(size);
    if (weight <= most) continue;
    most = weight;
    best = &cell;
  }
  if (best == nullptr) {
    best = &cells.front();
    best->picked_from = static_cast<double>(cells.size());
    return *best;  // tested, and nothing there
  }
  best->siblings = crossing.scatter_without(*best);
  best->picked_from = static_cast<double>(cells.size());
  best->material = std::fabs(best->quarters.log_ratio()) > 2 * best->siblings;
  if (!best->material) return *best;
  const auto quarters = quarters_of(workspace.subject, best->first, best->second, {});
  const auto sums = quarters_sums(amounts_of(workspace.subject), quarters);
  if (!sums.is_whole() || !is_far(sums)) {
    best->material = false;
    return *best;
  }
  best->quarters = sums;
  best->p =
      std::min(1.0, p_of_ratio(workspace, *best, quarters, sums, clusters) * best->picked_from);
  best->material = best->p < p_screened;
  return *best;
}

// Is the column a product, or what a product is of?
bool is_bought(const Workspace& workspace, std::size_t column) {
  const auto& subject = workspace.subject;
  const auto is_product = [&](std::size_t other) {
    return subject.columns[other].kind == "product";
  };
  if (is_product(column)) return true;
  for (std::size_t other = 0; other < subject.columns.size(); ++other)
    if (is_product(other) && subject.has_dependency(other, column)) return true;
  return false;
}

// Something that customers buy less of than others do: that is something to gain. Who delivers, or
// from where, moves money about and adds none.
bool is_sale(const Workspace& workspace, const Exception& found) {
  const auto& subject = workspace.subject;
  if (!subject.money || !subject.time || !workspace.customers()) return false;
  const auto customer = *workspace.customers();
  const auto is_theirs = [&](std::size_t column) {
    return column == customer || subject.has_dependency(customer, column);
  };
  return subject.columns[*subject.money].kind != "cost" && is_theirs(found.second.column) &&
         !is_theirs(found.first.column) && is_bought(workspace, found.first.column);
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Exception& found)
      : workspace_(workspace),
        subject_(workspace.subject),
        found_(found),
        amount_(workspace),
        more_(found.quarters.log_ratio() > 0) {}

  findings::Claim made() {
    claim_ = claim_about_both(workspace_, "two_way_exception", family, found_.first, found_.second,
                              amount_.name());
    ask();
    say();
    value_it();
    draw();
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  std::string first_sql() const {
    return equals_sql(subject_, found_.first.column, found_.first.value);
  }
  std::string second_sql() const {
    return equals_sql(subject_, found_.second.column, found_.second.value);
  }

  void ask() {
    const auto first = first_sql(), second = second_sql();
    std::string select = fmt::format("{} AS first, {} AS second",
                                     name_sql(subject_, found_.first.column, found_.first.value),
                                     name_sql(subject_, found_.second.column, found_.second.value));
    values_.cell("first", "a", 0, "first").cell("second", "a", 0, "second");
    const auto add = [&](const char* name, const std::string& condition) {
      select += fmt::format(", {} AS {}", amount_.sum_where_sql(condition), name);
      values_.cell(name, "a", 0, name, amount_.format(), amount_.unit());
    };
    add("both", fmt::format("{} AND {}", first, second));
    add("first_alone", fmt::format("{} AND NOT ({})", first, second));
    add("second_alone", fmt::format("NOT ({}) AND {}", first, second));
    add("neither", fmt::format("NOT ({}) AND NOT ({})", first, second));
    claim_.evidence.push_back({"a", fmt::format("SELECT {} FROM {}", select, subject_.from_sql)});
    values_.formula("share", "both / (both + second_alone)", Format::percent)
        .formula("elsewhere", "first_alone / (first_alone + neither)", Format::percent)
        .formula("expected", "elsewhere * (both + second_alone)", amount_.format(), amount_.unit())
        .formula("gap", "abs(both - expected)", amount_.format(), amount_.unit());
  }

  void say() {
    const auto what = amount_.phrase(values_);
    const auto first = named(subject_, found_.first, "first");
    claim_.title = fmt::format("{} is {}{{share}} of {}{}, against {{elsewhere}} elsewhere",
                               named_at_start(subject_, found_.first, "first"),
                               more_ ? "" : "only ", amount_.is_money() ? what : "the " + what,
                               placed(workspace_, found_.second, "second", "of"));
    claim_.summary = fmt::format("That is {{both}}{}, where {{expected}} would be usual.",
                                 amount_.is_money() ? "" : " " + what);
    claim_.action =
        more_ ? fmt::format(
                    "Find out why {} is so strong there: can others follow, or is something "
                    "booked there that belongs elsewhere?",
                    first)
              : fmt::format("Find out why {} is so rare there, and whether that is meant.", first);
    claim_.test.name = "log-additive model of two columns, by what is behind the rows";
    claim_.test.effect_name = "actual over expected, logarithm";
  }

  void value_it() {
    if (!is_sale(workspace_, found_)) return;
    values_.constant("months", workspace_.months);
    claim_.impact.account = more_ ? Account::none : Account::opportunity;
    claim_.impact.amount = claim_.impact.low = claim_.impact.high =
        values_.expression("gap / months");
    claim_.impact.is_money = true;
    claim_.impact.unit = amount_.unit();
    claim_.impact.per = "month";
    claim_.impact.of = amount_.phrase(values_);
    claim_.impact.method = "the difference to its share elsewhere";
  }

  // The share of the first value in each value of the second column.
  void draw() {
    const auto column = found_.second.column;
    const auto& own = subject_.columns[column].sql;
    claim_.evidence.push_back(
        {"b", fmt::format("SELECT {0} AS value, CAST({1} AS DOUBLE PRECISION) / nullif(CAST({2} AS "
                          "DOUBLE PRECISION), 0) AS share FROM {3} WHERE {4} IS NOT NULL GROUP BY "
                          "{4} HAVING count(*) >= 10 ORDER BY share {5} NULLS LAST, value LIMIT 12",
                          group_name_sql(subject_, column), amount_.sum_where_sql(first_sql()),
                          amount_.sum_sql(), subject_.from_sql, own, more_ ? "DESC" : "ASC")});
    const auto noun = noun_of(subject_.columns[column]);
    claim_.chart = {findings::Chart::Mark::bar,
                    fmt::format("Share of {{first}}, by {}", noun),
                    "b",
                    {"value", noun, findings::Chart::Axis::Kind::nominal, ""},
                    {"share", "share", findings::Chart::Axis::Kind::quantitative, "%"},
                    "",
                    entity_of(subject_, column, found_.second.value).label,
                    "",
                    ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back({"partial_period", GuardStatus::not_applicable,
                             "shares do not depend on how long a month is"});
    claim_.guards.push_back({"one_entity", GuardStatus::passed,
                             "its spread is taken over what is behind the rows, so that one large "
                             "customer cannot carry it"});
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Exception& found_;
  Amount amount_;
  bool more_;
  findings::Claim claim_;
  findings::Values values_;
};

Candidate candidate_of(const Workspace& workspace, Exception found) {
  const auto& subject = workspace.subject;
  const Amount amount(workspace);
  put_place_last(subject, found.first, found.second);
  auto candidate = candidate_about_both(workspace, "two_way_exception", family, found.first,
                                        found.second, amount.name());
  const double ratio = found.quarters.log_ratio();
  candidate.entry.statistic = found.quarters.sums[1];
  candidate.entry.p = found.p;
  candidate.entry.effect = ratio;
  candidate.measure = "two-way " + amount.name();
  candidate.associates = {std::min(found.first.column, found.second.column),
                          std::max(found.first.column, found.second.column)};
  candidate.of_total = true;
  candidate.material = found.material;
  candidate.surprise = std::clamp(std::fabs(ratio) / std::log(4.0), 0.2, 1.0);
  if (!candidate.material) return candidate;
  const double gap = std::fabs(found.quarters.sums[1] - found.quarters.expected());
  candidate.impact = is_sale(workspace, found) ? gap / workspace.months : 0;
  candidate.material = !amount.is_money() || workspace.is_worth_telling(gap / workspace.months);
  candidate.claim = [&workspace, found] { return Statement(workspace, found).made(); };
  candidate.survives = [&workspace, found](const frame::Mask& kept) {
    const auto quarters = quarters_of(workspace.subject, found.first, found.second, kept);
    const auto sums = quarters_sums(amounts_of(workspace.subject), quarters);
    if (!sums.is_whole() || !is_far(sums)) return false;
    KnownClusters clusters(workspace);
    return still_stands(p_of_ratio(workspace, found, quarters, sums, clusters), sums.log_ratio(),
                        found.quarters.log_ratio());
  };
  return candidate;
}

}  // namespace

std::vector<Candidate> examine_two_way_exception(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  if (workspace.small) return candidates;
  const auto& subject = workspace.subject;
  const auto rows = static_cast<double>(subject.frame.rows);
  const auto columns =
      pair_columns(workspace, std::max(rows_min, value_rows_share * rows), columns_max);
  std::vector<double> ones;
  const auto* amounts = amounts_of(subject);
  if (amounts == nullptr) ones.assign(subject.frame.rows, 1);
  const std::array<Addend, 1> measures{{{amounts == nullptr ? &ones : amounts}}};
  KnownClusters clusters(workspace);
  each_crossing(workspace, columns, measures,
                [&](const PairColumn& a, const PairColumn& b, const PairCube& cube) {
                  if (auto found = exception_of(workspace, Crossing(a, b, cube), clusters))
                    candidates.push_back(candidate_of(workspace, *std::move(found)));
                });
  return candidates;
}

}  // namespace insights::patterns
