// How a value is named inside a sentence, and groups under the bars of a chart.
#pragma once

#include <fmt/format.h>

#include <cctype>
#include <string>

#include "catalog/catalog.h"

namespace insights::patterns {

// What to SELECT as the name of a group when the query groups by `column`: the label people know,
// else the value.
inline std::string group_name_sql(const catalog::Subject& subject, std::size_t column) {
  const auto& own = subject.columns[column];
  const auto label = own.label_column.empty() ? std::nullopt : subject.index_of(own.label_column);
  return label ? fmt::format("max({})", subject.columns[*label].sql) : own.sql;
}

// subject_phrase() in the middle of a sentence: "batch {who}" for "Batch {who}".
inline std::string inside_sentence(std::string phrase) {
  if (!phrase.empty()) {
    phrase[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(phrase[0])));
  }
  return phrase;
}

}  // namespace insights::patterns
