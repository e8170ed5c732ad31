#include "sql/postgres_parser.h"

#include <fmt/format.h>
#include <pg_query.h>

namespace insights::sql {

namespace {

Refusal not_parsed(const PgQueryError& error) {
  return {RefusalClass::syntax,
          fmt::format("the query cannot be parsed: {}",
                      error.message == nullptr ? "no reason given" : error.message),
          "Write one SELECT in PostgreSQL's SQL."};
}

// Results of libpg_query, freed when they go out of scope.
struct Parsed {
  explicit Parsed(const std::string& text) : result(pg_query_parse(text.c_str())) {}
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  ~Parsed() { pg_query_free_parse_result(result); }
  PgQueryParseResult result;
};

struct Packed {
  explicit Packed(const std::string& text) : result(pg_query_parse_protobuf(text.c_str())) {}
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;
  ~Packed() { pg_query_free_protobuf_parse_result(result); }
  PgQueryProtobufParseResult result;
};

struct Written {
  explicit Written(const Packed& packed)
      : result(pg_query_deparse_protobuf(packed.result.parse_tree)) {}
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() { pg_query_free_deparse_result(result); }
  PgQueryDeparseResult result;
};

}  // namespace

std::expected<SyntaxTree, Refusal> parse_postgres(const std::string& text) {
  const Parsed parsed(text);
  if (parsed.result.error != nullptr) return std::unexpected(not_parsed(*parsed.result.error));
  auto tree = SyntaxTree::read(parsed.result.parse_tree);
  if (!tree) {
    return refuse(RefusalClass::too_large, "the query is nested too deeply",
                  "Write it with fewer operators in a row and fewer queries inside each other.");
  }
  return *std::move(tree);
}

std::expected<std::string, Refusal> rewrite_postgres(const std::string& text) {
  const Packed packed(text);
  if (packed.result.error != nullptr) return std::unexpected(not_parsed(*packed.result.error));
  const Written written(packed);
  if (written.result.error == nullptr && written.result.query != nullptr)
    return std::string(written.result.query);
  return refuse(RefusalClass::construct, "the query cannot be written anew from its syntax tree",
                "Write it more simply.");
}

}  // namespace insights::sql
