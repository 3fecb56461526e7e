// One process for each party of a job: a second start ends at once and says so, instead of waiting for others
// who are busy with the first.
#pragma once

#include <string>

#include "base/hash.h"

namespace sotto::runtime {

// Held until the process ends, however it ends. Known to this machine's network namespace; no file is left.
class RunLock {
 public:
  // Throws kSystem when another process holds it.
  RunLock(const Digest& agreement, const std::string& job, const std::string& party);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int socket_ = -1;
};

}  // namespace sotto::runtime
