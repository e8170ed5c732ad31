#include "source/digest.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>
#include <utility>

#include "base/ensure.h"

namespace insights::source {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

base::Status add(crypto_generichash_state& state, const FileStamp& file,
                 const std::stop_token& stop) {
  // The size keeps "ab" + "c" apart from "a" + "bc".
  const std::uint64_t size = file.bytes;
  std::array<unsigned char, sizeof size> size_bytes{};
  for (std::size_t index = 0; index < size_bytes.size(); ++index) {
    size_bytes[index] = static_cast<unsigned char>(size >> (8 * index));
  }
  crypto_generichash_update(&state, size_bytes.data(), size_bytes.size());
  std::ifstream stream(file.path, std::ios::binary);
  std::vector<char> block(block_bytes);
  while (stream) {
    if (stop.stop_requested())
      return base::fail(base::ErrorKind::cancelled, "reading the data version was stopped");
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(block.data()),
                              static_cast<unsigned long long>(stream.gcount()));
  }
  if (stream.eof()) return {};
  return base::fail(base::ErrorKind::unavailable,
                    fmt::format("{} cannot be read", file.path.string()));
}

}  // namespace

FileStamp stamp_of(const std::filesystem::path& path) {
  std::error_code error;
  FileStamp stamp{path, std::filesystem::file_size(path, error), {}};
  if (!error) stamp.written = std::filesystem::last_write_time(path, error);
  return error ? FileStamp{path, 0, {}} : stamp;
}

bool are_unchanged(const std::vector<FileStamp>& files) {
  return std::ranges::all_of(files,
                             [](const FileStamp& file) { return stamp_of(file.path) == file; });
}

base::Result<std::string> digest_of(std::vector<FileStamp> files, const std::stop_token& stop) {
  base::ensure(sodium_init() >= 0, "libsodium starts");
  std::ranges::sort(files, {}, [](const FileStamp& file) {
    return std::pair(file.path.filename().string(), file.path.string());
  });
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  for (const auto& file : files) TRY(add(state, file, stop));
  if (!are_unchanged(files)) return std::string();
  std::array<unsigned char, crypto_generichash_BYTES> digest{};
  crypto_generichash_final(&state, digest.data(), digest.size());
  std::string text;
  for (const auto byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace insights::source
