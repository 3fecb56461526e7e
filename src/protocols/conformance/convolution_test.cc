// Convolutions: the three products of a layer, whatever follows them, in any order of axes.
#include "base/test_convolution.h"
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Convolutions : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Convolutions);

struct Layer {
  Convolution convolution;
  Shape lhs, rhs;

  Shape shape() const { return convolved_shape(convolution, lhs, rhs); }
  std::size_t elements() const { return static_cast<std::size_t>(element_count(shape())); }
  Integers random(const Shape& of, int bits, std::uint64_t seed) const {
    return random_integers(static_cast<std::size_t>(element_count(of)), bits, seed);
  }
  Integers expected(const Integers& a, const Integers& b) const {
    return convolved_by_definition(convolution, lhs, a, rhs, b, Integers(elements()));
  }
  Contraction contraction(const Shares& in) const {
    Contraction c;
    c.product = Contraction::Product::kConvolution;
    c.convolution = convolution;
    c.a = in[0];
    c.b = in[1];
    c.shape = shape();
    return c;
  }
  Operation operation() const {
    return [this](Context& context, Shares in) -> Task<Shares> {
      co_return co_await contract(context, contraction(in));
    };
  }
};

// SAME padding at stride two.
Convolution strided() {
  Convolution c;
  c.strides = {2, 2};
  c.low = {1, 1};
  c.high = {2, 2};
  return c;
}

Convolution strided_weight_gradient() {
  Convolution c = weight_gradient();
  c.low = {1, 1};
  c.high = {2, 2};
  c.rhs_dilation = {2, 2};
  return c;
}

// Results of one chunk and of many.
std::vector<Layer> layers() {
  return {{{}, {2, 6, 6, 1}, {5, 5, 1, 3}},
          {{}, {40, 12, 12, 3}, {5, 5, 3, 20}},
          {input_gradient(4, 4), {30, 4, 4, 10}, {5, 5, 9, 10}},
          {weight_gradient(), {11, 12, 12, 7}, {11, 8, 8, 20}},
          {strided(), {30, 28, 28, 1}, {5, 5, 1, 5}},
          {strided_weight_gradient(), {6, 28, 28, 1}, {6, 14, 14, 5}}};
}

TEST_P(Convolutions, AgreeWithTheDefinition) {
  for (const Layer& layer : layers()) {
    const Integers a = layer.random(layer.lhs, 64, 1), b = layer.random(layer.rhs, 64, 2);
    const Outcome outcome = execute(
        {{layer.lhs, a, Kind::kArithmetic, 0}, {layer.rhs, b, Kind::kArithmetic, 1}}, layer.operation());
    EXPECT_EQ(outcome.results[0], layer.expected(a, b))
        << sotto::to_string(layer.lhs) << " " << sotto::to_string(layer.rhs);
  }
}

// As PyTorch and ONNX order axes, where a chunk of the result is no range of places; and where a place is one
// number.
TEST_P(Convolutions, KeepAnyOrderOfAxes) {
  Convolution channels_first;
  channels_first.lhs_dimensions = channels_first.result_dimensions = {0, 1, 2, 3};
  channels_first.rhs_dimensions = {1, 0, 2, 3};
  for (const Layer& layer : std::vector<Layer>{{channels_first, {40, 3, 9, 9}, {7, 3, 3, 3}},
                                               {channels_first, {200, 3, 3, 3}, {100, 3, 3, 3}}}) {
    const Integers a = layer.random(layer.lhs, 64, 3), b = layer.random(layer.rhs, 64, 4);
    const Outcome outcome = execute(
        {{layer.lhs, a, Kind::kArithmetic, 2}, {layer.rhs, b, Kind::kArithmetic, 1}}, layer.operation());
    EXPECT_EQ(outcome.results[0], layer.expected(a, b)) << sotto::to_string(layer.lhs);
  }
}

// Shares that lack parts: of inputs and constants.
TEST_P(Convolutions, TakeInputsOfAllOwnersAndConstants) {
  const Layer layer{input_gradient(1, 1), {5, 4, 4, 9}, {2, 2, 3, 9}};
  const Integers a = layer.random(layer.lhs, 64, 5), b = layer.random(layer.rhs, 64, 6);
  for (int first = kConstant; first < table().parties(); ++first)
    for (int second = kConstant; second < table().parties(); ++second) {
      const Outcome outcome =
          execute({{layer.lhs, a, Kind::kArithmetic, first}, {layer.rhs, b, Kind::kArithmetic, second}},
                  layer.operation());
      EXPECT_EQ(outcome.results[0], layer.expected(a, b)) << first << " x " << second;
    }
}

// v = -3 * product + 2^20 * bias of its feature, truncated by 12 bits, then ReLU; the same bit selects from a
// product whose chunks are those of the ReLU.
TEST_P(Convolutions, ScaledWithBiasAndReluAndItsBit) {
  const Layer layer{strided(), {25, 28, 28, 2}, {5, 5, 2, 6}};
  const Integers a = layer.random(layer.lhs, 20, 7), b = layer.random(layer.rhs, 20, 8);
  const Integers bias = random_integers(6, 24, 9);
  const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
    Contraction c = layer.contraction(in);
    c.product_scale = of(-3);
    c.addends = {{.share = in[2], .scale = 1 << 20, .row = true}};
    c.truncate_bits = 12;
    c.then = Then::kRelu;
    c.window = 40;
    Shares relu = co_await contract(context, c);
    c.then = Then::kSelect;
    c.selector = relu[1];
    Shares selected = co_await contract(context, c);
    co_return Shares{relu[0], relu[1], selected[0]};
  };
  Integers value = layer.expected(a, b);
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = value[i] * of(-3) + (bias[i % 6] << 20);
  const Outcome outcome = execute({{layer.lhs, a, Kind::kArithmetic, 0},
                                   {layer.rhs, b, Kind::kArithmetic, 1},
                                   {{6}, bias, Kind::kArithmetic, 2}},
                                  operation);
  for (std::size_t i = 0; i < value.size(); ++i) {
    // Within one unit of zero the truncated value may fall on either side.
    const bool positive = outcome.results[1][i] == 1;
    if (signed_of(value[i]) >= 1 << 12 || signed_of(value[i]) <= -(1 << 12)) {
      ASSERT_EQ(positive, signed_of(value[i]) > 0) << i;
    }
    if (!positive) value[i] = 0;
  }
  expect_truncated(outcome.results[0], value, 12);
  expect_truncated(outcome.results[2], value, 12);
}

// The bit of a layer's ReLU selects from the input gradient of the layer above it.
TEST_P(Convolutions, InputGradientSelectedByAReluBelow) {
  const Layer layer{input_gradient(4, 4), {30, 8, 8, 10}, {5, 5, 9, 10}};
  const Integers a = layer.random(layer.lhs, 22, 10), b = layer.random(layer.rhs, 22, 11);
  const Integers below = random_integers(layer.elements(), 30, 12);
  const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
    Contraction relu;
    relu.shape = layer.shape();
    relu.addends = {{.share = in[2]}};
    relu.then = Then::kRelu;
    relu.window = 32;
    const Shares bits = co_await contract(context, relu);
    Contraction c = layer.contraction(in);
    c.truncate_bits = 18;
    c.then = Then::kSelect;
    c.selector = bits[1];
    co_return co_await contract(context, c);
  };
  Integers value = layer.expected(a, b);
  for (std::size_t i = 0; i < value.size(); ++i)
    if (signed_of(below[i]) < 0) value[i] = 0;
  const Outcome outcome = execute({{layer.lhs, a, Kind::kArithmetic, 0},
                                   {layer.rhs, b, Kind::kArithmetic, 1},
                                   {layer.shape(), below, Kind::kArithmetic, 2}},
                                  operation);
  expect_truncated(outcome.results[0], value, 18);
}

}  // namespace
}  // namespace sotto::protocols::conformance
