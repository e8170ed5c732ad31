// The one way this program does things side by side: a loop whose rounds know nothing of each
// other.
//
// Each round writes to a place of its own, fixed before the loop begins, and whoever called puts
// the places together afterwards, in order. So a result cannot depend on how many threads there
// were or which was faster. Threads live as long as the loop.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <thread>

namespace insights::base {

// Calls round(i) once for each i in 0 .. count-1, lower ones begun first, on at most `threads`
// threads, the caller's among them; one thread (or less) is a plain loop. Returns when all have
// ended. A stop request lets the rounds that run end and begins no other. When rounds throw, no
// other is begun and the exception of the lowest of them is thrown on the caller's thread.
void parallel_for(std::size_t count, int threads, std::stop_token stop,
                  const std::function<void(std::size_t)>& round);

// A thread of the lowest priority, for work that nothing waits for yet: it runs where the others
// leave a core idle. Ends as std::jthread does; an exception ends the program.
std::jthread idle_thread(std::function<void(std::stop_token)> work);

}  // namespace insights::base
