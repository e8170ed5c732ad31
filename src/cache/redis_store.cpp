#include "cache/redis_store.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <string_view>
#include <vector>

namespace insights::cache {

namespace {

using base::ErrorKind;
using base::fail;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr std::size_t reply_bytes_max = RedisStore::value_bytes_max + 4096;

std::unexpected<base::Error> unavailable(std::string_view what) {
  return fail(ErrorKind::unavailable, std::string(what));
}

// The library writes to a socket that may be closed; that must not end the program.
class WithoutBrokenPipe {
 public:
  WithoutBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  WithoutBrokenPipe(const WithoutBrokenPipe&) = delete;
  WithoutBrokenPipe& operator=(const WithoutBrokenPipe&) = delete;
  ~WithoutBrokenPipe() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_{}, before_{};
  bool was_pending_ = false;
};

timeval time_left(steady_clock::time_point deadline) {
  const auto left =
      std::max(microseconds{1'000},
               std::chrono::duration_cast<microseconds>(deadline - steady_clock::now()));
  return {static_cast<time_t>(left.count() / 1'000'000),
          static_cast<suseconds_t>(left.count() % 1'000'000)};
}

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

std::string_view words_of(const redisReply& error) {
  return {error.str, std::min<std::size_t>(error.len, 100)};
}

}  // namespace

class RedisStore::Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const RedisTarget& target) {
    const auto deadline = steady_clock::now() + time_max;
    auto made = std::make_unique<Connection>();
    made->context_.reset(
        redisConnectWithTimeout(target.host.c_str(), target.port, time_left(deadline)));
    if (!made->context_) return unavailable("out of memory");
    if (made->context_->err != 0) return unavailable(made->context_->errstr);
    if (!target.password.empty()) {
      std::vector<std::string> words{"AUTH"};
      if (!target.user.empty()) words.push_back(target.user);
      words.push_back(target.password);
      // What a server says of a password is not repeated.
      const auto reply = TRY(made->ask(words, deadline));
      if (reply->type == REDIS_REPLY_ERROR) return unavailable("it refused the password");
    }
    if (target.database != 0) {
      const auto reply = TRY(made->ask({"SELECT", std::to_string(target.database)}, deadline));
      if (reply->type == REDIS_REPLY_ERROR) return unavailable(words_of(*reply));
    }
    return made;
  }

  // The answer in time, which may be that the server will not.
  base::Result<Reply> ask(const std::vector<std::string>& words,
                          steady_clock::time_point deadline) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) texts.push_back(word.data()), sizes.push_back(word.size());
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(),
                               sizes.data()) != REDIS_OK)
      return unavailable(context_->errstr);
    if (redisSetTimeout(context_.get(), time_left(deadline)) != REDIS_OK)
      return unavailable("no limit of time could be set");
    for (int done = 0; done == 0;) {
      if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return unavailable(trouble());
      if (steady_clock::now() > deadline) return unavailable("it takes nothing in time");
    }
    return answer(deadline);
  }

 private:
  base::Result<Reply> answer(steady_clock::time_point deadline) {
    for (;;) {
      void* received = nullptr;
      if (redisGetReplyFromReader(context_.get(), &received) != REDIS_OK)
        return unavailable("it does not speak as Redis does");
      if (received != nullptr) {
        Reply reply(static_cast<redisReply*>(received));
        return reply;
      }
      if (context_->reader->len > reply_bytes_max) return unavailable("its answer is too long");
      if (steady_clock::now() > deadline) return unavailable("it does not answer in time");
      redisSetTimeout(context_.get(), time_left(deadline));
      if (redisBufferRead(context_.get()) != REDIS_OK) return unavailable(trouble());
    }
  }
  std::string trouble() const {
    const bool is_late = errno == EAGAIN || errno == EWOULDBLOCK;
    return context_->err == REDIS_ERR_IO && is_late ? "it does not answer in time"
                                                    : context_->errstr;
  }

  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  std::unique_ptr<redisContext, Free> context_;
};

RedisStore::RedisStore(RedisTarget target, Watch watch)
    : target_(std::move(target)), watch_(std::move(watch)) {}
RedisStore::~RedisStore() = default;

base::Status RedisStore::connect() {
  if (!connection_) connection_ = TRY(Connection::open(target_));
  return {};
}

template <class T, class Work>
base::Result<T> RedisStore::attempt(const Work& work) {
  const std::scoped_lock lock(mutex_);
  if (!breaker_.may_try(Breaker::Clock::now()))
    return unavailable("it did not answer, and is left alone for a while");
  const WithoutBrokenPipe quiet;
  const bool was_connected = connection_ != nullptr;
  const auto once = [&]() -> base::Result<T> {
    TRY(connect());
    return work(*connection_, steady_clock::now() + time_max);
  };
  auto result = once();
  // A server that was started anew has closed the connection: that alone is no failure.
  if (!result && was_connected) {
    connection_.reset();
    result = once();
  }
  if (!result) {
    connection_.reset();
    if (breaker_.failed(Breaker::Clock::now()) && watch_) watch_(false, result.error().message);
  } else if (breaker_.worked() && watch_) {
    watch_(true, "");
  }
  return result;
}

base::Result<std::optional<std::string>> RedisStore::get(const std::string& name) {
  using Value = std::optional<std::string>;
  return attempt<Value>(
      [&](Connection& connection, steady_clock::time_point deadline) -> base::Result<Value> {
        // One byte more than is kept, so that what is too long shows, and is not all sent.
        const auto reply =
            TRY(connection.ask({"GETRANGE", name, "0", std::to_string(value_bytes_max)}, deadline));
        if (reply->type == REDIS_REPLY_ERROR) {
          const auto words = words_of(*reply);
          if (words.starts_with("WRONGTYPE")) return Value();
          return unavailable(words);
        }
        if (reply->type != REDIS_REPLY_STRING)
          return unavailable("it does not answer as Redis does");
        if (reply->len == 0 || reply->len > value_bytes_max) return Value();
        return Value(std::string(reply->str, reply->len));
      });
}

base::Status RedisStore::put(const std::string& name, const std::string& value,
                             std::chrono::milliseconds keep) {
  if (value.size() > value_bytes_max) return {};
  // One that will not keep it (it is full, or a replica) may still know what it has.
  return attempt<void>(
      [&](Connection& connection, steady_clock::time_point deadline) -> base::Status {
        TRY(connection.ask(
            {"SET", name, value, "PX", std::to_string(std::max<std::int64_t>(1, keep.count()))},
            deadline));
        return {};
      });
}

}  // namespace insights::cache
