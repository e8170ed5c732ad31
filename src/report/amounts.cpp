#include "report/amounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace insights::report {

namespace {

// The value as its format writes it; as plain text where the format cannot show it (NaN on an
// axis).
std::string written(const source::Cell& cell, findings::Format format, std::string_view unit = "",
                    const findings::NumberStyle& style = {}) {
  auto text = findings::format_value(cell, format, unit, style);
  return text ? *std::move(text) : source::text_of(cell);
}

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// Significant digits without ever writing an exponent for everyday sizes.
std::string rounded(double number, int significant_digits, int decimals_min) {
  if (!std::isfinite(number)) return source::text_of(source::Cell{number});
  const double size = std::abs(number);
  if (size != 0 && (size < 1e-6 || size >= 1e15)) return fmt::format("{:.3g}", number);
  const int magnitude = size == 0 ? 0 : static_cast<int>(std::floor(std::log10(size)));
  const int decimals = std::max(decimals_min, significant_digits - 1 - magnitude);
  return without_trailing_zeros(fmt::format("{:.{}f}", number, std::max(decimals, 0)));
}

}  // namespace

std::string count_text(std::int64_t count) {
  return written(source::Cell{count}, findings::Format::integer);
}

std::string counted(std::int64_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("is"))
    return fmt::format("{} {}es", count_text(count), noun.substr(0, noun.size() - 2));
  if (noun.ends_with('y'))
    return fmt::format("{} {}ies", count_text(count), noun.substr(0, noun.size() - 1));
  return fmt::format("{} {}s", count_text(count), noun);
}

std::string total_text(const findings::Total& total, const findings::NumberStyle& style) {
  const auto format = total.is_money ? findings::Format::money : findings::Format::decimal;
  auto text = written(source::Cell{total.amount}, format, total.unit, style);
  if (!total.per.empty()) text += " a " + total.per;
  return text;
}

bool is_currency(std::string_view unit) {
  return unit.size() == 3 &&
         std::ranges::all_of(unit, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

std::string label_text(const source::Cell& cell, std::string_view unit,
                       const findings::NumberStyle& style) {
  if (source::is_null(cell)) return "";
  if (std::holds_alternative<base::Day>(cell)) return written(cell, findings::Format::date);
  if (const auto* moment = std::get_if<base::Moment>(&cell)) {
    const auto midnight =
        static_cast<std::int64_t>(base::day_of(*moment).since_epoch) * 86'400'000'000;
    return moment->microseconds == midnight ? written(cell, findings::Format::date)
                                            : source::text_of(cell);
  }
  if (!std::holds_alternative<std::int64_t>(cell) && !std::holds_alternative<double>(cell)) {
    return source::text_of(cell);
  }
  if (unit == "%") return written(cell, findings::Format::percent);
  if (is_currency(unit)) return written(cell, findings::Format::money, unit, style);
  return written(cell, findings::Format::decimal, unit);
}

std::string compact_text(const source::Cell& cell) {
  const bool is_number =
      std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
  return is_number ? written(cell, findings::Format::money) : label_text(cell, "");
}

std::string table_text(const source::Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  if (number == nullptr) return source::text_of(cell);
  const auto exact = source::text_of(cell);
  const auto short_text = rounded(*number, 4, std::abs(*number) >= 100 ? 2 : 0);
  return short_text.size() < exact.size() ? short_text : exact;
}

std::string probability_text(double probability) {
  return probability < 0.0001 ? "< 0.0001" : "= " + rounded(probability, 2, 0);
}

std::string statistic_text(double number) { return rounded(number, 3, 0); }

UnitMarks marks_of(std::string_view unit) {
  const auto text = label_text(source::Cell{std::int64_t{1}}, unit);
  const auto digit = text.find('1');
  if (!is_currency(unit) || digit == std::string::npos) return {};
  return {text.substr(0, digit), text.substr(digit + 1)};
}

}  // namespace insights::report
