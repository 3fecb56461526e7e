#include "passes/schedule/schedule.h"

#include <gtest/gtest.h>

namespace sotto::passes {
namespace {

std::uint32_t add_value(plan::Plan& plan, std::int64_t elements) {
  auto& value = *plan.add_values();
  value.add_shape(elements);
  value.set_sharing(plan::wire::ARITHMETIC);
  return static_cast<std::uint32_t>(plan.values_size() - 1);
}

void add_operation(plan::Block& block, std::vector<std::uint32_t> operands, std::uint32_t result,
                   std::uint32_t rounds) {
  auto& operation = *block.add_operations();
  operation.set_kernel("contract");
  for (auto operand : operands) operation.add_operands(operand);
  operation.add_results(result);
  operation.set_rounds(rounds);
  for (int pair = 0; pair < 4; ++pair) operation.add_bytes(static_cast<std::uint64_t>(pair) * rounds);
}

// Two chains of different depth meet; a third operation shares the rounds of the first.
TEST(ScheduleTest, ExampleOperationsStartWhenTheirOperandsAreThere) {
  plan::Plan plan;
  auto& block = *plan.add_blocks();
  for (int i = 0; i < 5; ++i) add_value(plan, 8);
  add_operation(block, {0}, 1, 2);
  add_operation(block, {0}, 2, 5);
  add_operation(block, {1}, 3, 0);
  add_operation(block, {2, 3}, 4, 1);
  schedule(block, 2);
  EXPECT_EQ(block.operations(1).start_round(), 0u);
  EXPECT_EQ(block.operations(2).start_round(), 2u);
  EXPECT_EQ(block.operations(3).start_round(), 5u);
  EXPECT_EQ(block.rounds(), 6u);
  EXPECT_EQ(std::vector<std::uint64_t>(block.bytes().begin(), block.bytes().end()),
            (std::vector<std::uint64_t>{0, 8, 16, 24}));
}

// A value lives from its definition to its last use; inputs always.
TEST(ScheduleTest, MemoryIsThatOfLiveValues) {
  plan::Plan plan;
  const auto input = add_value(plan, 10);
  plan.add_inputs()->set_value(input);
  auto& block = *plan.add_blocks();
  const auto a = add_value(plan, 100), b = add_value(plan, 20), c = add_value(plan, 1);
  add_operation(block, {input}, a, 1);
  add_operation(block, {a}, b, 1);
  add_operation(block, {b}, c, 1);
  EXPECT_EQ(peak_bytes(plan, block, 1), (10u + 100 + 20) * 8);
  EXPECT_EQ(peak_bytes(plan, block, 2), (10u + 100 + 20) * 16);
}

}  // namespace
}  // namespace sotto::passes
