#include "crypto/ot/silent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

struct Silent {
  SoftSpokenPair setup{8};
  std::pair<std::vector<Block>, std::vector<Block>> first = setup.extend(kSilent.used());
  SilentSender sender{setup.session, setup.delta, first.first};
  SilentReceiver receiver{setup.session, first.second, "bob"};
  std::vector<Block> sent = std::vector<Block>(kSilent.given()), received = sent;
  std::vector<std::byte> message = std::vector<std::byte>(kSilent.message_bytes());

  void turn() {
    sender.extend(sent, message);
    receiver.extend(received, message);
  }
};

TEST(Silent, TurnAfterTurnIsCorrelated) {
  Silent silent;
  std::vector<Block> before;
  for (int turn = 0; turn < 3; ++turn) {
    silent.turn();
    expect_correlated(silent.sent, silent.received, silent.setup.delta);
    EXPECT_NE(before, silent.sent);
    before = silent.sent;
  }
}

TEST(Silent, EveryBitIsFairAndNoBlockComesTwice) {
  Silent silent;
  silent.turn();
  const double all = static_cast<double>(kSilent.given()), tolerance = 6 * 0.5 / std::sqrt(all);
  for (int bit = 0; bit < 128; ++bit) {
    std::size_t ones = 0, with_choice = 0;
    for (const Block& block : silent.received) {
      ones += bit_of(block, bit);
      with_choice += bit_of(block, bit) ^ (block.low & 1);
    }
    EXPECT_NEAR(static_cast<double>(ones) / all, 0.5, tolerance) << bit;
    if (bit > 0) EXPECT_NEAR(static_cast<double>(with_choice) / all, 0.5, tolerance) << bit;
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sorted;
  for (const Block& block : silent.received) sorted.emplace_back(block.low, block.high);
  std::ranges::sort(sorted);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
}

// Runs of equal choices have the lengths of fair coins': the noise and the code leave no pattern of segments.
TEST(Silent, ChoicesHaveTheRunsOfFairCoins) {
  Silent silent;
  silent.turn();
  std::vector<double> lengths(8);
  std::size_t run = 1;
  for (std::size_t i = 1; i < silent.received.size(); ++i) {
    if ((silent.received[i].low & 1) == (silent.received[i - 1].low & 1)) {
      ++run;
      continue;
    }
    if (run <= lengths.size()) ++lengths[run - 1];
    run = 1;
  }
  const double runs = static_cast<double>(silent.received.size()) / 2;
  for (std::size_t length = 1; length <= lengths.size(); ++length) {
    const double expected = runs * std::exp2(-static_cast<double>(length));
    EXPECT_NEAR(lengths[length - 1], expected, 6 * std::sqrt(expected)) << length;
  }
}

TEST(Silent, CostsATenthOfAByte) {
  EXPECT_EQ(kSilent.message_bytes(), 112640u);
  EXPECT_EQ(kSilent.given(), 1139840u);
  EXPECT_LT(static_cast<double>(kSilent.message_bytes()), 0.1 * static_cast<double>(kSilent.given()));
}

TEST(Silent, RefusesATruncatedMessage) {
  Silent silent;
  silent.sender.extend(silent.sent, silent.message);
  EXPECT_THAT(refusal([&] { silent.receiver.extend(silent.received, std::span(silent.message).first(100)); }),
              testing::HasSubstr("the message has 100 bytes where 112640 are expected"));
}

}  // namespace
}  // namespace sotto::ot
