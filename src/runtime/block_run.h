// The state of one run of a block; private to the executor's files.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/executor.h"

namespace sotto::runtime {

struct Executor::BlockRun {
  std::size_t block = 0;
  std::uint32_t step = 0;
  std::uint64_t number = 0;              // runs of this block before, in the whole job
  std::vector<std::uint32_t> rows;       // of this iteration's batch
  std::vector<std::uint32_t> uses_left;  // of each value
  std::vector<net::Rounds::Account> accounts;
  std::vector<std::uint32_t> rounds_taken;  // by operation
  std::uint32_t first_round = 0;
  std::uint32_t rounds = 0;
  std::uint64_t sent_before = 0, sent = 0;
};

}  // namespace sotto::runtime
