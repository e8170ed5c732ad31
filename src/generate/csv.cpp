#include "generate/csv.h"

#include <fmt/format.h>

namespace insights::generate {

namespace {

constexpr std::size_t piece = std::size_t{1} << 20U;

}  // namespace

CsvFile::CsvFile(const std::filesystem::path& path)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

void CsvFile::text(std::string_view text) { buffer_ += text; }

void CsvFile::cell(std::string_view text) {
  if (buffer_.size() > line_) buffer_ += ',';
  buffer_ += text;
}

void CsvFile::whole(std::int64_t value) { cell(fmt::format_int(value).c_str()); }

void CsvFile::cents(std::int64_t value) {
  const std::uint64_t size =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  cell(value < 0 ? "-" : "");
  buffer_ += fmt::format_int(size / 100).c_str();
  buffer_ += '.';
  buffer_ += static_cast<char>('0' + size / 10 % 10);
  buffer_ += static_cast<char>('0' + size % 10);
}

void CsvFile::numbered(char letter, std::int64_t value, std::size_t digits) {
  const fmt::format_int text(value);
  cell({&letter, 1});
  buffer_.append(text.size() < digits ? digits - text.size() : 0, '0');
  buffer_ += text.c_str();
}

void CsvFile::end_line() {
  buffer_ += '\n';
  last_ = buffer_.substr(line_);
  flush();
}

void CsvFile::again() {
  buffer_ += last_;
  flush();
}

base::Status CsvFile::close() {
  file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
  file_.close();
  if (file_.fail()) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("{} could not be written", path_.string()),
                      "Is there such a directory, and room on the disk?");
  }
  return {};
}

void CsvFile::flush() {
  if (buffer_.size() < piece) return;
  file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

}  // namespace insights::generate
