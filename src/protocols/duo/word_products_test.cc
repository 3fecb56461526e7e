#include "protocols/duo/word_products.h"

#include <gtest/gtest.h>

#include "base/ring.h"
#include "protocols/conformance/suite.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/duo.h"

namespace sotto::protocols::duo {
namespace {

using conformance::Input;
using conformance::Integers;
using conformance::Operation;
using conformance::Outcome;
using conformance::Traffic;

// Rows of x times numbers y, as many rows of sums as `targets`; both x and y are sums of what the parties
// have.
struct Case {
  std::size_t items, length, targets;

  std::size_t source(std::size_t item) const { return item * 7 % items; }
  WordProducts products() const {
    return {items, length, targets, [*this](std::size_t item) { return source(item); },
            [*this](std::size_t item) { return item % targets; }};
  }
  std::vector<Input> inputs() const {
    const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    std::vector<Input> inputs;
    for (const int owner : {0, 1}) {
      const auto seed = static_cast<std::uint64_t>(owner);
      inputs.push_back({{count(items * length)}, words(items * length, seed), Kind::kArithmetic, owner});
      inputs.push_back({{count(items)}, words(items, 2 + seed), Kind::kArithmetic, owner});
    }
    return inputs;
  }
  static Integers words(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Integers values(count);
    for (auto& value : values) value = random();
    values[count / 2] = std::uint64_t{1} << 63;
    return values;
  }
};

// The cross terms alone: what is owned by different parties, multiplied.
Operation crossing(const Case& c) {
  return [c](Context& context, Shares in) -> Task<Shares> {
    Words x = context.words(c.items * c.length), y = context.words(c.items);
    context.local([&] {
      ring::add(x.mutable_span(), part_of(context, in[0]).span(), part_of(context, in[2]).span());
      ring::add(y.mutable_span(), part_of(context, in[1]).span(), part_of(context, in[3]).span());
    });
    Words crossed = co_await cross_terms(context, {}, x, y, c.products());
    co_return Shares{
        share_of(Kind::kArithmetic, {static_cast<std::int64_t>(c.targets * c.length)}, std::move(crossed))};
  };
}

Integers expected_of(const Case& c) {
  const std::vector<Input> inputs = c.inputs();
  Integers sums(c.targets * c.length);
  for (std::size_t item = 0; item < c.items; ++item)
    for (std::size_t j = 0; j < c.length; ++j) {
      const std::size_t at = c.source(item) * c.length + j;
      sums[item % c.targets * c.length + j] +=
          inputs[0].values[at] * inputs[3].values[item] + inputs[2].values[at] * inputs[1].values[item];
    }
  return sums;
}

// Transfers by SoftSpoken and silent ones; one slice and several; several pieces of a row.
TEST(WordProducts, AreExactHoweverTheirTransfersAreMade) {
  for (const Case& c : {Case{3, 2, 2}, {1000, 1, 1000}, {1100, 1, 1100}, {1030, 130, 5}, {900, 100, 9}}) {
    const Outcome outcome = conformance::run(table(), c.inputs(), crossing(c));
    EXPECT_EQ(outcome.results[0], expected_of(c)) << c.items << " x " << c.length;
    EXPECT_EQ(outcome.traffic, conformance::predict(table(), c.inputs(), crossing(c)));
  }
}

// Worked out by hand. A direction has, for each number y, 64 flips, and for each product 65 * 32 bits.
TEST(WordProducts, ManyTakeSilentTransfers) {
  const auto bytes_without_transfers = [](const Case& c) { return c.items * 8 + c.items * c.length * 260; };
  const auto traffic_of = [](const Case& c) {
    return conformance::predict(table(), c.inputs(), crossing(c));
  };
  // 64,000 transfers of 31 bits each.
  const Case few{1000, 1, 1000};
  EXPECT_EQ(traffic_of(few).rounds, 2u);
  EXPECT_EQ(traffic_of(few).total_bytes(), 2 * (bytes_without_transfers(few) + 64'000 * 31 / 8));
  // 76,800, in one group; three slices of 512 numbers at most.
  const Case many{1200, 128, 1200};
  EXPECT_EQ(traffic_of(many).rounds, 1u + 2 * 3);
  EXPECT_EQ(traffic_of(many).total_bytes(), 2 * (bytes_without_transfers(many) + 3328));
  // Two batches: 2^20 transfers in nine groups, 102,400 in one.
  const Case more{16'384 + 1600, 2, 10};
  EXPECT_EQ(traffic_of(more).rounds, 2u * (1 + 2));
  EXPECT_EQ(traffic_of(more).total_bytes(), 2 * (bytes_without_transfers(more) + (9 + 1) * 3328));
}

TEST(WordProducts, CostWhatTransfersCostSays) {
  for (const Case& c : {Case{1, 1, 1}, {1000, 1, 1}, {1024, 1, 1}, {1030, 130, 5}, {17'000, 40, 7}}) {
    const he::Cost cost = transfers_cost(c.items, c.length);
    const Traffic counted = conformance::predict(table(), c.inputs(), crossing(c));
    EXPECT_EQ(counted.rounds, cost.rounds) << c.items << " x " << c.length;
    EXPECT_EQ(counted.total_bytes(), 2 * (cost.up + cost.back)) << c.items << " x " << c.length;
  }
}

}  // namespace
}  // namespace sotto::protocols::duo
