#include "passes/calibrate/range.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace sotto::passes {
namespace {

double norm_of(std::span<const double> values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

Range measured(const std::vector<double>& values) {
  const auto [low, high] = std::ranges::minmax(values);
  return {low, high, high - low, norms_of(std::span<const double>(values))};
}

// Every value, and a stretch of a length and at a place that are nobody's multiple.
std::vector<double> uneven(std::size_t elements, double loudness) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> values(elements);
  for (std::size_t i = 0; i < elements; ++i) {
    const bool loud = i > elements / 3 && i < elements / 3 + 700;
    values[i] = normal(random) * (loud ? loudness : 1);
  }
  return values;
}

// Against every stretch of that length there is: never less than the loudest, and not far above it.
TEST(RangeTest, ExampleTheNormOfAnyStretchIsKnown) {
  for (const double loudness : {1.0, 12.0}) {
    const auto values = uneven(20000, loudness);
    const Range range = measured(values);
    for (const std::size_t count : {1, 2, 63, 64, 65, 700, 4096, 4097, 19999, 20000}) {
      double loudest = 0;
      for (std::size_t from = 0; from + count <= values.size(); from += count > 1000 ? 13 : 1)
        loudest = std::max(loudest, norm_of(std::span(values).subspan(from, count)));
      const double known = range.norm(static_cast<std::int64_t>(count));
      EXPECT_GE(known, loudest * (1 - 1e-12)) << count << " of loudness " << loudness;
      EXPECT_LE(known, 1.8 * loudest) << count << " of loudness " << loudness;
    }
    EXPECT_NEAR(range.norm(20000), norm_of(values), 1e-9 * norm_of(values));
  }
}

TEST(RangeTest, WithoutMeasuresTheBoundDecides) {
  const Range declared{.minimum = -3, .maximum = 2};
  EXPECT_DOUBLE_EQ(declared.norm(1), 3);
  EXPECT_DOUBLE_EQ(declared.norm(10000), 300);
  EXPECT_EQ(measured(std::vector<double>(1000, 0.0)).norm(1000), 0);
}

// A value that was seen as tensors of different sizes, and one that is only declared.
TEST(RangeTest, JoinedKnowsBoth) {
  const auto large = uneven(5000, 1), small = uneven(100, 1);
  std::vector<double> louder = small;
  for (double& value : louder) value *= 10;
  const Range both = joined(measured(large), measured(louder));
  for (const std::int64_t count : {1, 50, 100}) EXPECT_GE(both.norm(count), measured(louder).norm(count));
  EXPECT_GE(both.norm(5000), norm_of(large));
  const Range declared{.minimum = -1000, .maximum = 1000};
  EXPECT_EQ(joined(declared, measured(large)).norm(5000), measured(large).norm(5000));
  EXPECT_EQ(joined(measured(large), declared).maximum, 1000);
}

}  // namespace
}  // namespace sotto::passes
