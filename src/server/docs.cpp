// The API as a page to read and to try: Swagger UI over /openapi.json, all of it from this program
// (docs/decisions/0018-api-docs.md).
#include <fmt/format.h>

#include <array>

#include "server/docs_files.h"
#include "server/encoding.h"
#include "server/routes.h"

namespace insights::server {

namespace {

// Scripts and styles of ours alone, none in the page itself; its pictures are in its style sheet.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct File {
  std::string_view name, content_type;
  std::string text, packed;  // packed: with gzip, once
};

File file(std::string_view name, std::string_view content_type, std::string text) {
  auto packed = gzip(text);
  return {name, content_type, std::move(text), std::move(packed)};
}

const std::array<File, 4>& files() {
  using namespace docs_files;
  constexpr std::string_view script = "text/javascript; charset=utf-8";
  static const std::array<File, 4> all{
      file("viewer", script, std::string(swagger_ui_bundle_js())),
      file("page", script, std::string(docs_js())),
      file("style", "text/css; charset=utf-8", std::string(swagger_ui_css())),
      file("licenses", "text/plain; charset=utf-8",
           fmt::format("{}\n{}\n{}", swagger_ui_NOTICE(), swagger_ui_LICENSE(),
                       swagger_ui_bundle_LICENSE()))};
  return all;
}

}  // namespace

Response docs_page(Desk&, const Call&) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::string(docs_files::docs_html());
  response.with("Content-Security-Policy", std::string(policy));
  return response;
}

Response docs_file(Desk&, const Call& call) {
  for (const auto& one : files()) {
    if (one.name != call.parts[0]) continue;
    Response response;
    response.content_type = one.content_type;
    const bool is_packed = takes_gzip(call.request.header("accept-encoding"));
    response.body = is_packed ? one.packed : one.text;
    if (is_packed) response.with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding");
    return response;
  }
  return problem(404, "not_found", "there is nothing at this address");
}

}  // namespace insights::server
