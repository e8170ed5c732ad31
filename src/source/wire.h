// Numbers and texts as bytes, in the order of the machine: for the line between a worker process
// and its parent, and for results that are kept (cache/entry.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace insights::source {

class WireWriter {
 public:
  template <class Number>
    requires std::is_arithmetic_v<Number>
  void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void text(std::string_view text) {
    number(static_cast<std::uint64_t>(text.size()));
    bytes_.append(text);
  }
  template <class Number>
    requires std::is_arithmetic_v<Number>
  void numbers(const std::vector<Number>& values) {
    number(static_cast<std::uint64_t>(values.size()));
    if (!values.empty())
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Reads what a WireWriter wrote, in the same order. Past the end, or of a size that cannot be, it
// gives zero and empty, and is_good() is false from then on.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
    requires std::is_arithmetic_v<Number>
  Number number() {
    Number value{};
    if (bytes_.size() < sizeof(value)) {
      fail();
      return value;
    }
    bytes_.copy(reinterpret_cast<char*>(&value), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
    return value;
  }
  // Borrowed from the bytes that are read.
  std::string_view text() {
    const auto size = number<std::uint64_t>();
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const auto text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  template <class Number>
    requires std::is_arithmetic_v<Number>
  std::vector<Number> numbers() {
    const auto count = number<std::uint64_t>();
    if (count > bytes_.size() / sizeof(Number)) {
      fail();
      return {};
    }
    std::vector<Number> values(count);
    bytes_.copy(reinterpret_cast<char*>(values.data()), count * sizeof(Number));
    bytes_.remove_prefix(count * sizeof(Number));
    return values;
  }
  bool is_good() const { return is_good_; }
  std::size_t left() const { return bytes_.size(); }
  // What was read cannot be.
  void fail() {
    is_good_ = false;
    bytes_ = {};
  }

 private:
  std::string_view bytes_;
  bool is_good_ = true;
};

}  // namespace insights::source
