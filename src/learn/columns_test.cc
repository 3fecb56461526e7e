#include "learn/columns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace sotto::learn {
namespace {

Table three_rows() {
  return {.features = {"a", "b"}, .ids = {}, .labels = {}, .values = {1, 10, 2, 10, 6, 40}, .rows = 3};
}

TEST(Columns, AreCentredAndScaledByTheTrainingRows) {
  auto table = three_rows();
  const auto scalings = center_and_scale(table, {0, 1, 2}, true, "t.csv");
  // Column a: mean 3, squares 4 + 1 + 9 over 3.
  const double deviation = std::sqrt(14.0 / 3);
  EXPECT_DOUBLE_EQ(scalings[0].mean, 3);
  EXPECT_DOUBLE_EQ(scalings[0].deviation, deviation);
  EXPECT_DOUBLE_EQ(table.values[0], -2 / deviation);
  EXPECT_DOUBLE_EQ(table.values[4], 3 / deviation);
}

TEST(Columns, OfRowsThatAreNotForTrainingAreScaledLikewise) {
  auto table = three_rows();
  const auto scalings = center_and_scale(table, {0, 2}, false, "t.csv");
  EXPECT_DOUBLE_EQ(scalings[1].mean, 25);
  EXPECT_DOUBLE_EQ(scalings[1].deviation, 1);
  EXPECT_DOUBLE_EQ(table.values[3], -15);
}

TEST(Columns, WithOneValueAreNamed) {
  auto table = three_rows();
  try {
    center_and_scale(table, {0, 1}, true, "t.csv");
    FAIL() << "b is 10 in both training rows";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "t.csv: column \"b\" has the same value in all 2 training rows");
  }
}

// Squares of their differences are no numbers, or zero.
TEST(Columns, OfNumbersBeyondComputingAreNamed) {
  for (const auto& [values, what] :
       {std::pair{std::vector{1.7e308, 1.7e308, -1.7e308}, "far apart"}, {{4.9e-324, 0, 0}, "close"}}) {
    Table table{.features = {"a"}, .ids = {}, .labels = {}, .values = values, .rows = 3};
    try {
      center_and_scale(table, {0, 1, 2}, true, "t.csv");
      FAIL() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.message(),
                std::string("t.csv: column \"a\" has values too ") + what + " to compute with");
    }
  }
}

TEST(Split, IsAPartitionThatFollowsTheSeed) {
  const auto split = split_rows(100, 0.3, 7);
  EXPECT_EQ(split.training.size(), 70u);
  std::vector<std::uint32_t> all(split.training);
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::ranges::sort(all);
  for (std::uint32_t row = 0; row < 100; ++row) EXPECT_EQ(all[row], row);
  EXPECT_EQ(split_rows(100, 0.3, 7).test, split.test);
  EXPECT_NE(split_rows(100, 0.3, 8).test, split.test);
}

TEST(Split, WithoutHoldoutTestsOnTheTrainingRows) {
  const auto split = split_rows(5, 0, 1);
  EXPECT_EQ(split.training, split.test);
  EXPECT_EQ(split.training.size(), 5u);
  EXPECT_EQ(split_rows(5, 0.01, 1).test.size(), 1u);
  EXPECT_THROW(split_rows(1, 0.5, 1), Error);
}

}  // namespace
}  // namespace sotto::learn
