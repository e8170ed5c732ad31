#include "source/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

namespace insights::source {

namespace {

using base::ErrorKind;
using namespace std::literals;

constexpr std::size_t sample_bytes = std::size_t{64} << 10;
constexpr int samples_inside = 4;
// Text has a stray control character here and there; of random bytes a tenth are.
constexpr double control_share_max = 0.02;
constexpr std::ptrdiff_t controls_max = 8;
// UTF-16 of a Western text has a NUL in every second byte.
constexpr double utf_16_nul_share_min = 0.3;

std::string read_at(std::ifstream& stream, std::uintmax_t offset) {
  std::string bytes(sample_bytes, '\0');
  stream.clear();
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

bool is_control(char character) {
  const auto code = static_cast<unsigned char>(character);
  return (code < 0x20 && code != '\t' && code != '\n' && code != '\r' && code != '\f' &&
          code != 0x1A) ||
         code == 0x7F;
}

double share(std::ptrdiff_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

struct Magic {
  std::string_view bytes;
  std::size_t offset;
  std::string_view what;
  std::string_view hint;
};
// What people name .csv, .json or .db and is something else.
constexpr std::string_view export_hint = "Export it as CSV or Parquet, and name that file.";
constexpr Magic strangers[]{
    {"PK\x03\x04"sv, 0, "a spreadsheet or ZIP archive",
     "Save the sheet as CSV, or unpack the archive."},
    {"\xD0\xCF\x11\xE0"sv, 0, "an old spreadsheet", "Save the sheet as CSV."},
    {"SQLite format 3"sv, 0, "an SQLite database", export_hint},
    {"PAR1"sv, 0, "a Parquet file", "Name it with the ending .parquet."},
    {"DUCK"sv, 8, "a DuckDB database", "Name it with the ending .duckdb."},
    {"%PDF"sv, 0, "a PDF document", export_hint},
    {"\x28\xB5\x2F\xFD"sv, 0, "compressed with Zstandard", "Unpack it first."},
    {"BZh"sv, 0, "compressed with bzip2", "Unpack it first."},
    {"\xFD"
     "7zXZ"sv,
     0, "compressed with xz", "Unpack it first."},
};

bool has(std::string_view head, const Magic& magic) {
  return head.size() > magic.offset && head.substr(magic.offset).starts_with(magic.bytes);
}

std::unexpected<base::Error> not_what_it_says(const DataFile& file, std::string_view what,
                                              std::string_view hint) {
  return base::fail(ErrorKind::invalid_input,
                    fmt::format("{} is not a table: it is {}", file.path.string(), what),
                    std::string(hint));
}

base::Status check_stranger(const DataFile& file, std::string_view head, std::string_view own) {
  for (const auto& magic : strangers) {
    if (magic.bytes != own && has(head, magic))
      return not_what_it_says(file, magic.what, magic.hint);
  }
  return {};
}

base::Status check_parquet(const DataFile& file, std::ifstream& stream, std::uintmax_t size,
                           std::string_view head) {
  TRY(check_stranger(file, head, "PAR1"));
  const bool starts = head.starts_with("PAR1");
  const bool ends = size >= 12 && read_at(stream, size - 4) == "PAR1";
  if (starts && ends) return {};
  return not_what_it_says(file, starts ? "a Parquet file that was cut short" : "no Parquet file",
                          starts ? "Copy or write it again." : "");
}

base::Status check_database(const DataFile& file, std::string_view head) {
  TRY(check_stranger(file, head, "DUCK"));
  if (head.size() > 12 && head.substr(8).starts_with("DUCK")) return {};
  return not_what_it_says(file, "no DuckDB database", "");
}

// UTF-16 without its mark shows in where the NULs are.
TextForm::Encoding encoding_of(std::string_view head) {
  if (head.starts_with("\xFF\xFE"sv)) return TextForm::Encoding::utf_16_little;
  if (head.starts_with("\xFE\xFF"sv)) return TextForm::Encoding::utf_16_big;
  std::ptrdiff_t even = 0;
  std::ptrdiff_t odd = 0;
  for (std::size_t index = 0; index < head.size(); ++index) {
    if (head[index] == '\0') ++(index % 2 == 0 ? even : odd);
  }
  if (share(odd, head.size()) > utf_16_nul_share_min && even * 20 < odd)
    return TextForm::Encoding::utf_16_little;
  if (share(even, head.size()) > utf_16_nul_share_min && odd * 20 < even)
    return TextForm::Encoding::utf_16_big;
  return TextForm::Encoding::utf_8;
}

base::Result<TextForm> check_text(const DataFile& file, std::ifstream& stream, std::uintmax_t size,
                                  std::string_view head) {
  TextForm form;
  form.gzip = head.starts_with("\x1F\x8B"sv);
  if (form.gzip) return form;
  if (file.path.extension() == ".gz") {
    return not_what_it_says(file, "not compressed with gzip",
                            "Rename it without .gz, or compress it again.");
  }
  TRY(check_stranger(file, head, ""));
  form.encoding = encoding_of(head);
  if (form.encoding != TextForm::Encoding::utf_8) return form;
  std::string sample(head);
  const auto is_one_line = [](std::string_view bytes) {
    return bytes.size() == sample_bytes && bytes.find_first_of("\r\n") == std::string_view::npos;
  };
  form.long_lines = is_one_line(head);
  for (std::uintmax_t part = 1; part <= samples_inside && size > sample_bytes; ++part) {
    const auto inside = read_at(stream, (size - sample_bytes) / samples_inside * part);
    form.long_lines = form.long_lines || is_one_line(inside);
    sample += inside;
  }
  const auto controls = std::ranges::count_if(sample, is_control);
  if (controls > controls_max && share(controls, sample.size()) > control_share_max) {
    return not_what_it_says(file, "binary data and no text",
                            "Name a text, Parquet or DuckDB file.");
  }
  if (std::ranges::all_of(head,
                          [](unsigned char character) { return std::isspace(character) != 0; }) &&
      size <= sample_bytes) {
    return base::fail(ErrorKind::invalid_input, fmt::format("{} is empty", file.path.string()));
  }
  return form;
}

}  // namespace

base::Result<TextForm> look_at(const DataFile& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file.path, error);
  errno = 0;
  std::ifstream stream(file.path, std::ios::binary);
  if (error || !stream) {
    const std::string why = error ? error.message() : std::strerror(errno);
    return base::fail(ErrorKind::unavailable,
                      fmt::format("{} cannot be read: {}", file.path.string(), why),
                      "Check who may read it.");
  }
  if (size == 0)
    return base::fail(ErrorKind::invalid_input, fmt::format("{} is empty", file.path.string()));
  const std::string head = read_at(stream, 0);
  switch (file.kind) {
    case FileKind::delimited:
    case FileKind::json:
      return check_text(file, stream, size, head);
    case FileKind::parquet:
      TRY(check_parquet(file, stream, size, head));
      return TextForm{};
    case FileKind::database:
      TRY(check_database(file, head));
      return TextForm{};
  }
  std::unreachable();
}

}  // namespace insights::source
