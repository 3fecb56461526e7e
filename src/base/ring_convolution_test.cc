#include "base/ring_convolution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/test_convolution.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

using Vector = std::vector<Element>;
using Integer = std::int64_t;

Vector random_vector(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Vector values(n);
  for (Element& value : values) value = generator();
  return values;
}

std::size_t size_of(const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); }

// Whole, accumulated, and by ranges of rows where the result has them.
void expect_convolution(const Convolution& c, const Shape& lhs_shape, const Shape& rhs_shape,
                        const std::string& what) {
  const Vector lhs = random_vector(size_of(lhs_shape), 1), rhs = random_vector(size_of(rhs_shape), 2);
  const Shape shape = convolved_shape(c, lhs_shape, rhs_shape);
  const ConvolutionView view = view_of(c, lhs_shape, rhs_shape);
  ASSERT_EQ(view.rows() * view.columns(), size_of(shape));
  // One word more than the result: nothing may be written beyond it.
  const Vector before = random_vector(size_of(shape) + 1, 3);
  Vector zero = before, out = before;
  std::fill(zero.begin(), zero.end() - 1, 0);
  convolve(out.data(), view, lhs.data(), rhs.data());
  ASSERT_EQ(out, convolved_by_definition(c, lhs_shape, lhs, rhs_shape, rhs, zero)) << what;
  out = before;
  convolve(out.data(), view, lhs.data(), rhs.data(), /*accumulate=*/true);
  const Vector expected = convolved_by_definition(c, lhs_shape, lhs, rhs_shape, rhs, before);
  ASSERT_EQ(out, expected) << what << " accumulated";
  if (!view.by_rows()) return;
  out = before;
  for (std::size_t first = 0, count = 1; first < view.rows(); first += count, count = 2 * count + 1) {
    count = std::min(count, view.rows() - first);
    convolve_rows(out.data() + first * view.columns(), view, lhs.data(), rhs.data(), first, count, true);
  }
  ASSERT_EQ(out, expected) << what << " by ranges of rows";
}

// Runs each test on every implementation of this processor, and puts the best one back.
class RingConvolution : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { use_implementation(GetParam()); }
  void TearDown() override {
    use_implementation(available_implementations().front());
    set_threads(1);
  }
};

INSTANTIATE_TEST_SUITE_P(All, RingConvolution,
                         testing::ValuesIn(available_implementations().begin(),
                                           available_implementations().end()),
                         [](const auto& info) { return std::string(info.param); });

// Example: a window of ones over one image sums neighbours.
TEST_P(RingConvolution, SumsNeighbours) {
  const Vector image{1, 2, 3, 4, 5, 6, 7, 8, 9}, ones(4, 1);
  Vector out(4);
  convolve(out.data(), view_of({}, {1, 3, 3, 1}, {2, 2, 1, 1}), image.data(), ones.data());
  EXPECT_THAT(out, testing::ElementsAre(12, 16, 24, 28));
}

TEST_P(RingConvolution, ForwardAndGradientsOfALayer) {
  for (const auto& [images, in, out] : {std::array<Integer, 3>{3, 1, 20}, {9, 20, 50}, {21, 9, 5}}) {
    const std::string what = std::to_string(in) + " to " + std::to_string(out);
    expect_convolution({}, {images, 12, 12, in}, {5, 5, in, out}, "forward " + what);
    expect_convolution(input_gradient(4, 4), {images, 8, 8, out}, {5, 5, in, out}, "input gradient " + what);
    expect_convolution(weight_gradient(), {images, 12, 12, in}, {images, 8, 8, out},
                       "weight gradient " + what);
  }
}

TEST_P(RingConvolution, StridedLayerWithSamePadding) {
  for (const Integer in : {1, 3, 17}) {
    Convolution forward;
    forward.strides = {2, 2};
    forward.low = {1, 1};
    forward.high = {2, 2};
    expect_convolution(forward, {7, 28, 28, in}, {5, 5, in, 5}, "forward");
    Convolution weights = weight_gradient();
    weights.rhs_dilation = {2, 2};
    weights.low = {1, 1};
    weights.high = {2, 2};
    ASSERT_EQ(convolved_shape(weights, {7, 28, 28, in}, {7, 14, 14, 5}), (Shape{5, 5, in, 5}));
    expect_convolution(weights, {7, 28, 28, in}, {7, 14, 14, 5}, "weight gradient");
    Convolution input = input_gradient(3, 3);
    input.lhs_dilation = {2, 2};
    input.high = {2, 2};
    input.low = {3, 3};
    expect_convolution(input, {7, 14, 14, 18}, {5, 5, in, 18}, "input gradient");
  }
}

// Any geometry whatever, axes in any order.
TEST_P(RingConvolution, AgreesWithTheDefinitionOnRandomGeometries) {
  std::mt19937_64 random(7);
  const auto between = [&](Integer least, Integer most) {
    return least + static_cast<Integer>(random() % static_cast<std::uint64_t>(most - least + 1));
  };
  for (int trial = 0; trial < 1500; ++trial) {
    Convolution c;
    const bool ordered = trial % 3 != 0;
    for (Convolution::Axes* axes : {&c.lhs_dimensions, &c.rhs_dimensions, &c.result_dimensions})
      if (!ordered) std::ranges::shuffle(*axes, random);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      c.strides[axis] = between(1, 3);
      c.low[axis] = between(-2, 4);
      c.high[axis] = between(-2, 4);
      c.lhs_dilation[axis] = trial % 4 == 0 ? between(1, 3) : 1;
      c.rhs_dilation[axis] = trial % 5 == 0 ? between(1, 3) : 1;
      c.reverse[axis] = between(0, 1) == 1;
    }
    const Integer in = between(0, trial % 2 == 0 ? 3 : 20), out = between(0, trial % 7 == 0 ? 60 : 9);
    Shape lhs(4), rhs(4);
    const auto set = [](Shape& shape, const Convolution::Axes& axes, const Convolution::Axes& extents) {
      for (std::size_t role = 0; role < 4; ++role)
        shape[static_cast<std::size_t>(axes[role])] = extents[role];
    };
    set(lhs, c.lhs_dimensions, {between(0, 9), in, between(0, 9), between(0, 9)});
    set(rhs, c.rhs_dimensions, {in, out, between(1, 4), between(1, 4)});
    ASSERT_NO_FATAL_FAILURE(expect_convolution(c, lhs, rhs, "trial " + std::to_string(trial)));
  }
}

TEST_P(RingConvolution, SpansCacheBlocks) {
  expect_convolution({}, {2, 9, 9, 70}, {3, 3, 70, 26}, "several blocks of taps");
  expect_convolution(input_gradient(1, 1), {5, 3, 3, 600}, {2, 2, 3, 600}, "several blocks of features");
  expect_convolution(weight_gradient(), {65, 7, 7, 3}, {65, 5, 5, 9}, "a deep weight gradient");
}

// A stride beyond the window leaves a padded lhs that nobody would want to make.
TEST_P(RingConvolution, AbsurdGeometriesCostLittle) {
  Convolution c;
  c.strides = {1 << 22, 1 << 22};
  c.low = {1 << 23, 1 << 23};
  c.high = c.low;
  c.rhs_dilation = {1 << 20, 1 << 20};
  expect_convolution(c, {1, 3, 3, 2}, {2, 2, 2, 3}, "far between");
}

TEST_P(RingConvolution, ThreadsGiveTheSame) {
  set_threads(3);
  expect_convolution({}, {7, 16, 16, 20}, {5, 5, 20, 50}, "forward");
  expect_convolution(input_gradient(4, 4), {12, 8, 8, 50}, {5, 5, 20, 50}, "input gradient");
  expect_convolution(weight_gradient(), {50, 9, 9, 20}, {50, 5, 5, 50}, "weight gradient");
}

TEST(ConvolutionShape, IsWhatStableHloSays) {
  Convolution c;
  EXPECT_EQ(convolved_shape(c, {128, 28, 28, 1}, {5, 5, 1, 20}), (Shape{128, 24, 24, 20}));
  c.strides = {2, 3};
  c.low = {1, 0};
  c.high = {2, -1};
  EXPECT_EQ(convolved_shape(c, {128, 28, 28, 1}, {5, 5, 1, 20}), (Shape{128, 14, 8, 20}));
  c.lhs_dilation = {2, 1};
  c.rhs_dilation = {1, 6};
  EXPECT_EQ(convolved_shape(c, {128, 28, 28, 1}, {5, 5, 1, 20}), (Shape{128, 27, 1, 20}));
  c.rhs_dilation = {1, 7};
  EXPECT_EQ(convolved_shape(c, {128, 28, 28, 1}, {5, 5, 1, 20}), (Shape{128, 27, 0, 20}));
}

TEST(ConvolutionShape, SaysWhatIsWrong) {
  const auto refused = [](Convolution c, const Shape& lhs, const Shape& rhs) -> std::string {
    try {
      convolved_shape(c, lhs, rhs);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.message();
    }
    return "accepted";
  };
  const Shape lhs{2, 9, 9, 4}, rhs{3, 3, 4, 5};
  const Integer most = std::numeric_limits<Integer>::max(), least = std::numeric_limits<Integer>::min();
  EXPECT_EQ(refused({}, lhs, rhs), "accepted");
  EXPECT_THAT(refused({}, {2, 9, 9}, rhs), testing::HasSubstr("lhs has rank 3, not 4"));
  EXPECT_THAT(refused({}, lhs, {3, 3, 3, 5}), testing::HasSubstr("lhs has 4 features, but its rhs takes 3"));
  EXPECT_THAT(refused({}, lhs, {0, 3, 4, 5}), testing::HasSubstr("window is empty"));
  EXPECT_THAT(refused({}, {2, 9, -9, 4}, rhs), testing::HasSubstr("negative extent"));
  EXPECT_THAT(refused({}, {0, most, 1, 4}, rhs), testing::HasSubstr("elements"));
  EXPECT_THAT(refused({}, {0, Integer{1} << 40, 1, 4}, rhs), testing::HasSubstr("beyond 2^36"));
  EXPECT_THAT(refused({.lhs_dimensions = {0, 3, 1, 1}}, lhs, rhs), testing::HasSubstr("lhs dimensions"));
  EXPECT_THAT(refused({.rhs_dimensions = {0, 3, least, 2}}, lhs, rhs), testing::HasSubstr("rhs dimensions"));
  EXPECT_THAT(refused({.result_dimensions = {0, 3, 4, 2}}, lhs, rhs),
              testing::HasSubstr("result dimensions"));
  for (const Integer value : {Integer{0}, Integer{-1}, least, most}) {
    EXPECT_THAT(refused({.strides = {1, value}}, lhs, rhs), testing::HasSubstr("stride is"));
    EXPECT_THAT(refused({.lhs_dilation = {value, 1}}, lhs, rhs), testing::HasSubstr("lhs dilation is"));
    EXPECT_THAT(refused({.rhs_dilation = {1, value}}, lhs, rhs), testing::HasSubstr("rhs dilation is"));
  }
  for (const Integer value : {least, most}) {
    EXPECT_THAT(refused({.low = {value, 0}}, lhs, rhs), testing::HasSubstr("padding is"));
    EXPECT_THAT(refused({.high = {0, value}}, lhs, rhs), testing::HasSubstr("padding is"));
  }
  EXPECT_THAT(refused({.low = {1 << 24, 1 << 24}, .high = {1 << 24, 1 << 24}}, {1, 9, 9, 4}, rhs),
              testing::HasSubstr("elements"));
}

}  // namespace
}  // namespace sotto::ring
