#include "crypto/ot/single_point.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/error.h"
#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

// Both sides' leaves for a place, from base transfers that a dealer made for it.
struct Point {
  std::vector<Block> sent, received, message, sent_base, received_base;

  Point(std::size_t levels, std::uint64_t place, const Block& delta, const RoundKeys& key)
      : sent(std::size_t{1} << levels), received(sent.size()), message(levels), sent_base(levels) {
    fill_random(sent_base);
    for (std::size_t level = 0; level < levels; ++level) {
      sent_base[level].low &= ~std::uint64_t{1};
      const bool choice = (place >> (levels - 1 - level)) % 2 == 0;
      received_base.push_back(choice ? sent_base[level] ^ delta : sent_base[level]);
    }
    grow_point(sent, message, random_block(), delta, sent_base, key);
    regrow_point(received, message, received_base, key);
  }
};

TEST(SinglePoint, BlocksDifferByDeltaAtThePlaceAlone) {
  const RoundKeys key = Session(random_block()).keys(Session::Purpose::kPoints);
  const Block delta = random_delta();
  for (std::size_t levels : {1, 2, 3, 6, 11})
    for (std::uint64_t place = 0; place < std::uint64_t{1} << levels; place += levels < 7 ? 1 : 173) {
      const Point point(levels, place, delta, key);
      for (std::uint64_t i = 0; i < point.sent.size(); ++i) {
        ASSERT_EQ(point.received[i], i == place ? point.sent[i] ^ delta : point.sent[i])
            << levels << " " << place;
        ASSERT_EQ(point.sent[i].low & 1, 0u);
      }
    }
}

TEST(SinglePoint, LeavesAndMessagesAreFairWhateverThePlace) {
  constexpr std::size_t kTrees = 64;
  const Session session(random_block());
  const Block delta = random_delta();
  for (std::uint64_t place : {0, 1023, 500}) {
    std::size_t ones = 0, ones_sent = 0;
    for (std::size_t tree = 0; tree < kTrees; ++tree) {
      const Point point(10, place, delta, session.keys(Session::Purpose::kPoints, tree));
      for (const Block& leaf : point.received)
        ones += static_cast<std::size_t>(std::popcount(leaf.low >> 1) + std::popcount(leaf.high));
      for (const Block& block : point.message)
        ones_sent += static_cast<std::size_t>(std::popcount(block.low) + std::popcount(block.high));
    }
    const double all = kTrees * 1024.0 * 127, all_sent = kTrees * 10.0 * 128;
    EXPECT_NEAR(static_cast<double>(ones) / all, 0.5, 6 * 0.5 / std::sqrt(all));
    EXPECT_NEAR(static_cast<double>(ones_sent) / all_sent, 0.5, 6 * 0.5 / std::sqrt(all_sent));
  }
}

// A changed message changes what the receiver has: nothing of it is ignored.
TEST(SinglePoint, EveryLevelOfTheMessageCounts) {
  const RoundKeys key = Session(random_block()).keys(Session::Purpose::kPoints);
  const Point point(6, 21, random_delta(), key);
  for (std::size_t level = 0; level < 6; ++level) {
    auto message = point.message;
    message[level].high ^= 2;
    std::vector<Block> received(64);
    regrow_point(received, message, point.received_base, key);
    EXPECT_NE(received, point.received) << level;
  }
}

TEST(SinglePoint, RefusesOtherSizes) {
  const RoundKeys key = Session(random_block()).keys(Session::Purpose::kPoints);
  std::vector<Block> leaves(7), message(3);
  const std::vector<Block> base(3);
  EXPECT_THROW(grow_point(leaves, message, Block{}, Block{}, base, key), Error);
  EXPECT_THROW(regrow_point(leaves, message, base, key), Error);
}

}  // namespace
}  // namespace sotto::ot
