#include "config/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace insights::config {

using base::ErrorKind;
using base::fail;
using base::Result;

Result<std::string> read_text_file(const std::string& path, const std::string& what,
                                   std::size_t bytes_max) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return fail(ErrorKind::not_found, fmt::format("{} {} does not exist", what, path));
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return fail(ErrorKind::unavailable, fmt::format("{} {} is a directory", what, path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(ErrorKind::unavailable, fmt::format("{} {} cannot be read: {}", what, path,
                                                    std::generic_category().message(errno)));
  }
  std::string text;
  constexpr std::size_t piece = std::size_t{1} << 16;
  while (file && text.size() <= bytes_max) {
    const auto size = text.size();
    text.resize(size + piece);
    file.read(text.data() + size, piece);
    text.resize(size + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) {
    return fail(ErrorKind::unavailable, fmt::format("{} {} cannot be read", what, path));
  }
  if (text.size() > bytes_max) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} {} is larger than {} KB", what, path, bytes_max / 1024));
  }
  if (text.find('\0') != std::string::npos) {
    return fail(ErrorKind::invalid_input, fmt::format("{} {} is not a text file", what, path));
  }
  return text;
}

}  // namespace insights::config
