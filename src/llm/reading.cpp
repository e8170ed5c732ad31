#include "llm/reading.h"

#include <fmt/format.h>

#include <algorithm>

namespace insights::llm {

std::string CallNames::name_for(const std::string& id) {
  ++number_;
  constexpr std::size_t id_bytes_max = 64;  // longer ones are refused when they are sent back
  const bool is_usable =
      !id.empty() && id.size() <= id_bytes_max && !std::ranges::count(taken_, id);
  auto name = is_usable ? id : fmt::format("call_{}", number_);
  taken_.push_back(name);
  return name;
}

void append_text(Json& target, const Json& delta, const char* field) {
  const auto& piece = at(delta, field);
  if (!piece.is_string()) return;
  auto& text = target[field];
  if (!text.is_string()) text = "";
  text.get_ref<std::string&>() += piece.get_ref<const std::string&>();
}

void tell(const ProgressSink& progress, Progress::Kind kind, const std::string& text) {
  if (progress && !text.empty()) progress({kind, text});
}

}  // namespace insights::llm
