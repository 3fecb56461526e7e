// Contractions that are convolutions: the three products of a layer as the raising pass writes them, and
// refusals.
#include "kernels/convolution.h"

#include <limits>

#include "base/test_convolution.h"
#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

class ConvolutionKernel : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(ConvolutionKernel);

using List = std::vector<std::int64_t>;

constexpr double kUnit = 0x1p-18;

Attributes convolution(Attributes more) {
  more["product"] = "convolution";
  more["truncate"] = std::int64_t{18};
  return more;
}

std::size_t size_of(const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); }

// Products of numbers with 18 fraction bits are exact in doubles while sums stay below 2^17.
void expect_convolution(const Table& table, const Shape& lhs, const Shape& rhs,
                        const Attributes& attributes) {
  const Reals x = uniform(size_of(lhs), -3, 3, 18, 1), w = uniform(size_of(rhs), -1, 1, 18, 2);
  const Convolution geometry = convolution_of(attributes);
  const Shape shape = convolved_shape(geometry, lhs, rhs);
  const Reals y = run_kernel(table, "contract", {{number(lhs, 18, 2), x}, {number(rhs, 18, 0), w, 1}},
                             {number(shape, 18, 12)}, convolution(attributes))[0];
  const Reals exact = convolved_by_definition(geometry, lhs, x, rhs, w, Reals(size_of(shape)));
  for (std::size_t i = 0; i < exact.size(); ++i) ASSERT_NEAR(y[i], exact[i], kUnit) << i;
}

// Network D's layer, x[b, 0, 1, f] and w[0, 1, i, o], padded as SAME; then bias and ReLU.
TEST_P(ConvolutionKernel, StridedLayerWithBiasAndRelu) {
  const Shape lhs{6, 28, 28, 1}, rhs{5, 5, 1, 5}, shape{6, 14, 14, 5};
  const Attributes attributes = convolution({{"window_strides", List{2, 2}},
                                             {"padding", List{1, 2, 1, 2}},
                                             {"addend_scales", List{1 << 18}},
                                             {"addend_rows", List{1}},
                                             {"then", "relu"},
                                             {"window", std::int64_t{28}}});
  const Reals x = uniform(size_of(lhs), 0, 1, 18, 3), w = uniform(size_of(rhs), -1, 1, 18, 4),
              bias = uniform(5, -1, 1, 18, 5);
  const auto results =
      run_kernel(table(), "contract",
                 {{number(lhs, 18, 0), x}, {number(rhs, 18, 0), w, 1}, {number({5}, 18, 0), bias, 2}},
                 {number(shape, 18, 6), bit(shape)}, attributes);
  Reals exact(size_of(shape));
  for (std::size_t i = 0; i < exact.size(); ++i) exact[i] = bias[i % 5];
  exact = convolved_by_definition(convolution_of(attributes), lhs, x, rhs, w, exact);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    ASSERT_NEAR(results[0][i], std::max(exact[i], 0.0), kUnit) << i;
    if (std::abs(exact[i]) > kUnit) ASSERT_EQ(results[1][i], exact[i] > 0) << i;
  }
}

// As JAX prints the gradients of a layer: w.r.t. its weights, and w.r.t. its input with or without `reverse`
// apart.
TEST_P(ConvolutionKernel, GradientsOfALayer) {
  const List f01b{3, 0, 1, 2}, i01o{0, 3, 1, 2}, o01i{2, 3, 0, 1};
  expect_convolution(table(), {9, 12, 12, 4}, {9, 8, 8, 10},
                     {{"lhs_dimensions", f01b}, {"rhs_dimensions", i01o}, {"result_dimensions", o01i}});
  expect_convolution(table(), {9, 28, 28, 1}, {9, 14, 14, 5},
                     {{"lhs_dimensions", f01b},
                      {"rhs_dimensions", i01o},
                      {"result_dimensions", o01i},
                      {"padding", List{1, 2, 1, 2}},
                      {"rhs_dilation", List{2, 2}}});
  for (const List& reversal : {List{0, 0}, List{1, 1}, List{0, 1}}) {
    expect_convolution(
        table(), {9, 8, 8, 10}, {5, 5, 4, 10},
        {{"rhs_dimensions", List{3, 2, 0, 1}}, {"padding", List{4, 4, 4, 4}}, {"window_reversal", reversal}});
    expect_convolution(table(), {3, 7, 7, 10}, {5, 5, 4, 10},
                       {{"rhs_dimensions", List{3, 2, 0, 1}},
                        {"padding", List{3, 3, 3, -2}},
                        {"lhs_dilation", List{2, 2}},
                        {"window_reversal", reversal}});
  }
}

Call types(Shape lhs, Shape rhs, Shape result, Attributes attributes) {
  return {.operands = {},
          .operand_types = {number(std::move(lhs), 18, 2), number(std::move(rhs), 18, 0)},
          .result_types = {number(std::move(result), 18, 6)},
          .attributes = convolution(std::move(attributes))};
}

TEST(ConvolutionCheck, SaysWhatIsWrong) {
  const auto refused = [](Attributes attributes, Shape result = {2, 7, 7, 5}) {
    return plan_error([&] {
      kernel_named("contract").check(types({2, 9, 9, 4}, {3, 3, 4, 5}, result, std::move(attributes)));
    });
  };
  const auto has = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  kernel_named("contract").check(types({2, 9, 9, 4}, {3, 3, 4, 5}, {2, 7, 7, 5}, {}));
  has(refused({}, {2, 9, 9, 5}), "the result has shape (2, 9, 9, 5), not (2, 7, 7, 5)");
  has(refused({{"window_strides", List{1}}}), "window_strides has 1 entries, not 2");
  has(refused({{"window_strides", List{1, 0}}}), "stride is 0, not 1 to 2^24");
  has(refused({{"padding", List{0, 0}}}), "padding has 2 entries, not 4");
  has(refused({{"padding", "SAME"}}), "padding");
  has(refused({{"window_reversal", List{0, 2}}}), "window_reversal is 0 or 1");
  has(refused({{"lhs_dilation", List{-1, 1}}}), "lhs dilation is -1");
  has(refused({{"rhs_dilation", List{1, std::int64_t{1} << 62}}}), "rhs dilation is");
  has(refused({{"lhs_dimensions", List{0, 1, 2, 4}}}), "lhs dimensions name each of the axes 0 to 3 once");
  has(refused({{"rhs_dimensions", List{0, 1, 2, 3}}}), "4 features, but its rhs takes 3");
  has(refused({{"transpose_b", std::int64_t{1}}}), "only matrices are transposed");
  has(plan_error([&] { kernel_named("contract").check(types({2, 9, 9}, {3, 3, 4, 5}, {2, 7, 7, 5}, {})); }),
      "lhs has rank 3, not 4");
}

// Whatever a plan says, the check answers, and what it passes can be counted: nothing overflows on the way.
TEST(ConvolutionCheck, SurvivesAnyAttributes) {
  std::mt19937_64 random(5);
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t extremes[] = {-most - 1,  most,          -1,      0, 2, 3, 1 << 24,
                                   -(1 << 24), (1 << 24) + 1, most / 2};
  const auto value = [&](std::int64_t usual) {
    return random() % 12 == 0 ? extremes[random() % std::size(extremes)] : usual;
  };
  const auto list = [&](List usual) {
    for (std::int64_t& entry : usual) entry = value(entry);
    if (random() % 40 == 0) usual.pop_back();
    return usual;
  };
  int passed = 0;
  const int tries = kSanitized ? 5000 : 20000;
  for (int i = 0; i < tries; ++i) {
    const Attributes attributes = {
        {"window_strides", list({1, 2})},       {"padding", list({0, 1, 2, -1})},
        {"lhs_dilation", list({1, 1})},         {"rhs_dilation", list({1, 2})},
        {"window_reversal", list({0, 1})},      {"lhs_dimensions", list({0, 3, 1, 2})},
        {"rhs_dimensions", list({2, 3, 0, 1})}, {"result_dimensions", list({0, 3, 1, 2})}};
    const Shape lhs = list({2, 9, 9, 4}), rhs = list({3, 3, 4, 5});
    Call call = types(lhs, rhs, {2, 8, 3, 5}, attributes);
    try {
      const Shape shape = convolved_shape(convolution_of(call.attributes), lhs, rhs);
      call.result_types[0].shape = shape;
      if (element_count(shape) > 1 << 20) continue;
      kernel_named("contract").check(call);
    } catch (const Error& error) {
      ASSERT_FALSE(error.message().empty());
      continue;
    }
    ++passed;
    for (const Table* table : protocols::all_tables())
      ASSERT_NO_THROW(count(*table, kernel_named("contract"), call, 3));
  }
  EXPECT_GT(passed, tries / 40);
}

}  // namespace
}  // namespace sotto::kernels
