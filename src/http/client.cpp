#include "http/client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "base/ensure.h"

namespace insights::http {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

constexpr std::chrono::milliseconds rest_max{250};  // for the end of a body that is enough

// Once for the process, before the first handle.
void start_curl() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  base::ensure(started, "libcurl could not be started");
}

std::unexpected<Failure> failed(Failure::Kind kind, ErrorKind error, std::string message,
                                std::string hint = "") {
  return std::unexpected(Failure{kind, {error, std::move(message), std::move(hint)}});
}

// What the callbacks of one transfer fill in.
struct Transfer {
  const Request& request;
  const BodySink& sink;
  Response response;
  std::size_t header_bytes = 0, body_bytes = 0;
  bool too_large = false;
  bool is_forbidden = false;
  Clock::time_point started = Clock::now(), last_sign_of_life = started;
  curl_off_t bytes_up = 0, bytes_down = 0;
  std::optional<Clock::time_point> enough_since = std::nullopt;
  std::array<char, CURL_ERROR_SIZE> words = {};
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
  });
  return lower;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view line(data, size * count);
  transfer.last_sign_of_life = Clock::now();
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > transfer.request.limits.header_bytes_max) {
    transfer.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // Of an interim answer, or of a proxy's, before it.
    transfer.response.headers.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    transfer.response.headers.push_back({in_lower_case(trimmed(line.substr(0, colon))),
                                         std::string(trimmed(line.substr(colon + 1)))});
  }
  return line.size();
}

// The easy handle, to ask it for the status that the first piece of the body came with.
struct BodyContext {
  Transfer& transfer;
  CURL* easy;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& [transfer, easy] = *static_cast<BodyContext*>(context);
  const std::string_view piece(data, size * count);
  transfer.last_sign_of_life = Clock::now();
  transfer.body_bytes += piece.size();
  if (transfer.body_bytes > transfer.request.limits.body_bytes_max) {
    transfer.too_large = true;
    return 0;
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  if (!transfer.enough_since && transfer.sink &&
      transfer.sink(transfer.response, piece) == Wish::enough) {
    transfer.enough_since = Clock::now();
  }
  return piece.size();
}

// A long body that still goes out is a sign of life, too.
int take_progress(void* context, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (up != transfer.bytes_up || down != transfer.bytes_down) {
    transfer.bytes_up = up;
    transfer.bytes_down = down;
    transfer.last_sign_of_life = Clock::now();
  }
  return 0;
}

// Asked by curl for a socket to an address that the name was resolved to; without one, there is no
// connection. Whether it may be is judged here, of the very address, and not by resolving twice.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  const auto target = address_in(address->addr);
  const auto& request = transfer.request;
  if (!target || !request.destinations->allows(request.url, *target)) {
    transfer.is_forbidden = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::expected<HeaderList, Failure> header_list(const Request& request) {
  HeaderList list;
  const auto add = [&list](const std::string& line) {
    auto* const head = curl_slist_append(list.get(), line.c_str());
    base::ensure(head != nullptr, "out of memory");
    if (list == nullptr) list.reset(head);  // Of a list that is not empty, it stays the same.
  };
  for (const auto& [name, value] : request.headers) {
    const bool is_clean = !name.empty() && name.find_first_of("\r\n: \t") == std::string::npos &&
                          value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    if (!is_clean) {
      return failed(Failure::Kind::wrong_address, ErrorKind::invalid_input,
                    "a header to be sent has a line break in it, or no proper name",
                    "Look for a line break at the end of the key or of a header.");
    }
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  add("Expect:");  // No round trip before a long body.
  return list;
}

void set_up(CURL* easy, const Request& request, Transfer& transfer, BodyContext& body,
            const HeaderList& headers) {
  const auto set = [easy](CURLoption option, auto value) {
    base::ensure(curl_easy_setopt(easy, option, value) == CURLE_OK, "libcurl refused an option");
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.limits.connect_max.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limits.total_max.count()));
  set(CURLOPT_HTTPHEADER, headers.get());
  if (request.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  } else {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (request.destinations != nullptr) {
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
    set(CURLOPT_PROXY, "");  // not that of the environment either
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
  }
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &take_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  set(CURLOPT_ERRORBUFFER, transfer.words.data());
}

std::unexpected<Failure> failure_of(CURLcode code, const Transfer& transfer) {
  const auto host = host_of(transfer.request.url);
  const std::string words =
      transfer.words[0] != '\0' ? transfer.words.data() : curl_easy_strerror(code);
  if (transfer.too_large) {
    return failed(Failure::Kind::too_large, ErrorKind::unavailable,
                  fmt::format("the answer of {} is larger than the limit", host));
  }
  if (transfer.is_forbidden) {
    return failed(Failure::Kind::forbidden, ErrorKind::refused,
                  fmt::format("{} leads into a network that is not allowed", host),
                  "The operator of this server names private networks that are: "
                  "webhooks.private_networks.");
  }
  const auto is = [code](std::initializer_list<CURLcode> codes) {
    return std::ranges::count(codes, code) > 0;
  };
  if (is({CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT})) {
    return failed(Failure::Kind::wrong_address, ErrorKind::invalid_input,
                  fmt::format("'{}' is no address of a server: {}",
                              without_secrets(transfer.request.url), words),
                  "It begins with https:// or http://.");
  }
  if (is({CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT})) {
    return failed(Failure::Kind::unreachable, ErrorKind::unavailable,
                  fmt::format("{} cannot be reached: {}", host, words));
  }
  if (is({CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
          CURLE_SSL_INVALIDCERTSTATUS})) {
    return failed(Failure::Kind::untrusted, ErrorKind::unavailable,
                  fmt::format("{} is not trusted: {}", host, words),
                  "The certificate of a company's own authority is added to those of the system "
                  "(update-ca-certificates).");
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return failed(Failure::Kind::too_slow, ErrorKind::timed_out,
                  fmt::format("{} took too long: {}", host, words));
  }
  return failed(Failure::Kind::broken, ErrorKind::unavailable,
                fmt::format("the connection to {} broke: {}", host, words));
}

}  // namespace

struct Client::Connections {
  std::unique_ptr<CURLM, FreeMulti> multi;
};

namespace {

// The result of the transfer when curl is done with it.
std::optional<CURLcode> finished(CURLM* multi) {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) return message->data.result;
  }
  return std::nullopt;
}

// Drives the transfer to its end. Nothing: it went well.
std::optional<Failure> drive(CURLM* multi, const Transfer& transfer, const std::stop_token& stop) {
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  while (true) {
    int running = 0;
    base::ensure(curl_multi_perform(multi, &running) == CURLM_OK, "libcurl could not go on");
    if (const auto code = finished(multi)) {
      if (*code == CURLE_OK || transfer.enough_since) return std::nullopt;
      return failure_of(*code, transfer).error();
    }
    const auto now = Clock::now();
    if (stop.stop_requested()) {
      return Failure{Failure::Kind::stopped, {ErrorKind::cancelled, "the request was stopped", ""}};
    }
    if (transfer.enough_since && now - *transfer.enough_since > rest_max) return std::nullopt;
    if (now - transfer.last_sign_of_life > transfer.request.limits.idle_max) {
      return Failure{
          Failure::Kind::too_slow,
          {ErrorKind::timed_out,
           fmt::format("{} sent nothing for {:.1f} s", host_of(transfer.request.url),
                       std::chrono::duration<double>(transfer.request.limits.idle_max).count()),
           ""}};
    }
    curl_multi_poll(multi, nullptr, 0, 50, nullptr);
  }
}

}  // namespace

Client::Client() {
  start_curl();
  connections_ = std::make_unique<Connections>();
  connections_->multi.reset(curl_multi_init());
  base::ensure(connections_->multi != nullptr, "out of memory");
  curl_multi_setopt(connections_->multi.get(), CURLMOPT_MAXCONNECTS, 4L);
}

Client::~Client() = default;

std::expected<Response, Failure> Client::send(const Request& request, const BodySink& sink,
                                              std::stop_token stop) {
  if (host_of(request.url).empty()) {
    return failed(Failure::Kind::wrong_address, ErrorKind::invalid_input,
                  fmt::format("'{}' is no address of a server", without_secrets(request.url)),
                  "It begins with https:// or http://.");
  }
  if (request.destinations != nullptr) {
    const auto allowed = request.destinations->check(request.url);
    if (!allowed) return std::unexpected(Failure{Failure::Kind::forbidden, allowed.error()});
  }
  const auto headers = TRY(header_list(request));
  const Easy easy(curl_easy_init());
  base::ensure(easy != nullptr, "out of memory");
  Transfer transfer{.request = request, .sink = sink, .response = {}};
  BodyContext body{transfer, easy.get()};
  set_up(easy.get(), request, transfer, body, headers);
  auto* const multi = connections_->multi.get();
  base::ensure(curl_multi_add_handle(multi, easy.get()) == CURLM_OK, "libcurl took no transfer");
  const auto failure = drive(multi, transfer, stop);
  curl_multi_remove_handle(multi, easy.get());
  if (failure) return std::unexpected(*failure);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

std::string_view Response::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

}  // namespace insights::http
