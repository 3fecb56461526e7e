#include "base/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto {
namespace {

TEST(Shape, CountsStridesAndPrintsAsNumPyDoes) {
  const Shape shape{128, 28, 28};
  EXPECT_EQ(element_count(shape), 100352);
  EXPECT_THAT(dense_strides(shape), testing::ElementsAre(784, 28, 1));
  EXPECT_EQ(to_string(shape), "(128, 28, 28)");
}

TEST(Shape, ScalarsVectorsAndEmptyTensors) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(to_string(Shape{3}), "(3,)");
  EXPECT_TRUE(dense_strides({}).empty());
  EXPECT_EQ(element_count({5, 0, 7}), 0);
  EXPECT_EQ(element_count({std::int64_t{1} << 48}), std::int64_t{1} << 48);
}

void expect_refused(const Shape& shape, const char* message) {
  try {
    element_count(shape);
    FAIL() << "accepted " << to_string(shape);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_EQ(error.message(), message);
  }
}

TEST(Shape, RefusesNegativeAndHugeShapes) {
  expect_refused({2, -1}, "the shape (2, -1) has a negative extent");
  expect_refused({1 << 24, 1 << 24, 2}, "the shape (16777216, 16777216, 2) has more than 2^48 elements");
  expect_refused(
      {INT64_MAX, INT64_MAX, INT64_MAX},
      "the shape (9223372036854775807, 9223372036854775807, 9223372036854775807) has more than 2^48 "
      "elements");
}

}  // namespace
}  // namespace sotto
