#include "server/encoding.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "base/ensure.h"
#include "server/wire.h"
#include "store/keys.h"

namespace insights::server {

namespace {

constexpr std::size_t worth_compressing = 1024;

}  // namespace

// The word stands alone in a list, and its weight is not 0.
bool takes_gzip(std::string_view list) {
  const auto text = lower_case(list);
  const auto at = text.find("gzip");
  if (at == std::string::npos) return false;
  const auto rest = std::string_view(text).substr(at + 4);
  return !rest.starts_with(";q=0") || rest.starts_with(";q=0.");
}

void add_etag(const Request& request, Response& response) {
  if (response.status != 200 || response.stream || response.later) return;
  const auto tag = fmt::format("W/\"{}\"", store::digest_of(response.body).substr(0, 32));
  response.with("ETag", tag);
  response.with("Cache-Control", "private, no-cache");
  if (request.header("if-none-match").find(tag.substr(2)) == std::string_view::npos) return;
  response.status = 304;
  response.body.clear();
}

void compress(const Request& request, Response& response) {
  if (response.stream || response.body.size() < worth_compressing) return;
  const auto& headers = response.headers;
  if (std::ranges::count(headers, "Content-Encoding", &std::pair<std::string, std::string>::first))
    return;
  response.with("Vary", "Accept-Encoding");
  if (!takes_gzip(request.header("accept-encoding"))) return;
  response.body = gzip(response.body);
  response.with("Content-Encoding", "gzip");
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  constexpr int gzip_format = 16, window_bits = 15, memory_level = 8, fast = 3;
  base::ensure(deflateInit2(&stream, fast, Z_DEFLATED, window_bits + gzip_format, memory_level,
                            Z_DEFAULT_STRATEGY) == Z_OK,
               "zlib starts");
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int code = deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  base::ensure(code == Z_STREAM_END, "zlib writes all of it");
  return bytes;
}

}  // namespace insights::server
