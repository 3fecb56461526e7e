// What the heads of this folder's files declare: rounds and bits worked out by hand; setup; the session's
// ends.
#include "protocols/duo/duo.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "net/in_process.h"
#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"
#include "protocols/duo/boundary.h"
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

// Base transfers and trees. 1335 blocks of 128 transfers, 31 trees; 640 * 11 levels. A seed, a public key of
// 217 bits a coefficient, ten switching keys of four times 218 bits, headers.
constexpr std::size_t kTransferBytes = 32 + 4096 + 4096 + 16, kStreamBytes = 1335 * 16 * 31 + 640 * 11 * 16,
                      kLatticeBytes = 16 + (11 + 8192 * 217 / 8) + 10 * (11 + 4 * (4 + 8192 * 218 / 8));

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

// Bits of a direction's transfers, for each of kCount elements.
double transfers(double each) {
  const double count = each * kCount;
  return count < 65536 ? each * kTransfer : std::ceil(count / 122880) * 3328 * 8 / kCount;
}

// n places: 2n - 1 transfers, of which the second party sends one more, and 4n - 2 bits.
TEST(Duo, SignsCostWhatTheChainOfCarriesSays) {
  const Traffic whole = cost_of(signs(64, Effort::kFewBytes), numbers(1));
  EXPECT_EQ(whole.rounds, 1u + 63);
  EXPECT_DOUBLE_EQ(bits_each(whole), transfers(63) + transfers(62) + 4 * 63 - 2);
  EXPECT_EQ(cost_of(signs(1, Effort::kFewBytes), numbers(1)), (Traffic{.rounds = 0, .bytes = {0, 0, 0, 0}}));
}

// n digits of m bits: m transfers and m + 2^(m+1) bits each, the lowest 2^m less; n - 1 merges of two
// transfers and 6 bits, of which ceil(log2 n) are along the lowest, of 4.
TEST(Duo, SignsCostWhatComparisonSays) {
  // 5 = 3 + 2, one level: so few transfers that they take no round of their own.
  const Traffic narrow = cost_of(signs(6, Effort::kFewBytes), numbers(1));
  EXPECT_EQ(narrow.rounds, 3u);
  EXPECT_DOUBLE_EQ(bits_each(narrow), (5 + 2) * kTransfer + (3 + 16 - 8) + (2 + 8) + 4);
  // 31 = 7 * 4 + 3, three levels.
  const Traffic half = cost_of(signs(32, Effort::kBalanced), numbers(1));
  EXPECT_EQ(half.rounds, 1u + 5);
  EXPECT_DOUBLE_EQ(bits_each(half),
                   transfers(31 + 7) + transfers(7) + 7 * (4 + 32) + 3 + 16 - 16 + 7 * 6 - 3 * 2);
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
  // The comparison goes through 19 places; the first party sends to truncate, select and widen, too.
  EXPECT_EQ(traffic.rounds, 1u + 19 + 4);
  EXPECT_DOUBLE_EQ(bits_each(traffic), transfers(19 + 1) + transfers(18 + 3) + (4 * 19 - 2) + 19 + (67 + 20));
}

// What two parties may cost, in bits, both directions and transfers included.
TEST(Duo, KeepsItsBudgets) {
  constexpr std::int64_t kMany = 200'000;
  const auto bits = [&](const Operation& operation) {
    const std::vector<Input> inputs{{{kMany}, Integers(kMany), Kind::kArithmetic, 0}};
    return 8.0 * static_cast<double>(cost_of(operation, inputs).total_bytes()) / kMany;
  };
  const auto settled = [&](int truncate_bits, Then then, int window) {
    return contraction([=](Contraction& c, const Shares& in) {
      c.shape = {kMany};
      c.addends = {{.share = in[0]}};
      c.truncate_bits = truncate_bits;
      c.then = then;
      c.window = window;
    });
  };
  EXPECT_LE(bits(signs(64, Effort::kFewBytes)), 600);
  EXPECT_LE(bits(signs(32, Effort::kFewBytes)), 300);
  EXPECT_LE(bits(settled(18, Then::kNothing, 64)), 48);
  EXPECT_LE(bits(settled(0, Then::kRelu, 32)), 30 * 8);
}

// Few of them; more take silent transfers (word_products_test.cc), or are encrypted
// (lattice_products_test.cc).
TEST(Duo, ProductsCostTheirBits) {
  constexpr std::int64_t kFew = 1000;
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kElementwise;
    c.a = in[0];
    c.b = in[1];
    c.a.known_to = c.b.known_to = -1;
    c.shape = {kFew};
    co_return co_await protocols::contract(context, std::move(c));
  };
  const Traffic traffic =
      cost_of(operation, std::vector<Input>(2, {{kFew}, Integers(kFew), Kind::kArithmetic, 0}));
  EXPECT_EQ(traffic.rounds, 2u);
  EXPECT_DOUBLE_EQ(8.0 * static_cast<double>(traffic.total_bytes()) / kFew,
                   2 * (64 * kTransfer + 64 + 64 * 65 / 2));
}

// A number that multiplies a vector needs its transfers once: of 8 x 8 times 8 x 8, one factor's.
TEST(Duo, MatrixProductsShareTransfers) {
  const auto operation = [](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kMatmul;
    c.a = in[0];
    c.b = in[1];
    c.a.known_to = c.b.known_to = -1;
    c.shape = {8, 8};
    co_return co_await protocols::contract(context, std::move(c));
  };
  const Traffic traffic = cost_of(operation, {{{8, 8}, Integers(8 * 8), Kind::kArithmetic, 0},
                                              {{8, 8}, Integers(8 * 8), Kind::kArithmetic, 1}});
  EXPECT_EQ(traffic.rounds, 2u);
  const double products = 8 * 8 * 8, factors = 8 * 8;
  EXPECT_DOUBLE_EQ(8.0 * static_cast<double>(traffic.total_bytes()),
                   2 * (factors * (64 * kTransfer + 64) + products * 64 * 65 / 2));
}

// What one party knows has no part of the other's: one term of two, none where both factors are one party's.
TEST(Duo, ProductsOfWhatAPartyKnowsTakeFewerTerms) {
  constexpr std::int64_t kFew = 1024;
  const auto cost = [](int left, int right) {
    const auto operation = [=](Context& context, Shares in) -> Task<Shares> {
      Contraction c;
      c.product = Contraction::Product::kElementwise;
      c.a = in[0];
      c.b = in[1];
      c.a.known_to = left;
      c.b.known_to = right;
      c.shape = {kFew};
      co_return co_await protocols::contract(context, std::move(c));
    };
    return cost_of(operation, std::vector<Input>(2, {{kFew}, Integers(kFew), Kind::kArithmetic, 0}));
  };
  const std::uint64_t both = cost(-1, -1).total_bytes();
  for (const auto& [left, right] : {std::pair{0, -1}, {-1, 0}, {1, -1}, {-1, 1}, {0, 1}, {1, 0}})
    EXPECT_EQ(cost(left, right).total_bytes(), both / 2) << left << " and " << right;
  for (const int party : {0, 1}) EXPECT_EQ(cost(party, party).total_bytes(), 0u);
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

// The setup row itself, and that all ends fit: a comparison right after it, by silent transfers.
TEST(Duo, ConnectsInFiveRounds) {
  net::LinkMatrix links = net::in_process_links({"alice", "bob"}, std::chrono::seconds(20));
  const Integers values = conformance::random_integers(3000, 40, 3);
  Integers opened[2];
  std::vector<std::jthread> threads;
  for (int self = 0; self < 2; ++self)
    threads.emplace_back([&, self] {
      std::vector<net::Link*> raw;
      for (auto& link : links[static_cast<std::size_t>(self)]) raw.push_back(link.get());
      net::Rounds rounds(self, raw);
      SessionKeys keys{{}, prg::Prg(prg::random_key())};
      for (int i = 0; i < 2; ++i) keys.pair.emplace_back(prg::Key{std::byte{9}});
      keys.state = rounds.run(table().rows().setup(rounds, kNeedsStream));
      EXPECT_EQ(rounds.completed(), 5u);
      EXPECT_EQ(rounds.bytes_to()[static_cast<std::size_t>(1 - self)], kTransferBytes + kStreamBytes);
      Context context(table(), rounds, &keys, 0, 0);
      const auto compare = [&]() -> Task<Words> {
        Words mine = self == 0 ? Words::copy_of(values) : Words();
        const Share x = co_await protocols::input(context, 0, std::move(mine), {3000});
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

TEST(Duo, SetupMakesWhatIsNeeded) {
  const auto setup = [](unsigned needs) {
    net::Rounds rounds = net::Rounds::counting(0, 2);
    rounds.run(table().rows().setup(rounds, needs));
    return std::pair(rounds.completed(), rounds.bytes_to()[1]);
  };
  EXPECT_EQ(setup(0), std::pair(3u, kTransferBytes));
  EXPECT_EQ(setup(kNeedsStream), std::pair(5u, kTransferBytes + kStreamBytes));
  EXPECT_EQ(setup(kNeedsLattice), std::pair(3u, kTransferBytes + kLatticeBytes));
  EXPECT_EQ(setup(kNeedsStream | kNeedsLattice),
            std::pair(5u, kTransferBytes + kStreamBytes + kLatticeBytes));
}

TEST(Duo, OperationsSayWhatTheyNeed) {
  const auto needs = [](std::int64_t count, const std::function<Task<Shares>(Context&, Share)>& operation) {
    net::Rounds rounds = net::Rounds::counting(0, 2);
    Context context(table(), rounds, nullptr, 0, 0);
    const auto size = static_cast<std::size_t>(count);
    rounds.run(operation(context, share_of(Kind::kArithmetic, {count}, Words::shape_only(size))));
    return context.needs();
  };
  const auto compare = [](Context& context, Share value) -> Task<Shares> {
    co_return Shares{co_await protocols::sign(context, std::move(value), 32)};
  };
  const auto square = [](Context& context, Share value) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kElementwise;
    c.shape = value.shape;
    c.a = c.b = std::move(value);
    co_return co_await protocols::contract(context, std::move(c));
  };
  EXPECT_EQ(needs(100, compare), 0u);
  EXPECT_EQ(needs(100'000, compare), kNeedsStream);
  EXPECT_EQ(needs(100, square), 0u);
  EXPECT_EQ(needs(1024, square), kNeedsStream);
  EXPECT_EQ(needs(8192, square), kNeedsLattice);
}

}  // namespace
}  // namespace sotto::protocols::duo
