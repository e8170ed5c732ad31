#include "base/parallel.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace insights::base {

namespace {

// The exception of the lowest round that threw one.
class FirstFailure {
 public:
  void keep(std::size_t round, std::exception_ptr exception) {
    const std::scoped_lock lock(mutex_);
    if (round >= round_) return;
    round_ = round;
    exception_ = std::move(exception);
  }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::size_t round_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr exception_;
};

}  // namespace

void parallel_for(std::size_t count, int threads, std::stop_token stop,
                  const std::function<void(std::size_t)>& round) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  FirstFailure failure;
  const auto work = [&] {
    while (!failed && !stop.stop_requested()) {
      const std::size_t i = next++;
      if (i >= count) return;
      try {
        round(i);
      } catch (...) {
        failed = true;
        failure.keep(i, std::current_exception());
      }
    }
  };
  {
    const auto most = std::min<std::size_t>(count, static_cast<std::size_t>(std::max(1, threads)));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < most; ++i) others.emplace_back(work);
    work();
  }
  failure.rethrow();
}

std::jthread idle_thread(std::function<void(std::stop_token)> work) {
  return std::jthread([work = std::move(work)](std::stop_token stop) {
    constexpr int lowest = 19;
    // Of this thread alone, as Linux has it; where that cannot be done it runs like the others.
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), lowest);
    work(std::move(stop));
  });
}

}  // namespace insights::base
