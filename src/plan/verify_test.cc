#include "plan/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>

#include "base/error.h"
#include "plan/sample_for_tests.h"

namespace sotto::plan {
namespace {

using testing::HasSubstr;

TEST(Verify, AcceptsAPlanAndReadsItBack) {
  const Plan plan = sample_plan();
  verify(plan);
  const std::string bytes = serialize(plan);
  EXPECT_EQ(serialize(parse_verified(as_bytes(bytes))), bytes);
  EXPECT_EQ(digest(as_bytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// What is wrong with the sample after a change.
std::string complaint(const std::function<void(Plan&)>& change) {
  Plan plan = sample_plan();
  change(plan);
  try {
    verify(plan);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kPlan);
    EXPECT_FALSE(error.hint().empty());
    return error.message();
  }
  return "accepted";
}

TEST(Verify, NamesBlockOperationAndField) {
  EXPECT_THAT(
      complaint([](Plan& p) { p.mutable_blocks(1)->mutable_operations(2)->set_operands(1, 4); }),
      HasSubstr("block 1 \"step\", operation 2 (add): operand value 4 \"next\" (3,) is not defined before"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(1)->mutable_operations(0)->set_start_round(2); }),
              HasSubstr("operation 1 (sum): start_round 0 is before its operand"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(1)->mutable_operations(1)->set_results(0, 99); }),
              HasSubstr("result 99 does not exist"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(1)->mutable_operations(2)->set_results(0, 3); }),
              HasSubstr("is an input or a state"));
  EXPECT_THAT(
      complaint([](Plan& p) { p.mutable_blocks(0)->mutable_operations(0)->mutable_bytes()->RemoveLast(); }),
      HasSubstr("bytes has 8 entries, needs 9 for 3 parties"));
}

TEST(Verify, RefusesWrongTotals) {
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(0)->set_rounds(3); }), HasSubstr("rounds is 3"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(0)->set_bytes(1, 241); }),
              HasSubstr("is not the sum"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(0)->mutable_operations(0)->set_bytes(0, 1); }),
              HasSubstr("bytes[0] is 1"));
}

TEST(Verify, RefusesOpeningsThatAreNotListed) {
  EXPECT_THAT(complaint([](Plan& p) { p.clear_reveals(); }), HasSubstr("not listed in reveals"));
  EXPECT_THAT(complaint([](Plan& p) {
                auto& reveal = *p.add_reveals();
                reveal.set_value(2);
                reveal.set_name("sum");
                reveal.add_roles(1);
              }),
              HasSubstr("no operation that runs opens it"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_reveals(0)->clear_roles(); }), HasSubstr("nobody learns it"));
}

TEST(Verify, FollowsTheControlList) {
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control()->SwapElements(0, 1); }),
              HasSubstr("before its role"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(0)->set_repeat(2); }),
              HasSubstr("runs more than once"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(1)->set_rows(11); }),
              HasSubstr("takes 4 of 11 rows"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(1)->set_block(3); }),
              HasSubstr("block 3 does not exist"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(1)->set_repeat(~0ull); }), HasSubstr("repeat is"));
}

// The sample, of whose every step a guard says whether something is negative: opened in a block of its own,
// before the end.
Plan guarded_sample() {
  Plan plan = sample_plan();
  const auto count = add_value(plan, "outside", {3}), more = add_value(plan, "more", {3});
  const auto bits = add_value(plan, "any", {3}, 0, wire::BOOLEAN);
  add_input(plan, "outside", count, 0, false, "zeros");
  auto& state = *plan.add_states();
  state.set_name("outside");
  state.set_value(count);
  auto& step = *plan.mutable_blocks(1);
  add_operation(plan, step, "add", {count, 2}, {more});
  auto& update = *step.add_updates();
  update.set_state(1);
  update.set_next(more);
  auto& guard = *plan.add_blocks();
  guard.set_name("guard");
  add_operation(plan, guard, "sign", {count}, {bits});
  add_operation(plan, guard, "guard", {bits}, {});
  auto& reveal = *plan.add_reveals();
  reveal.set_value(bits);
  reveal.set_name("guard");
  for (std::uint32_t role = 0; role < 3; ++role) reveal.add_roles(role);
  add_control(plan, 3, 1, "guard");
  plan.mutable_control()->SwapElements(2, 3);
  return plan;
}

TEST(Verify, RefusesToRevealBeforeTheGuardIsOpened) {
  const auto refused = [](Plan plan) {
    EXPECT_THROW(verify(plan), Error);
    return complaint([&](Plan& p) { p = plan; });
  };
  EXPECT_NO_THROW(verify(guarded_sample()));
  Plan late = guarded_sample();
  late.mutable_control()->SwapElements(2, 3);
  EXPECT_THAT(refused(late), HasSubstr("control 2: block \"finish\" reveals before the guard"));
  Plan again = guarded_sample();  // train, guard, train, finish
  again.mutable_control(2)->set_repeat(1);
  *again.add_control() = again.control(3);
  *again.mutable_control(3) = again.control(1);
  EXPECT_THAT(refused(again), HasSubstr("control 4: block \"finish\" reveals before the guard"));
  Plan within = guarded_sample();  // the step itself reveals
  add_operation(within, *within.mutable_blocks(1), "reveal", {3}, {});
  EXPECT_THAT(refused(within), HasSubstr("control 1: block \"step\" reveals before the guard"));
  Plan beside = guarded_sample();  // in the guard's own block, at the same time as the guard
  add_operation(beside, *beside.mutable_blocks(3), "reveal", {3}, {});
  EXPECT_THAT(refused(beside), HasSubstr("control 2: block \"guard\" reveals before the guard"));
}

// A second guard, of another state: the first is not enough.
TEST(Verify, EveryGuardIsOpenedBeforeAnythingIsRevealed) {
  Plan plan = guarded_sample();
  const auto bits = add_value(plan, "negative", {3}, 0, wire::BOOLEAN);
  auto& second = *plan.add_blocks();
  second.set_name("second");
  add_operation(plan, second, "sign", {3}, {bits});
  add_operation(plan, second, "guard", {bits}, {});
  *plan.add_reveals() = plan.reveals(1);
  plan.mutable_reveals(2)->set_value(bits);
  plan.mutable_reveals(2)->set_name("second");
  add_control(plan, 4, 1, "guard");
  plan.mutable_control()->SwapElements(3, 4);
  EXPECT_THAT(complaint([&](Plan& p) { p = plan; }), HasSubstr("reveals before the guard"));
  // One block that opens both.
  Plan both = guarded_sample();
  const auto more = add_value(both, "negative", {3}, 0, wire::BOOLEAN);
  add_operation(both, *both.mutable_blocks(3), "sign", {3}, {more});
  add_operation(both, *both.mutable_blocks(3), "guard", {more}, {});
  *both.add_reveals() = both.reveals(1);
  both.mutable_reveals(2)->set_value(more);
  both.mutable_reveals(2)->set_name("second");
  EXPECT_EQ(complaint([&](Plan& p) { p = both; }), "accepted");
}

TEST(Verify, RowsOfAResultAreThoseOfAnInput) {
  const auto named = [](const char* input, bool provided, std::int64_t rows) {
    return [=](Plan& p) {
      const auto x = add_value(p, "x", {rows, 2});
      add_input(p, "x", x, 0, false, provided ? "" : "zeros");
      if (provided) add_operation(p, *p.mutable_blocks(0), "input", {}, {x});
      set_attribute(*p.mutable_blocks(2)->mutable_operations(0), "rows_of", std::string_view(input));
    };
  };
  EXPECT_EQ(complaint(named("x", true, 3)), "accepted");
  EXPECT_THAT(complaint(named("x", true, 4)), HasSubstr("has not the rows of input \"x\""));
  EXPECT_THAT(complaint(named("x", false, 3)), HasSubstr("names an input that a role provides"));
  EXPECT_THAT(complaint(named("rows", true, 3)), HasSubstr("names an input that a role provides"));
  EXPECT_THAT(complaint(named("y", true, 3)), HasSubstr("names an input that a role provides"));
  EXPECT_THAT(complaint([](Plan& p) {
                set_attribute(*p.mutable_blocks(1)->mutable_operations(2), "rows_of",
                              std::string_view("rows"));
              }),
              HasSubstr("rows_of belongs to a reveal"));
}

TEST(Verify, BitsBeginAsZerosOnly) {
  const auto kept = [](const char* initializer) {
    return [initializer](Plan& p) {
      const auto bits = add_value(p, "kept", {3}, 0, wire::BOOLEAN);
      add_input(p, "kept", bits, 0, false, initializer);
    };
  };
  EXPECT_EQ(complaint(kept("zeros")), "accepted");
  EXPECT_THAT(complaint(kept("torch_linear:3")), HasSubstr("its value is not arithmetic"));
  EXPECT_THAT(complaint(kept("")), HasSubstr("its value is not arithmetic"));
}

TEST(Verify, RefusesStatesOfAnotherType) {
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_values(4)->set_fraction_bits(20); }),
              HasSubstr("another type"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_inputs()->RemoveLast(); }), HasSubstr("first value"));
}

TEST(Verify, RefusesTypesThatDoNotFit) {
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_values(0)->set_shape(0, 0); }), HasSubstr("an extent is 0"));
  EXPECT_THAT(complaint([](Plan& p) {
                p.mutable_values(0)->set_shape(0, 1ll << 32);
                p.mutable_values(0)->set_shape(1, 1ll << 32);
              }),
              HasSubstr("more than 68719476736 elements"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_values(0)->set_bound_bits(60); }), HasSubstr("does not fit"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_values(0)->set_bound_bits(-2147483647); }),
              HasSubstr("not fit"));
}

TEST(Verify, RefusesSchedulesOfAnythingButAProductsScale) {
  const auto scheduled = [](const char* product) {
    return [product](Plan& p) {
      p.add_schedules()->add_values(3);
      auto& operation = *p.mutable_blocks(1)->mutable_operations(2);
      operation.set_schedule(1);
      if (product == nullptr) return;
      operation.set_kernel("contract");
      set_attribute(operation, "product", std::string_view(product));
    };
  };
  EXPECT_EQ(complaint(scheduled("elementwise")), "accepted");
  EXPECT_THAT(complaint(scheduled("none")), HasSubstr("only the scale of a contraction's product"));
  EXPECT_THAT(complaint(scheduled(nullptr)), HasSubstr("operation 2 (add): only the scale"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_blocks(1)->mutable_operations(2)->set_schedule(1); }),
              HasSubstr("schedule 1 does not exist"));
  EXPECT_THAT(complaint([](Plan& p) { p.add_schedules(); }), HasSubstr("schedule 0 has no values"));
}

TEST(Schedule, ItsLastValueHolds) {
  wire::Schedule schedule;
  for (std::int64_t value : {5, -7, 11}) schedule.add_values(value);
  EXPECT_EQ(scheduled_value(schedule, 0), 5);
  EXPECT_EQ(scheduled_value(schedule, 1), -7);
  EXPECT_EQ(scheduled_value(schedule, 2), 11);
  EXPECT_EQ(scheduled_value(schedule, ~std::uint64_t{0}), 11);
}

TEST(Verify, AStopIsOneNumberThatAllLearn) {
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(1)->set_stop(2); }),
              HasSubstr("control 1: stop is reveal 1, which does not exist"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_control(1)->set_stop(1); }),
              HasSubstr("control 1: stop is reveal 0, which is not one number"));
  EXPECT_THAT(complaint([](Plan& p) {
                auto& reveal = *p.add_reveals();
                reveal.set_name("stop");
                reveal.set_value(add_value(p, "stop", {}, 0, wire::BOOLEAN));
                reveal.add_roles(0);
                p.mutable_control(1)->set_stop(2);
              }),
              HasSubstr("control 1: stop is reveal 1, which not every computing role learns"));
}

TEST(Verify, RefusesProbableFailure) {
  EXPECT_THAT(complaint([](Plan& p) { p.set_log2_failure(-39); }), HasSubstr("2^-39"));
  EXPECT_THAT(complaint([](Plan& p) { p.set_log2_failure(std::numeric_limits<double>::quiet_NaN()); }),
              HasSubstr("goes unseen with probability"));
}

TEST(Verify, RefusesNamesThatCouldHarmATerminal) {
  EXPECT_THAT(complaint([](Plan& p) { p.set_name("\x1b[2J"); }), HasSubstr("not printable"));
  EXPECT_THAT(complaint([](Plan& p) { p.mutable_values(1)->set_name("\n"); }), HasSubstr("not printable"));
}

// Either a plan or an error of kind plan, nothing else.
bool survives(std::string_view bytes) {
  try {
    parse_verified(as_bytes(bytes));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kPlan;
  }
  return true;
}

TEST(Verify, SurvivesTruncationAndMutation) {
  const std::string bytes = serialize(sample_plan());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    ASSERT_TRUE(survives(std::string_view(bytes).substr(0, length))) << length;
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      ASSERT_TRUE(survives(changed)) << at << " " << bit;
    }
}

TEST(Verify, SurvivesRandomDamage) {
  std::mt19937_64 random(1);
  const std::string bytes = serialize(sample_plan());
  for (int i = 0; i < 20000; ++i) {
    std::string changed = bytes;
    for (std::uint64_t n = 1 + random() % 8; n > 0; --n) {
      const auto at = random() % changed.size();
      if (random() % 4 == 0)
        changed.insert(at, 1, static_cast<char>(random()));
      else
        changed[at] = static_cast<char>(random());
    }
    ASSERT_TRUE(survives(changed)) << i;
  }
}

}  // namespace
}  // namespace sotto::plan
