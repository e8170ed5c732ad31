// That only one server uses a store: a lock beside it, which the system takes back however the
// program ends.
#pragma once

#include <string>

#include "base/result.h"

namespace insights::store {

class StoreLock {
 public:
  // Errors: refused when another program holds it; unavailable.
  static base::Result<StoreLock> take(const std::string& store);
  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int file) : file_(file) {}
  int file_ = -1;
};

}  // namespace insights::store
