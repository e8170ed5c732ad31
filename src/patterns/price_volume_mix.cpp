// Why the total changed against the year before: other quantities, other prices, dearer or cheaper
// products, new products and lost ones. An exact split, its parts add up to the change
// (stats/price_volume_mix.h).
//
// How sure each part is: a Poisson bootstrap over the customers, who are what varies independently
// (months where there are none). Told when at least one part is worth a hundredth of the total and
// is not chance.

#include "stats/price_volume_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "patterns/all.h"
#include "patterns/comparison.h"
#include "patterns/facts.h"
#include "patterns/parts.h"
#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/random.h"

namespace insights::patterns {

namespace {

using findings::Account;
using findings::Format;
using findings::GuardStatus;

constexpr std::string_view family = "price volume mix";
constexpr double part_min = 0.01;         // of the earlier total
constexpr double told_min = 0.0005;       // below it a part is not named
constexpr double level_below = 0.005;     // a smaller change is called none
constexpr double unexplained_max = 0.05;  // of the earlier total: else the split says too little
constexpr std::size_t products_min = 2, blocks_min = 20, blocks_max = 256;
constexpr std::size_t block_cells_max = 1'000'000;
constexpr int replicates = 200;

// The parts that are tested; new and lost products stand together, since each has its sign for
// sure.
constexpr std::size_t parts_count = 4;
std::array<double, parts_count> tested_parts(const stats::PriceVolumeMix& split) {
  return {split.volume, split.price, split.mix, split.new_items + split.lost_items};
}

struct Split {
  std::size_t product = no_column;
  Comparison comparison;
  stats::PriceVolumeMix parts;
  double p = 1;
  bool material = false, by_customer = false;
};

// By block of customers (or by month of the year) and product: quantity and money of both sides.
struct Blocks {
  std::size_t count = 0;
  std::vector<stats::ItemChange> cells;  // [block * products + product]
};

std::optional<std::size_t> product_column(const Workspace& workspace) {
  std::optional<std::size_t> found;
  for (const std::size_t column : workspace.groupings) {
    const auto& subject = workspace.subject;
    if (subject.columns[column].kind != "product" || workspace.is_decoy(column)) continue;
    if (!found || subject.codes(column).values() > subject.codes(*found).values()) found = column;
  }
  return found;
}

// Slot of each product code: parts from 1 on; 0 is what is no product.
std::vector<std::uint32_t> slots_of(const catalog::Subject& subject, std::size_t column) {
  std::vector<std::uint32_t> slots(subject.codes(column).values(), 0);
  std::uint32_t next = 1;
  for (const auto part : parts_of(subject, column)) slots[part] = next++;
  return slots;
}

// A row's block: its customer's, else its month's. Blocks of customers keep their number small.
std::vector<std::uint32_t> blocks_of(const Workspace& workspace, const Split& split,
                                     std::size_t products, std::size_t& count) {
  const auto& subject = workspace.subject;
  std::vector<std::uint32_t> blocks(subject.frame.rows, 0);
  const auto customers = workspace.customers();
  const auto values = customers ? subject.codes(*customers).values() : 0;
  if (values > blocks_min) {
    count = std::min({values, blocks_max, std::max(blocks_min, block_cells_max / products)});
    for (std::size_t row = 0; row < blocks.size(); ++row)
      blocks[row] = subject.codes(*customers).codes[row] % static_cast<std::uint32_t>(count);
    return blocks;
  }
  count = split.comparison.length;
  for (std::size_t row = 0; row < blocks.size(); ++row) {
    const auto period = workspace.periods.of_row[row];
    if (period == no_period) continue;
    const auto begin = period >= split.comparison.after_begin ? split.comparison.after_begin
                                                              : split.comparison.before_begin;
    blocks[row] = static_cast<std::uint32_t>((period - begin) % count);
  }
  return blocks;
}

Blocks blocks_made(const Workspace& workspace, const Split& split) {
  const auto& subject = workspace.subject;
  const auto slots = slots_of(subject, split.product);
  const std::size_t products = *std::ranges::max_element(slots) + 1;
  Blocks blocks;
  const auto block = blocks_of(workspace, split, products, blocks.count);
  blocks.cells.resize(blocks.count * products);
  const auto sides = sides_of(workspace.periods, split.comparison);
  const auto& money = subject.numbers(*subject.money);
  const auto& quantity = subject.numbers(*subject.quantity);
  subject.codes(split.product).codes.visit([&](const auto* codes) {
    for (std::size_t row = 0; row < sides.size(); ++row) {
      if (sides[row] == Side::neither) continue;
      auto& cell = blocks.cells[block[row] * products + slots[codes[row]]];
      const bool before = sides[row] == Side::before;
      if (!std::isnan(money[row])) (before ? cell.money_before : cell.money_after) += money[row];
      if (!std::isnan(quantity[row]))
        (before ? cell.quantity_before : cell.quantity_after) += quantity[row];
    }
  });
  return blocks;
}

// What is no product has no quantity that means anything: it goes to the unexplained.
std::vector<stats::ItemChange> items_of(const Blocks& blocks, std::span<const int> weights) {
  const std::size_t products = blocks.cells.size() / blocks.count;
  std::vector<stats::ItemChange> items(products);
  for (std::size_t block = 0; block < blocks.count; ++block) {
    if (weights[block] == 0) continue;
    const double weight = weights[block];
    for (std::size_t product = 0; product < products; ++product) {
      const auto& cell = blocks.cells[block * products + product];
      items[product].quantity_before += weight * cell.quantity_before;
      items[product].money_before += weight * cell.money_before;
      items[product].quantity_after += weight * cell.quantity_after;
      items[product].money_after += weight * cell.money_after;
    }
  }
  items[0].quantity_before = items[0].quantity_after = 0;
  return items;
}

// The chance that the surest of the parts is none, after looking at all of them.
double p_of_parts(const Blocks& blocks, const stats::PriceVolumeMix& split, double floor) {
  stats::Random random(42);
  std::array<stats::Moments, parts_count> spread;
  std::vector<int> weights(blocks.count);
  for (int i = 0; i < replicates; ++i) {
    for (int& weight : weights) weight = random.poisson_one();
    const auto drawn = tested_parts(stats::price_volume_mix(items_of(blocks, weights)));
    for (std::size_t part = 0; part < parts_count; ++part) spread[part].add(drawn[part]);
  }
  const auto own = tested_parts(split);
  double least = 1;
  for (std::size_t part = 0; part < parts_count; ++part) {
    const double deviation = spread[part].standard_deviation();
    if (std::fabs(own[part]) < floor || !(deviation > 0)) continue;
    least = std::min(least, stats::student_two_sided(own[part] / deviation,
                                                     static_cast<double>(blocks.count - 1)));
  }
  return stats::p_value(std::min(1.0, least * static_cast<double>(parts_count)));
}

std::optional<Split> split_of(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  const auto product = product_column(workspace);
  const auto comparison = comparison_of(workspace.periods);
  if (!product || !comparison || !subject.money || !subject.quantity || workspace.small)
    return std::nullopt;
  if (*subject.money == *subject.quantity) return std::nullopt;
  Split split;
  split.product = *product;
  split.comparison = *comparison;
  split.by_customer = workspace.customers().has_value() &&
                      subject.codes(*workspace.customers()).values() > blocks_min;
  const auto blocks = blocks_made(workspace, split);
  const auto items = items_of(blocks, std::vector<int>(blocks.count, 1));
  split.parts = stats::price_volume_mix(items);
  const double base = split.parts.money_before;
  if (!(base > 0) || items.size() < products_min + 1) return std::nullopt;
  split.p = p_of_parts(blocks, split.parts, part_min * base);
  const auto parts = tested_parts(split.parts);
  split.material =
      std::ranges::any_of(parts, [&](double part) { return std::fabs(part) >= part_min * base; }) &&
      std::fabs(split.parts.unexplained) <= unexplained_max * base;
  return split;
}

class Statement {
 public:
  Statement(const Workspace& workspace, const Split& split)
      : workspace_(workspace),
        subject_(workspace.subject),
        split_(split),
        money_(subject_.columns[*subject_.money]) {}

  findings::Claim made() {
    claim_ = claim_about_all(workspace_, "price_volume_mix", family, money_.name);
    claim_.columns.push_back(subject_.columns[*subject_.quantity].name);
    claim_.columns.push_back(subject_.columns[split_.product].name);
    claim_.topics.push_back(subject_.columns[split_.product].kind);
    ask();
    say();
    value_it();
    draw();
    guard();
    claim_.values = values_.bindings();
    return std::move(claim_);
  }

 private:
  struct Part {
    const char *name, *word, *bar;
    double amount;
  };
  std::vector<Part> named_parts() const {
    const auto& parts = split_.parts;
    return {{"volume", "volume", "Volume", parts.volume},
            {"price", "price", "Price", parts.price},
            {"mix", "mix", "Mix", parts.mix},
            {"fresh", "new", "New", parts.new_items},
            {"gone", "lost", "Lost", parts.lost_items},
            {"rest", "the rest", "The rest", parts.unexplained}};
  }
  bool is_told(const Part& part) const {
    return std::fabs(part.amount) >= told_min * split_.parts.money_before;
  }
  bool is_level() const {
    return std::fabs(split_.parts.change) < level_below * split_.parts.money_before;
  }

  // One row an item, with the money and quantity of both sides and what became of it.
  std::string items_sql() const {
    const auto sql = sql_of(workspace_, split_.comparison);
    const auto& own = subject_.columns[split_.product].sql;
    const auto parts = parts_of(subject_, split_.product);
    std::vector<std::uint32_t> others;
    for (std::uint32_t code = 1; code < subject_.codes(split_.product).values(); ++code) {
      if (!std::ranges::binary_search(parts, code)) others.push_back(code);
    }
    const auto known = others.empty() ? fmt::format("{} IS NOT NULL", own)
                                      : fmt::format("({0} IS NOT NULL AND NOT ({1}))", own,
                                                    in_sql(subject_, split_.product, others));
    const auto sides = fmt::format(
        "SELECT {0} AS item, {1} AS money_before, {2} AS money_after, {3} AS quantity_before, {4} "
        "AS quantity_after FROM {5} WHERE {6} AND {7} GROUP BY {0}",
        own, sum_where_sql(subject_, *subject_.money, sql.before),
        sum_where_sql(subject_, *subject_.money, sql.after),
        sum_where_sql(subject_, *subject_.quantity, sql.before),
        sum_where_sql(subject_, *subject_.quantity, sql.after), subject_.from_sql, sql.both, known);
    return fmt::format(
        "SELECT item, money_before, money_after, quantity_before, quantity_after, CASE WHEN "
        "quantity_before > 0 AND money_before >= 0 AND quantity_after > 0 AND money_after >= 0 "
        "THEN 'kept' WHEN quantity_before = 0 AND money_before = 0 AND quantity_after > 0 AND "
        "money_after >= 0 THEN 'new' WHEN quantity_after = 0 AND money_after = 0 AND "
        "quantity_before > 0 AND money_before >= 0 THEN 'lost' ELSE 'rest' END AS fate FROM ({}) "
        "AS sides",
        sides);
  }

  std::string parts_sql() const {
    const auto sum = [](std::string_view what, std::string_view fate) {
      return fmt::format("coalesce(sum({}) FILTER (WHERE fate = '{}'), 0)", what, fate);
    };
    return fmt::format(
        "SELECT CAST({} AS DOUBLE PRECISION) AS kept_before, CAST({} AS DOUBLE PRECISION) AS "
        "kept_after, CAST({} AS DOUBLE PRECISION) AS units_before, CAST({} AS DOUBLE PRECISION) AS "
        "units_after, CAST({} AS DOUBLE PRECISION) AS at_old_prices, CAST({} AS DOUBLE PRECISION) "
        "AS fresh, 0 - CAST({} AS "
        "DOUBLE PRECISION) AS gone FROM ({}) AS items",
        sum("money_before", "kept"), sum("money_after", "kept"), sum("quantity_before", "kept"),
        sum("quantity_after", "kept"),
        // An exact sum, which does not depend on the order that the engine's threads add in.
        sum("CAST(CAST(money_before AS DOUBLE PRECISION) / nullif(CAST(quantity_before AS DOUBLE "
            "PRECISION), 0) * CAST(quantity_after AS DOUBLE PRECISION) AS DECIMAL(38, 6))",
            "kept"),
        sum("money_after", "new"), sum("money_before", "lost"), items_sql());
  }

  void ask() {
    const auto sql = sql_of(workspace_, split_.comparison);
    const auto dates = date_columns(workspace_, split_.comparison, values_, "t");
    claim_.evidence.push_back(
        {"t", fmt::format("SELECT {}, {} AS money_before, {} AS money_after FROM {} WHERE {}",
                          dates, sum_where_sql(subject_, *subject_.money, sql.before),
                          sum_where_sql(subject_, *subject_.money, sql.after), subject_.from_sql,
                          sql.both)});
    claim_.evidence.push_back({"p", parts_sql()});
    const auto format = amount_format(money_);
    values_.cell("money_before", "t", 0, "money_before", format, money_.unit)
        .cell("money_after", "t", 0, "money_after", format, money_.unit);
    for (const auto* name : {"kept_before", "kept_after", "units_before", "units_after",
                             "at_old_prices", "fresh", "gone"})
      values_.cell(name, "p", 0, name, format, money_.unit);
    values_.formula("volume", "(units_after - units_before) * kept_before / units_before", format)
        .formula("mix", "at_old_prices - units_after * kept_before / units_before", format)
        .formula("price", "kept_after - at_old_prices", format)
        .formula("rest", "money_after - money_before - volume - mix - price - fresh - gone",
                 format);
  }

  void say() {
    const auto what = capitalized(measure_phrase(values_, money_));
    const bool fell = split_.parts.change < 0;
    values_.formula("change", "abs(money_after / money_before - 1)", Format::percent);
    const auto parts = named_parts();
    std::string list, rest;
    for (const auto& part : parts) {
      if (!is_told(part)) continue;
      auto& text = is_among_largest(parts, part) ? list : rest;
      const auto name = fmt::format("{}_share", part.name);
      values_.formula(name, fmt::format("abs({}) / money_before", part.name), Format::percent);
      const auto nouns = nouns_of(subject_.columns[split_.product]);
      const bool of_products =
          part.name == std::string_view("fresh") || part.name == std::string_view("gone");
      text += fmt::format("{}{}{} {}{{{}}}", text.empty() ? "" : ", ", part.word,
                          of_products ? " " + nouns : "", part.amount < 0 ? "-" : "+", name);
    }
    claim_.title = is_level()
                       ? fmt::format("{} stayed level {}: {}", what, when(split_.comparison), list)
                       : fmt::format("{} {} by {{change}} {}: {}", what, fell ? "fell" : "rose",
                                     when(split_.comparison), list);
    claim_.summary = fmt::format("{{money_after}} against {{money_before}}{}.{}{}{}",
                                 stretches(split_.comparison), largest_part(),
                                 rest.empty() ? "" : fmt::format(" Smaller parts: {}.", rest),
                                 season_remark(split_.comparison));
    claim_.action = action();
    claim_.test.name = fmt::format("exact split; range of the parts by bootstrap over {}",
                                   split_.by_customer ? "customers" : "periods");
    claim_.test.effect_name = "relative change of the total";
  }

  // The title holds the three largest.
  template <class Parts>
  bool is_among_largest(const Parts& parts, const Part& part) const {
    const auto larger = std::ranges::count_if(parts, [&](const Part& other) {
      return is_told(other) && std::fabs(other.amount) > std::fabs(part.amount);
    });
    return larger < 3;
  }

  // What weighs most, in money.
  std::string largest_part() {
    const auto parts = named_parts();
    const auto& most = *std::ranges::max_element(
        parts, {}, [](const Part& part) { return std::fabs(part.amount); });
    const std::string_view name = most.name;
    if (name == "rest") return "";
    values_.formula("most", fmt::format("abs({})", most.name), amount_format(money_), money_.unit);
    const bool less = most.amount < 0;
    const auto nouns = nouns_of(subject_.columns[split_.product]);
    if (name == "volume")
      return fmt::format(" {} units of the {} sold in both {} {{most}}.", less ? "Fewer" : "More",
                         nouns, less ? "cost" : "brought");
    if (name == "price")
      return fmt::format(" {} prices of the same {} {} {{most}}.", less ? "Lower" : "Higher", nouns,
                         less ? "cost" : "brought");
    if (name == "mix")
      return fmt::format(" {} {} took a larger part of the units: that {} {{most}}.",
                         less ? "Cheaper" : "Dearer", nouns, less ? "cost" : "brought");
    if (name == "fresh") return fmt::format(" New {} brought {{most}}.", nouns);
    return fmt::format(" {} that are sold no more had brought {{most}}.", capitalized(nouns));
  }

  std::string action() const {
    const auto parts = tested_parts(split_.parts);
    const auto least = std::ranges::min_element(parts) - parts.begin();
    if (parts[static_cast<std::size_t>(least)] >= 0)
      return "Keep what brought the growth: see which customers and products it came from.";
    if (least == 1) return "Go through the lower prices: were they meant, and did they sell more?";
    if (least == 2) return "See why buyers go over to the cheaper products, and what they leave.";
    if (least == 3) return "See whether the new products make up for those that were given up.";
    return "Find out which customers buy fewer units, and why.";
  }

  void value_it() {
    // Without an earlier year the change is partly the season: no amount to act on.
    if (!split_.comparison.same_months) return;
    const bool fell = split_.parts.change < 0;
    values_.constant("months", split_.comparison.is_year ? 1 : months());
    claim_.impact.account = fell && !is_level() ? Account::lost : Account::none;
    claim_.impact.amount = claim_.impact.low = claim_.impact.high =
        values_.expression("abs(money_after - money_before) / months");
    claim_.impact.unit = money_.unit;
    claim_.impact.is_money = money_.money;
    claim_.impact.per = split_.comparison.is_year ? "year" : "month";
    claim_.impact.of = measure_phrase(values_, money_);
    claim_.impact.method = fmt::format("the change against {}", against(split_.comparison));
  }

  double months() const {
    return static_cast<double>(split_.comparison.length) / workspace_.periods.per_year() * 12;
  }

  void draw() {
    std::string bars;
    const std::array<std::pair<const char*, const char*>, 5> columns{
        {{"Volume", "(units_after - units_before) * kept_before / nullif(units_before, 0)"},
         {"Price", "kept_after - at_old_prices"},
         {"Mix", "at_old_prices - units_after * kept_before / nullif(units_before, 0)"},
         {"New", "fresh"},
         {"Lost", "gone"}}};
    int place = 0;
    for (const auto& [name, formula] : columns) {
      bars += fmt::format("{}SELECT {} AS place, '{}' AS part, {} AS amount FROM parts",
                          place == 0 ? "" : " UNION ALL ", place, name, formula);
      ++place;
    }
    claim_.evidence.push_back(
        {"b", fmt::format("WITH parts AS ({}) SELECT part, amount FROM ({}) AS bars ORDER BY place",
                          parts_sql(), bars)});
    claim_.chart = {
        findings::Chart::Mark::bar,
        "What changed the total",
        "b",
        {"part", "", findings::Chart::Axis::Kind::nominal, ""},
        {"amount", money_.label, findings::Chart::Axis::Kind::quantitative, money_.unit},
        "",
        "",
        "",
        ""};
  }

  void guard() {
    claim_.guards = usual_guards(workspace_);
    claim_.guards.push_back(partial_period_guard(workspace_));
    claim_.guards.push_back(season_guard(split_.comparison));
    claim_.guards.push_back({"offsetting_rows", GuardStatus::passed,
                             "what is taken back is set off against what was sold"});
  }

  const Workspace& workspace_;
  const catalog::Subject& subject_;
  const Split& split_;
  const catalog::Column& money_;
  findings::Claim claim_;
  findings::Values values_;
};

}  // namespace

std::vector<Candidate> examine_price_volume_mix(const Workspace& workspace) {
  const auto split = split_of(workspace);
  if (!split) return {};
  Candidate candidate;
  candidate.entry.family = family;
  candidate.entry.pattern = "price_volume_mix";
  candidate.entry.fingerprint =
      "price_volume_mix/" + workspace.subject.columns[*workspace.subject.money].name;
  candidate.entry.statistic = split->parts.change;
  candidate.entry.p = split->p;
  candidate.entry.effect = split->parts.change / split->parts.money_before;
  candidate.measure = "price volume mix";
  candidate.total_moved = split->parts.change > 0 ? 1 : -1;
  candidate.material = split->material;
  if (split->comparison.same_months)
    candidate.impact =
        std::fabs(split->parts.change) / static_cast<double>(split->comparison.length);
  candidate.surprise = std::clamp(5 * std::fabs(candidate.entry.effect), 0.3, 1.0);
  if (candidate.material)
    candidate.claim = [&workspace, split = *split] { return Statement(workspace, split).made(); };
  return {std::move(candidate)};
}

}  // namespace insights::patterns
