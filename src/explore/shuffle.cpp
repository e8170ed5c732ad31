#include "explore/shuffle.h"

#include <array>

#include "stats/random.h"

namespace insights::explore {

namespace {

using catalog::Role;

frame::Coded in_order(const frame::Coded& coded, const std::vector<std::size_t>& order) {
  frame::Coded moved;
  moved.dictionary = coded.dictionary;
  std::vector<std::uint32_t> codes;
  codes.reserve(order.size());
  for (const std::size_t row : order) codes.push_back(coded.codes[row]);
  moved.codes.reserve(codes.size());
  moved.codes.append(codes.data(), codes.size(),
                     static_cast<std::uint32_t>(coded.dictionary.size() - 1));
  return moved;
}

template <class T>
std::vector<T> in_order(const std::vector<T>& values, const std::vector<std::size_t>& order) {
  std::vector<T> moved;
  if (values.empty()) return moved;
  moved.reserve(order.size());
  for (const std::size_t row : order) moved.push_back(values[row]);
  return moved;
}

void reorder(frame::Column& column, const std::vector<std::size_t>& order) {
  if (const auto* coded = column.coded()) {
    column.data = in_order(*coded, order);
  } else if (const auto* numbers = column.numbers()) {
    column.data = frame::Numbers{in_order(numbers->values, order)};
  } else if (const auto* days = column.days()) {
    column.data = frame::Days{in_order(days->days, order), in_order(days->seconds, order)};
  }
}

bool is_owned(const catalog::Subject& subject, std::size_t column) {
  for (const auto& owned : subject.owned)
    if (owned.column == column) return true;
  return false;
}

}  // namespace

Part part_of(const catalog::Subject& subject, std::size_t column) {
  const auto& own = subject.columns[column];
  if (is_owned(subject, column)) return Part::who;
  if (subject.frame.columns[column].days() != nullptr || own.role == Role::time) return Part::when;
  // What says that a row is a return goes with its negative amounts.
  const bool says_return = !own.return_value.empty();
  if (own.role == Role::measure || own.role == Role::flag || says_return) return Part::how_much;
  return Part::who;
}

catalog::Subject shuffled(const catalog::Subject& subject, std::uint64_t seed) {
  auto moved = subject;
  const auto rows = subject.frame.rows;
  constexpr std::uint64_t apart = 0x9e3779b97f4a7c15U;
  const std::array orders{stats::shuffled_indices(rows, seed),
                          stats::shuffled_indices(rows, seed + apart),
                          stats::shuffled_indices(rows, seed + 2 * apart)};
  for (std::size_t i = 0; i < moved.frame.columns.size(); ++i)
    reorder(moved.frame.columns[i], orders[static_cast<std::size_t>(part_of(subject, i))]);
  return moved;
}

}  // namespace insights::explore
