#include "findings/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace insights::findings {

namespace {

std::string escaped(std::string_view part) {
  constexpr std::string_view separators = "%/=,~";
  std::string text;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || separators.find(c) != std::string_view::npos) {
      text += fmt::format("%{:02X}", byte);
    } else {
      text += c;
    }
  }
  return text;
}

// Source: Fowler, Noll, Vo; the FNV Non-Cryptographic Hash Algorithm (IETF draft), FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string fingerprint(std::string_view pattern, std::string_view measure,
                        std::span<const Entity> entities) {
  std::vector<std::string> parts;
  for (const auto& entity : entities) {
    parts.push_back(escaped(entity.column) + "=" + escaped(entity.value));
  }
  std::ranges::sort(parts);
  auto text = escaped(pattern);
  if (!measure.empty()) text += "/" + escaped(measure);
  if (!parts.empty()) text += fmt::format("/{}", fmt::join(parts, ","));
  if (text.size() <= fingerprint_bytes_max) return text;
  const auto ending = fmt::format("~{:016x}", hash_of(text));
  auto cut = fingerprint_bytes_max - ending.size();
  while (cut > 0 && continues_character(text[cut])) --cut;
  return text.substr(0, cut) + ending;
}

}  // namespace insights::findings
