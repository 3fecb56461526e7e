#include "plan/knowledge.h"

#include <gtest/gtest.h>

#include "plan/sample_for_tests.h"

namespace sotto::plan {
namespace {

TEST(Knowledge, InputsAndWhatMovesTheirElements) {
  Plan plan;
  for (const char* name : {"left", "right", "outside"}) {
    auto& role = *plan.add_roles();
    role.set_name(name);
    role.set_computes(std::string_view(name) != "outside");
  }
  const auto features = add_value(plan, "features", {100, 4}), foreign = add_value(plan, "foreign", {4}),
             weights = add_value(plan, "weights", {4}), start = add_value(plan, "start", {4});
  add_input(plan, "features", features, 1, true);
  add_input(plan, "foreign", foreign, 2, false);
  add_input(plan, "weights", weights, 0, false, "zeros");
  add_input(plan, "start", start, 0, false);
  auto& state = *plan.add_states();
  state.set_name("start");
  state.set_value(start);

  auto& block = *plan.add_blocks();
  const auto rows = add_value(plan, "rows", {10, 4}), turned = add_value(plan, "turned", {4, 10}),
             sums = add_value(plan, "sums", {4}), other = add_value(plan, "other", {4, 1});
  add_operation(plan, block, "batch", {features}, {rows});
  add_operation(plan, block, "transpose", {rows}, {turned});
  add_operation(plan, block, "sum", {rows}, {sums});
  add_operation(plan, block, "reshape", {weights}, {other});

  const std::vector<int> known = known_to(plan);
  EXPECT_EQ(known[features], 1);
  EXPECT_EQ(known[rows], 1);
  EXPECT_EQ(known[turned], 1);
  for (const auto value : {foreign, weights, start, sums, other}) EXPECT_EQ(known[value], -1) << value;
}

}  // namespace
}  // namespace sotto::plan
