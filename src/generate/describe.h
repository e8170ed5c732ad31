// What a person would write down about the generated tables: metadata files, and business_context.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace insights::generate {

// One JSON file a table and business_context.txt, into `directory`, which must exist.
base::Status describe_company(const std::filesystem::path& directory);

}  // namespace insights::generate
