#include "sql/postgres_parser.h"

#include <fmt/format.h>
#include <pg_query.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

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

struct Scanned {
  explicit Scanned(const std::string& text) : result(pg_query_scan(text.c_str())) {}
  Scanned(const Scanned&) = delete;
  Scanned& operator=(const Scanned&) = delete;
  ~Scanned() { pg_query_free_scan_result(result); }
  PgQueryScanResult result;
};

// Reads the few fields of a ScanResult (pg_query.proto) out of its wire format.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; !bytes_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }

  std::string_view block() {
    const auto size = std::min<std::size_t>(number(), bytes_.size());
    const auto block = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return block;
  }

 private:
  std::string_view bytes_;
};

struct Token {
  std::size_t start = 0, end = 0;
  std::uint64_t kind = 0;
};

Token token_of(std::string_view bytes) {
  Token token;
  Wire wire(bytes);
  while (!wire.at_end()) {
    const auto field = wire.number() >> 3U;
    const auto value = wire.number();
    if (field == 1) token.start = value;
    if (field == 2) token.end = value;
    if (field == 4) token.kind = value;
  }
  return token;
}

// A plain string with a backslash, so that it means the same whatever the server's
// standard_conforming_strings is. Nothing: it cannot be told.
std::optional<std::string> unambiguous(std::string_view literal) {
  const bool is_plain =
      literal.starts_with('\'') || literal.starts_with("n'") || literal.starts_with("N'");
  if (!is_plain || literal.find('\\') == std::string_view::npos) return std::string(literal);
  const auto first = literal.find('\'');
  const auto inner = literal.substr(first + 1, literal.size() - first - 2);
  std::string escaped = "E'";
  for (std::size_t at = 0; at < inner.size(); ++at) {
    // A quote that is not doubled ends a part: the string goes on after a line end.
    if (inner[at] == '\'') {
      if (at + 1 >= inner.size() || inner[at + 1] != '\'') return std::nullopt;
      escaped += "''";
      ++at;
      continue;
    }
    escaped += inner[at] == '\\' ? std::string("\\\\") : std::string(1, inner[at]);
  }
  return escaped + "'";
}

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

std::expected<std::string, Refusal> respell_postgres(const std::string& text) {
  constexpr std::uint64_t sql_comment = 275, c_comment = 276, string_constant = 261;
  const Scanned scanned(text);
  if (scanned.result.error != nullptr) return std::unexpected(not_parsed(*scanned.result.error));
  Wire wire({scanned.result.pbuf.data, scanned.result.pbuf.len});
  std::string spelled;
  while (!wire.at_end()) {
    const auto field = wire.number() >> 3U;
    if (field != 2) {
      wire.number();
      continue;
    }
    const auto token = token_of(wire.block());
    if (token.kind == sql_comment || token.kind == c_comment) continue;
    if (token.start > token.end || token.end > text.size()) break;
    const auto written = std::string_view(text).substr(token.start, token.end - token.start);
    const auto safe =
        token.kind == string_constant ? unambiguous(written) : std::optional(std::string(written));
    if (!safe) {
      return refuse(RefusalClass::construct,
                    "a string with a backslash is continued on another line",
                    "Write the string in one piece.");
    }
    spelled += (spelled.empty() ? "" : " ") + *safe;
  }
  return spelled;
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
