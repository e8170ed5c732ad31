#include "cli/version.h"

namespace insights::cli {

std::string_view version() { return INSIGHTS_VERSION; }

}  // namespace insights::cli
