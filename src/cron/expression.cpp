#include "cron/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace insights::cron {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED",
                                                        "THU", "FRI", "SAT"};
constexpr std::array<int, 13> days_at_most{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Field {
  std::string_view name;
  int least = 0, most = 0;
  std::span<const std::string_view> names{};  // of the numbers from `least` on
};

constexpr std::array fields{Field{"minute", 0, 59}, Field{"hour", 0, 23},
                            Field{"day of the month", 1, 31}, Field{"month", 1, 12, month_names},
                            Field{"day of the week", 0, 7, weekday_names}};

struct Shorthand {
  std::string_view name, meaning;
};
constexpr std::array shorthands{
    Shorthand{"@hourly", "0 * * * *"},   Shorthand{"@daily", "0 0 * * *"},
    Shorthand{"@midnight", "0 0 * * *"}, Shorthand{"@weekly", "0 0 * * 0"},
    Shorthand{"@monthly", "0 0 1 * *"},  Shorthand{"@yearly", "0 0 1 1 *"},
    Shorthand{"@annually", "0 0 1 1 *"}};

std::unexpected<base::Error> wrong(std::string_view what) {
  return base::fail(
      ErrorKind::invalid_input, fmt::format("cron: {}", what),
      "Five fields: minute hour day-of-month month day-of-week, like 30 6 * * MON-FRI; "
      "or @daily.");
}

std::string shown(std::string_view text) { return std::string(text.substr(0, 40)); }

std::vector<std::string_view> parts(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> list;
  while (true) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    list.push_back(text.substr(0, end));
    if (end == text.size()) return list;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc{} && end == text.data() + text.size() &&
                         text.front() != '-' && text.size() <= 4;
  return is_number ? std::optional(number) : std::nullopt;
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto upper = [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - ('a' - 'A')) : letter;
  };
  return std::ranges::equal(a, b, {}, upper, upper);
}

Result<int> number_in(std::string_view text, const Field& field) {
  for (std::size_t at = 0; at < field.names.size(); ++at)
    if (same_letters(text, field.names[at])) return field.least + static_cast<int>(at);
  const auto number = text.empty() ? std::nullopt : digits(text);
  if (!number) return wrong(fmt::format("'{}' is no {}", shown(text), field.name));
  if (*number < field.least || *number > field.most)
    return wrong(
        fmt::format("{} is no {}: {} to {} are", *number, field.name, field.least, field.most));
  return *number;
}

// One element of a list: *, 5, MON, 1-5, with /2 behind a star or a range.
Result<std::vector<int>> element(std::string_view text, const Field& field) {
  const auto slash = text.find('/');
  const auto range = text.substr(0, slash);
  const auto dash = range.find('-');
  int from = field.least, to = field.most;
  if (range != "*") {
    from = TRY(number_in(range.substr(0, dash), field));
    to = dash == std::string_view::npos ? from : TRY(number_in(range.substr(dash + 1), field));
    const bool is_week = field.most == 7;
    if (is_week && to == 0 && from > 0) to = 7;  // FRI-SUN
    if (from > to)
      return wrong(fmt::format("the range {} of the {} goes backwards", shown(range), field.name));
  }
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto given = slash + 1 < text.size() ? digits(text.substr(slash + 1)) : std::nullopt;
    if (!given || *given < 1)
      return wrong(fmt::format("the step in {} is no number from 1 on", shown(text)));
    if (range != "*" && dash == std::string_view::npos)
      return wrong(fmt::format("in {} a step stands behind a single number: write * or a range",
                               shown(text)));
    step = *given;
  }
  std::vector<int> numbers;
  for (int number = from; number <= to; number += step) numbers.push_back(number);
  return numbers;
}

template <std::size_t size>
base::Status take(std::string_view text, const Field& field, std::bitset<size>& into) {
  for (const auto one : parts(text, ","))
    for (const auto number : TRY(element(one, field)))
      into.set(static_cast<std::size_t>(number) % size);  // of a week, 7 is 0
  return {};
}

// Whether the field leaves any day out.
template <std::size_t size>
bool is_set(const std::bitset<size>& values, std::size_t all) {
  return values.count() < all;
}

bool comes_ever(const Expression& expression) {
  if (is_set(expression.weekdays, 7)) return true;
  for (std::size_t month = 1; month <= 12; ++month)
    for (int day = 1; day <= days_at_most[month]; ++day)
      if (expression.months.test(month) && expression.days.test(static_cast<std::size_t>(day)))
        return true;
  return false;
}

}  // namespace

bool Expression::is_day(int month, int day, int weekday) const {
  if (!months.test(static_cast<std::size_t>(month))) return false;
  const bool by_date = days.test(static_cast<std::size_t>(day));
  const bool by_week = weekdays.test(static_cast<std::size_t>(weekday));
  const bool is_either = is_set(days, 31) && is_set(weekdays, 7);
  return is_either ? by_date || by_week : by_date && by_week;
}

Result<Expression> parse(std::string_view text) {
  if (text.starts_with('@')) {
    const auto found = std::ranges::find_if(
        shorthands, [&](const Shorthand& one) { return same_letters(one.name, text); });
    if (found == shorthands.end()) return wrong(fmt::format("there is no {}", shown(text)));
    text = found->meaning;
  }
  auto words = parts(text, " \t");
  std::erase(words, std::string_view());
  if (words.size() != fields.size())
    return wrong(words.size() == 1 ? std::string("there is one field")
                                   : fmt::format("there are {} fields", words.size()));
  Expression expression;
  TRY(take(words[0], fields[0], expression.minutes));
  TRY(take(words[1], fields[1], expression.hours));
  TRY(take(words[2], fields[2], expression.days));
  TRY(take(words[3], fields[3], expression.months));
  TRY(take(words[4], fields[4], expression.weekdays));
  if (!comes_ever(expression)) return wrong("that day never comes");
  return expression;
}

}  // namespace insights::cron
