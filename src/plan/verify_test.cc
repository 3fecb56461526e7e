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
