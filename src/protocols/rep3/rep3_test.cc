// What the heads of this folder's files declare: rounds, and bits per element worked out by hand.
#include "protocols/rep3/rep3.h"

#include <gtest/gtest.h>

#include "protocols/conformance/cases.h"
#include "protocols/conformance/harness.h"
#include "protocols/rep3/roles.h"

namespace sotto::protocols::rep3 {
namespace {

using conformance::Input;
using conformance::Operation;
using conformance::Traffic;

constexpr std::int64_t kCount = 64 * 3 * 100;  // three equal chunks of whole words

Traffic cost_of(const Operation& operation, std::vector<Shape> shapes) {
  std::vector<Input> inputs;
  for (const Shape& shape : shapes)
    inputs.push_back(
        {shape, conformance::Integers(static_cast<std::size_t>(element_count(shape))), Kind::kArithmetic, 0});
  return conformance::predict(table(), inputs, operation);
}

// Chunk indices are 16 bits of the addresses of randomness, however large a tensor is.
TEST(Rep3, ChunksHaveAddressesOfTheirOwn) {
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{5000}, std::size_t{1} << 32, std::size_t{1} << 36}) {
    const auto chunks = cut(count, 64, Site{});
    ASSERT_LE(chunks.size(), 65535u);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      ASSERT_EQ(chunks[i].index, i);
      ASSERT_EQ(chunks[i].begin, i == 0 ? 0 : chunks[i - 1].end);
    }
    EXPECT_EQ(chunks.back().end, count);
  }
}

double bits_each(const Traffic& traffic) { return 8.0 * static_cast<double>(traffic.total_bytes()) / kCount; }

Operation signs(int window, Effort effort) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    co_return Shares{co_await protocols::sign(context, in[0], window, effort)};
  };
}

Operation products(int truncate_bits, Then then, int window) {
  return [=](Context& context, Shares in) -> Task<Shares> {
    Contraction c;
    c.product = Contraction::Product::kElementwise;
    c.a = c.b = in[0];
    c.shape = in[0].shape;
    c.truncate_bits = truncate_bits;
    c.then = then;
    c.window = window;
    co_return co_await protocols::contract(context, std::move(c));
  };
}

TEST(Rep3Cost, Product) {
  const Traffic traffic = cost_of(products(0, Then::kNothing, 64), {{kCount}});
  EXPECT_EQ(traffic.rounds, 1u);
  EXPECT_EQ(bits_each(traffic), 64 * 3);
}

// The pair's exchange, B' dealt, b dealt modulo 2^d, and the wrap's summands: 128 + 64 + 3 d.
TEST(Rep3Cost, TruncatedProduct) {
  const Traffic traffic = cost_of(products(18, Then::kNothing, 64), {{kCount}});
  EXPECT_EQ(traffic.rounds, 2u);
  EXPECT_EQ(bits_each(traffic), 128 + 64 + 3 * 18);
}

// 24 bits below the sign are six digits: 6 * 15 thresholds and the top bit. Two groups of three: with equal,
// 5 openings by each of two and 4 + 4 products; without, 4 by each and 1 + 4; their merging: 2 by each and 1
// product. c is opened by each.
constexpr int kMergeOfSix = 2 * 5 + 8 + 2 * 4 + 5 + 2 * 2 + 1;
TEST(Rep3Cost, SignOfFewBytes) {
  const Traffic traffic = cost_of(signs(25, Effort::kFewBytes), {{kCount}});
  EXPECT_EQ(traffic.rounds, 4u);
  EXPECT_EQ(bits_each(traffic), 6 * 15 + 1 + kMergeOfSix + 2);
}

// One group of six without equal: 5 equals and 5 greaters opened by each; 2^5 - 6 and 2^6 - 7 products.
TEST(Rep3Cost, SignInBalance) {
  const Traffic traffic = cost_of(signs(25, Effort::kBalanced), {{kCount}});
  EXPECT_EQ(traffic.rounds, 3u);
  EXPECT_EQ(bits_each(traffic), 6 * 15 + 1 + 2 * 10 + 26 + 57 + 2);
}

// 24 levels of a seed and three bits, a final bit, to both of the pair.
TEST(Rep3Cost, SignInFewRounds) {
  const Traffic traffic = cost_of(signs(25, Effort::kFewRounds), {{kCount}});
  EXPECT_EQ(traffic.rounds, 2u);
  EXPECT_EQ(bits_each(traffic), 2 * (24 * (128 + 3) + 1) + 1 + 2);
}

TEST(Rep3Cost, FullWidthSign) {
  const Traffic traffic = cost_of(signs(64, Effort::kFewBytes), {{kCount}});
  EXPECT_EQ(traffic.rounds, 4u);
  EXPECT_LE(bits_each(traffic), 60 * 8);
}

// Exchange 128; B', r, r B' dealt 192; b and r b modulo 2^d; comparison; c; shared again 128.
TEST(Rep3Cost, ReluOfATruncatedProduct) {
  const Traffic traffic = cost_of(products(18, Then::kRelu, 25), {{kCount}});
  EXPECT_EQ(traffic.rounds, 5u);
  EXPECT_EQ(bits_each(traffic), 128 + 192 + 2 * 18 + (6 * 15 + 1 + kMergeOfSix) + 2 + 128);
  EXPECT_LE(bits_each(traffic), 90 * 8);
}

// Five columns in a window of 26 bits, 8 of them left out: ten comparisons of 18 bits, five digits of which
// one has two bits, merged in groups of three (with equal) and two. Eight pieces of 2^18.
TEST(Rep3Cost, SoftmaxOfFive) {
  const Softmax function = conformance::counting_softmax(Effort::kFewBytes);
  const Traffic traffic = cost_of(
      [&](Context& context, Shares in) -> Task<Shares> {
        co_return Shares{co_await protocols::softmax(context, in[0], function)};
      },
      {{kCount, 5}});
  const int comparisons = 10 * (4 * 15 + 3 + 1 + (2 * 5 + 8) + (2 * 2 + 1) + (2 * 2 + 1));
  const int winners = 5 * (2 * 4 + 11) + 5 * 2 + 5 * 2 * 26 + 2 * 26;
  const int vanishing = 5 * (7 + 15 + 1 + (2 * 2 + 1) + 2);
  const int powers = 5 * (2 * 8 * 64 + 128);
  const int inverse = 16 * 2 * 64 + 128 + 64 + 3 * 4;
  const int product = 5 * (128 + 64 + 3 * 6);
  EXPECT_EQ(traffic.rounds, 13u);
  EXPECT_EQ(bits_each(traffic), comparisons + winners + vanishing + powers + inverse + product);
}

}  // namespace
}  // namespace sotto::protocols::rep3
