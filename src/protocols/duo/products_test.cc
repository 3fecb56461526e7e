// What products cost, what is said of their cost, and that networks choose differently.
#include "protocols/duo/products.h"

#include <gtest/gtest.h>

#include <numeric>

#include "protocols/conformance/suite.h"
#include "protocols/duo/duo.h"

namespace sotto::protocols::duo {
namespace {

using conformance::Input;
using conformance::Integers;
using conformance::Operation;
using conformance::Traffic;
using Product = Contraction::Product;

constexpr Contraction::Link kSlow{
    .kilobit_per_second = 10'000, .one_way_microseconds = 1'000, .duplex = true};
constexpr Contraction::Link kLan{
    .kilobit_per_second = 10'100'000, .one_way_microseconds = 50, .duplex = false};

// A product of secrets, without its shares' data.
Contraction contraction(Product product, Shape a, Shape b, Shape shape, Contraction::Link link = {}) {
  const auto share = [](Shape extents) {
    Share made;
    made.shape = std::move(extents);
    made.parts.fill(Words::shape_only(made.elements()));
    return made;
  };
  Contraction c;
  c.product = product;
  c.a = share(std::move(a));
  c.b = share(std::move(b));
  c.shape = std::move(shape);
  c.link = link;
  return c;
}

Contraction elementwise(std::int64_t count, Contraction::Link link = {}) {
  return contraction(Product::kElementwise, {count}, {count}, {count}, link);
}

// The row itself on inputs of these shapes.
Operation running(const Contraction& like) {
  return [like](Context& context, Shares in) -> Task<Shares> {
    Contraction c = like;
    const auto describe = [](Share share, const Share& as) {
      share.known_to = as.known_to;
      return share;
    };
    c.a = describe(in[0], like.a);
    c.b = like.same_operand ? c.a : describe(in[1], like.b);
    co_return co_await protocols::contract(context, std::move(c));
  };
}

std::vector<Input> inputs_of(const Contraction& c) {
  const auto input = [](const Share& share, int owner) {
    return Input{share.shape, conformance::random_integers(share.elements(), 64, 1), Kind::kArithmetic,
                 share.known_to < 0 ? owner : share.known_to};
  };
  return {input(c.a, 0), input(c.b, 1)};
}

Traffic predicted(const Contraction& c) { return conformance::predict(table(), inputs_of(c), running(c)); }

const WayToMultiply& chosen(const WaysToMultiply& ways) { return ways.ways.at(ways.chosen); }

void expect_explained(const Contraction& c) {
  const WaysToMultiply ways = ways_to_multiply(c, c.link);
  const Traffic traffic = conformance::run(table(), inputs_of(c), running(c)).traffic;
  EXPECT_EQ(chosen(ways).rounds, traffic.rounds) << chosen(ways).name;
  EXPECT_EQ(chosen(ways).bytes, traffic.bytes) << chosen(ways).name;
  EXPECT_EQ(chosen(ways).name, ways.chosen_there);
  // Nothing else would have been faster, by the estimates that are told.
  for (const WayToMultiply& way : ways.ways)
    if (!ways.is_small) EXPECT_GE(way.nanoseconds, chosen(ways).nanoseconds) << way.name;
}

TEST(Products, ExampleWaysOfAMatrixProduct) {
  const Contraction c = contraction(Product::kMatmul, {128, 784}, {784, 10}, {128, 10}, kSlow);
  const WaysToMultiply ways = ways_to_multiply(c, kSlow);
  EXPECT_EQ(ways.cross_terms, 2);
  ASSERT_EQ(ways.ways.size(), 2u);
  EXPECT_EQ(ways.ways[0].name, "transfers");
  EXPECT_EQ(ways.ways[1].name, "right factor encrypted");
  EXPECT_EQ(ways.chosen, 1u);
  // 128 x 784 x 10 products of 65 * 32 bits each way, and more.
  EXPECT_GT(ways.ways[0].bytes[1], 128u * 784 * 10 * 65 * 4);
}

// What is said of the chosen way is what is counted while it runs.
TEST(Products, ExplainedAsTheyRun) {
  const auto convolution = [](std::int64_t images, Contraction::Link link) {
    return contraction(Product::kConvolution, {images, 8, 8, 2}, {3, 3, 2, 4}, {images, 6, 6, 4}, link);
  };
  for (const Contraction::Link& link : {kSlow, kLan}) {
    expect_explained(contraction(Product::kMatmul, {2, 3}, {3, 2}, {2, 2}, link));
    expect_explained(contraction(Product::kMatmul, {16, 200}, {200, 9}, {16, 9}, link));
    expect_explained(elementwise(100, link));
    expect_explained(elementwise(8192 + 100, link));
    expect_explained(convolution(1, link));
    expect_explained(convolution(8, link));
  }
}

TEST(Products, WhatAPartyKnowsIsSeen) {
  Contraction c = contraction(Product::kMatmul, {16, 200}, {200, 9}, {16, 9});
  c.a.known_to = 1;
  EXPECT_EQ(ways_to_multiply(c, c.link).cross_terms, 1);
  expect_explained(c);
  c.b.known_to = 1;
  const WaysToMultiply none = ways_to_multiply(c, c.link);
  EXPECT_EQ(none.cross_terms, 0);
  EXPECT_TRUE(none.ways.empty());
}

// ---- Squares
// -----------------------------------------------------------------------------------------------------

std::uint64_t bytes_of(const Traffic& traffic) {
  return std::accumulate(traffic.bytes.begin(), traffic.bytes.end(), std::uint64_t{0});
}

std::uint64_t bytes_of(const WayToMultiply& way) {
  return std::accumulate(way.bytes.begin(), way.bytes.end(), std::uint64_t{0});
}

TEST(Products, SquaresTakeOneTerm) {
  for (const std::int64_t count : {1, 100, 2400, 8192, 20'000}) {
    Contraction c = elementwise(count);
    const WaysToMultiply product = ways_to_multiply(c, c.link);
    c.same_operand = true;
    const WaysToMultiply square = ways_to_multiply(c, c.link);
    EXPECT_TRUE(square.is_square);
    EXPECT_EQ(square.cross_terms, 1);
    for (std::size_t i = 0; i < product.ways.size(); ++i) {
      EXPECT_EQ(square.ways[i].name, product.ways[i].name);
      EXPECT_EQ(2 * bytes_of(square.ways[i]), bytes_of(product.ways[i]))
          << count << " " << product.ways[i].name;
    }
    expect_explained(c);
    c.a.known_to = c.b.known_to = 0;
    EXPECT_EQ(bytes_of(predicted(c)), 0u);
  }
}

// Squares by transfers, half of them in each direction, use a duplex link both ways: about as many bytes in
// half the time.
TEST(Products, SquaresInHalvesUseBothDirections) {
  constexpr Contraction::Link kSlowest{
      .kilobit_per_second = 1'000, .one_way_microseconds = 10, .duplex = true};
  Contraction c = elementwise(4000, kSlowest);
  c.same_operand = true;
  const WaysToMultiply ways = ways_to_multiply(c, kSlowest);
  EXPECT_EQ(chosen(ways).name, "transfers, half each way");
  EXPECT_EQ(chosen(ways).bytes[1], chosen(ways).bytes[2]);
  const WayToMultiply& whole = ways.ways[0];
  EXPECT_LT(static_cast<double>(bytes_of(chosen(ways))), 1.05 * static_cast<double>(bytes_of(whole)));
  EXPECT_LT(static_cast<double>(chosen(ways).nanoseconds), 0.55 * static_cast<double>(whole.nanoseconds));
  expect_explained(c);
}

TEST(Products, MatricesTimesTheirTransposesTakeOneTerm) {
  for (const std::int64_t rows : {4, 30}) {
    Contraction c = contraction(Product::kMatmul, {rows, 50}, {rows, 50}, {rows, rows});
    c.transpose_b = true;
    const std::uint64_t product = bytes_of(predicted(c));
    c.same_operand = true;
    EXPECT_EQ(2 * bytes_of(predicted(c)), product) << rows;
    expect_explained(c);
    // X X, of two terms that differ.
    Contraction plain = contraction(Product::kMatmul, {rows, rows}, {rows, rows}, {rows, rows});
    const std::uint64_t both = bytes_of(predicted(plain));
    plain.same_operand = true;
    EXPECT_EQ(bytes_of(predicted(plain)), both);
    EXPECT_FALSE(ways_to_multiply(plain, plain.link).is_square);
  }
}

// ---- Networks
// ----------------------------------------------------------------------------------------------------

// 2400 products by transfers are 0.65 MB each way and 7.2 ms of work; encrypted 1.36 MB and 3.6 ms.
TEST(Products, TheNetworkChooses) {
  const WaysToMultiply slow = ways_to_multiply(elementwise(2400, kSlow), kSlow),
                       lan = ways_to_multiply(elementwise(2400, kLan), kLan);
  EXPECT_EQ(chosen(slow).name, "transfers");
  EXPECT_EQ(chosen(lan).name, "numbers encrypted");
  EXPECT_LT(bytes_of(predicted(elementwise(2400, kSlow))), bytes_of(predicted(elementwise(2400, kLan))));
  // Compiled for one, looked at on the other.
  const WaysToMultiply there = ways_to_multiply(elementwise(2400, kSlow), kLan);
  EXPECT_EQ(there.chosen, slow.chosen);
  EXPECT_EQ(there.chosen_there, "numbers encrypted");
  EXPECT_LT(chosen(there).nanoseconds, chosen(slow).nanoseconds);
}

// Two terms share a rate that is not of each direction; one has it to itself.
TEST(Products, TermsShareWhatIsNotDuplex) {
  Contraction::Link both{.kilobit_per_second = 20'000, .one_way_microseconds = 1'000, .duplex = false};
  const CrossTerms two, one{.second_first = false};
  EXPECT_EQ(network_for(both, two).bits_per_second, 10'000'000u);
  EXPECT_EQ(network_for(both, one).bits_per_second, 20'000'000u);
  both.duplex = true;
  EXPECT_EQ(network_for(both, two).bits_per_second, 20'000'000u);
}

// Explaining, which compares everything, finds what the operation found without.
TEST(Products, ExplanationsDecideAlike) {
  for (const std::int64_t inner : {1, 8, 60, 400})
    for (const Contraction::Link& link : {kSlow, kLan, Contraction::Link{}}) {
      const Contraction c = contraction(Product::kMatmul, {8, inner}, {inner, 8}, {8, 8}, link);
      const ProductChoice fast = choose_product(c), all = choose_product(c, Compare::kEverything);
      EXPECT_EQ(fast.way().means, all.way().means) << inner;
      EXPECT_EQ(all.ways.size(), 2u);
    }
}

}  // namespace
}  // namespace sotto::protocols::duo
