#include "runtime/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/fixed_point.h"
#include "plan/permutation.h"
#include "plan/sample_for_tests.h"
#include "plan/verify.h"
#include "runtime/in_process_for_tests.h"

namespace sotto::runtime {
namespace {

using plan::Plan;
using testing::AnyOf;
using testing::HasSubstr;

double cell(std::size_t index) { return static_cast<double>(index) / 8 - 1; }

void fill_cells(const plan::wire::Input&, const plan::Value& value, std::size_t offset,
                std::span<ring::Element> out) {
  std::vector<double> numbers(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) numbers[i] = cell(offset + i);
  encode(out, numbers, value.fraction_bits(), 100);
}

Plan honest_sample() {
  Plan plan = plan::sample_plan();
  declare_costs(plan);
  return plan;
}

Program program_of(const Plan& plan) { return prepare(plan, "digest"); }

void rethrow(const std::vector<PartyOutcome>& outcomes) {
  for (const auto& outcome : outcomes)
    if (outcome.exception) std::rethrow_exception(outcome.exception);
}

// Three batches of four from ten rows: the public permutation says which.
TEST(Executor, SumsBatchesIntoAState) {
  const auto program = program_of(honest_sample());
  const auto outcomes = run_in_process(program, fill_cells);
  rethrow(outcomes);
  std::vector<double> expected(3, 0.0);
  const auto order = plan::row_order(10, 7, 0);
  for (std::uint64_t i = 0; i < 3; ++i)
    for (auto row : plan::batch_rows(order, i, 4))
      for (std::size_t column = 0; column < 3; ++column) expected[column] += cell(row * 3 + column);
  const auto& total = outcomes[0].outputs.at("total").at(0);
  EXPECT_EQ(total.shape, (Shape{3}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(total.values[i], expected[i], 1e-4);
  EXPECT_TRUE(outcomes[1].outputs.empty());
  EXPECT_TRUE(outcomes[2].outputs.empty());
}

TEST(Executor, MeasuresWhatThePlanPredicts) {
  const auto program = program_of(honest_sample());
  for (const auto& outcome : run_in_process(program, fill_cells)) {
    ASSERT_FALSE(outcome.exception);
    ASSERT_EQ(outcome.profile.phases.size(), 3u);
    EXPECT_EQ(outcome.profile.phases[1].runs, 3u);
    for (const auto& phase : outcome.profile.phases) {
      EXPECT_EQ(phase.rounds_predicted, phase.rounds_measured);
      EXPECT_EQ(phase.bytes_predicted, phase.bytes_measured);
    }
    for (const auto& [name, kind] : outcome.profile.kinds) {
      EXPECT_EQ(kind.bytes_predicted, kind.bytes_measured) << name;
      EXPECT_EQ(kind.rounds_predicted, kind.rounds_measured) << name;
    }
  }
}

// y += scale(run) * x * x / 4, four runs in two entries of the control list.
TEST(Executor, AScheduleCountsTheRunsOfItsBlock) {
  Plan plan = plan::sample_plan();
  plan.clear_values(), plan.clear_inputs(), plan.clear_blocks(), plan.clear_control();
  const auto x = plan::add_value(plan, "x", {3}), y = plan::add_value(plan, "y", {3}),
             next = plan::add_value(plan, "next", {3});
  plan::add_input(plan, "x", x, 1, false);
  plan::add_input(plan, "y", y, 0, false, "zeros");
  plan.mutable_states(0)->set_value(y);
  plan.mutable_reveals(0)->set_value(y);
  auto& load = *plan.add_blocks();
  load.set_name("load");
  plan::add_operation(plan, load, "input", {}, {x});
  auto& step = *plan.add_blocks();
  step.set_name("step");
  auto& update = plan::add_operation(plan, step, "contract", {x, x, y}, {next});
  plan::set_attribute(update, "product", std::string_view("elementwise"));
  plan::set_attribute(update, "product_scale", std::int64_t{1000});
  plan::set_attribute(update, "addend_scales", std::vector<std::int64_t>{std::int64_t{1} << 20});
  plan::set_attribute(update, "truncate", std::int64_t{20});
  update.set_schedule(1);
  step.add_updates()->set_next(next);
  auto& finish = *plan.add_blocks();
  finish.set_name("finish");
  plan::add_operation(plan, finish, "reveal", {y}, {});
  auto& schedule = *plan.add_schedules();
  for (std::int64_t scale : {1, 2, 7}) schedule.add_values(scale);
  plan::add_control(plan, 0, 1, "load");
  plan::add_control(plan, 1, 2, "train");
  plan::add_control(plan, 1, 2, "train");
  plan::add_control(plan, 2, 1, "finish");
  declare_costs(plan);
  const auto outcomes = run_in_process(program_of(plan), fill_cells);
  rethrow(outcomes);
  const auto& total = outcomes[0].outputs.at("total").at(0);
  // The product has 36 fraction bits and the sum before truncation 38: a scale of 1 means 1/4.
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(total.values[i], (1 + 2 + 7 + 7) * cell(i) * cell(i) / 4, 1e-4);
}

Plan epochs_plan() {
  Plan plan = plan::epochs_plan(3, 4);
  declare_costs(plan);
  return plan;
}

// What the epochs' totals must be: of the plan's arithmetic, which is exact, in plain numbers.
std::vector<std::vector<double>> expected_totals() {
  std::vector<double> total(3, 0.0);
  std::vector<std::vector<double>> totals;
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    const auto order = plan::row_order(10, 7, epoch);
    for (std::uint64_t i = 0; i < 4; ++i) {
      std::vector<double> sum(3, 0.0);
      for (auto row : plan::batch_rows(order, i, 4))
        for (std::size_t column = 0; column < 3; ++column) sum[column] += cell(row * 3 + column);
      for (std::size_t column = 0; column < 3; ++column) total[column] += std::max(sum[column], 0.0);
    }
    totals.push_back(total);
  }
  return totals;
}

// Whatever the place, what comes after it is bit for bit what it would have been: outputs of both sessions,
// states, counts.
TEST(Executor, GoesOnFromEveryPlace) {
  const auto program = program_of(epochs_plan());
  const auto total = total_runs(program.plan);
  ASSERT_EQ(total, 16u);
  std::vector<std::vector<Snapshot>> snapshots(3);
  const auto keep = [&](int party, Executor& executor) {
    return [&, party](std::uint64_t runs) {
      snapshots[static_cast<std::size_t>(party)].push_back(executor.snapshot(runs));
    };
  };
  const auto whole = run_with_boundaries(program, fill_cells, keep);
  rethrow(whole);
  for (std::uint64_t runs = 1; runs <= total; ++runs) {
    const auto outcomes = run_in_process(program, fill_cells, [&](int party, Executor& executor) {
      executor.resume(snapshots[static_cast<std::size_t>(party)][runs - 1]);
    });
    rethrow(outcomes);
    const auto& revealed = outcomes[0].outputs.at("total");
    ASSERT_EQ(revealed.size(), 3u) << runs;
    for (std::size_t epoch = 0; epoch < 3; ++epoch)
      EXPECT_EQ(revealed[epoch].values, expected_totals()[epoch]) << runs;
    const auto& phases = outcomes[1].profile.phases;
    ASSERT_EQ(phases.size(), 3u);
    EXPECT_EQ(phases[0].runs, runs == total ? 1u : 2u) << "data are shared again";
    EXPECT_EQ(phases[1].runs, 12u);
    EXPECT_EQ(phases[1].bytes_measured, whole[1].profile.phases[1].bytes_measured);
  }
}

// After each epoch all learn whether the total of all columns is at least zero, which it is after the first.
Plan stopping_plan() {
  Plan plan = plan::epochs_plan(3, 4);
  const std::uint32_t total = 3;
  const auto all = plan::add_value(plan, "all", {});
  plan.mutable_values(static_cast<int>(all))->set_bound_bits(32);
  const auto stop = plan::add_value(plan, "stop", {}, 0, plan::wire::BOOLEAN);
  auto& finish = *plan.mutable_blocks(2);
  plan::set_attribute(plan::add_operation(plan, finish, "sum", {total}, {all}), "axes",
                      std::vector<std::int64_t>{0});
  plan::set_attribute(plan::add_operation(plan, finish, "sign", {all}, {stop}), "window", std::int64_t{60});
  plan::add_operation(plan, finish, "reveal", {stop}, {});
  auto& reveal = *plan.add_reveals();
  reveal.set_name("stop");
  reveal.set_value(stop);
  for (std::uint32_t role : {0u, 1u, 2u}) reveal.add_roles(role);
  for (int entry = 3; entry < plan.control_size(); ++entry)
    plan.mutable_control(entry)->set_stop(static_cast<std::uint32_t>(plan.reveals_size()));
  declare_costs(plan);
  return plan;
}

// Also when it is resumed, from any place: before and after what opened the bit.
TEST(Executor, LeavesOutWhatFollowsAStop) {
  const auto program = program_of(stopping_plan());
  std::vector<std::vector<Snapshot>> snapshots(3);
  const auto keep = [&](int party, Executor& executor) {
    return [&, party](std::uint64_t runs) {
      snapshots[static_cast<std::size_t>(party)].push_back(executor.snapshot(runs));
    };
  };
  const auto whole = run_with_boundaries(program, fill_cells, keep);
  rethrow(whole);
  // The data, four steps, and what looks at them: of three epochs one.
  ASSERT_EQ(snapshots[0].size(), 6u);
  const auto check = [&](const std::vector<PartyOutcome>& outcomes, std::size_t runs) {
    for (const auto& outcome : outcomes) EXPECT_EQ(outcome.outputs.at("stop").size(), 1u) << runs;
    const auto& totals = outcomes[0].outputs.at("total");
    ASSERT_EQ(totals.size(), 1u) << runs;
    EXPECT_EQ(totals[0].values, expected_totals()[0]) << runs;
    EXPECT_EQ(outcomes[0].profile.phases[1].runs, 4u) << runs;
  };
  check(whole, 0);
  for (std::size_t runs = 1; runs <= 6; ++runs) {
    const auto outcomes = run_in_process(program, fill_cells, [&](int party, Executor& executor) {
      executor.resume(snapshots[static_cast<std::size_t>(party)][runs - 1]);
    });
    rethrow(outcomes);
    check(outcomes, runs);
  }
}

TEST(Executor, RefusesASnapshotOfOtherStates) {
  const auto program = program_of(epochs_plan());
  for (const auto& outcome : run_in_process(program, fill_cells, [&](int, Executor& executor) {
         Snapshot other{5, {}, {}, {}};
         executor.resume(std::move(other));
       })) {
    ASSERT_TRUE(outcome.exception);
    try {
      std::rethrow_exception(outcome.exception);
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), AnyOf(HasSubstr("the saved states are not those of the plan"),
                                         HasSubstr("this party failed")));
    }
  }
}

std::string complaint(const Plan& plan) {
  try {
    program_of(plan);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kPlan);
    return error.message();
  }
  return "accepted";
}

TEST(Program, RefusesCostsThatLie) {
  Plan plan = honest_sample();
  auto& load = *plan.mutable_blocks(0);
  load.mutable_operations(0)->set_bytes(1, load.operations(0).bytes(1) + 8);
  load.set_bytes(1, load.bytes(1) + 8);
  EXPECT_THAT(complaint(plan), HasSubstr("block \"load\", operation 0 (input) declares bytes"));
  plan = honest_sample();
  plan.mutable_blocks(0)->mutable_operations(0)->set_rounds(5);
  plan.mutable_blocks(0)->set_rounds(5);
  EXPECT_THAT(complaint(plan), HasSubstr("declares 5 rounds, counted are"));
}

TEST(Program, NamesTheOperationOfAKernelsComplaint) {
  Plan plan = honest_sample();
  plan.mutable_blocks(1)->mutable_operations(1)->set_kernel("summ");
  EXPECT_THAT(complaint(plan), HasSubstr("block \"step\", operation 1 (summ)"));
  plan = honest_sample();
  plan.mutable_blocks(1)->mutable_operations(1)->clear_attributes();
  EXPECT_THAT(complaint(plan), HasSubstr("block \"step\", operation 1 (sum)"));
  plan = honest_sample();
  plan.mutable_roles(2)->set_computes(false);
  EXPECT_NE(complaint(plan), "accepted");
}

// Opens whether the sum of a party's input is negative.
Plan guarded_plan() {
  Plan plan = plan::sample_plan();
  plan.clear_values(), plan.clear_inputs(), plan.clear_states(), plan.clear_blocks(), plan.clear_control(),
      plan.clear_reveals();
  const auto x = plan::add_value(plan, "x", {4});
  const auto bits = plan::add_value(plan, "bits", {4}, 0, plan::wire::BOOLEAN);
  plan::add_input(plan, "x", x, 1, false);
  auto& block = *plan.add_blocks();
  block.set_name("check");
  plan::add_operation(plan, block, "input", {}, {x});
  plan::set_attribute(plan::add_operation(plan, block, "sign", {x}, {bits}), "window", std::int64_t{40});
  plan::add_operation(plan, block, "guard", {bits}, {});
  auto& reveal = *plan.add_reveals();
  reveal.set_value(bits);
  reveal.set_name("guard");
  for (std::uint32_t role = 0; role < 3; ++role) reveal.add_roles(role);
  plan::add_control(plan, 0, 1, "check");
  declare_costs(plan);
  return plan;
}

TEST(Executor, AViolatedGuardFailsEveryParty) {
  const auto program = program_of(guarded_plan());
  const auto filled_with = [](double number) {
    return [number](const plan::wire::Input&, const plan::Value& value, std::size_t,
                    std::span<ring::Element> out) {
      const std::vector<double> numbers(out.size(), number);
      encode(out, numbers, value.fraction_bits(), 100);
    };
  };
  rethrow(run_in_process(program, filled_with(-1)));
  for (const auto& outcome : run_in_process(program, filled_with(1))) {
    ASSERT_TRUE(outcome.exception);
    try {
      std::rethrow_exception(outcome.exception);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
      EXPECT_THAT(error.message(), HasSubstr("guard \"guard\""));
    }
  }
}

// An owner's error ends the run for all.
TEST(Executor, AnInputThatCannotBeEncodedFailsEveryParty) {
  const auto program = program_of(honest_sample());
  const auto outcomes = run_in_process(
      program, [](const plan::wire::Input&, const plan::Value&, std::size_t, std::span<ring::Element>) {
        throw Error(ErrorKind::kData, "element 3 is out of range");
      });
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome.exception);
}

}  // namespace
}  // namespace sotto::runtime
