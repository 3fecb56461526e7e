#include "plan/initializer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"
#include "plan/permutation.h"
#include "plan/splitmix.h"

namespace sotto::plan {
namespace {

// Published outputs of SplitMix64 for seed 1234567 (Rosetta Code).
TEST(SplitMix, GivesThePublishedSequence) {
  SplitMix random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Initializer, DrawsUniformlyWithinItsWidth) {
  const auto values = initial_values("he_uniform:784", 1, "w1", {784, 128});
  const double width = std::sqrt(6.0 / 784);
  double sum = 0, squares = 0;
  for (double value : values) {
    ASSERT_LE(std::abs(value), width);
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(values.size());
  EXPECT_NEAR(sum / n, 0, 4 * width / std::sqrt(3 * n));
  EXPECT_NEAR(squares / n, width * width / 3, 0.02 * width * width);
}

TEST(Initializer, DependsOnSeedAndNameOnly) {
  const auto values = initial_values("torch_linear:10", 1, "w", {4});
  EXPECT_EQ(values, initial_values("torch_linear:10", 1, "w", {2, 2}));
  EXPECT_NE(values, initial_values("torch_linear:10", 2, "w", {4}));
  EXPECT_NE(values, initial_values("torch_linear:10", 1, "v", {4}));
  EXPECT_THAT(initial_values("zeros", 1, "w", {3}), testing::Each(0.0));
  EXPECT_LE(std::abs(initial_values("glorot_uniform:2:4", 9, "w", {1})[0]), 1.0);
}

// Part of the plan's meaning: these numbers must never change.
TEST(Initializer, IsTheSameForever) {
  EXPECT_DOUBLE_EQ(initial_values("he_uniform:6", 0, "", {1})[0],
                   2 * (static_cast<double>(SplitMix(0xcbf29ce484222325u).next() >> 11) * 0x1p-53) - 1);
}

TEST(Initializer, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "ones", "he_uniform", "he_uniform:", "he_uniform:0", "he_uniform:1:2",
                           "zeros:1", "torch_linear:-3", "torch_linear:99999999999999999999"})
    EXPECT_THROW(check_initializer(text), Error) << text;
}

TEST(Permutation, IsAPermutationThatDependsOnSeedAndEpoch) {
  const auto order = row_order(1000, 3, 0);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint32_t> identity(1000);
  std::iota(identity.begin(), identity.end(), 0u);
  EXPECT_EQ(sorted, identity);
  EXPECT_NE(order, identity);
  EXPECT_NE(order, row_order(1000, 3, 1));
  EXPECT_NE(order, row_order(1000, 4, 0));
  EXPECT_EQ(order, row_order(1000, 3, 0));
  EXPECT_EQ(row_order(1000, 0, 5), identity);
}

// Each of the 6 orders of 3 rows about equally often.
TEST(Permutation, IsUniform) {
  std::map<std::vector<std::uint32_t>, int> count;
  for (std::uint64_t epoch = 0; epoch < 6000; ++epoch) ++count[row_order(3, 11, epoch)];
  ASSERT_EQ(count.size(), 6u);
  for (const auto& [order, times] : count) EXPECT_NEAR(times, 1000, 150);
}

TEST(Permutation, LastBatchWrapsAround) {
  const auto order = row_order(10, 5, 0);
  EXPECT_EQ(batch_rows(order, 0, 4), std::vector<std::uint32_t>(order.begin(), order.begin() + 4));
  EXPECT_EQ(batch_rows(order, 2, 4), (std::vector<std::uint32_t>{order[8], order[9], order[0], order[1]}));
  EXPECT_EQ(batch_rows(order, ~0ull, 1).size(), 1u);
}

}  // namespace
}  // namespace sotto::plan
