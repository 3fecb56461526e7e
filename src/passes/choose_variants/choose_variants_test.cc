#include "passes/choose_variants/choose_variants.h"

#include <gtest/gtest.h>

#include "protocols/table.h"

namespace sotto::passes {
namespace {

// A kernel's call, counted for rep3.
std::string chosen_for(const char* kernel, const kernels::Call& types, const Network& network) {
  plan::Operation operation;
  operation.set_kernel(kernel);
  const auto count = [&](const plan::Operation& candidate) {
    kernels::Call call = types;
    for (const auto& attribute : candidate.attributes())
      call.attributes[attribute.name()] = attribute.integer();
    return kernels::count(protocols::table_named("rep3"), kernels::kernel_named(kernel), call, 0);
  };
  choose_variant(operation, 3, network, count);
  return operation.variant();
}

// A sign of `elements` numbers in a window.
std::string chosen_for(std::int64_t elements, int window, const Network& network) {
  kernels::Call call;
  call.operand_types = {{.shape = {elements}, .fraction_bits = 0, .bound_bits = window - 1}};
  call.result_types = {{.kind = protocols::Kind::kBoolean, .shape = {elements}}};
  call.attributes["window"] = std::int64_t{window};
  return chosen_for("sign", call, network);
}

// The exponential of numbers below 2^bound whose results are below 2^24.
std::string chosen_for_exp(std::int64_t elements, int bound, const Network& network) {
  kernels::Call call;
  call.operand_types = {{.shape = {elements}, .fraction_bits = 18, .bound_bits = bound}};
  call.result_types = {{.shape = {elements}, .fraction_bits = 18, .bound_bits = 24}};
  return chosen_for("exp", call, network);
}

TEST(ChooseVariants, ManyComparisonsSendFewBytes) {
  EXPECT_EQ(chosen_for(100000, 25, {.megabit_per_second = 10100, .one_way_ms = 0.05}), "few bytes");
}

TEST(ChooseVariants, FewComparisonsFarAwaySpareRounds) {
  EXPECT_EQ(chosen_for(10, 25, {.megabit_per_second = 300, .one_way_ms = 20}), "few rounds");
}

TEST(ChooseVariants, InBetweenIsBalanced) {
  EXPECT_EQ(chosen_for(5000, 25, {.megabit_per_second = 300, .one_way_ms = 20}), "balanced");
}

// The implementations are two rounds of 20 ms and 189 bytes an element apart.
TEST(ChooseVariants, ManyExponentialsSendFewBytes) {
  EXPECT_EQ(chosen_for_exp(100000, 4, {.megabit_per_second = 300, .one_way_ms = 20}), "few bytes");
}

TEST(ChooseVariants, FewExponentialsFarAwaySpareRounds) {
  EXPECT_EQ(chosen_for_exp(100, 4, {.megabit_per_second = 300, .one_way_ms = 20}), "few rounds");
}

TEST(ChooseVariants, ExponentialsOfFewPiecesHaveOneImplementation) {
  EXPECT_EQ(chosen_for_exp(100, 1, {.megabit_per_second = 300, .one_way_ms = 20}), "few bytes");
}

// 1.2 kB against six rounds.
TEST(ChooseVariants, ReciprocalsOfANarrowRangeHaveTwo) {
  kernels::Call call;
  call.attributes = {{"minimum", 1.0}, {"maximum", 16.0}};
  for (const auto& [elements, variant] : {std::pair{100000, "few bytes"}, {100, "few rounds"}}) {
    call.operand_types = {{.shape = {elements}, .fraction_bits = 18, .bound_bits = 5}};
    call.result_types = {{.shape = {elements}, .fraction_bits = 18, .bound_bits = 1}};
    EXPECT_EQ(chosen_for("reciprocal", call, {.megabit_per_second = 300, .one_way_ms = 20}), variant);
  }
}

// 4 rounds of 20 ms and 100 bytes to and from the busiest party at 0.1 Mbit/s.
TEST(ChooseVariants, SecondsAreRoundsAndTheBusiestPartysBytes) {
  const kernels::Cost cost{.rounds = 4, .bytes = {0, 40, 0, 60, 0, 0, 0, 0, 0}};
  EXPECT_DOUBLE_EQ(seconds_on({.megabit_per_second = 0.1, .one_way_ms = 20}, cost, 3), 0.08 + 0.008);
  // It receives 60 and sends 40.
  EXPECT_DOUBLE_EQ(seconds_on({.megabit_per_second = 0.1, .one_way_ms = 20, .duplex = true}, cost, 3),
                   0.08 + 0.0048);
}

TEST(ChooseVariants, OtherKernelsAreLeftAlone) {
  plan::Operation operation;
  operation.set_kernel("add");
  choose_variant(operation, 3, {}, [](const plan::Operation&) -> kernels::Cost { return {}; });
  EXPECT_TRUE(operation.variant().empty());
  EXPECT_EQ(operation.attributes_size(), 0);
}

}  // namespace
}  // namespace sotto::passes
