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

// ln(value / median of its product) of each row above 0; NaN where it takes no part.
struct Ratios {
  std::vector<double> of_row;
  std::vector<double> usual;  // by product code; 0 where it is not known
};

Ratios ratios_of(const Workspace& workspace, const Scope& scope, std::size_t measure) {
  const auto& subject = workspace.subject;
  const auto& values = subject.numbers(measure);
  const std::size_t products =
      scope.product == no_column ? 1 : subject.codes(scope.product).values();
  // Looked up once: not for each of the rows.
  const auto* codes = scope.product == no_column ? nullptr : &subject.codes(scope.product).codes;
  const auto code = [&](std::size_t row) { return codes == nullptr ? 0U : (*codes)[row]; };
  std::vector<std::vector<double>> of_product(products);
  const auto takes_part = [&](std::size_t row) {
    return values[row] > 0 && (scope.product == no_column || code(row) != 0);
  };
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (takes_part(row)) of_product[code(row)].push_back(values[row]);
  }
  for (const auto odd : scope.left_out) of_product[odd].clear();
  Ratios ratios{std::vector<double>(values.size(), std::nan("")), std::vector<double>(products, 0)};
  for (std::size_t i = 0; i < products; ++i) {
    if (static_cast<double>(of_product[i].size()) >= rows_of_product_min)
      ratios.usual[i] = stats::median(of_product[i]).value_or(0);
  }
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (takes_part(row) && ratios.usual[code(row)] > 0)
      ratios.of_row[row] = std::log(values[row] / ratios.usual[code(row)]);
  }
  return ratios;
}

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
std::optional<double> far_factor(const Ratios& ratios) {
  std::vector<double> sample;
  for (const double ratio : ratios.of_row) {
    if (!std::isnan(ratio)) sample.push_back(std::fabs(ratio));
  }
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
  const auto ratios = ratios_of(workspace, scope, measure);
  const auto factor = far_factor(ratios);
  if (!factor) return std::nullopt;
  const auto* money =
      workspace.subject.money ? &workspace.subject.numbers(*workspace.subject.money) : nullptr;
  std::vector<bool> in_pair(ratios.of_row.size(), false);
  for (const auto& pair : scope.pairs) in_pair[pair.order_row] = true;
  Outliers found{what, measure, *factor, 0, 0, row_money_min * std::fabs(workspace.money_total)};
  const double far = std::log(*factor);
  for (std::size_t row = 0; row < ratios.of_row.size(); ++row) {
    const double ratio = what == What::price ? std::fabs(ratios.of_row[row]) : ratios.of_row[row];
    if (!(ratio > far) || in_pair[row]) continue;
    const double amount = money == nullptr ? 0 : std::fabs((*money)[row]);
    if (money != nullptr && !(amount >= found.money_min)) continue;
    ++found.rows;
    found.money += amount;
  }
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
