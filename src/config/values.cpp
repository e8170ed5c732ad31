// Settings in writing: reading a text as the kind its key asks for, and writing a value back.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "base/nearest.h"
#include "config/keys.h"

namespace insights::config {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Status;
using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array duration_units{Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000},
                                    Unit{"ms", 1}};
constexpr std::array size_units{Unit{"TB", 1024.0 * 1024 * 1024 * 1024},
                                Unit{"GB", 1024.0 * 1024 * 1024}, Unit{"MB", 1024.0 * 1024},
                                Unit{"KB", 1024}, Unit{"B", 1}};

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

// The whole text as a number, or nothing.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool same_unit(std::string_view given, std::string_view unit) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
  };
  const auto equal = [&](std::string_view other) {
    return std::ranges::equal(given, other, {}, lower, lower);
  };
  // "2G" and "2GiB" are "2GB".
  return equal(unit) || (unit.size() == 2 && unit[1] == 'B' &&
                         (equal(unit.substr(0, 1)) || equal(std::string{unit[0], 'i', 'B'})));
}

// "1.5 GB" -> 1.5 * factor; a bare number is multiplied by `bare`.
std::optional<double> measured(std::string_view text, std::span<const Unit> units, double bare) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = number_in<double>(text.substr(0, digits));
  std::string_view unit = text.substr(digits);
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (!number) return std::nullopt;
  if (unit.empty()) return *number * bare;
  const auto found =
      std::ranges::find_if(units, [&](const Unit& known) { return same_unit(unit, known.name); });
  return found == units.end() ? std::nullopt : std::optional(*number * found->factor);
}

std::string measure_text(std::int64_t amount, std::span<const Unit> units) {
  for (const auto& unit : units) {
    const auto factor = static_cast<std::int64_t>(unit.factor);
    if (amount % factor == 0 && amount != 0) return fmt::format("{}{}", amount / factor, unit.name);
  }
  return "0";
}

std::string range_text(const Key& key) {
  const auto written = [&](double bound) {
    if (key.kind == Kind::size) return measure_text(static_cast<std::int64_t>(bound), size_units);
    if (key.kind == Kind::duration) {
      return measure_text(std::llround(bound * 1000), duration_units);
    }
    if (key.kind == Kind::number) return fmt::format("{}", bound);
    return fmt::format("{:.0f}", bound);
  };
  return fmt::format("{} to {} is allowed", written(key.least), written(key.most));
}

Status in_range(const Key& key, double value, const std::string& text, const std::string& where) {
  if (value >= key.least && value <= key.most) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: {} is out of range; {}", where, text, range_text(key)));
}

Result<std::int64_t> read_integer(const Key& key, const std::string& text,
                                  const std::string& where) {
  if (key.kind == Kind::size) {
    const auto bytes = measured(text, size_units, 1);
    if (!bytes) {
      return fail(ErrorKind::invalid_input, fmt::format("{}: '{}' is not a size", where, text),
                  "Write a number of bytes, or a number and KB, MB, GB or TB: 512MB.");
    }
    TRY(in_range(key, *bytes, text, where));
    return static_cast<std::int64_t>(*bytes);
  }
  const auto number = number_in<std::int64_t>(text);
  if (!number) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: '{}' is not a whole number", where, text));
  }
  TRY(in_range(key, static_cast<double>(*number), text, where));
  return *number;
}

Result<double> read_number(const Key& key, const std::string& text, const std::string& where) {
  const auto number = number_in<double>(text);
  if (!number)
    return fail(ErrorKind::invalid_input, fmt::format("{}: '{}' is not a number", where, text));
  TRY(in_range(key, *number, text, where));
  return *number;
}

Result<milliseconds> read_duration(const Key& key, const std::string& text,
                                   const std::string& where) {
  const auto amount = measured(text, duration_units, 1000);
  if (!amount) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: '{}' is not a time", where, text),
                "Write a number of seconds, or a number and ms, s, m or h: 90s, 10m.");
  }
  TRY(in_range(key, *amount / 1000, text, where));
  return milliseconds(std::llround(*amount));
}

Result<std::size_t> read_choice(const Key& key, const std::string& text, const std::string& where) {
  const auto choices = choices_of(key);
  const auto found = std::ranges::find(choices, text);
  if (found == choices.end()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: '{}' is not one of {}", where, text, fmt::join(choices, ", ")),
                base::did_you_mean(text, choices));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

Result<bool> read_boolean(const std::string& text, const std::string& where) {
  if (text == "true") return true;
  if (text == "false") return false;
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: '{}' is neither true nor false", where, text));
}

Result<base::Day> read_day(const std::string& text, const std::string& where) {
  const auto day = base::parse_day(text);
  if (!day) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: '{}' is not a date", where, text),
                "Write year, month and day: 2025-11-30.");
  }
  return *day;
}

}  // namespace

Status assign(Config& config, const Key& key, const std::string& text, const std::string& where) {
  if (text.empty()) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: the value is empty", where));
  }
  const auto set = Overloaded{
      [&](std::string Config::* field) -> Status {
        config.*field = text;
        return {};
      },
      [&](std::vector<std::string> Config::* field) -> Status {
        (config.*field).push_back(text);
        return {};
      },
      [&](std::int64_t Config::* field) -> Status {
        config.*field = TRY(read_integer(key, text, where));
        return {};
      },
      [&](double Config::* field) -> Status {
        config.*field = TRY(read_number(key, text, where));
        return {};
      },
      [&](milliseconds Config::* field) -> Status {
        config.*field = TRY(read_duration(key, text, where));
        return {};
      },
      [&](std::optional<base::Day> Config::* field) -> Status {
        config.*field = TRY(read_day(text, where));
        return {};
      },
      [&](bool Config::* field) -> Status {
        config.*field = TRY(read_boolean(text, where));
        return {};
      },
      [&]<class Choice>(Choice Config::* field) -> Status {
        static_assert(std::is_enum_v<Choice>);
        config.*field = static_cast<Choice>(TRY(read_choice(key, text, where)));
        return {};
      },
  };
  return std::visit(set, key.field);
}

void clear_list(Config& config, const Key& key) {
  if (const auto* field = std::get_if<std::vector<std::string> Config::*>(&key.field)) {
    (config.**field).clear();
  }
}

std::string value_text(const Config& config, const Key& key) {
  const auto is_secret = key.kind == Kind::secret || key.kind == Kind::secret_list;
  const auto written = Overloaded{
      [&](std::string Config::* field) {
        return is_secret && !(config.*field).empty() ? std::string("***") : config.*field;
      },
      [&](std::vector<std::string> Config::* field) {
        if (is_secret && !(config.*field).empty()) return std::string("***");
        return fmt::format("{}", fmt::join(config.*field, ", "));
      },
      [&](std::int64_t Config::* field) {
        return key.kind == Kind::size ? measure_text(config.*field, size_units)
                                      : fmt::format("{}", config.*field);
      },
      [&](double Config::* field) { return fmt::format("{}", config.*field); },
      [&](milliseconds Config::* field) {
        return measure_text((config.*field).count(), duration_units);
      },
      [&](std::optional<base::Day> Config::* field) {
        return config.*field ? base::iso_text(*(config.*field)) : std::string();
      },
      [&](bool Config::* field) { return std::string(config.*field ? "true" : "false"); },
      [&]<class Choice>(Choice Config::* field) {
        return choices_of(key)[static_cast<std::size_t>(config.*field)];
      },
  };
  return std::visit(written, key.field);
}

}  // namespace insights::config
