// Columns of a delimited file that are text only because of how their numbers are written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "source/files.h"
#include "source/source.h"
#include "source/staging.h"

namespace insights::source {

// Looks at the text columns of a loaded file. All numbers but for marks of a missing value (NA,
// n/a, - ...), numbers with a decimal comma, with separators of thousands, one currency's sign or a
// percent sign become numbers; dates with the month's name, and ISO dates among marks of missing
// values, become dates; the file is then written anew. Columns that are nearly all
// numbers stay text, with a note that shows what is none. Codes with leading zeros stay text.
//   delimiter  of the file; where a comma may be either, a file with semicolons has decimal commas
//   returns    the columns as they are now
base::Result<std::vector<TableColumn>> read_text_columns(const DataFile& file,
                                                         const std::string& delimiter,
                                                         const std::filesystem::path& parquet,
                                                         Staging& staging,
                                                         std::vector<std::string>& notes);

}  // namespace insights::source
