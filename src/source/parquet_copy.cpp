#include "source/parquet_copy.h"

#include <fmt/format.h>

#include "source/engine.h"
#include "sql/dialect.h"

namespace insights::source {

base::Status write_parquet(const std::filesystem::path& csv, const std::filesystem::path& parquet) {
  const auto copy = [&]() -> engine::Outcome<Rows> {
    auto database = engine::Database::open("", {{"memory_limit", "1GB"}});
    if (!database) return std::unexpected(database.error());
    auto connection = engine::Connection::open(*database);
    if (!connection) return std::unexpected(connection.error());
    return engine::run(
        *connection, fmt::format("COPY (FROM read_csv({}, header = true)) TO {} (FORMAT parquet)",
                                 sql::quote_text(csv.string()), sql::quote_text(parquet.string())));
  };
  if (const auto done = copy(); !done) return std::unexpected(engine::error_of(done.error()));
  return {};
}

}  // namespace insights::source
