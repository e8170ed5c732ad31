#include "generate/effect.h"

namespace insights::generate {

void Sums::add(const Line& line) {
  ++rows;
  credits += line.credit ? 1 : 0;
  late += line.late ? 1 : 0;
  complaints += line.complaint ? 1 : 0;
  pieces += line.pieces;
  gross += line.gross;
  invoice += line.invoice;
  net += line.net;
  cost += line.cost;
  payment_days += static_cast<std::int64_t>(line.payment_days);
}

void Tally::add(const Line& line) {
  all.add(line);
  const auto month = static_cast<std::size_t>(line.month);
  if (months.size() <= month) months.resize(month + 1);
  months[month].add(line);
  if (line.credit) return;
  if (first < 0) first = line.day;
  last = line.day;
}

Sums Tally::between(int from_month, int to_month) const {
  Sums sum;
  for (int month = from_month; month < to_month; ++month) {
    if (month < 0 || static_cast<std::size_t>(month) >= months.size()) continue;
    const auto& one = months[static_cast<std::size_t>(month)];
    sum.rows += one.rows;
    sum.credits += one.credits;
    sum.late += one.late;
    sum.complaints += one.complaints;
    sum.pieces += one.pieces;
    sum.gross += one.gross;
    sum.invoice += one.invoice;
    sum.net += one.net;
    sum.cost += one.cost;
    sum.payment_days += one.payment_days;
  }
  return sum;
}

}  // namespace insights::generate
