// The room's door for JSON: the arguments of a call, read into plain values.
//
// They are outside input: at most 64 KB, nested at most 8 deep, every key known, every value of its
// type. An Error (invalid_input) says which key is wrong and what belongs there, in words that
// whoever wrote the call can act on.
#pragma once

#include <string_view>

#include "base/result.h"
#include "tools/draft.h"

namespace insights::tools {

inline constexpr std::size_t arguments_bytes_max = 64 << 10;

base::Status read_no_arguments(std::string_view text);
base::Result<SqlArguments> read_sql(std::string_view text);
base::Result<TableArguments> read_table(std::string_view text);
base::Result<ScanArguments> read_scan(std::string_view text);
base::Result<TestArguments> read_test(std::string_view text);
base::Result<ChangeArguments> read_change(std::string_view text);
base::Result<Draft> read_draft(std::string_view text);
base::Result<FinishArguments> read_finish(std::string_view text);

}  // namespace insights::tools
