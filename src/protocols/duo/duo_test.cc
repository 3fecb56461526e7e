// What the heads of this folder's files declare: rounds and bits worked out by hand; setup; the session's
// ends.
#include "protocols/duo/duo.h"

#include <gtest/gtest.h>

#include <thread>

#include "net/in_process.h"
#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"
#include "protocols/duo/convolution_matrices.h"
#include "protocols/duo/session.h"

namespace sotto::protocols::duo {
namespace {

using conformance::Input;
using conformance::Integers;
using conformance::Operation;
using conformance::Traffic;

constexpr std::int64_t kCount = 128 * 64;
constexpr double kTransfer = 8 * 3.875;  // bits: 31 trees' corrections

Traffic cost_of(const Operation& operation, const std::vector<Input>& inputs) {
  return conformance::predict(table(), inputs, operation);
}
std::vector<Input> numbers(int count) {
  return std::vector<Input>(static_cast<std::size_t>(count),
                            {{kCount}, Integers(kCount), Kind::kArithmetic, 0});
}
double bits_each(const Traffic& traffic) { return 8.0 * static_cast<double>(traffic.total_bytes()) / kCount; }

Operation signs(int window, Effort effort) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await protocols::sign(context, in[0], window, effort)};
  };
}

Operation contraction(std::function<void(Contraction&, const Shares&)> adjust) {
  return [adjust](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.shape = {kCount};
    adjust(c, in);
    co_return co_await protocols::contract(context, std::move(c));
  };
}

// n digits of m bits: m transfers and m + 2^(m+1) bits each, the lowest 2^m less; n - 1 merges of two
// transfers and 6 bits, of which ceil(log2 n) are along the lowest, of 4.
TEST(Duo, SignsCostWhatComparisonSays) {
  // 63 = 21 * 3, five levels.
  const Traffic whole = cost_of(signs(64, Effort::kFewBytes), numbers(1));
  EXPECT_EQ(whole.rounds, 7u);
  EXPECT_DOUBLE_EQ(bits_each(whole), 63 * kTransfer + 21 * (3 + 16) - 8 + 20 * (2 * kTransfer + 6) - 5 * 2);
  // 31 = 7 * 4 + 3, three levels.
  const Traffic half = cost_of(signs(32, Effort::kBalanced), numbers(1));
  EXPECT_EQ(half.rounds, 5u);
  EXPECT_DOUBLE_EQ(bits_each(half),
                   31 * kTransfer + 7 * (4 + 32) + 3 + 16 - 16 + 7 * (2 * kTransfer + 6) - 3 * 2);
  EXPECT_EQ(cost_of(signs(1, Effort::kFewBytes), numbers(1)), (Traffic{.rounds = 0, .bytes = {0, 0, 0, 0}}));
}

TEST(Duo, TruncationCostsATransferAndItsBits) {
  const Traffic traffic = cost_of(contraction([](Contraction& c, const Shares& in) {
                                    c.addends = {{.share = in[0]}};
                                    c.truncate_bits = 18;
                                  }),
                                  numbers(1));
  EXPECT_EQ(traffic.rounds, 2u);
  EXPECT_DOUBLE_EQ(bits_each(traffic), kTransfer + 1 + 18);
}

TEST(Duo, ReluComparesWhileItTruncates) {
  const Traffic traffic = cost_of(contraction([](Contraction& c, const Shares& in) {
                                    c.addends = {{.share = in[0]}};
                                    c.truncate_bits = 18;
                                    c.then = Then::kRelu;
                                    c.window = 20;
                                  }),
                                  numbers(1));
  // 19 = 6 * 3 + 1, seven digits, three levels.
  const double comparison = 19 * kTransfer + 6 * (3 + 16) + 1 + 4 - 8 + 6 * (2 * kTransfer + 6) - 3 * 2;
  EXPECT_EQ(traffic.rounds, 7u);
  EXPECT_DOUBLE_EQ(bits_each(traffic), comparison + kTransfer + 19 + 2 * (kTransfer + 65));
}

TEST(Duo, ProductsCostTheirBits) {
  const Traffic traffic = cost_of(contraction([](Contraction& c, const Shares& in) {
                                    c.product = Contraction::Product::kElementwise;
                                    c.a = in[0];
                                    c.b = in[1];
                                  }),
                                  numbers(2));
  EXPECT_EQ(traffic.rounds, 2u);
  EXPECT_DOUBLE_EQ(bits_each(traffic), 2 * (64 * kTransfer + 64 + 64 * 65 / 2));
}

// A number that multiplies a vector needs its transfers once: of 64 x 64 times 64 x 128, the smaller
// factor's.
TEST(Duo, MatrixProductsShareTransfers) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kMatmul;
    c.a = in[0];
    c.b = in[1];
    c.shape = {64, 128};
    co_return co_await protocols::contract(context, std::move(c));
  };
  const Traffic traffic = cost_of(operation, {{{64, 64}, Integers(64 * 64), Kind::kArithmetic, 0},
                                              {{64, 128}, Integers(64 * 128), Kind::kArithmetic, 1}});
  EXPECT_EQ(traffic.rounds, 2u * 64 * 64 * 128 / 65536);
  const double products = 64 * 64 * 128, factors = 64 * 64;
  EXPECT_DOUBLE_EQ(8.0 * static_cast<double>(traffic.total_bytes()),
                   2 * (factors * (64 * kTransfer + 64) + products * 64 * 65 / 2));
}

TEST(Duo, InputsAndConstantsAreFree) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Words values = context.self() == 1 ? context.words(kCount) : Words();
    co_return Shares{co_await protocols::input(context, 1, std::move(values), {kCount})};
  };
  EXPECT_EQ(cost_of(operation, numbers(1)), (Traffic{.rounds = 0, .bytes = {0, 0, 0, 0}}));
}

// Patches times factors, scattered, against the convolution itself.
TEST(Duo, ConvolutionsAreProductsOfMatrices) {
  Convolution convolution;
  convolution.strides = {2, 1};
  convolution.low = {1, 2};
  convolution.high = {0, -1};
  convolution.lhs_dilation = {1, 2};
  convolution.rhs_dilation = {2, 1};
  convolution.reverse = {true, false};
  for (const bool features_last : {true, false}) {
    if (!features_last) convolution.result_dimensions = {2, 1, 0, 3};
    const Shape lhs = {2, 6, 5, 3}, rhs = {2, 3, 3, 4};
    const Integers a = conformance::random_integers(2 * 6 * 5 * 3, 64, 1),
                   b = conformance::random_integers(2 * 3 * 3 * 4, 64, 2);
    const ConvolutionMatrices matrices(ring::view_of(convolution, lhs, rhs));
    const std::size_t rows = matrices.view.rows(), columns = matrices.view.columns();
    Integers patches(rows * matrices.inner()), factors(matrices.inner() * columns), product(rows * columns),
        scattered(rows * columns), expected(rows * columns);
    matrices.gather_patches(patches, a);
    matrices.gather_factors(factors, b);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j)
        for (std::size_t l = 0; l < matrices.inner(); ++l)
          product[i * columns + j] += patches[i * matrices.inner() + l] * factors[l * columns + j];
    matrices.scatter(scattered, product);
    ring::convolve(expected.data(), matrices.view, a.data(), b.data());
    EXPECT_EQ(scattered, expected) << features_last;
  }
}

// The setup row itself, and that both ends fit: a comparison right after it.
TEST(Duo, ConnectsInThreeRounds) {
  net::LinkMatrix links = net::in_process_links({"alice", "bob"}, std::chrono::seconds(20));
  const Integers values = conformance::random_integers(100, 40, 3);
  Integers opened[2];
  std::vector<std::jthread> threads;
  for (int self = 0; self < 2; ++self)
    threads.emplace_back([&, self] {
      std::vector<net::Link*> raw;
      for (auto& link : links[static_cast<std::size_t>(self)]) raw.push_back(link.get());
      net::Rounds rounds(self, raw);
      SessionKeys keys{{}, prg::Prg(prg::random_key())};
      for (int i = 0; i < 2; ++i) keys.pair.emplace_back(prg::Key{std::byte{9}});
      keys.state = rounds.run(table().rows().setup(rounds));
      EXPECT_EQ(rounds.completed(), 3u);
      EXPECT_EQ(rounds.bytes_to()[static_cast<std::size_t>(1 - self)], 32u + 4096 + 4096 + 16);
      Context context(table(), rounds, &keys, 0, 0);
      const auto compare = [&]() -> Task<Words> {
        Words mine = self == 0 ? Words::copy_of(values) : Words();
        const Share x = co_await protocols::input(context, 0, std::move(mine), {100});
        const Share bits = co_await protocols::sign(context, x, 40);
        co_return co_await protocols::reveal(context, bits, 3);
      };
      const Words bits = rounds.run(compare());
      opened[self].assign(bits.span().begin(), bits.span().end());
    });
  threads.clear();
  EXPECT_EQ(opened[0], opened[1]);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(opened[0][i / 64] >> i % 64 & 1, static_cast<std::int64_t>(values[i]) >= 0 ? 1u : 0u) << i;
}

TEST(Duo, SetupIsCountedAsItIs) {
  net::Rounds rounds = net::Rounds::counting(0, 2);
  rounds.run(table().rows().setup(rounds));
  EXPECT_EQ(rounds.completed(), 3u);
  EXPECT_EQ(rounds.bytes_to()[1], 8240u);
}

}  // namespace
}  // namespace sotto::protocols::duo
