// A plan made ready to run: its operations resolved against the kernel table, their types checked, and every
// declared cost compared with the counted one. A plan whose costs lie never runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernels/cost.h"
#include "plan/plan.h"

namespace sotto::runtime {

struct PreparedOperation {
  plan::Special special = plan::Special::kNone;
  const kernels::Kernel* kernel = nullptr;  // null for special operations
  kernels::Call types;                      // operands and results by type, attributes
};

struct PreparedBlock {
  std::vector<PreparedOperation> operations;
  // For each value: how many operands and updates of this block read it.
  std::vector<std::uint32_t> uses;
};

struct Program {
  plan::Plan plan;
  std::string digest;
  const protocols::Table* table = nullptr;
  std::vector<PreparedBlock> blocks;
  unsigned setup_needs = 0;  // what the operations use of the protocol's setup
};

kernels::ValueType type_of(const plan::Value& value);
// Parties who learn what a reveal or guard opens, one bit each.
unsigned mask_of_reveal(const plan::Plan& plan, std::uint32_t value);
// What the operation costs by running its coroutine against links that only count.
kernels::Cost counted_cost(const Program& program, int block, int operation);

// Verifies (plan/verify.h), resolves, checks types, recounts. Throws ErrorKind::kPlan naming block and
// operation.
Program prepare(plan::Plan plan, std::string digest);
Program prepare(std::span<const std::byte> bytes);

// Throws kUsage when the file cannot be read, kPlan when it is too large for a plan.
std::vector<std::byte> read_plan_file(const std::filesystem::path& file);

// For plans made by hand (benchmarks, tests): writes counted costs into all operations, gives each the
// earliest start round, and sums up the blocks.
void declare_costs(plan::Plan& plan);

}  // namespace sotto::runtime
