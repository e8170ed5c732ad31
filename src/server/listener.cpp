#include "server/listener.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <map>
#include <set>
#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without it

#include "server/wire.h"

namespace insights::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

namespace {

auto into(Code& code) { return asio::redirect_error(asio::use_awaitable, code); }

// What a connection that breaks the rules is told; none when nobody is left to be told, or it took
// too long: then it is closed already.
std::optional<Response> answer_to(const Code& code) {
  if (code == http::error::header_limit || code == http::error::buffer_overflow)
    return problem(431, "headers_too_large", "the request line and headers are too long");
  if (code == http::error::body_limit)
    return problem(413, "body_too_large", "the body is too long");
  if (code.category() == http::make_error_code(http::error::bad_method).category() &&
      code != http::error::end_of_stream && code != http::error::partial_message)
    return problem(400, "malformed_request", "this is not well-formed HTTP/1.1");
  return std::nullopt;
}

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

Request request_of(const Parser& parser, const std::string& peer) {
  const auto& message = parser.get();
  Request request;
  request.id = new_request_id();
  request.peer = peer;
  request.method = text_of(message.method_string());
  request.target = text_of(message.target());
  request.path = request.target.substr(0, request.target.find('?'));
  for (const auto& field : message)
    request.headers.emplace(lower_case(text_of(field.name_string())), text_of(field.value()));
  return request;
}

struct Session {
  explicit Session(tcp::socket socket, std::size_t buffer_bytes_max)
      : stream(std::move(socket)), buffer(buffer_bytes_max), news(stream.get_executor()) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  asio::steady_timer news;  // waits for ring()
  bool has_news = false;
  bool is_idle = false;                           // between two requests
  std::chrono::steady_clock::time_point asked{};  // when the head was read
  std::string peer;
};

}  // namespace

class Listener::Network {
 public:
  explicit Network(const Limits& limits)
      : limits_(limits), pool_(static_cast<std::size_t>(limits.handler_threads)) {}

  base::Status listen(const std::string& host, std::uint16_t port);
  void run(Handlers handlers);
  void stop();
  void ring();
  Traffic traffic() const { return {connections_, streams_, refused_}; }
  tcp::endpoint local() const { return acceptor_.local_endpoint(); }

 private:
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(std::shared_ptr<Session> session);
  asio::awaitable<bool> serve_one(Session& session);
  asio::awaitable<bool> read_head(Session& session, Parser& parser, Code& code);
  asio::awaitable<Response> answered(Session& session, const Request& request);
  asio::awaitable<bool> write(Session& session, const Request& request, Response response,
                              bool keep);
  asio::awaitable<void> write_stream(Session& session, Response& response);
  asio::awaitable<void> wait_for_news(Session& session, std::chrono::milliseconds at_most);
  asio::awaitable<void> linger(Session& session);
  bool admit(const std::string& peer);
  void leave(Session& session);

  Limits limits_;
  Handlers handlers_;
  asio::io_context io_{1};
  asio::thread_pool pool_;
  tcp::acceptor acceptor_{io_};
  asio::steady_timer drained_{io_};
  // Of the network thread alone.
  std::set<Session*> sessions_;
  std::map<std::string, std::size_t> peers_;
  bool draining_ = false;

  std::atomic<std::int64_t> connections_ = 0, streams_ = 0, refused_ = 0;
  std::atomic<bool> rung_ = false;
};

base::Status Listener::Network::listen(const std::string& host, std::uint16_t port) {
  Code code;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, code);
  if (!code) {
    const tcp::endpoint endpoint(address, port);
    acceptor_.open(endpoint.protocol(), code);
    if (!code) acceptor_.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code) acceptor_.bind(endpoint, code);
    if (!code) acceptor_.listen(asio::socket_base::max_listen_connections, code);
  }
  if (!code) return {};
  return base::fail(base::ErrorKind::unavailable,
                    fmt::format("cannot listen on {} port {}: {}", host, port, code.message()),
                    "Name an address of this machine and a free port (API_HOST, API_PORT).");
}

void Listener::Network::run(Handlers handlers) {
  handlers_ = std::move(handlers);
  asio::co_spawn(io_, accept(), asio::detached);
  io_.run();
  pool_.join();
}

void Listener::Network::stop() {
  asio::post(io_, [this] {
    if (draining_) return;
    draining_ = true;
    Code ignored;
    acceptor_.close(ignored);
    for (auto* session : sessions_)
      if (session->is_idle) session->stream.cancel();
    if (sessions_.empty()) return io_.stop();
    drained_.expires_after(limits_.drain_time_max);
    drained_.async_wait([this](const Code& code) {
      if (!code) io_.stop();
    });
  });
  ring();
}

void Listener::Network::ring() {
  if (rung_.exchange(true)) return;  // one on its way tells of both
  asio::post(io_, [this] {
    rung_ = false;
    for (auto* session : sessions_) {
      session->has_news = true;
      session->news.cancel();
    }
  });
}

bool Listener::Network::admit(const std::string& peer) {
  const auto here = peers_.find(peer);
  const bool crowded = sessions_.size() >= limits_.connections_max ||
                       (here != peers_.end() && here->second >= limits_.connections_of_a_peer_max);
  if (crowded) {
    ++refused_;
    return false;
  }
  ++peers_[peer];
  return true;
}

void Listener::Network::leave(Session& session) {
  if (--peers_[session.peer] == 0) peers_.erase(session.peer);
  sessions_.erase(&session);
  --connections_;
  if (draining_ && sessions_.empty()) io_.stop();
}

asio::awaitable<void> Listener::Network::accept() {
  while (acceptor_.is_open()) {
    Code code;
    tcp::socket socket(io_);
    co_await acceptor_.async_accept(socket, into(code));
    if (code) {  // out of descriptors, or the other side is gone again
      if (!acceptor_.is_open()) co_return;
      asio::steady_timer pause(io_, std::chrono::milliseconds(50));
      co_await pause.async_wait(into(code));
      continue;
    }
    Code unknown;
    const auto peer = socket.remote_endpoint(unknown).address().to_string();
    if (!admit(peer)) continue;  // closes it
    auto session =
        std::make_shared<Session>(std::move(socket), limits_.header_bytes_max + std::size_t{4096});
    session->peer = peer;
    sessions_.insert(session.get());
    ++connections_;
    asio::co_spawn(io_, serve(std::move(session)), asio::detached);
  }
}

asio::awaitable<void> Listener::Network::serve(std::shared_ptr<Session> session) {
  Code ignored;
  session->stream.socket().set_option(tcp::no_delay(true), ignored);
  try {
    while (co_await serve_one(*session)) {
    }
  } catch (const std::exception&) {
    // Out of memory, or the other side left in the middle: this connection ends, others go on.
  }
  session->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  leave(*session);
}

// The header whole, within its time, counted from its first byte.
asio::awaitable<bool> Listener::Network::read_head(Session& session, Parser& parser, Code& code) {
  if (session.buffer.size() == 0) {
    session.is_idle = true;
    session.stream.expires_after(limits_.idle_time_max);
    const auto room = session.buffer.prepare(4096);
    const auto bytes = co_await session.stream.async_read_some(room, into(code));
    session.is_idle = false;
    if (code) co_return false;
    session.buffer.commit(bytes);
  }
  session.stream.expires_after(limits_.header_time_max);
  co_await http::async_read_header(session.stream, session.buffer, parser, into(code));
  co_return true;
}

// One request and its answer; whether another may follow.
asio::awaitable<bool> Listener::Network::serve_one(Session& session) {
  if (draining_ && session.buffer.size() == 0) co_return false;
  Code code;
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  parser.body_limit(limits_.body_bytes_max);
  if (!co_await read_head(session, parser, code)) co_return false;
  session.asked = std::chrono::steady_clock::now();
  auto request = request_of(parser, session.peer);
  auto refusal = code ? answer_to(code) : broken_rule(request, limits_);
  if (code && !refusal) co_return false;
  if (!refusal && handlers_.judge) refusal = handlers_.judge(request);
  if (!refusal && !parser.is_done()) {
    session.stream.expires_after(limits_.body_time_max);
    if (request.header("expect") == "100-continue") {
      const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(session.stream, asio::buffer(go_on), into(code));
    }
    if (!code) co_await http::async_read(session.stream, session.buffer, parser, into(code));
    if (code) refusal = answer_to(code);
    if (code && !refusal) co_return false;
  }
  if (refusal) {  // the rest of what it sends is not read as a request
    co_await write(session, request, std::move(*refusal), false);
    co_await linger(session);
    co_return false;
  }
  request.body = std::move(parser.get().body());
  auto response = co_await answered(session, request);
  co_return co_await write(session, request, std::move(response), parser.keep_alive());
}

asio::awaitable<Response> Listener::Network::answered(Session& session, const Request& request) {
  session.stream.expires_never();
  const auto ask = [this, &request]() -> asio::awaitable<Response> {
    co_return handlers_.answer(request);
  };
  auto response = co_await asio::co_spawn(pool_.get_executor(), ask, asio::use_awaitable);
  constexpr std::chrono::milliseconds look_again{1'000};
  while (response.later) {
    if (auto ready = response.later()) {
      response = std::move(*ready);
      break;
    }
    co_await wait_for_news(session, look_again);
  }
  co_return response;
}

asio::awaitable<bool> Listener::Network::write(Session& session, const Request& request,
                                               Response response, bool keep) {
  keep = keep && !response.closes && !response.stream && !draining_;
  if (handlers_.answered) {
    const auto took = std::chrono::steady_clock::now() - session.asked;
    handlers_.answered(request, response,
                       std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  auto text = head_text(response, request.id, keep);
  const bool has_body = request.method != "HEAD" && response.status != 304 && !response.stream;
  if (has_body) text += response.body;
  Code code;
  session.stream.expires_after(limits_.write_time_max);
  co_await asio::async_write(session.stream, asio::buffer(text), into(code));
  if (!code && response.stream && request.method != "HEAD")
    co_await write_stream(session, response);
  co_return keep && !code;
}

asio::awaitable<void> Listener::Network::write_stream(Session& session, Response& response) {
  ++streams_;
  Code code;
  auto last_written = std::chrono::steady_clock::now();
  while (!code) {
    session.has_news = false;
    auto [bytes, is_last] = response.stream();
    const auto now = std::chrono::steady_clock::now();
    if (bytes.empty() && !is_last) {
      if (draining_) break;
      if (now - last_written >= limits_.heartbeat) bytes = ": still here\n\n";
    }
    if (!bytes.empty()) {
      session.stream.expires_after(limits_.write_time_max);
      co_await asio::async_write(session.stream, asio::buffer(bytes), into(code));
      last_written = now;
    }
    if (is_last) break;
    if (!code && bytes.empty()) co_await wait_for_news(session, limits_.heartbeat);
  }
  --streams_;
}

asio::awaitable<void> Listener::Network::wait_for_news(Session& session,
                                                       std::chrono::milliseconds at_most) {
  if (std::exchange(session.has_news, false)) co_return;
  Code rung;
  session.news.expires_after(at_most);
  co_await session.news.async_wait(into(rung));
}

// Takes what is still being sent and drops it, for a while: closing at once would destroy our
// answer on its way.
asio::awaitable<void> Listener::Network::linger(Session& session) {
  Code code;
  session.stream.socket().shutdown(tcp::socket::shutdown_send, code);
  session.stream.expires_after(limits_.body_time_max);
  std::string dropped(std::size_t{16} << 10, '\0');
  while (!code && !draining_)
    co_await session.stream.async_read_some(asio::buffer(dropped), into(code));
}

Listener::Listener(std::unique_ptr<Network> network) : network_(std::move(network)) {}
Listener::~Listener() = default;

base::Result<std::unique_ptr<Listener>> Listener::open(const std::string& host, std::uint16_t port,
                                                       const Limits& limits) {
  auto network = std::make_unique<Network>(limits);
  TRY(network->listen(host, port));
  return std::unique_ptr<Listener>(new Listener(std::move(network)));
}

std::uint16_t Listener::port() const { return network_->local().port(); }
bool Listener::is_loopback() const { return network_->local().address().is_loopback(); }
void Listener::run(Handlers handlers) { network_->run(std::move(handlers)); }
void Listener::stop() { network_->stop(); }
void Listener::ring() { network_->ring(); }
Traffic Listener::traffic() const { return network_->traffic(); }

}  // namespace insights::server
