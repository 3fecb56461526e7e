// A small valid plan for tests: share a data set, run a step on batches of it that updates a state, reveal
// the state.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace sotto::plan {

inline std::uint32_t add_value(Plan& plan, const std::string& name, const Shape& shape,
                               int fraction_bits = 18, wire::Sharing sharing = wire::ARITHMETIC) {
  auto& value = *plan.add_values();
  value.set_name(name);
  value.mutable_shape()->Add(shape.begin(), shape.end());
  value.set_sharing(sharing);
  value.set_fraction_bits(sharing == wire::BOOLEAN ? 0 : fraction_bits);
  value.set_bound_bits(8);
  value.set_bound(wire::DECLARED);
  return static_cast<std::uint32_t>(plan.values_size() - 1);
}

inline Operation& add_operation(Plan& plan, Block& block, const std::string& kernel,
                                const std::vector<std::uint32_t>& operands,
                                const std::vector<std::uint32_t>& results, std::uint32_t start_round = 0,
                                std::uint32_t rounds = 0, std::vector<std::uint64_t> bytes = {}) {
  const auto parties = static_cast<std::size_t>(party_count(plan));
  bytes.resize(parties * parties, 0);
  auto& operation = *block.add_operations();
  operation.set_kernel(kernel);
  operation.mutable_operands()->Add(operands.begin(), operands.end());
  operation.mutable_results()->Add(results.begin(), results.end());
  operation.set_start_round(start_round);
  operation.set_rounds(rounds);
  operation.mutable_bytes()->Add(bytes.begin(), bytes.end());
  if (block.bytes_size() == 0) block.mutable_bytes()->Resize(static_cast<int>(bytes.size()), 0);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    block.set_bytes(static_cast<int>(i), block.bytes(static_cast<int>(i)) + bytes[i]);
  block.set_rounds(std::max(block.rounds(), start_round + rounds));
  return operation;
}

inline void add_control(Plan& plan, std::uint32_t block, std::uint64_t repeat, const std::string& phase,
                        std::uint64_t batch = 0, std::uint64_t rows = 0, std::uint64_t seed = 0) {
  auto& control = *plan.add_control();
  control.set_block(block);
  control.set_repeat(repeat);
  control.set_phase(phase);
  control.set_batch(batch);
  control.set_rows(rows);
  control.set_permutation_seed(seed);
}

inline void add_input(Plan& plan, const std::string& name, std::uint32_t value, std::uint32_t role,
                      bool dataset, const std::string& initializer = "") {
  auto& input = *plan.add_inputs();
  input.set_name(name);
  input.set_value(value);
  input.set_role(role);
  input.set_dataset(dataset);
  input.set_initializer(initializer);
}

// total += sum of each batch's rows. Costs of three parties whose first role deals 8 bytes an element to one
// other.
inline Plan sample_plan() {
  Plan plan;
  plan.set_format_version(kFormatVersion);
  plan.set_name("sums");
  plan.set_protocol("rep3");
  for (const char* role : {"rows", "other", "helper"}) {
    auto& added = *plan.add_roles();
    added.set_name(role);
    added.set_computes(true);
  }
  const auto data = add_value(plan, "data", {10, 3});
  const auto batch = add_value(plan, "batch", {4, 3});
  const auto sum = add_value(plan, "sum", {3});
  const auto total = add_value(plan, "total", {3});
  const auto next = add_value(plan, "next", {3});
  add_input(plan, "rows", data, 0, true);
  add_input(plan, "total", total, 0, false, "zeros");
  auto& state = *plan.add_states();
  state.set_name("total");
  state.set_value(total);

  auto& load = *plan.add_blocks();
  load.set_name("load");
  add_operation(plan, load, "input", {}, {data}, 0, 1, {0, 240});
  auto& step = *plan.add_blocks();
  step.set_name("step");
  add_operation(plan, step, "batch", {data}, {batch});
  set_attribute(add_operation(plan, step, "sum", {batch}, {sum}), "axes", std::vector<std::int64_t>{0});
  add_operation(plan, step, "add", {total, sum}, {next});
  auto& update = *step.add_updates();
  update.set_state(0);
  update.set_next(next);
  auto& finish = *plan.add_blocks();
  finish.set_name("finish");
  add_operation(plan, finish, "reveal", {total}, {}, 0, 1, {0, 0, 0, 24});

  auto& reveal = *plan.add_reveals();
  reveal.set_value(total);
  reveal.add_roles(0);
  reveal.set_name("total");
  add_control(plan, 0, 1, "load");
  add_control(plan, 1, 3, "train", 4, 10, 7);
  add_control(plan, 2, 1, "finish");
  plan.set_log2_failure(-60);
  return plan;
}

// For runs that end in the middle: in each epoch `steps` times total += what is positive of the sum of a
// batch's rows, which takes rounds and is exact, then the total is revealed. Costs are left to declare_costs.
inline Plan epochs_plan(std::uint64_t epochs, std::uint64_t steps) {
  Plan plan = sample_plan();
  plan.set_name("epochs");
  constexpr int kTotalBound = 30;
  for (std::uint32_t value : {3u, 4u})
    plan.mutable_values(static_cast<int>(value))->set_bound_bits(kTotalBound);
  const auto bits = add_value(plan, "positive", {3}, 0, wire::BOOLEAN);
  const auto chosen = add_value(plan, "chosen", {3});
  auto& step = *plan.mutable_blocks(1);
  step.clear_operations();
  const std::uint32_t data = 0, batch = 1, sum = 2, total = 3, next = 4;
  add_operation(plan, step, "batch", {data}, {batch});
  set_attribute(add_operation(plan, step, "sum", {batch}, {sum}), "axes", std::vector<std::int64_t>{0});
  set_attribute(add_operation(plan, step, "sign", {sum}, {bits}), "window", std::int64_t{40});
  add_operation(plan, step, "select", {bits, sum}, {chosen});
  add_operation(plan, step, "add", {total, chosen}, {next});
  plan.clear_control();
  add_control(plan, 0, 1, "load");
  for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
    add_control(plan, 1, steps, "train", 4, 10, 7);
    plan.mutable_control(plan.control_size() - 1)->set_epoch(epoch);
    add_control(plan, 2, 1, "evaluate");
  }
  return plan;
}

}  // namespace sotto::plan
