// Any text through the gate of this dialect: it answers, and what passes passes again as it is
// written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/gate.h"

using namespace insights;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto gate = sql::Gate::open(
      sql::Dialect::duckdb,
      {{"", "sales", {{"region", "text"}, {"gsv", "numeric"}, {"invoice_date", "date"}}},
       {"crm", "customers", {{"id", "int8"}, {"email", "text", sql::Privacy::guarded}}}});
  const auto query = gate->judge({reinterpret_cast<const char*>(data), size});
  if (query && !gate->judge(query->text())) std::abort();
  return 0;
}
