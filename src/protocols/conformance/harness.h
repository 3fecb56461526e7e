// Runs one operation of any protocol with all its parties as threads of this process: the bench on which
// protocols and kernels are tested. Inputs are shared first, then the operation runs (this alone is
// measured), then results are opened.
//
// Everything random follows from the options' seeds, so a failure repeats itself.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "protocols/operations.h"

namespace sotto::protocols::conformance {

using Integers = std::vector<std::uint64_t>;

inline constexpr int kConstant = -1;

struct Input {
  Shape shape;
  Integers values;  // Boolean: one 0 or 1 per element
  Kind kind = Kind::kArithmetic;
  int owner = 0;  // modulo the number of parties; kConstant: a public constant turned into a share
};

// The same at every party, like a kernel.
using Operation = std::function<Task<Shares>(Context&, Shares inputs)>;

struct Traffic {
  std::uint32_t rounds = 0;
  std::vector<std::uint64_t> bytes;  // [from * parties + to]
  std::uint64_t total_bytes() const;
  bool operator==(const Traffic&) const = default;
};

struct Outcome {
  std::vector<Integers> results;  // opened; Boolean ones as one 0 or 1 per element
  Traffic traffic;                // measured at the links, of the operation alone
  // What each party received while inputs were shared and the operation ran, the opening of results excluded.
  std::vector<std::vector<std::byte>> received;
};

struct Options {
  std::uint64_t seed = 1;       // of all keys
  std::uint16_t operation = 0;  // of the plan: roles may rotate with it
  // Keys that this party knows follow from `observer_seed` instead, so that over many runs with different
  // seeds one sees how its view is distributed given its own randomness.
  int observer = -1;
  std::uint64_t observer_seed = 0;
};

Outcome run(const Table& table, const std::vector<Input>& inputs, const Operation& operation,
            const Options& options = {});

// The same traffic without running: counted at every party over shapes.
Traffic predict(const Table& table, const std::vector<Input>& inputs, const Operation& operation,
                const Options& options = {});

}  // namespace sotto::protocols::conformance
