// Text in other encodings as UTF-8, which is all the engine reads well.
#pragma once

#include <filesystem>
#include <stop_token>

#include "base/result.h"
#include "source/look.h"

namespace insights::source {

// Writes `from` to `to` in UTF-8, without a byte order mark. UTF-16 is translated. Of what is said
// to be UTF-8, what is valid stays, and every other byte is read as Windows-1252, which is what
// such files are in practice (ISO 8859-1 is a part of it); its five unused bytes become U+FFFD, as
// do broken pairs in UTF-16.
//   returns  how many characters were read as Windows-1252 or replaced
// Errors: unavailable (cannot be read or written), cancelled.
base::Result<std::int64_t> transcode(const std::filesystem::path& from,
                                     const std::filesystem::path& to, TextForm::Encoding encoding,
                                     const std::stop_token& stop);

}  // namespace insights::source
