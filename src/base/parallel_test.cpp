#include "base/parallel.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace insights::base;

TEST_CASE("each round is done once, on however many threads") {
  for (const int threads : {-1, 0, 1, 2, 7, 100}) {
    std::vector<int> done(50, 0);
    parallel_for(done.size(), threads, {}, [&](std::size_t i) { ++done[i]; });
    CHECK(done == std::vector<int>(50, 1));
  }
  parallel_for(0, 4, {}, [](std::size_t) { FAIL("there is no round"); });
}

TEST_CASE("two threads work side by side, one thread is the caller's") {
  std::atomic<int> inside = 0, most = 0;
  const auto meet = [&](std::size_t) {
    most = std::max(most.load(), ++inside);
    for (int i = 0; i < 2000 && inside < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    most = std::max(most.load(), inside.load());
  };
  parallel_for(2, 2, {}, meet);
  CHECK(most == 2);

  std::set<std::thread::id> threads;
  parallel_for(9, 1, {}, [&](std::size_t) { threads.insert(std::this_thread::get_id()); });
  CHECK(threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("a stop request begins no other round") {
  std::stop_source stop;
  std::atomic<int> done = 0;
  parallel_for(1000, 2, stop.get_token(), [&](std::size_t) {
    ++done;
    stop.request_stop();
  });
  CHECK(done >= 1);
  CHECK(done <= 2);
}

TEST_CASE("an exception reaches the caller: the one of the lowest round, and no other begins") {
  for (const int threads : {1, 2, 4}) {
    std::atomic<int> begun = 0;
    const auto fail = [&](std::size_t i) {
      ++begun;
      throw std::runtime_error(std::to_string(i));
    };
    CHECK_THROWS_WITH(parallel_for(1000, threads, {}, fail), "0");
    CHECK(begun <= threads);
  }
}

TEST_CASE(
    "an idle thread does its work, with less than the priority of the others, and can be ended") {
  std::atomic<int> priority = -100;
  std::atomic<bool> ended = false;
  {
    const auto thread = idle_thread([&](const std::stop_token& stop) {
      priority = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
      while (!stop.stop_requested()) std::this_thread::yield();
      ended = true;
    });
  }
  CHECK(ended);
  CHECK(priority == 19);
  CHECK(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())) < 19);
}
