#include "plan/openings.h"

#include <gmock/gmock.h>

#include "plan/sample_for_tests.h"
#include "plan/verify.h"

namespace sotto::plan {
namespace {

using testing::ElementsAre;

// The sample, whose total is also opened by every step.
Plan opened_often() {
  Plan plan = sample_plan();
  add_operation(plan, *plan.mutable_blocks(1), "reveal", {3}, {}, 0, 1, {0, 0, 0, 24});
  plan.mutable_blocks(1)->mutable_operations(3)->set_source("model.mlir:7:3");
  return plan;
}

TEST(Openings, EveryOneIsListedWithItsReadersAndItsNumber) {
  const auto openings = openings_of(opened_often());
  ASSERT_EQ(openings.size(), 2u);
  EXPECT_EQ(openings[0].name, "total");
  EXPECT_EQ(openings[0].block, 1u);
  EXPECT_EQ(openings[0].operation, 3);
  EXPECT_EQ(openings[0].times, 3u);
  EXPECT_EQ(openings[0].source, "model.mlir:7:3");
  EXPECT_THAT(openings[0].phases, ElementsAre("train"));
  EXPECT_THAT(openings[0].roles, ElementsAre(0u));
  EXPECT_EQ(openings[1].block, 2u);
  EXPECT_EQ(openings[1].times, 1u);
  EXPECT_THAT(openings[1].phases, ElementsAre("finish"));
}

TEST(Openings, KnowHowMuchTrainingCameBefore) {
  EXPECT_THAT(training_runs_before(opened_often(), "total"), ElementsAre(1u, 2u, 3u, 3u));
  EXPECT_THAT(training_runs_before(sample_plan(), "total"), ElementsAre(3u));
  EXPECT_THAT(training_runs_before(sample_plan(), "other"), ElementsAre());
}

// The verifier finds a reveal entry for every opening, so the list is complete.
TEST(Openings, AnOpeningWithoutAnEntryIsNoPlan) {
  Plan plan = sample_plan();
  EXPECT_NO_THROW(verify(plan));
  add_operation(plan, *plan.mutable_blocks(1), "reveal", {2}, {}, 0, 1, {0, 0, 0, 24});
  EXPECT_THROW(verify(plan), std::exception);
}

TEST(Openings, TypesInWords) {
  const Plan plan = sample_plan();
  EXPECT_EQ(type_text(plan.values(0)), "fixed(10, 3).18 < 2^8");
  EXPECT_EQ(names_of_roles(plan, {0, 2}), "rows, helper");
}

}  // namespace
}  // namespace sotto::plan
