// A connection that several threads take turns at: the one writer of a program, or one of its
// readers.
#pragma once

#include <mutex>
#include <utility>

#include "store/database.h"

namespace insights::store {

class SharedDatabase {
 public:
  explicit SharedDatabase(Database database) : database_(std::move(database)) {}

  // Gives what work(Database&) gives.
  template <class Work>
  auto use(Work work) {
    const std::scoped_lock turn(mutex_);
    return work(database_);
  }

 private:
  std::mutex mutex_;
  Database database_;
};

}  // namespace insights::store
