#include "protocols/plain/plain.h"

#include <gtest/gtest.h>

#include <limits>

#include "protocols/operations.h"

namespace sotto::protocols::plain {
namespace {

ring::Element of(std::int64_t value) { return static_cast<ring::Element>(value); }

Share share_of(std::vector<ring::Element> values, Shape shape, Kind kind = Kind::kArithmetic) {
  return {.kind = kind,
          .shape = std::move(shape),
          .parts = {Words::copy_of(values), Words{}},
          .selector = nullptr};
}

template <class T>
T run(Task<T> task) {
  task.start();
  return task.take();
}

struct Party {
  net::Rounds rounds{0, {nullptr}};
  Context context{table(), rounds, nullptr, 0, 0};
};

std::vector<ring::Element> values_of(const Share& share) {
  auto span = share.parts[0].span();
  return {span.begin(), span.end()};
}

TEST(Plain, ReadsLikeTheSpecification) {
  Party party;
  // (3 * 5 + 1) / 2^2 = 4 and (3 * -5 + 1) / 2^2 = -3.5, which rounds up to -3.
  Contraction c;
  c.product = Contraction::Product::kElementwise;
  c.shape = {2};
  c.truncate_bits = 2;
  c.a = share_of({3, 3}, {2});
  c.b = share_of({5, of(-5)}, {2});
  c.addends.push_back({.share = share_of({1, 1}, {2})});
  EXPECT_EQ(values_of(run(contract(party.context, c))[0]), (std::vector<ring::Element>{4, of(-3)}));
}

TEST(Plain, TruncationRoundsToNearestHalvesUp) {
  EXPECT_EQ(truncated(of(6), 2), of(2));  // 1.5
  EXPECT_EQ(truncated(of(5), 2), of(1));
  EXPECT_EQ(truncated(of(-6), 2), of(-1));  // -1.5
  EXPECT_EQ(truncated(of(-7), 2), of(-2));
  EXPECT_EQ(truncated(of(-1), 62), of(0));
  EXPECT_EQ(truncated(of(12345), 0), of(12345));
  const std::int64_t largest = (std::int64_t{1} << 62) - 1;
  EXPECT_EQ(truncated(of(largest), 61), of(2));
  EXPECT_EQ(truncated(of(-largest), 61), of(-2));
}

TEST(Plain, SignLooksAtTheWindowOnly) {
  EXPECT_TRUE(is_non_negative(0, 2));
  EXPECT_FALSE(is_non_negative(of(-1), 2));
  EXPECT_TRUE(is_non_negative(of(127), 8));
  EXPECT_FALSE(is_non_negative(of(-128), 8));
  EXPECT_FALSE(is_non_negative(of(128), 8));  // outside the window it wraps
  EXPECT_TRUE(is_non_negative(of(std::numeric_limits<std::int64_t>::max()), 64));
  EXPECT_FALSE(is_non_negative(of(std::numeric_limits<std::int64_t>::min()), 64));
}

TEST(Plain, ReluGivesTheValueAndItsSign) {
  Party party;
  Contraction c;
  c.shape = {3};
  c.then = Then::kRelu;
  c.window = 8;
  c.addends.push_back({.share = share_of({5, of(-5), 0}, {3})});
  const Shares results = run(contract(party.context, c));
  EXPECT_EQ(values_of(results[0]), (std::vector<ring::Element>{5, 0, 0}));
  EXPECT_EQ(results[1].parts[0].span()[0], 0b101u);
}

TEST(Plain, LookupHoldsForEveryOffset) {
  // x * x from coefficients around the base: base^2, 2 base, 1 on the basis 1, low, low^2.
  PiecewiseFunction square;
  square.minimum = -20;
  square.window = 8;
  square.piece_bits = 4;
  square.terms = 3;
  square.coefficients = [](std::int64_t base, std::span<ring::Element> c) {
    c[0] = of((base - 20) * (base - 20)), c[1] = of(2 * (base - 20)), c[2] = 1;
  };
  square.basis = [](std::uint64_t low, std::span<ring::Element> b) {
    b[0] = 1, b[1] = low, b[2] = low * low;
  };
  for (std::int64_t x = -20; x < -20 + 256 - 16; ++x)
    for (std::uint64_t offset = 0; offset < 256; offset += 3)
      EXPECT_EQ(evaluated(square, of(x), offset), of(x * x));
}

TEST(Plain, ComplementKeepsUnusedBitsZero) {
  Party party;
  const Share bits = share_of({0b01}, {3}, Kind::kBoolean);
  EXPECT_EQ(values_of(complement(party.context, bits)), (std::vector<ring::Element>{0b110}));
}

}  // namespace
}  // namespace sotto::protocols::plain
