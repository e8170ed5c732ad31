#include "frame/frame.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <unordered_map>

namespace insights::frame {

namespace {

template <class To, class From>
std::vector<To> widened(const std::vector<From>& from, std::size_t reserve) {
  std::vector<To> to;
  to.reserve(std::max(reserve, from.size()));
  to.assign(from.begin(), from.end());
  return to;
}

Coded picked(const Coded& coded, std::span<const std::size_t> rows) {
  Coded few{{}, {""}};
  std::vector<std::uint32_t> codes, fresh_code(coded.values(), 0);
  codes.reserve(rows.size());
  for (const std::size_t row : rows) {
    const auto code = coded.codes[row];
    if (code != 0 && fresh_code[code] == 0) {
      fresh_code[code] = static_cast<std::uint32_t>(few.dictionary.size());
      few.dictionary.push_back(coded.dictionary[code]);
    }
    codes.push_back(fresh_code[code]);
  }
  few.codes.append(codes.data(), codes.size(), static_cast<std::uint32_t>(few.values() - 1));
  return few;
}

template <class T>
std::vector<T> picked(const std::vector<T>& values, std::span<const std::size_t> rows) {
  std::vector<T> few;
  if (values.empty()) return few;
  few.reserve(rows.size());
  for (const std::size_t row : rows) few.push_back(values[row]);
  return few;
}

Dropped picked(const Dropped&, std::span<const std::size_t>) { return {}; }
Numbers picked(const Numbers& numbers, std::span<const std::size_t> rows) {
  return {picked(numbers.values, rows)};
}
Days picked(const Days& days, std::span<const std::size_t> rows) {
  return {picked(days.days, rows), picked(days.seconds, rows)};
}

}  // namespace

void CodeVector::append(const std::uint32_t* codes, std::size_t count, std::uint32_t largest) {
  if (size() == 0) {
    std::visit([&](auto& vector) { vector.reserve(rows_expected_); }, codes_);
  }
  if (largest > 0xFF && std::holds_alternative<std::vector<std::uint8_t>>(codes_)) {
    codes_ = widened<std::uint16_t>(std::get<0>(codes_), rows_expected_);
  }
  if (largest > 0xFFFF && std::holds_alternative<std::vector<std::uint16_t>>(codes_)) {
    codes_ = widened<std::uint32_t>(std::get<1>(codes_), rows_expected_);
  }
  std::visit(
      [&](auto& vector) {
        using Code = typename std::decay_t<decltype(vector)>::value_type;
        for (std::size_t i = 0; i < count; ++i) vector.push_back(static_cast<Code>(codes[i]));
      },
      codes_);
}

std::size_t CodeVector::size() const {
  return std::visit([](const auto& vector) { return vector.size(); }, codes_);
}

const Column* Frame::find(std::string_view name) const {
  for (const auto& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

Frame picked(const Frame& frame, std::span<const std::size_t> rows) {
  Frame few{frame.table, rows.size(), {}, frame.rows_in_source, frame.duplicate_rows};
  for (const auto& column : frame.columns) {
    few.columns.push_back({column.name, column.engine_type, column.type, {}, column.profile});
    std::visit([&](const auto& data) { few.columns.back().data = picked(data, rows); },
               column.data);
  }
  return few;
}

std::string number_text(double value) {
  if (std::fabs(value) < 9e15 && std::floor(value) == value) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  return fmt::format("{}", value);
}

std::optional<Coded> encode(const Numbers& numbers, std::size_t values_max) {
  Coded coded;
  coded.dictionary.emplace_back();
  coded.codes.reserve(numbers.values.size());
  std::unordered_map<std::uint64_t, std::uint32_t> code_of;
  std::vector<std::uint32_t> block;
  const auto flush = [&] {
    coded.codes.append(block.data(), block.size(),
                       static_cast<std::uint32_t>(coded.dictionary.size() - 1));
    block.clear();
  };
  for (const double raw : numbers.values) {
    std::uint32_t code = 0;
    if (!std::isnan(raw)) {
      const double value = raw == 0 ? 0.0 : raw;  // -0 is 0
      const auto [place, is_new] = code_of.try_emplace(
          std::bit_cast<std::uint64_t>(value), static_cast<std::uint32_t>(coded.dictionary.size()));
      if (is_new) {
        if (coded.dictionary.size() > values_max) return std::nullopt;
        coded.dictionary.push_back(number_text(value));
      }
      code = place->second;
    }
    block.push_back(code);
    if (block.size() == 4096) flush();
  }
  flush();
  return coded;
}

}  // namespace insights::frame
