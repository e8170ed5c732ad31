#include "report/seal.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "report/digest.h"

namespace insights::report {

namespace {

using Json = nlohmann::json;  // keys sorted

// 3.0 and 3 are one number; other programs write the one for the other.
void write_whole_numbers_plainly(Json& json) {
  constexpr double exact_up_to = 9007199254740992.0;  // 2^53
  if (json.is_number_float()) {
    const auto number = json.get<double>();
    const bool is_whole = std::abs(number) < exact_up_to && number == std::trunc(number);
    if (is_whole) json = static_cast<std::int64_t>(number);
  } else if (json.is_structured()) {
    for (auto& element : json) write_whole_numbers_plainly(element);
  }
}

std::string digest_of(const Json& json) {
  return blake2b_text(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string id_of(const Json& finding) {
  const auto id = finding.is_object() ? finding.find("id") : finding.end();
  return id != finding.end() && id->is_string() ? id->get<std::string>() : "without id";
}

}  // namespace

std::vector<SealedPart> sealed_parts(std::string_view text) {
  Json report = Json::parse(text, nullptr, false);
  std::vector<SealedPart> parts;
  if (!report.is_object()) return parts;
  write_whole_numbers_plainly(report);
  for (const auto& [key, value] : report.items()) {
    if (key != "seal" && key != "findings") parts.push_back({key, digest_of(value)});
  }
  const auto findings = report.find("findings");
  if (findings == report.end() || !findings->is_array()) return parts;
  Json order = Json::array();
  for (const auto& finding : *findings) {
    const auto id = id_of(finding);
    order.push_back(id);
    if (!finding.is_object()) continue;
    for (const auto& [key, value] : finding.items()) {
      parts.push_back(
          {std::string("finding ").append(id).append(": ").append(key), digest_of(value)});
    }
  }
  parts.push_back({"findings", digest_of(order)});
  return parts;
}

std::vector<std::string> altered_parts(const std::vector<SealedPart>& sealed,
                                       const std::vector<SealedPart>& now) {
  // A name can stand for several parts when a forged report repeats an id: all of them count.
  std::map<std::string, std::multiset<std::string>> before, after;
  std::vector<std::string> names;
  const auto take = [&](const auto& parts, auto& into) {
    for (const auto& part : parts) {
      if (!before.contains(part.name) && !after.contains(part.name)) names.push_back(part.name);
      into[part.name].insert(part.digest);
    }
  };
  take(now, after);
  take(sealed, before);
  std::erase_if(names, [&](const auto& name) { return before[name] == after[name]; });
  return names;
}

}  // namespace insights::report
