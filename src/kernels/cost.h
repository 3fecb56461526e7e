// The exact cost of a kernel: the same coroutine run at every party against links that only count.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/kernel.h"

namespace sotto::kernels {

struct Cost {
  std::uint32_t rounds = 0;
  std::vector<std::uint64_t> bytes;  // [from * parties + to]
  unsigned needs = 0;                // of the protocol's setup (Context::need)
  std::uint64_t total_bytes() const;
};

// `operation` is the operation's index in its block: roles rotate with it. Operands need types only.
Cost count(const protocols::Table& table, const Kernel& kernel, const Call& types_only,
           std::uint16_t operation);

}  // namespace sotto::kernels
