#include "findings/format_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "findings/characters.h"
#include "findings/formula.h"

namespace insights::findings {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr double readable_max = 1e15;  // from here on powers of ten

// "1234567.5" -> "1,234,567.5"
std::string with_separators(std::string digits) {
  auto place = std::min(digits.find('.'), digits.size());
  while (place > 3) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

std::string without_last_zeros(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

// The functions from here to `significant` take a magnitude: finite, not negative.

std::string in_powers_of_ten(double magnitude) { return fmt::format("{:.3g}", magnitude); }

// Halves go away from zero, which printing alone would not do.
double rounded(double magnitude, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(magnitude * scale) / scale;
}

std::string with_decimals(double magnitude, int decimals) {
  if (magnitude >= readable_max) return in_powers_of_ten(magnitude);
  return with_separators(fmt::format("{:.{}f}", rounded(magnitude, decimals), decimals));
}

std::string at_most_decimals(double magnitude, int decimals) {
  return without_last_zeros(with_decimals(magnitude, decimals));
}

// So many significant digits; whole from 10 to the power of `digits` on.
std::string significant(double magnitude, int digits) {
  if (magnitude == 0) return "0";
  if (magnitude < 1e-6) return in_powers_of_ten(magnitude);
  const int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  return at_most_decimals(magnitude, std::max(0, digits - 1 - exponent));
}

std::string_view minus(double number) { return number < 0 ? "-" : ""; }

// --- money ---------------------------------------------------------------------------------------

std::string symbol_of(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> symbols{
      {{"INR", "₹"}, {"USD", "$"}, {"GBP", "£"}, {"EUR", "€"}, {"JPY", "¥"}, {"CNY", "CN¥"}}};
  for (const auto& [code, symbol] : symbols) {
    if (code == unit) return std::string(symbol);
  }
  return unit.empty() ? "" : std::string(unit) + " ";
}

struct Scale {
  double size;
  double until;  // the first amount that, rounded, belongs to the next scale
  std::string_view letter;
};

constexpr std::array<Scale, 4> short_scale{
    {{1e3, 999.5e3, "K"}, {1e6, 999.5e6, "M"}, {1e9, 999.5e9, "B"}, {1e12, 1e18, "T"}}};
constexpr std::array<Scale, 4> indian_scale{
    {{1e3, 99.95e3, "K"}, {1e5, 99.95e5, "L"}, {1e7, 99'999.5e7, "Cr"}, {1e12, 1e18, "L Cr"}}};

std::string amount_text(double magnitude, bool indian) {
  if (magnitude == 0) return "0";
  if (magnitude < 99.995) {
    const bool whole = magnitude == std::floor(magnitude);
    return with_decimals(magnitude, whole ? 0 : 2);
  }
  if (magnitude < 999.5) return with_decimals(magnitude, 0);
  for (const auto& scale : indian ? indian_scale : short_scale) {
    if (magnitude < scale.until) {
      return significant(magnitude / scale.size, 3) + std::string(scale.letter);
    }
  }
  return in_powers_of_ten(magnitude);
}

std::string money(double amount, std::string_view unit, const NumberStyle& style) {
  const auto symbol = symbol_of(unit);
  const double magnitude = std::abs(amount);
  if (magnitude > 0 && magnitude < 0.005) {
    return amount > 0 ? "<" + symbol + "0.01" : ">-" + symbol + "0.01";
  }
  const bool indian = style.indian_units && unit == "INR";
  return fmt::format("{}{}{}", minus(amount), symbol, amount_text(magnitude, indian));
}

// --- other numbers -------------------------------------------------------------------------------

// One decimal, whole from `whole_from` on, and never a zero that is not one.
std::string tenths(double number, double whole_from) {
  const double magnitude = std::abs(number);
  if (magnitude > 0 && magnitude < 0.05) return number > 0 ? "<0.1" : ">-0.1";
  return fmt::format("{}{}", minus(number),
                     at_most_decimals(magnitude, magnitude < whole_from - 0.05 ? 1 : 0));
}

std::string percent(double share) {
  constexpr double noise = 1e-9;  // of sums of shares that should be 1
  const double number = share * 100;
  const double magnitude = std::abs(number);
  if (magnitude >= 99.95 && magnitude < 100 - noise) return number > 0 ? ">99.9 %" : "<-99.9 %";
  return tenths(number, 100) + " %";
}

std::string counted(const std::string& number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number, number == "1" || number == "-1" ? singular : plural);
}

std::string multiple(double number) {
  const double magnitude = std::abs(number);
  const auto digits = magnitude < 0.995 ? significant(magnitude, 2)
                                        : at_most_decimals(magnitude, magnitude < 9.95 ? 1 : 0);
  return fmt::format("{}{} times", minus(number), digits);
}

// "1 day", "1.5 days": a unit in the plural loses its s beside a one.
std::string decimal(double number, std::string_view unit) {
  const auto digits = significant(std::abs(number), 3);
  if (digits == "1" && unit.size() > 2 && unit.ends_with('s') && !unit.ends_with("ss"))
    unit.remove_suffix(1);
  return fmt::format("{}{}{}{}", minus(number), digits, unit.empty() ? "" : " ", unit);
}

std::string integer(const source::Cell& cell, double number) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    auto digits = fmt::format("{}", *whole);
    const bool negative = digits.front() == '-';
    return (negative ? "-" : "") + with_separators(digits.substr(negative ? 1 : 0));
  }
  const auto digits = with_decimals(std::abs(number), 0);
  return (digits == "0" ? "" : std::string(minus(number))) + digits;
}

// --- days ----------------------------------------------------------------------------------------

Result<base::Day> day_in(const source::Cell& cell) {
  constexpr double first = -719'162, last = 2'932'896;  // 1 Jan 1 and 31 Dec 9999
  double day = 0;
  if (const auto* moment = std::get_if<base::Moment>(&cell)) {
    day = base::day_of(*moment).since_epoch;
  } else if (std::holds_alternative<bool>(cell)) {
    return fail(ErrorKind::invalid_input, "true or false is not a date");
  } else {
    day = std::floor(TRY(number_of(cell)));
  }
  if (day < first || day > last) {
    return fail(ErrorKind::invalid_input, "the date is outside the years that can be shown");
  }
  return base::Day{static_cast<std::int32_t>(day)};
}

// --- all -----------------------------------------------------------------------------------------

// One numeral is allowed where it belongs to the letter before it (m², CO2), not to a number.
base::Status check_unit(std::string_view unit) {
  if (clean_text(unit, text_characters_max) != unit) {
    return fail(ErrorKind::invalid_input, "a unit is too long, or has characters that do not show");
  }
  int numerals = 0;
  for (char32_t before = U' '; !unit.empty();) {
    const char32_t character = take_character(unit);
    const bool after_letter = (before | 0x20) >= U'a' && (before | 0x20) <= U'z';
    if (is_numeral(character) && (!after_letter || ++numerals > 1)) {
      return fail(ErrorKind::invalid_input, "a unit may not hold a number");
    }
    before = character;
  }
  return {};
}

std::string text_or_empty(const source::Cell& cell) {
  auto text = clean_text(source::text_of(cell), text_characters_max);
  return text.empty() ? "(empty)" : text;
}

Result<double> plain_number(const source::Cell& cell) {
  if (std::holds_alternative<base::Day>(cell) || std::holds_alternative<base::Moment>(cell)) {
    return fail(ErrorKind::invalid_input, "a date cannot be shown as a number");
  }
  return number_of(cell);
}

Result<std::string> number_text(const source::Cell& cell, Format format, std::string_view unit,
                                const NumberStyle& style) {
  const double number = TRY(plain_number(cell));
  switch (format) {
    case Format::integer:
      return integer(cell, number);
    case Format::decimal:
      return decimal(number, unit);
    case Format::money:
      return money(number, unit, style);
    case Format::percent:
      return percent(number);
    case Format::points:
      return counted(tenths(number * 100, 100), "point", "points");
    case Format::multiple:
      return multiple(number);
    case Format::days:
      return counted(tenths(number, 10), "day", "days");
    case Format::text:
    case Format::date:
    case Format::month:
      break;
  }
  std::unreachable();
}

}  // namespace

Result<std::string> format_value(const source::Cell& cell, Format format, std::string_view unit,
                                 const NumberStyle& style) {
  TRY(check_unit(unit));
  if (source::is_null(cell)) return fail(ErrorKind::invalid_input, "there is no value (null)");
  const auto* real = std::get_if<double>(&cell);
  if (real != nullptr && !std::isfinite(*real)) {
    return fail(ErrorKind::invalid_input, "the value is not a finite number");
  }
  switch (format) {
    case Format::text:
      return text_or_empty(cell);
    case Format::date:
      return base::long_text(TRY(day_in(cell)));
    case Format::month:
      return base::long_text(base::month_of(TRY(day_in(cell))));
    case Format::integer:
    case Format::decimal:
    case Format::money:
    case Format::percent:
    case Format::points:
    case Format::multiple:
    case Format::days:
      return number_text(cell, format, unit, style);
  }
  std::unreachable();
}

}  // namespace insights::findings
