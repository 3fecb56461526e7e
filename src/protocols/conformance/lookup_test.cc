// Piecewise functions: exact polynomials, so that every base and every split must give the same result.
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

class Lookup : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Lookup);

// 3x^2 - 5x + 7 around the base.
PiecewiseFunction parabola(std::int64_t minimum, int window, int piece_bits) {
  PiecewiseFunction function;
  function.name = "parabola";
  function.minimum = minimum;
  function.window = window;
  function.piece_bits = piece_bits;
  function.terms = 3;
  function.coefficients = [minimum](std::int64_t base, std::span<ring::Element> c) {
    const std::uint64_t x = of(base + minimum);
    c[0] = 3 * x * x - 5 * x + 7;
    c[1] = 6 * x - 5;
    c[2] = 3;
  };
  function.basis = [](std::uint64_t low, std::span<ring::Element> b) {
    b[0] = 1;
    b[1] = low;
    b[2] = low * low;
  };
  return function;
}

std::uint64_t parabola_at(std::uint64_t x) { return 3 * x * x - 5 * x + 7; }

// Arguments of the function's whole domain, its ends first.
Integers arguments(const PiecewiseFunction& function, std::size_t count) {
  const std::uint64_t extent =
      (std::uint64_t{1} << function.window) - (std::uint64_t{1} << (function.window - function.piece_bits));
  std::mt19937_64 random(71);
  Integers values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = of(function.minimum) + (i == 0 ? 0 : i == 1 ? extent - 1 : random() % extent);
  return values;
}

Operation looked_up(const PiecewiseFunction& function) {
  return [&function](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await lookup(context, in[0], function)};
  };
}

TEST_P(Lookup, ExactForEveryNumberOfPieces) {
  for (auto [minimum, window, piece_bits] : {std::tuple{std::int64_t{-20}, 8, 1},
                                             {std::int64_t{0}, 8, 7},
                                             {std::int64_t{1} << 18, 22, 5},
                                             {-(std::int64_t{1} << 22), 23, 4},
                                             {std::int64_t{-12345678901}, 40, 8},
                                             {std::int64_t{-7}, 40, 1}}) {
    const PiecewiseFunction function = parabola(minimum, window, piece_bits);
    const Integers x = arguments(function, 500);
    const Outcome outcome = execute({{{500}, x, Kind::kArithmetic, window}}, looked_up(function));
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(outcome.results[0][i], parabola_at(x[i])) << "window " << window << " at " << signed_of(x[i]);
  }
}

TEST_P(Lookup, OfAllSizes) {
  const PiecewiseFunction function = parabola(-1000, 12, 3);
  for (std::size_t count : kSizes) {
    const Integers x = arguments(function, count);
    const Outcome outcome = execute({{vector_shape(count), x, Kind::kArithmetic, 0}}, looked_up(function));
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_EQ(outcome.results[0][i], parabola_at(x[i])) << count << " " << i;
  }
}

TEST_P(Lookup, Truncates) {
  PiecewiseFunction function = parabola(-(1 << 20), 22, 5);
  function.truncate_bits = 18;
  const Integers x = arguments(function, 3000);
  const Outcome outcome = execute({{{3000}, x, Kind::kArithmetic, 1}}, looked_up(function));
  Integers value(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) value[i] = parabola_at(x[i]);
  expect_truncated(outcome.results[0], value, 18);
}

TEST_P(Lookup, OfConstants) {
  const PiecewiseFunction function = parabola(-30, 9, 2);
  const Integers x = arguments(function, 100);
  const Outcome outcome = execute({{{100}, x, Kind::kArithmetic, kConstant}}, looked_up(function));
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(outcome.results[0][i], parabola_at(x[i]));
}

}  // namespace
}  // namespace sotto::protocols::conformance
