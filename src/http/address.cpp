// URLs taken apart, and what of them may be shown.
#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "http/client.h"

namespace insights::http {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  const std::unique_ptr<char, void (*)(void*)> owned(text, curl_free);
  return owned.get();
}

// Nothing when it is no URL of HTTP.
Url parsed(const std::string& text) {
  Url url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return nullptr;
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return nullptr;
  return url;
}

// "a=1&api-version=2" as "a=...&api-version=2".
std::string with_values_hidden(const std::string& query) {
  std::string shown;
  for (std::size_t at = 0; at <= query.size();) {
    const auto end = std::min(query.find('&', at), query.size());
    const auto pair = query.substr(at, end - at);
    const auto equals = pair.find('=');
    const bool may_be_shown = pair.starts_with("api-version=") || equals == std::string::npos;
    if (!shown.empty()) shown += '&';
    shown += may_be_shown ? pair : pair.substr(0, equals) + "=...";
    at = end + 1;
  }
  return shown;
}

}  // namespace

std::string without_secrets(const std::string& url) {
  const auto handle = parsed(url);
  if (handle == nullptr) return "";
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT})
    curl_url_set(handle.get(), part, nullptr, 0);
  const auto query = part_of(handle.get(), CURLUPART_QUERY);
  curl_url_set(handle.get(), CURLUPART_QUERY, nullptr, 0);
  const auto rest = part_of(handle.get(), CURLUPART_URL);
  return query.empty() ? rest : rest + "?" + with_values_hidden(query);
}

std::optional<std::chrono::system_clock::time_point> date_of(const std::string& text) {
  const auto seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(seconds);
}

std::string host_of(const std::string& url) {
  const auto place = place_of(url);
  return place ? place->host : "";
}

std::optional<Place> place_of(const std::string& url) {
  const auto handle = parsed(url);
  if (handle == nullptr) return std::nullopt;
  Place place{.scheme = part_of(handle.get(), CURLUPART_SCHEME),
              .host = part_of(handle.get(), CURLUPART_HOST)};
  for (auto& letter : place.host)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
  const auto port = part_of(handle.get(), CURLUPART_PORT);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), place.port);
  if (port.empty()) place.port = place.scheme == "https" ? 443 : 80;
  if (place.host.empty() || place.port == 0 || error == std::errc::result_out_of_range)
    return std::nullopt;
  const auto has = [&](CURLUPart part) { return !part_of(handle.get(), part).empty(); };
  place.has_credentials = has(CURLUPART_USER) || has(CURLUPART_PASSWORD);
  const auto path = part_of(handle.get(), CURLUPART_PATH);
  place.has_path = (path != "" && path != "/") || has(CURLUPART_QUERY) || has(CURLUPART_FRAGMENT);
  return place;
}

}  // namespace insights::http
