// Any text as a metadata file: it is read, or refused.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "catalog/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto folder = std::filesystem::current_path() / "fuzz-metadata";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "sales.json", std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  static_cast<void>(insights::catalog::read_metadata(folder.string()).has_value());
  return 0;
}
