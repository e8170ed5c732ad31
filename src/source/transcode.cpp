#include "source/transcode.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "sql/utf8.h"

namespace insights::source {

namespace {

using base::ErrorKind;

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr char32_t replacement = 0xFFFD;

// What the bytes 0x80 to 0x9F are in Windows-1252; the others are what they are in Unicode.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

void append(std::string& text, char32_t code) {
  const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// Translates what comes in blocks; a character cut in two by the end of a block waits for the next.
class Transcoder {
 public:
  explicit Transcoder(TextForm::Encoding encoding) : encoding_(encoding) {}

  std::string translate(std::string_view block, bool last) {
    pending_ += block;
    std::string text;
    text.reserve(pending_.size() + pending_.size() / 8);
    const auto used = encoding_ == TextForm::Encoding::utf_8 ? utf_8(pending_, last, text)
                                                             : utf_16(pending_, last, text);
    pending_.erase(0, used);
    if (at_start_ && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    at_start_ = at_start_ && text.empty();
    return text;
  }

  std::int64_t odd() const { return odd_; }

 private:
  std::size_t utf_8(std::string_view bytes, bool last, std::string& text) {
    std::size_t index = 0;
    while (index < bytes.size() && (last || bytes.size() - index >= 4)) {
      const auto size = sql::utf8_character_bytes(bytes.substr(index));
      if (size > 0) {
        text += bytes.substr(index, size);
        index += size;
        continue;
      }
      const auto code = static_cast<unsigned char>(bytes[index++]);
      append(text, code < 0xA0 ? windows_1252[code - 0x80U] : code);
      ++odd_;
    }
    return index;
  }

  std::size_t utf_16(std::string_view bytes, bool last, std::string& text) {
    std::size_t index = 0;
    while (bytes.size() - index >= 2 && (last || bytes.size() - index >= 4)) {
      const char32_t unit = unit_at(bytes, index);
      index += 2;
      if (unit < 0xD800 || unit > 0xDFFF) {
        append(text, unit);
        continue;
      }
      const char32_t low = bytes.size() - index >= 2 ? unit_at(bytes, index) : 0;
      if (unit < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF) {
        append(text, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        index += 2;
      } else {
        append(text, replacement);
        ++odd_;
      }
    }
    if (last && index < bytes.size()) ++odd_;  // half a unit at the end
    return last ? bytes.size() : index;
  }

  char32_t unit_at(std::string_view bytes, std::size_t index) const {
    const auto first = static_cast<unsigned char>(bytes[index]);
    const auto second = static_cast<unsigned char>(bytes[index + 1]);
    const bool big = encoding_ == TextForm::Encoding::utf_16_big;
    return static_cast<char32_t>(big ? first << 8 | second : second << 8 | first);
  }

  TextForm::Encoding encoding_;
  std::string pending_;
  bool at_start_ = true;
  std::int64_t odd_ = 0;
};

}  // namespace

base::Result<std::int64_t> transcode(const std::filesystem::path& from,
                                     const std::filesystem::path& to, TextForm::Encoding encoding,
                                     const std::stop_token& stop) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary);
  if (!in)
    return base::fail(ErrorKind::unavailable, fmt::format("{} cannot be read", from.string()));
  Transcoder transcoder(encoding);
  std::string block(block_bytes, '\0');
  bool last = false;
  while (!last && out) {
    if (stop.stop_requested())
      return base::fail(ErrorKind::cancelled, "opening the source was stopped");
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    last = !in;
    out << transcoder.translate(
        std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())), last);
  }
  out.flush();
  if (!out) {
    return base::fail(ErrorKind::unavailable,
                      fmt::format("{} could not be translated to UTF-8: no room in {}",
                                  from.string(), to.parent_path().string()),
                      "Set TMPDIR to a directory with room for the data.");
  }
  return transcoder.odd();
}

}  // namespace insights::source
