#include "catalog/currency.h"

#include <algorithm>
#include <vector>

#include "catalog/roles.h"
#include "catalog/vocabulary.h"

namespace insights::catalog {

namespace {

bool tells_currency(const Column& column, const frame::Coded& coded) {
  constexpr std::size_t currencies_max = 200;  // there are about 180
  const auto values = coded.values();
  if (values < 2 || values > currencies_max + 1) return false;
  const auto words = words_of(column.name);
  if (!words.empty() && words.back() == "currency") return true;
  return std::all_of(coded.dictionary.begin() + 1, coded.dictionary.end(),
                     [](const std::string& text) { return !currency_of(text).empty(); });
}

}  // namespace

std::optional<CurrencyColumn> currency_column(const Subject& subject) {
  for (std::size_t i = 0; i < subject.columns.size(); ++i) {
    const auto* coded = subject.frame.columns[i].coded();
    if (coded == nullptr || subject.frame.columns[i].type != frame::Type::text ||
        !tells_currency(subject.columns[i], *coded))
      continue;
    std::vector<std::size_t> rows(coded->values(), 0);
    for (std::size_t row = 0; row < coded->codes.size(); ++row) ++rows[coded->codes[row]];
    std::size_t main = 1;
    for (std::size_t code = 2; code < rows.size(); ++code) {
      if (rows[code] > rows[main] ||
          (rows[code] == rows[main] && coded->dictionary[code] < coded->dictionary[main]))
        main = code;
    }
    return CurrencyColumn{i, coded->dictionary[main], rows.size() - 1, rows[main]};
  }
  return std::nullopt;
}

}  // namespace insights::catalog
