// What an operation of a plan costs by each of its implementations, for `sotto cost`.
#pragma once

#include <array>
#include <optional>

#include "cli/predict.h"
#include "runtime/program.h"

namespace sotto::cli {

struct Variant {
  std::string name;  // as kernels::variant_of has it
  kernels::Cost cost;
  double seconds = 0;  // alone on the network
  bool chosen = false;
};

struct Choice {
  int operation = 0;  // index in its block
  std::vector<Variant> variants;
};

// The operations of a block that had a choice: several implementations that differ in cost. Counted, like
// every cost.
std::vector<Choice> choices_of(const runtime::Program& program, int block,
                               const net::NetworkProfile& network);

}  // namespace sotto::cli
