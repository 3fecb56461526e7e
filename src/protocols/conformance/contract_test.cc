// Products, sums, scales and addends of contractions, without and with truncation.
#include <cmath>

#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

using Product = Contraction::Product;

class Contract : public Protocol {};
SOTTO_FOR_ALL_PROTOCOLS(Contract);

Operation product(Product kind, Shape shape, int truncate_bits = 0) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = kind;
    c.a = in[0];
    c.b = in[1];
    c.shape = shape;
    c.truncate_bits = truncate_bits;
    co_return co_await contract(context, std::move(c));
  };
}

Operation sum(Shape shape, int truncate_bits) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    for (Share& share : in) c.addends.push_back({.share = std::move(share)});
    c.shape = shape;
    c.truncate_bits = truncate_bits;
    co_return co_await contract(context, std::move(c));
  };
}

TEST_P(Contract, MultipliesElementwise) {
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 64, 1), b = random_integers(count, 64, 2);
    Integers expected(count);
    for (std::size_t i = 0; i < count; ++i) expected[i] = a[i] * b[i];
    const Shape shape = vector_shape(count);
    const Outcome outcome = execute({{shape, a, Kind::kArithmetic, 0}, {shape, b, Kind::kArithmetic, 1}},
                                    product(Product::kElementwise, shape));
    EXPECT_EQ(outcome.results[0], expected) << count;
  }
}

// A share fresh from its owner may lack parts; so may a constant. Every combination must multiply.
TEST_P(Contract, MultipliesInputsOfAllOwnersAndConstants) {
  const Shape shape = {70};
  const Integers a = random_integers(70, 64, 3), b = random_integers(70, 64, 4);
  Integers expected(70);
  for (std::size_t i = 0; i < 70; ++i) expected[i] = a[i] * b[i] + a[i] - b[i];
  for (int first = kConstant; first < table().parties(); ++first)
    for (int second = kConstant; second < table().parties(); ++second) {
      const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
        Contraction c;
        c.product = Product::kElementwise;
        c.a = in[0];
        c.b = in[1];
        c.addends = {{.share = in[0]}, {.share = in[1], .scale = of(-1)}};
        c.shape = shape;
        co_return co_await contract(context, std::move(c));
      };
      const Outcome outcome =
          execute({{shape, a, Kind::kArithmetic, first}, {shape, b, Kind::kArithmetic, second}}, operation);
      EXPECT_EQ(outcome.results[0], expected) << first << " x " << second;
    }
}

struct MatrixCase {
  std::int64_t m, k, n;
  bool transpose_a, transpose_b;
};

Integers reference_product(const MatrixCase& c, const Integers& a, const Integers& b) {
  Integers out(static_cast<std::size_t>(c.m * c.n));
  for (std::int64_t i = 0; i < c.m; ++i)
    for (std::int64_t j = 0; j < c.n; ++j)
      for (std::int64_t l = 0; l < c.k; ++l)
        out[static_cast<std::size_t>(i * c.n + j)] +=
            a[static_cast<std::size_t>(c.transpose_a ? l * c.m + i : i * c.k + l)] *
            b[static_cast<std::size_t>(c.transpose_b ? j * c.k + l : l * c.n + j)];
  return out;
}

TEST_P(Contract, MultipliesMatricesInAllOrientations) {
  for (const auto& [m, k, n] : std::vector<std::array<std::int64_t, 3>>{
           {1, 1, 1}, {3, 5, 2}, {64, 7, 65}, {1, 200, 9}, {128, 33, 10}, {300, 4, 130}})
    for (int flags = 0; flags < 4; ++flags) {
      const MatrixCase c{m, k, n, (flags & 1) != 0, (flags & 2) != 0};
      const Integers a = random_integers(static_cast<std::size_t>(m * k), 64, 5);
      const Integers b = random_integers(static_cast<std::size_t>(k * n), 64, 6);
      const Shape a_shape = c.transpose_a ? Shape{k, m} : Shape{m, k};
      const Shape b_shape = c.transpose_b ? Shape{n, k} : Shape{k, n};
      const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
        Contraction contraction;
        contraction.product = Product::kMatmul;
        contraction.a = in[0];
        contraction.b = in[1];
        contraction.transpose_a = c.transpose_a;
        contraction.transpose_b = c.transpose_b;
        contraction.shape = {m, n};
        co_return co_await contract(context, std::move(contraction));
      };
      const Outcome outcome =
          execute({{a_shape, a, Kind::kArithmetic, 0}, {b_shape, b, Kind::kArithmetic, 1}}, operation);
      EXPECT_EQ(outcome.results[0], reference_product(c, a, b))
          << m << "x" << k << "x" << n << " flags " << flags;
    }
}

// What several parties have a part of.
Task<Share> sum_of_inputs(Context& context, const Shares& in) {
  Contraction c;
  for (const Share& share : in) c.addends.push_back({.share = share});
  c.shape = in[0].shape;
  const Shares results = co_await contract(context, std::move(c));
  co_return results[0];
}

// Of a sum of two inputs, adjusted.
Operation square(Product kind, Shape shape, bool transpose_a, bool transpose_b) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = kind;
    c.a = c.b = co_await sum_of_inputs(context, in);
    c.same_operand = true;
    c.transpose_a = transpose_a;
    c.transpose_b = transpose_b;
    c.product_scale = of(-3);
    c.shape = shape;
    co_return co_await contract(context, std::move(c));
  };
}

TEST_P(Contract, SquaresNumbers) {
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 64, 21), b = random_integers(count, 64, 22);
    Integers expected(count);
    for (std::size_t i = 0; i < count; ++i) expected[i] = of(-3) * (a[i] + b[i]) * (a[i] + b[i]);
    const Shape shape = vector_shape(count);
    const Outcome outcome = execute({{shape, a, Kind::kArithmetic, 0}, {shape, b, Kind::kArithmetic, 1}},
                                    square(Product::kElementwise, shape, false, false));
    EXPECT_EQ(outcome.results[0], expected) << count;
  }
}

// A matrix times its transpose, the other way round, and a square matrix times itself; few and many products.
TEST_P(Contract, MultipliesMatricesByThemselves) {
  for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{3, 5}, {5, 3}, {4, 4}, {40, 60}})
    for (int flags = 0; flags < 4; ++flags) {
      const bool transpose_a = (flags & 1) != 0, transpose_b = (flags & 2) != 0;
      if (transpose_a == transpose_b && rows != columns) continue;
      const MatrixCase c{transpose_a ? columns : rows, transpose_a ? rows : columns,
                         transpose_b ? rows : columns, transpose_a, transpose_b};
      const auto count = static_cast<std::size_t>(rows * columns);
      const Integers a = random_integers(count, 64, 23), b = random_integers(count, 64, 24);
      Integers x(count);
      for (std::size_t i = 0; i < count; ++i) x[i] = a[i] + b[i];
      Integers expected = reference_product(c, x, x);
      for (auto& value : expected) value *= of(-3);
      const Shape shape = {rows, columns};
      const Outcome outcome = execute({{shape, a, Kind::kArithmetic, 0}, {shape, b, Kind::kArithmetic, 1}},
                                      square(Product::kMatmul, {c.m, c.n}, transpose_a, transpose_b));
      EXPECT_EQ(outcome.results[0], expected) << rows << "x" << columns << " flags " << flags;
    }
}

// A party squares its own input by itself, or so its share says; the result is the same.
TEST_P(Contract, SquaresWhatAPartyKnows) {
  const Integers a = random_integers(70, 64, 25);
  Integers expected(70);
  for (std::size_t i = 0; i < 70; ++i) expected[i] = a[i] * a[i];
  for (int owner = 0; owner < table().parties(); ++owner) {
    const auto operation = [owner](Context& context, Shares in) -> Task<Shares> {
      Contraction c;
      c.product = Product::kElementwise;
      in[0].known_to = owner;
      c.a = c.b = in[0];
      c.same_operand = true;
      c.shape = {70};
      co_return co_await contract(context, std::move(c));
    };
    EXPECT_EQ(execute({{{70}, a, Kind::kArithmetic, owner}}, operation).results[0], expected) << owner;
  }
}

// v = -3 * (a x b) + 5 * full - 2^20 * row, truncated by 12 bits.
TEST_P(Contract, ScalesAndAddends) {
  const MatrixCase c{37, 6, 11, false, false};
  const Integers a = random_integers(37 * 6, 26, 7), b = random_integers(6 * 11, 26, 8);
  const Integers full = random_integers(37 * 11, 50, 9), row = random_integers(11, 36, 10);
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction contraction;
    contraction.product = Product::kMatmul;
    contraction.a = in[0];
    contraction.b = in[1];
    contraction.product_scale = of(-3);
    contraction.addends = {{.share = in[2], .scale = 5},
                           {.share = in[3], .scale = of(-(1 << 20)), .row = true}};
    contraction.shape = {37, 11};
    contraction.truncate_bits = 12;
    co_return co_await contract(context, std::move(contraction));
  };
  Integers value = reference_product(c, a, b);
  for (std::size_t i = 0; i < value.size(); ++i)
    value[i] = value[i] * of(-3) + full[i] * 5 + row[i % 11] * of(-(1 << 20));
  const Outcome outcome = execute({{{37, 6}, a, Kind::kArithmetic, 0},
                                   {{6, 11}, b, Kind::kArithmetic, 1},
                                   {{37, 11}, full, Kind::kArithmetic, 2},
                                   {{11}, row, Kind::kArithmetic, 0}},
                                  operation);
  expect_truncated(outcome.results[0], value, 12);
}

TEST_P(Contract, TruncatesWithinOneUnit) {
  for (int bits : {1, 2, 13, 18, 31, 32, 40, 60, 61}) {
    const Integers a = random_integers(3000, 63, 100 + static_cast<std::uint64_t>(bits));
    const Outcome outcome = execute({{{3000}, a, Kind::kArithmetic, bits}}, sum({3000}, bits));
    expect_truncated(outcome.results[0], a, bits);
  }
}

TEST_P(Contract, TruncatesProductsOfAllSizes) {
  for (std::size_t count : kSizes) {
    const Integers a = random_integers(count, 31, 11), b = random_integers(count, 32, 12);
    Integers value(count);
    for (std::size_t i = 0; i < count; ++i) value[i] = a[i] * b[i];
    const Shape shape = vector_shape(count);
    const Outcome outcome = execute({{shape, a, Kind::kArithmetic, 1}, {shape, b, Kind::kArithmetic, 2}},
                                    product(Product::kElementwise, shape, 18));
    expect_truncated(outcome.results[0], value, 18);
  }
}

// Rounding one summand up and the other down is what makes the mean zero; a bias of one percent of a unit
// would show. The values come fresh from their owner, or out of an earlier operation.
TEST_P(Contract, TruncationHasZeroMean) {
  constexpr std::size_t kCount = 200000;
  const Shape shape = vector_shape(kCount);
  for (int bits : {8, 18}) {
    const Integers a = random_integers(kCount, 40, 13);
    for (bool fresh : {true, false}) {
      const auto operation = [&](Context& context, Shares in) -> Task<Shares> {
        if (!fresh) in = co_await product(Product::kElementwise, shape)(context, in);
        co_return co_await sum(shape, bits)(context, in);
      };
      std::vector<Input> inputs = {{shape, a, Kind::kArithmetic, 0}};
      if (!fresh) inputs.push_back({shape, Integers(kCount, 1), Kind::kArithmetic, 1});
      const Outcome outcome = execute(inputs, operation);
      double total = 0;
      for (std::size_t i = 0; i < kCount; ++i)
        total += std::ldexp(static_cast<double>(signed_of((outcome.results[0][i] << bits) - a[i])), -bits);
      // The error's standard deviation is at most 1/2: six deviations of the mean. Halves round up in plain:
      // 2^-(bits+1).
      const double bound = 6 * 0.5 / std::sqrt(double{kCount}) + std::ldexp(1.0, -bits - 1);
      EXPECT_NEAR(total / kCount, 0.0, bound) << bits << (fresh ? " fresh" : " computed");
    }
  }
}

TEST_P(Contract, TruncationOfFusedProductsHasZeroMean) {
  constexpr std::size_t kCount = 200000;
  const Shape shape = vector_shape(kCount);
  const Integers a = random_integers(kCount, 30, 14), b = random_integers(kCount, 30, 15);
  const Outcome outcome = execute({{shape, a, Kind::kArithmetic, 0}, {shape, b, Kind::kArithmetic, 1}},
                                  product(Product::kElementwise, shape, 18));
  double total = 0;
  for (std::size_t i = 0; i < kCount; ++i)
    total += std::ldexp(static_cast<double>(signed_of((outcome.results[0][i] << 18) - a[i] * b[i])), -18);
  EXPECT_NEAR(total / kCount, 0.0, 6 * 0.5 / std::sqrt(double{kCount}) + 0x1p-19);
}

}  // namespace
}  // namespace sotto::protocols::conformance
