// Any text as a vocabulary: it is read, or refused; and any text as the name of a column.
#include <cstdint>
#include <string_view>

#include "catalog/personal.h"
#include "catalog/vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace insights;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto vocabulary = catalog::read_vocabulary("", text);
  if (!vocabulary) return 0;
  const std::string value(text.substr(0, 200));
  static_cast<void>(
      catalog::personal_of(value, {value, "VARCHAR", ""}, {&value, 1}, *vocabulary).has_value());
  return 0;
}
