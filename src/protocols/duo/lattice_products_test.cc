#include "protocols/duo/lattice_products.h"

#include <gtest/gtest.h>

#include "base/ring.h"
#include "protocols/conformance/suite.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/duo.h"
#include "protocols/duo/product_choice.h"
#include "protocols/duo/word_products.h"

namespace sotto::protocols::duo {
namespace {

using conformance::Input;
using conformance::Integers;
using conformance::Operation;
using conformance::Outcome;
using conformance::Traffic;
using he::MatrixShape;

std::int64_t extent(std::size_t n) { return static_cast<std::int64_t>(n); }

// Uniform words, the largest and least among them.
Integers words(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Integers values(count);
  for (auto& value : values) value = random();
  values[0] = std::uint64_t{1} << 63;
  values[count / 2] = ~std::uint64_t{0};
  return values;
}

Integers product_of(const Integers& a, const Integers& b, const MatrixShape& f) {
  Integers result(f.m * f.n);
  for (std::size_t i = 0; i < f.m; ++i)
    for (std::size_t l = 0; l < f.k; ++l)
      for (std::size_t j = 0; j < f.n; ++j) result[i * f.n + j] += a[i * f.k + l] * b[l * f.n + j];
  return result;
}

Share result_of(const MatrixShape& f, Words part) {
  return share_of(Kind::kArithmetic, {extent(f.m), extent(f.n)}, std::move(part));
}

// a b of shares: what is local, and the cross terms by `plan`.
Operation shared_product(const MatrixShape& f, const LatticePlan& plan) {
  return [f, plan](Context& context, Shares in) -> Task<Shares> {
    const Words a = part_of(context, in[0]), b = part_of(context, in[1]);
    Words crossed = co_await lattice_cross_terms(context, plan, {}, a, b);
    context.local([&] {
      ring::matmul(crossed.mutable_span().data(), {a.span().data(), extent(f.k), 1},
                   {b.span().data(), extent(f.n), 1}, f.m, f.k, f.n, /*accumulate=*/true);
    });
    co_return Shares{result_of(f, crossed)};
  };
}

std::vector<Input> shared_inputs(const MatrixShape& f, const Integers& a, const Integers& b) {
  return {{{extent(f.m), extent(f.k)}, a, Kind::kArithmetic, 0},
          {{extent(f.k), extent(f.n)}, b, Kind::kArithmetic, 1}};
}

TEST(LatticeProducts, SharedMatricesMultiplyExactly) {
  for (const MatrixShape f : {MatrixShape{2, 3, 2}, {16, 100, 9}, {128, 128, 10}, {10, 128, 128}}) {
    const Integers a = words(f.m * f.k, 1), b = words(f.k * f.n, 2);
    const Operation operation = shared_product(f, plan_lattice_matrix(f));
    const Outcome outcome = conformance::run(table(), shared_inputs(f, a, b), operation);
    EXPECT_EQ(outcome.results[0], product_of(a, b, f)) << f.m << "x" << f.k << "x" << f.n;
    const Traffic predicted = conformance::predict(table(), shared_inputs(f, a, b), operation);
    EXPECT_EQ(outcome.traffic, predicted);
    EXPECT_EQ(predicted.rounds, 2u);
    // Both directions at once.
    EXPECT_EQ(predicted.bytes[1], predicted.bytes[2]);
  }
}

TEST(LatticeProducts, PiecesAddUp) {
  const MatrixShape f{2, 70'000, 1};
  const Integers a = words(f.m * f.k, 1), b = words(f.k * f.n, 2);
  const LatticePlan plan = plan_lattice_matrix(f);
  EXPECT_EQ(plan.pieces.size(), 2u);
  const Outcome outcome = conformance::run(table(), shared_inputs(f, a, b), shared_product(f, plan));
  EXPECT_EQ(outcome.results[0], product_of(a, b, f));
  EXPECT_EQ(outcome.traffic.rounds, 4u);
}

TEST(LatticeProducts, TheSmallerFactorIsEncrypted) {
  EXPECT_FALSE(plan_lattice_matrix({1, 700, 200}).encrypts_right);
  EXPECT_TRUE(plan_lattice_matrix({200, 700, 1}).encrypts_right);
}

TEST(LatticeProducts, PrivateMatricesTakeOneDirection) {
  const MatrixShape f{.m = 30, .k = 500, .n = 2};
  Integers a = words(f.m * f.k, 3);
  for (auto& value : a) value = static_cast<std::uint64_t>(static_cast<std::int64_t>(value) >> 48);
  const Integers x = words(f.k * f.n, 4);
  for (const int owner : {0, 1}) {
    const Operation operation = [&](Context& context, Shares in) -> Task<Shares> {
      const bool owns = context.self() == owner && !context.counting();
      Words part = co_await private_matrix_product(context, owner, f, 16, owns ? Words::copy_of(a) : Words(),
                                                   part_of(context, in[0]));
      co_return Shares{result_of(f, std::move(part))};
    };
    const std::vector<Input> inputs = {{{extent(f.k), extent(f.n)}, x, Kind::kArithmetic, 1 - owner}};
    const Outcome outcome = conformance::run(table(), inputs, operation);
    EXPECT_EQ(outcome.results[0], product_of(a, x, f)) << owner;
    EXPECT_EQ(outcome.traffic, conformance::predict(table(), inputs, operation));
    // A thousand numbers fit one ciphertext of four primes: 174 bits each of 8192, and a header.
    const std::uint64_t up = outcome.traffic.bytes[owner == 0 ? 2 : 1];
    EXPECT_EQ(up, 8192u * (44 + 44 + 43 + 43) / 8 + 11);
  }
}

TEST(LatticeProducts, ElementwiseProductsAreExact) {
  for (const std::size_t count : {std::size_t{1}, std::size_t{8193}, std::size_t{70'000}}) {
    const Integers a = words(count, 5), b = words(count, 6);
    const Operation operation = [](Context& context, Shares in) -> Task<Shares> {
      const Words x = part_of(context, in[0]), y = part_of(context, in[1]);
      Words crossed = co_await lattice_elementwise_cross_terms(context, {}, x, y);
      context.local([&] { ring::accumulate_product(crossed.mutable_span(), x.span(), y.span()); });
      co_return Shares{share_of(Kind::kArithmetic, {extent(crossed.size())}, crossed)};
    };
    const std::vector<Input> inputs = {{{extent(count)}, a, Kind::kArithmetic, 0},
                                       {{extent(count)}, b, Kind::kArithmetic, 1}};
    const Outcome outcome = conformance::run(table(), inputs, operation);
    Integers expected(count);
    ring::multiply(expected, a, b);
    EXPECT_EQ(outcome.results[0], expected) << count;
    EXPECT_EQ(outcome.traffic, conformance::predict(table(), inputs, operation));
    EXPECT_EQ(outcome.traffic.rounds, count > 65536 ? 4u : 2u);
  }
}

// Convolutions of shares as layers and their gradients have them, and one with everything at once.
TEST(LatticeProducts, ConvolutionsAreExact) {
  Convolution plain, odd, valid;
  odd.strides = {2, 1};
  odd.low = {1, 2};
  odd.high = {0, -1};
  odd.lhs_dilation = {1, 2};
  odd.rhs_dilation = {2, 1};
  odd.reverse = {true, false};
  odd.result_dimensions = {2, 1, 0, 3};
  valid.strides = {2, 2};
  valid.low = valid.high = {2, 2};
  struct Case {
    Convolution convolution;
    Shape lhs, rhs;
  };
  for (const Case& c : {Case{plain, {3, 9, 8, 5}, {3, 3, 5, 4}},
                        {odd, {2, 6, 5, 3}, {2, 3, 3, 4}},
                        {valid, {20, 14, 14, 2}, {5, 5, 2, 6}},
                        {plain, {1, 60, 60, 4}, {3, 3, 4, 3}}}) {
    const auto count = [](const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); };
    const Integers a = words(count(c.lhs), 7), b = words(count(c.rhs), 8);
    const ring::ConvolutionView view = ring::view_of(c.convolution, c.lhs, c.rhs);
    const Shape shape = convolved_shape(c.convolution, c.lhs, c.rhs);
    const LatticePlan plan = plan_lattice_convolution(view).value();
    const Operation operation = [&](Context& context, Shares in) -> Task<Shares> {
      const Words x = part_of(context, in[0]), y = part_of(context, in[1]);
      Words crossed = co_await lattice_cross_terms(context, plan, {}, x, y);
      context.local([&] {
        ring::convolve(crossed.mutable_span().data(), view, x.span().data(), y.span().data(),
                       /*accumulate=*/true);
      });
      co_return Shares{share_of(Kind::kArithmetic, shape, crossed)};
    };
    const std::vector<Input> inputs = {{c.lhs, a, Kind::kArithmetic, 0}, {c.rhs, b, Kind::kArithmetic, 1}};
    const Outcome outcome = conformance::run(table(), inputs, operation);
    Integers expected(count(shape));
    ring::convolve(expected.data(), view, a.data(), b.data());
    EXPECT_EQ(outcome.results[0], expected) << c.lhs[1];
    EXPECT_EQ(outcome.traffic, conformance::predict(table(), inputs, operation));
  }
  EXPECT_FALSE(plan_lattice_convolution(ring::view_of(plain, {1, 100, 100, 1}, {3, 3, 1, 1})));
}

// ---- Choice
// ----------------------------------------------------------------------------------------------------

TEST(ProductChoice, SmallProductsAreTransferredLargeOnesEncrypted) {
  EXPECT_FALSE(choose_matrix_product({1, 1, 1}).way().lattice);
  EXPECT_FALSE(choose_matrix_product({4, 8, 16}).way().lattice);
  EXPECT_TRUE(choose_matrix_product({128, 784, 128}).way().lattice);
  EXPECT_TRUE(choose_matrix_product({128, 128, 10}).way().lattice);
  const auto convolution = [](std::int64_t images) {
    return ring::view_of({}, {images, 12, 12, 16}, {5, 5, 16, 16});
  };
  EXPECT_TRUE(choose_convolution(convolution(128)).way().lattice);
  EXPECT_FALSE(choose_convolution(ring::view_of({}, {1, 3, 3, 1}, {3, 3, 1, 2})).way().lattice);
}

TEST(ProductChoice, ElementwiseProductsFillCiphertexts) {
  const auto encrypted = [](std::size_t count) { return choose_elementwise(count).way().encrypted; };
  EXPECT_EQ(encrypted(0), 0u);
  EXPECT_EQ(encrypted(100), 0u);
  EXPECT_EQ(encrypted(8192), 8192u);
  EXPECT_EQ(encrypted(8192 + 100), 8192u);
  EXPECT_EQ(encrypted(8192 + 8000), 8192u + 8000);
}

// What it says of transfers is what is counted.
TEST(ProductChoice, KnowsWhatTransfersCost) {
  for (const MatrixShape f : {MatrixShape{1, 2, 3}, {4, 8, 16}, {8, 16, 4}}) {
    const he::Cost cost = matrix_transfers_cost(f.m, f.k, f.n);
    const Operation operation = [f](Context& context, Shares in) -> Task<Shares> {
      Words part =
          co_await matrix_transfers(context, {}, part_of(context, in[0]), part_of(context, in[1]), f);
      co_return Shares{result_of(f, std::move(part))};
    };
    const Traffic traffic =
        conformance::predict(table(), shared_inputs(f, Integers(f.m * f.k), Integers(f.k * f.n)), operation);
    EXPECT_EQ(traffic.rounds, cost.rounds);
    // Numbers of transfers are rounded up to multiples of 128.
    EXPECT_NEAR(static_cast<double>(traffic.total_bytes()), 2.0 * static_cast<double>(cost.up + cost.back),
                2 * 128 * 4);
  }
}

}  // namespace
}  // namespace sotto::protocols::duo
