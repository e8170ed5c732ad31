#include "source/masks.h"

#include <fmt/format.h>
#include <sodium.h>

#include "base/ensure.h"

namespace insights::source {

namespace {

constexpr std::string_view prefix = "masked-";
constexpr std::size_t digest_bytes = 16, token_digits = 16;

void start_sodium() { base::ensure(sodium_init() >= 0, "libsodium does not start"); }

}  // namespace

Masks Masks::fresh() {
  start_sodium();
  Key key{};
  randombytes_buf(key.data(), key.size());
  return Masks(key);
}

std::string Masks::token(std::string_view value) {
  start_sodium();
  std::array<unsigned char, digest_bytes> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                     key_.data(), key_.size());
  std::string token(prefix);
  for (std::size_t index = 0; index < token_digits / 2; ++index)
    token += fmt::format("{:02x}", digest[index]);
  values_.try_emplace(token, value);
  return token;
}

Rows Masks::masked(Rows rows, const sql::Resolved& resolved) {
  const auto personal = sql::personal_columns(resolved, rows.columns);
  for (auto& row : rows.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const bool is_shown = column < personal.size() && !personal[column];
      if (!is_shown && !is_null(row[column])) row[column] = token(text_of(row[column]));
    }
  }
  return rows;
}

base::Error Masks::masked(base::Error error, const sql::Resolved& resolved) {
  if (!resolved.touches_personal) return error;
  error.message = "the query failed; what the database says of it may hold personal data";
  error.hint = "Check the types of what is compared and cast, or leave personal columns out.";
  return error;
}

template <class Written>
std::string Masks::replaced(std::string_view text, Written written) const {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = text.find(prefix, at);
    result += text.substr(at, found - at);
    if (found == std::string_view::npos) break;
    const auto token = text.substr(found, prefix.size() + token_digits);
    const auto value = values_.find(std::string(token));
    result += value == values_.end() ? std::string(prefix) : written(value->second);
    at = found + (value == values_.end() ? prefix.size() : token.size());
  }
  return result;
}

std::string Masks::values_in(std::string_view text) const {
  return replaced(text, [](const std::string& value) { return value; });
}

std::string Masks::values_in_sql(std::string_view statement) const {
  return replaced(statement, [](const std::string& value) {
    std::string quoted;
    for (const char character : value) quoted.append(character == '\'' ? 2 : 1, character);
    return quoted;
  });
}

}  // namespace insights::source
