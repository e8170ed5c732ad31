// Single rows that are out of all proportion: a quantity or price many times what is usual for its
// product, and giant orders that were taken back again and must not be told as record sales.
//
// Ratios to the product's median, in logarithms; what counts as far is learnt from all rows
// together (their median absolute deviation, or their upper per cent where tails are heavy), so
// that a table of wild quantities does not call each of them wild. Facts: they list rows, each of
// which can be looked up.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "patterns/all.h"
#include "patterns/facts.h"
#include "patterns/large_orders.h"
#include "patterns/odd_codes.h"
#include "patterns/taken_back.h"
#include "stats/robust.h"

namespace insights::patterns {

namespace {

using catalog::Role;
using findings::Format;

constexpr double deviates_min = 6;  // robust z
constexpr double factor_min = 5;
constexpr double rows_of_product_min = 20;  // below, its usual quantity is not known
constexpr double row_money_min =
    0.0002;  // of all money: a smaller slip costs more to mend than it is worth
constexpr double all_money_min = 0.001;
constexpr double pair_money_min = 0.003;

enum class What { quantity, price };

struct Scope {
  std::size_t product = no_column;  // rows are compared within its values; no_column: all together
  std::vector<std::uint32_t> left_out;  // of its codes: fees and adjustments, ascending
  std::vector<OffsettingPair> pairs;
};

// Things first, by the rank of their kind; then groups; else none.
std::size_t product_of(const Workspace& workspace) {
  std::size_t best = no_column;
  int best_rank = 0;
  for (const std::size_t column : workspace.groupings) {
    const auto& own = workspace.subject.columns[column];
    const auto* kind = workspace.vocabulary.kind_named(own.kind);
    if (workspace.is_decoy(column) || kind == nullptr || kind->orders || own.role != Role::entity)
      continue;
    const auto values = static_cast<double>(workspace.subject.codes(column).values() - 1);
    const bool known_well =
        values * rows_of_product_min <= static_cast<double>(workspace.subject.frame.rows);
    const int rank = kind->name == "product" ? 100 : kind->rank;
    if (known_well && rank > best_rank) {
      best = column;
      best_rank = rank;
    }
  }
  return best;
}

// The rows above 0 of the products that take part, held against the median of their product.
class Sizes {
 public:
  Sizes(const Workspace& workspace, const Scope& scope, std::size_t measure)
      : values_(workspace.subject.numbers(measure)),
        codes_(scope.product == no_column ? nullptr
                                          : &workspace.subject.codes(scope.product).codes),
        usual_(codes_ == nullptr ? 1 : workspace.subject.codes(scope.product).values()) {
    std::vector<std::size_t> end(usual_.size(), 0);  // of each product's values among all
    each_above_0([&](std::size_t, std::size_t product, double) { ++end[product]; });
    std::inclusive_scan(end.begin(), end.end(), end.begin());
    std::vector<double> values(end.back());
    auto place = end;
    each_above_0(
        [&](std::size_t, std::size_t product, double value) { values[--place[product]] = value; });
    for (std::size_t i = 0; i < usual_.size(); ++i) {
      const auto own = std::span(values).subspan(place[i], end[i] - place[i]);
      const bool left_out = std::ranges::binary_search(scope.left_out, i);
      if (!left_out && static_cast<double>(own.size()) >= rows_of_product_min)
        usual_[i] = stats::median_reordering(own).value_or(0);
    }
  }

  // Calls visit(row, value / usual) for each.
  template <class Visit>
  void each(Visit visit) const {
    each_above_0([&](std::size_t row, std::size_t product, double value) {
      if (usual_[product] > 0) visit(row, value / usual_[product]);
    });
  }

 private:
  template <class Visit>
  void each_above_0(Visit visit) const {
    if (codes_ == nullptr) {
      for (std::size_t row = 0; row < values_.size(); ++row)
        if (values_[row] > 0) visit(row, std::size_t{0}, values_[row]);
      return;
    }
    codes_->visit([&](const auto* codes) {
      for (std::size_t row = 0; row < values_.size(); ++row)
        if (values_[row] > 0 && codes[row] != 0) visit(row, std::size_t{codes[row]}, values_[row]);
    });
  }

  const std::vector<double>& values_;
  const frame::CodeVector* codes_;  // null: one product
  std::vector<double> usual_;       // by product code; 0 where it is not known
};

// 50, 200, 1000: a number of times that is easy to read, at least `factor`.
double round_up(double factor) {
  const double power = std::pow(10, std::floor(std::log10(factor)));
  for (const double step : {1.0, 2.0, 5.0, 10.0}) {
    if (step * power >= factor * (1 - 1e-9)) return step * power;
  }
  return 10 * power;
}

// How many times the usual is far; nothing when all rows are alike, so that nothing can be called
// usual spread.
std::optional<double> far_factor(const Sizes& sizes, std::size_t rows) {
  constexpr std::size_t enough = 200'000;  // to know a spread by, of rows that are evenly drawn
  const std::size_t step = rows / enough + 1;
  std::vector<double> sample;
  std::size_t place = 0;
  sizes.each([&](std::size_t, double ratio) {
    if (place++ % step == 0) sample.push_back(std::fabs(std::log(ratio)));
  });
  if (sample.size() < 100) return std::nullopt;
  const double deviation = *stats::median(sample) * stats::normal_consistency;
  const double tail =
      *stats::quantile(sample, 0.98) / 2.326;  // of a normal's absolute value, 2 in 100 lie beyond
  const double factor = std::exp(deviates_min * std::max(deviation, tail));
  return std::isfinite(factor) && factor < 1e6
             ? std::optional(round_up(std::max(factor_min, factor)))
             : std::nullopt;
}

struct Outliers {
  What what = What::quantity;
  std::size_t measure = no_column;
  double factor = 0, rows = 0, money = 0, money_min = 0;
};

std::optional<Outliers> outliers_in(const Workspace& workspace, const Scope& scope, What what,
                                    std::size_t measure) {
  const std::size_t rows = workspace.subject.frame.rows;
  const Sizes sizes(workspace, scope, measure);
  const auto factor = far_factor(sizes, rows);
  if (!factor) return std::nullopt;
  const auto* money =
      workspace.subject.money ? &workspace.subject.numbers(*workspace.subject.money) : nullptr;
  std::vector<bool> in_pair(rows, false);
  for (const auto& pair : scope.pairs) in_pair[pair.order_row] = true;
  Outliers found{what, measure, *factor, 0, 0, row_money_min * std::fabs(workspace.money_total)};
  sizes.each([&](std::size_t row, double ratio) {
    const bool far = ratio > *factor || (what == What::price && ratio * *factor < 1);
    if (!far || in_pair[row]) return;
    const double amount = money == nullptr ? 0 : std::fabs((*money)[row]);
    if (money != nullptr && !(amount >= found.money_min)) return;
    ++found.rows;
    found.money += amount;
  });
  return found;
}

// The rows of a table beside what is usual for their product: what follows FROM, and WHERE.
struct Compared {
  std::string from, far;
};

Compared compared_sql(const Workspace& workspace, const Scope& scope, const Outliers& outliers) {
  const auto& subject = workspace.subject;
  const auto& measure = subject.columns[outliers.measure];
  const bool grouped = scope.product != no_column;
  const auto product = grouped ? subject.columns[scope.product].sql : "";
  const auto positive = fmt::format(
      "{} > 0{}", measure.sql,
      scope.left_out.empty()
          ? ""
          : fmt::format(" AND NOT ({})", in_sql(subject, scope.product, scope.left_out)));
  const auto pairs =
      scope.pairs.empty()
          ? ""
          : fmt::format(" AND NOT {}", pairs_sql(workspace, scope.pairs, scope.product));
  const auto amount = subject.money ? subject.columns[*subject.money].exact_sql : "0";
  std::string things;
  if (grouped) {
    const auto label = label_column_of(subject, scope.product);
    const auto text = text_sql(subject, scope.product);
    things = fmt::format(
        "{} AS thing, {} AS who, ", product,
        label ? fmt::format("coalesce({}, {})", subject.columns[*label].sql, text) : text);
  }
  const auto lines = fmt::format("SELECT {}{}{} AS size, {} AS amount FROM {} WHERE {}{}",
                                 row_columns_sql(workspace, scope.product), things, measure.sql,
                                 amount, subject.from_sql, positive, pairs);
  const auto usual = fmt::format(
      "SELECT {}percentile_cont(0.5) WITHIN GROUP (ORDER BY {}) AS usual FROM {} WHERE {}{}",
      grouped ? product + " AS thing, " : "", measure.sql, subject.from_sql, positive,
      grouped ? fmt::format(" GROUP BY {} HAVING count(*) >= {}", product, rows_of_product_min)
              : "");
  Compared compared;
  compared.from =
      fmt::format("({}) AS lines {} ({}) AS typical{}", lines, grouped ? "JOIN" : "CROSS JOIN",
                  usual, grouped ? " ON lines.thing = typical.thing" : "");
  compared.far = fmt::format("size > {} * usual", outliers.factor);
  if (outliers.what == What::price)
    compared.far = fmt::format("(size > {0} * usual OR size * {0} < usual)", outliers.factor);
  if (subject.money) compared.far += fmt::format(" AND abs(amount) >= {:.2f}", outliers.money_min);
  return compared;
}

std::string title_of(const Workspace& workspace, const Scope& scope, const Outliers& outliers,
                     const std::string& measure) {
  const auto& subject = workspace.subject;
  const auto rows =
      counted("far_rows", outliers.rows, plain_words(subject.noun), plain_words(subject.nouns));
  const bool one = outliers.rows == 1;
  std::string of_thing;
  if (scope.product != no_column)
    of_thing =
        fmt::format(" of {} {}", one ? "its" : "their", noun_of(subject.columns[scope.product]));
  const std::string_view has = one ? "has" : "have";
  if (outliers.what == What::price)
    return fmt::format("{} {} a {} {{factor}} above or below the usual{}", rows, has, measure,
                       of_thing);
  return fmt::format("{} {} more than {{factor}} the usual {}{}", rows, has, measure, of_thing);
}

findings::Claim state_outliers(const Workspace& workspace, const Scope& scope,
                               const Outliers& outliers) {
  const auto& subject = workspace.subject;
  const auto& measure = subject.columns[outliers.measure];
  auto claim = claim_about_all(workspace, "row_outlier", "row_outlier", measure.name);
  const bool grouped = scope.product != no_column, price = outliers.what == What::price;
  if (grouped) claim.columns.push_back(subject.columns[scope.product].name);
  const auto compared = compared_sql(workspace, scope, outliers);
  claim.evidence.push_back(
      {"a", fmt::format("SELECT count(*) AS far_rows, coalesce(sum(abs(amount)), 0) AS money, {} "
                        "AS factor FROM {} WHERE {}",
                        outliers.factor, compared.from, compared.far)});
  claim.evidence.push_back({"b", fmt::format("SELECT lines.*, usual FROM {} WHERE {} ORDER BY "
                                             "abs(amount) DESC, size DESC, usual LIMIT 8",
                                             compared.from, compared.far)});
  findings::Values values;
  values.cell("far_rows", "a", 0, "far_rows", Format::integer)
      .cell("factor", "a", 0, "factor", Format::multiple);
  if (grouped) values.cell("who", "b", 0, "who");
  const auto format = price ? amount_format(measure) : Format::integer;
  values.cell("largest", "b", 0, "size", format, measure.unit)
      .cell("usual", "b", 0, "usual", price ? format : Format::decimal, price ? measure.unit : "");
  claim.title = title_of(workspace, scope, outliers, measure_phrase(values, measure));
  const bool one = outliers.rows == 1;
  claim.summary =
      grouped ? fmt::format("The largest: {{largest}} for {{who}}, where {{usual}} is usual.")
              : "The largest: {largest}, where {usual} is usual.";
  if (subject.money) {
    const auto& money = subject.columns[*subject.money];
    values.cell("money", "a", 0, "money", amount_format(money), money.unit);
    claim.summary += fmt::format(" {} {{money}} of {}.", one ? "It carries" : "Together they carry",
                                 measure_phrase(values, money, "money_name"));
    set_whole_impact(claim, values, workspace, "money", "the amounts on these rows");
  }
  claim.action = price ? "Check these prices against the price list: a misplaced point or a wrong "
                         "unit looks like this."
                       : "Check these rows against the documents: a real order of this size, a "
                         "wrong unit, or a slip of the finger?";
  claim.values = values.bindings();
  claim.test.effect_name = "rows";
  claim.guards = usual_guards(workspace);
  claim.guards.push_back({"offsetting_rows", findings::GuardStatus::passed,
                          "orders that were taken back again are not among them"});
  return claim;
}

void add_outliers(std::vector<Candidate>& candidates, const Workspace& workspace,
                  const Scope& scope, What what, std::optional<std::size_t> measure) {
  if (!measure || workspace.subject.frame.columns[*measure].numbers() == nullptr) return;
  const auto found = outliers_in(workspace, scope, what, *measure);
  if (!found) return;
  auto candidate = fact_candidate(
      "row_outlier", fmt::format("row_outlier/{}", workspace.subject.columns[*measure].name),
      found->rows);
  const bool money =
      !workspace.subject.money || found->money >= all_money_min * std::fabs(workspace.money_total);
  candidate.material = found->rows > 0 && money &&
                       found->rows <= 0.001 * static_cast<double>(workspace.subject.frame.rows);
  candidate.impact = found->money / workspace.months;
  candidate.surprise = 0.5;
  if (candidate.material)
    candidate.claim = [&workspace, scope, found = *found] {
      return state_outliers(workspace, scope, found);
    };
  candidates.push_back(std::move(candidate));
}

}  // namespace

std::vector<Candidate> examine_row_outlier(const Workspace& workspace) {
  std::vector<Candidate> candidates;
  const auto& subject = workspace.subject;
  if (workspace.small) return candidates;
  Scope scope;
  scope.product = product_of(workspace);
  if (scope.product != no_column) scope.left_out = odd_codes(subject, scope.product);
  if (subject.money && subject.returns) {
    scope.pairs = offsetting_pairs(workspace, scope.product, scope.left_out,
                                   pair_money_min * std::fabs(workspace.money_total));
    auto pairs = fact_candidate("row_outlier", "row_outlier/taken_back",
                                static_cast<double>(scope.pairs.size()));
    pairs.material = !scope.pairs.empty();
    if (pairs.material) pairs.impact = scope.pairs.front().money / workspace.months;
    pairs.surprise = 0.8;
    pairs.claim = [&workspace, scope] {
      return state_taken_back(workspace, scope.product, scope.pairs);
    };
    candidates.push_back(std::move(pairs));
  }
  const auto quantity = subject.quantity ? subject.quantity : subject.money;
  add_outliers(candidates, workspace, scope, What::quantity, quantity);
  add_outliers(candidates, workspace, scope, What::price, subject.price);
  return candidates;
}

}  // namespace insights::patterns
