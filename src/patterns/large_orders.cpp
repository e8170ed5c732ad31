#include "patterns/large_orders.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

namespace insights::patterns {

namespace {

constexpr int days_between_max = 60;
constexpr double money_left_max =
    0.1;  // of the order's money: taken back at another price is another matter

// The column that numbers documents, when its codes are known and repeat.
const frame::Coded* documents(const Workspace& workspace) {
  const auto& subject = workspace.subject;
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* kind = workspace.vocabulary.kind_named(subject.columns[i].kind);
    const bool event =
        kind != nullptr && kind->event && subject.columns[i].role == catalog::Role::identifier;
    if (event && !workspace.is_decoy(i) && subject.is_coded(i)) return &subject.codes(i);
  }
  return nullptr;
}

}  // namespace

double largest_order(const Workspace& workspace, std::size_t period, std::size_t column,
                     std::uint32_t value, bool upward) {
  const auto& subject = workspace.subject;
  const auto& money = subject.numbers(*subject.money);
  const auto* document = documents(workspace);
  const auto* codes = column == no_column ? nullptr : &subject.codes(column).codes;
  std::unordered_map<std::uint32_t, double> of_document;
  double largest = 0;
  const auto consider = [&](double amount) {
    largest = upward ? std::max(largest, amount) : std::min(largest, amount);
  };
  for (std::size_t row = 0; row < money.size(); ++row) {
    if (workspace.periods.of_row[row] != period || std::isnan(money[row])) continue;
    if (codes != nullptr && (*codes)[row] != value) continue;
    if (document == nullptr || document->codes[row] == 0)
      consider(money[row]);
    else
      of_document[document->codes[row]] += money[row];
  }
  for (const auto& [code, amount] : of_document)
    consider(amount);  // largest of all: the order of the map cannot be seen
  return largest;
}

std::vector<OffsettingPair> offsetting_pairs(const Workspace& workspace, std::size_t product,
                                             const std::vector<std::uint32_t>& left_out,
                                             double money_min) {
  const auto& subject = workspace.subject;
  std::vector<OffsettingPair> pairs;
  if (!subject.money || !subject.time) return pairs;
  const auto& money = subject.numbers(*subject.money);
  const auto& size = subject.numbers(subject.quantity.value_or(*subject.money));
  const auto& days = subject.frame.columns[*subject.time].days()->days;
  const auto customer = workspace.customers();
  const auto code = [&](std::size_t column, std::size_t row) {
    return column == no_column ? 0U : subject.codes(column).codes[row];
  };

  using Key = std::tuple<std::uint32_t, std::uint32_t, double>;
  std::map<Key, std::vector<std::size_t>> orders, returns;
  for (std::size_t row = 0; row < money.size(); ++row) {
    if (!(std::fabs(money[row]) >= money_min) || std::isnan(size[row]) || size[row] == 0 ||
        days[row] == frame::no_day)
      continue;
    const auto thing = code(product, row);
    if (std::ranges::binary_search(left_out, thing)) continue;
    const Key key{thing, customer ? code(*customer, row) : 0, std::fabs(size[row])};
    if (size[row] > 0 && money[row] > 0) orders[key].push_back(row);
    if (size[row] < 0 && money[row] < 0) returns[key].push_back(row);
  }
  for (auto& [key, taken_back] : returns) {
    auto found = orders.find(key);
    if (found == orders.end()) continue;
    for (const auto row : taken_back) {
      const auto near = std::ranges::min_element(
          found->second, {}, [&](std::size_t order) { return std::abs(days[order] - days[row]); });
      if (near == found->second.end() || std::abs(days[*near] - days[row]) > days_between_max)
        continue;
      if (std::fabs(money[*near] + money[row]) > money_left_max * money[*near]) continue;
      pairs.push_back({*near, row, std::get<2>(key), money[*near]});
      found->second.erase(near);
    }
  }
  std::ranges::stable_sort(pairs, [](const auto& a, const auto& b) { return a.money > b.money; });
  return pairs;
}

}  // namespace insights::patterns
