// The inside of a worker process: opens what it is told to, read-only and shut as every source, and
// answers queries until its parent is gone.
//
// The system limits its address space, so that an expression that DuckDB's own limit does not hold
// (one scalar value, one list) ends in this process and nowhere else.
#pragma once

namespace insights::source {

// The one argument by which the program is told to be a worker.
inline constexpr const char* worker_word = "worker";

// Talks over standard input and output, which nothing else may use. Gives the exit code.
int run_worker();

}  // namespace insights::source
