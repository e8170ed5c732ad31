#include "source/rows.h"

#include <array>
#include <charconv>
#include <cmath>

namespace insights::source {

namespace {

std::string text_of_real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer{};
  // Left to itself to_chars writes 100000 as 1e+05, which is shorter, and which nobody writes.
  const double size = std::abs(value);
  const auto format = value == 0 || (size >= 1e-5 && size < 1e17) ? std::chars_format::fixed
                                                                  : std::chars_format::scientific;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

struct TextOf {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return text_of_real(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(base::Day value) const { return base::iso_text(value); }
  std::string operator()(base::Moment value) const { return base::iso_text(value); }
};

}  // namespace

std::string text_of(const Cell& cell) { return std::visit(TextOf{}, cell); }

bool is_null(const Cell& cell) { return std::holds_alternative<std::monostate>(cell); }

std::int64_t bytes_of(const Rows& rows) {
  std::int64_t bytes = 0;
  for (const auto& row : rows.rows) {
    for (const auto& cell : row) {
      const auto* text = std::get_if<std::string>(&cell);
      bytes += text == nullptr ? 8 : static_cast<std::int64_t>(text->size());
    }
  }
  return bytes;
}

std::int64_t bytes_of(const Batch& batch) {
  std::int64_t bytes = 0;
  for (const auto& column : batch.columns) {
    bytes += static_cast<std::int64_t>((column.integers.size() + column.reals.size()) * 8);
    if (batch.text_bytes) continue;
    for (const auto text : column.texts) bytes += static_cast<std::int64_t>(text.size());
  }
  return bytes + batch.text_bytes.value_or(0);
}

}  // namespace insights::source
