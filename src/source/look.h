// A look at a file's first bytes and at a few places inside, before an engine is let at it: whether
// it is what its name says. Reads at most a few hundred KB, however large the file is.
#pragma once

#include "base/result.h"
#include "source/files.h"

namespace insights::source {

// What a text file is made of.
struct TextForm {
  enum class Encoding { utf_8, utf_16_little, utf_16_big };
  Encoding encoding = Encoding::utf_8;  // or anything else that has no NUL bytes
  bool gzip = false;                    // then nothing is known about what is inside
  bool long_lines = false;              // of 64 KB or more
  bool operator==(const TextForm&) const = default;
};

// For delimited and JSON files how they are written; for the others nothing of use.
// Errors: unavailable (not readable), invalid_input (empty, or something else than its name says).
base::Result<TextForm> look_at(const DataFile& file);

}  // namespace insights::source
