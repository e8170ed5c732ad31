// A CSV file that is being written: cells one after another, in large pieces.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace insights::generate {

class CsvFile {
 public:
  explicit CsvFile(const std::filesystem::path& path);

  void text(std::string_view text);  // as it is
  void start_line() { line_ = buffer_.size(); }
  void cell(std::string_view text);  // must need no quotes
  void whole(std::int64_t value);
  void cents(std::int64_t value);                                      // 123456 -> 1234.56
  void numbered(char letter, std::int64_t value, std::size_t digits);  // 'F', 17, 4 -> F0017
  void end_line();
  void again();  // the last line once more

  // Everything is on its way to the disk. Error (unavailable): it is not.
  base::Status close();

 private:
  void flush();

  std::filesystem::path path_;
  std::ofstream file_;
  std::string buffer_, last_;
  std::size_t line_ = 0;
};

}  // namespace insights::generate
