#include "protocols/conformance/cases.h"

#include <cstdlib>
#include <memory>

namespace sotto::protocols::conformance {
namespace {

Input repeated(std::size_t count, std::int64_t value, int owner) {
  return {{static_cast<std::int64_t>(count)},
          Integers(count, static_cast<std::uint64_t>(value)),
          Kind::kArithmetic,
          owner};
}

Input repeated_bit(Shape shape, std::size_t count, std::int64_t value, int owner) {
  return {std::move(shape), Integers(count, value >= 0 ? 1 : 0), Kind::kBoolean, owner};
}

std::vector<Input> one(std::size_t count, std::int64_t value, int owner) {
  return {repeated(count, value, owner)};
}

std::vector<Input> two(std::size_t count, std::int64_t value, int owner) {
  return {repeated(count, value, owner), repeated(count, value / 3 + 5, owner + 1)};
}

std::vector<Input> number_and_bit(std::size_t count, std::int64_t value, int owner) {
  const Shape shape = {static_cast<std::int64_t>(count)};
  return {repeated(count, value, owner), repeated_bit(shape, count, value, owner + 1)};
}

std::vector<Input> matrices(std::size_t count, std::int64_t value, int owner) {
  std::vector<Input> inputs = two(3 * count, value, owner);
  inputs[0].shape = {static_cast<std::int64_t>(count), 3};
  inputs[1] = repeated(6, value / 3 + 5, owner + 1);
  inputs[1].shape = {3, 2};
  return inputs;
}

std::vector<Input> rows_of_two(std::size_t count, std::int64_t value, int owner) {
  std::vector<Input> inputs = one(2 * count, value, owner);
  inputs[0].shape = {2, static_cast<std::int64_t>(count)};
  return inputs;
}

// One value in every element of the first, another in every element of the second.
std::vector<Input> tensors(Shape first, Shape second, std::int64_t value, int owner) {
  const auto elements = [](const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); };
  std::vector<Input> inputs = {repeated(elements(first), value, owner),
                               repeated(elements(second), value / 3 + 5, owner + 1)};
  inputs[0].shape = std::move(first);
  inputs[1].shape = std::move(second);
  return inputs;
}

std::vector<Input> images(std::size_t count, std::int64_t value, int owner) {
  return tensors({static_cast<std::int64_t>(count), 3, 3, 1}, {3, 3, 1, 2}, value, owner);
}

// As of a weight gradient: [feature, y, x, batch] and [in, y, x, out], and a bit for each element of the
// result.
std::vector<Input> images_and_bits(std::size_t count, std::int64_t value, int owner) {
  std::vector<Input> inputs =
      tensors({3, 2, 2, static_cast<std::int64_t>(count)}, {3, 2, 2, 2}, value, owner);
  inputs.push_back(repeated_bit({1, 1, static_cast<std::int64_t>(count), 2}, 2 * count, value, owner + 2));
  return inputs;
}

// A contraction of the first operand, and the second if there is one, changed by `adjust`.
std::function<Operation(std::size_t)> contraction(std::function<void(Contraction&, const Shares&)> adjust) {
  return [adjust](std::size_t count) -> Operation {
    return [adjust, count](Context& context, Shares in) -> Task<Shares> {
      Contraction c;
      c.shape = {static_cast<std::int64_t>(count)};
      adjust(c, in);
      co_return co_await contract(context, std::move(c));
    };
  };
}

void multiply(Contraction& c, const Shares& in) {
  c.product = Contraction::Product::kElementwise;
  c.a = in[0];
  c.b = in[1];
}

// Of something by itself, which nobody knows as a rule.
void square(Contraction& c, const Shares& in) {
  multiply(c, {in[0], in[0]});
  c.a.known_to = c.b.known_to = -1;
  c.same_operand = true;
}

void convolve(Contraction& c, const Shares& in) {
  c.product = Contraction::Product::kConvolution;
  c.a = in[0];
  c.b = in[1];
  c.truncate_bits = 18;
}

std::vector<Case> convolution_cases() {
  return {
      {"convolution", images, contraction([](Contraction& c, const Shares& in) {
         convolve(c, in);
         c.shape = {in[0].shape[0], 1, 1, 2};
       })},
      {"strided convolution and relu", images, contraction([](Contraction& c, const Shares& in) {
         convolve(c, in);
         c.convolution.strides = {2, 2};
         c.convolution.low = c.convolution.high = {1, 1};
         c.shape = {in[0].shape[0], 2, 2, 2};
         c.then = Then::kRelu;
         c.window = 32;
       })},
      {"weight gradient and selection", images_and_bits, contraction([](Contraction& c, const Shares& in) {
         convolve(c, in);
         c.convolution.lhs_dimensions = {3, 0, 1, 2};
         c.convolution.rhs_dimensions = {0, 3, 1, 2};
         c.convolution.result_dimensions = {2, 3, 0, 1};
         c.shape = in[2].shape;
         c.then = Then::kSelect;
         c.selector = in[2];
       })},
  };
}

std::vector<Case> contraction_cases() {
  return {
      {"product", two, contraction(multiply)},
      {"truncated product", two, contraction([](Contraction& c, const Shares& in) {
         multiply(c, in);
         c.truncate_bits = 18;
       })},
      {"matrix product", matrices, contraction([](Contraction& c, const Shares& in) {
         c.product = Contraction::Product::kMatmul;
         c.a = in[0];
         c.b = in[1];
         c.shape.push_back(2);
         c.truncate_bits = 18;
       })},
      {"square", one, contraction(square)},
      {"matrix product with its transpose", rows_of_two, contraction([](Contraction& c, const Shares& in) {
         square(c, in);
         c.product = Contraction::Product::kMatmul;
         c.transpose_b = true;
         c.shape = {2, 2};
       })},
      {"truncation", one, contraction([](Contraction& c, const Shares& in) {
         c.addends = {{.share = in[0]}};
         c.truncate_bits = 13;
       })},
      {"relu", one, contraction([](Contraction& c, const Shares& in) {
         c.addends = {{.share = in[0]}};
         c.then = Then::kRelu;
         c.window = 40;
       })},
      {"truncated product and relu", two, contraction([](Contraction& c, const Shares& in) {
         multiply(c, in);
         c.truncate_bits = 18;
         c.then = Then::kRelu;
         c.window = 32;
       })},
      {"selection", number_and_bit, contraction([](Contraction& c, const Shares& in) {
         c.addends = {{.share = in[0]}};
         c.then = Then::kSelect;
         c.selector = in[1];
       })},
      {"truncated product and selection", number_and_bit, contraction([](Contraction& c, const Shares& in) {
         c.product = Contraction::Product::kElementwise;
         c.a = c.b = in[0];
         c.truncate_bits = 18;
         c.then = Then::kSelect;
         c.selector = in[1];
       })},
  };
}

Case sign_case(int window, Effort effort) {
  const std::string rounds = ", effort " + std::to_string(static_cast<int>(effort));
  return {"sign in " + std::to_string(window) + " bits" + rounds, one, [=](std::size_t) -> Operation {
            return [=](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await sign(context, in[0], window, effort)};
            };
          }};
}

Case and_case(std::int64_t extent) {
  return {"and of " + std::to_string(extent),
          [extent](std::size_t count, std::int64_t value, int owner) -> std::vector<Input> {
            return {repeated_bit({static_cast<std::int64_t>(count), extent},
                                 count * static_cast<std::size_t>(extent), value, owner)};
          },
          [](std::size_t) -> Operation {
            return [](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await all_of_last_axis(context, in[0])};
            };
          }};
}

Case from_bits_case() {
  return {"numbers from bits",
          [](std::size_t count, std::int64_t value, int owner) -> std::vector<Input> {
            return {repeated_bit({static_cast<std::int64_t>(count)}, count, value, owner)};
          },
          [](std::size_t) -> Operation {
            return [](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await from_bits(context, in[0], 1 << 18)};
            };
          }};
}

Case to_bits_case(int bits, Effort effort) {
  return {
      "bits of a number, " + std::to_string(bits) + ", effort " + std::to_string(static_cast<int>(effort)),
      one, [=](std::size_t) -> Operation {
        return [=](Context& context, Shares in) -> Task<Shares> {
          co_return Shares{co_await to_bits(context, in[0], bits, effort)};
        };
      }};
}

// 5x + 1 by pieces.
PiecewiseFunction line(int truncate_bits) {
  PiecewiseFunction function;
  function.name = "line";
  function.minimum = -(1 << 21);
  function.window = 23;
  function.piece_bits = 4;
  function.terms = 2;
  function.truncate_bits = truncate_bits;
  function.coefficients = [](std::int64_t base, std::span<ring::Element> c) {
    c[0] = static_cast<ring::Element>(5 * (base - (1 << 21)) + 1);
    c[1] = 5;
  };
  function.basis = [](std::uint64_t low, std::span<ring::Element> b) {
    b[0] = 1;
    b[1] = low;
  };
  return function;
}

Case lookup_case(int truncate_bits) {
  return {truncate_bits == 0 ? "lookup" : "truncated lookup", one, [truncate_bits](std::size_t) -> Operation {
            auto function = std::make_shared<PiecewiseFunction>(line(truncate_bits));
            return [function](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await lookup(context, in[0], *function)};
            };
          }};
}

Case logarithm_case(Logarithm logarithm) {
  const auto inputs = [](std::size_t count, std::int64_t value, int owner) {
    return one(count, std::abs(value) + 100, owner);
  };
  return {"line of a logarithm, precision " + std::to_string(logarithm.precision), inputs,
          [logarithm](std::size_t) -> Operation {
            auto function = std::make_shared<PiecewiseFunction>(line(0));
            function->minimum = logarithm.minimum();
            function->window = logarithm.window();
            function->piece_bits = logarithm.piece_bits;
            return [function, logarithm](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await lookup_of_logarithm(context, in[0], logarithm, *function)};
            };
          }};
}

// Rows of five: one where the argument is above -2^20, times how many of them there are.
Case softmax_case(Effort effort) {
  const auto inputs = [](std::size_t count, std::int64_t value, int owner) {
    const std::size_t rows = (count + 4) / 5;
    std::vector<Input> inputs = one(5 * rows, value, owner);
    inputs[0].shape = {static_cast<std::int64_t>(rows), 5};
    return inputs;
  };
  return {"softmax, effort " + std::to_string(static_cast<int>(effort)), inputs,
          [effort](std::size_t) -> Operation {
            auto function = std::make_shared<Softmax>(counting_softmax(effort));
            return [function](Context& context, Shares in) -> Task<Shares> {
              co_return Shares{co_await softmax(context, in[0], *function)};
            };
          }};
}

}  // namespace

Softmax counting_softmax(Effort effort) {
  Softmax function;
  function.window = 26;
  function.dropped_bits = 8;
  function.effort = effort;
  function.exponential.name = "one";
  function.exponential.minimum = -(1 << 20);
  function.exponential.window = 21;
  function.exponential.piece_bits = 3;
  function.exponential.coefficients = [](std::int64_t, std::span<ring::Element> c) { c[0] = 1 << 15; };
  function.exponential.basis = [](std::uint64_t, std::span<ring::Element> b) { b[0] = 1 << 5; };
  function.reciprocal = line(0);  // 5 s + 1
  function.reciprocal.truncate_bits = 4;
  function.dropped_from_sum = 10;
  function.truncate_bits = 6;
  return function;
}

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all = contraction_cases();
    for (Case& convolution : convolution_cases()) all.push_back(std::move(convolution));
    for (Effort effort : {Effort::kFewBytes, Effort::kBalanced, Effort::kFewRounds})
      for (int window : {2, 21, 40, 64}) all.push_back(sign_case(window, effort));
    for (std::int64_t extent : {1, 2, 5, 9}) all.push_back(and_case(extent));
    all.push_back(from_bits_case());
    all.push_back(to_bits_case(21, Effort::kFewRounds));
    all.push_back(to_bits_case(9, Effort::kFewBytes));
    all.push_back(lookup_case(0));
    all.push_back(lookup_case(10));
    for (Effort effort : {Effort::kFewBytes, Effort::kBalanced, Effort::kFewRounds})
      all.push_back(softmax_case(effort));
    all.push_back(logarithm_case({.lowest = 5, .highest = 40, .precision = 8}));
    all.push_back(logarithm_case({.lowest = 2, .highest = 21, .precision = 12}));
    return all;
  }();
  return cases;
}

}  // namespace sotto::protocols::conformance
