#include "crypto/ot/softspoken.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>

#include "base/error.h"
#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

using testing::HasSubstr;

TEST(SoftSpoken, ExampleBlocksDifferByDeltaWhereTheChoiceIsOne) {
  SoftSpokenPair pair(2);
  const auto [sent, received] = pair.extend(1000);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::uint64_t choice = received[i].low & 1;
    ASSERT_EQ(received[i], choice != 0 ? sent[i] ^ pair.sender.delta() : sent[i]) << i;
    ASSERT_EQ(sent[i].low & 1, 0u);
  }
}

TEST(SoftSpoken, HoldsForAllDepthsAndLengthsAndCarriesOn) {
  for (int bits : {1, 2, 4, 8}) {
    SoftSpokenPair pair(bits);
    std::map<std::pair<std::uint64_t, std::uint64_t>, int> seen;
    for (std::size_t count : {1, 127, 128, 129, 2048, 2049, 5000}) {
      const auto [sent, received] = pair.extend(count);
      expect_correlated(sent, received, pair.sender.delta());
      for (const Block& block : received) EXPECT_EQ(++seen[std::make_pair(block.low, block.high)], 1);
    }
  }
}

TEST(SoftSpoken, CostsTheBytesDeclared) {
  // 128/k - 1 bits a transfer: one tree's correction is the choice itself.
  EXPECT_EQ(softspoken_bytes(1 << 20, 1), (1u << 20) * 127 / 8);
  EXPECT_EQ(softspoken_bytes(1 << 20, 2), (1u << 20) * 63 / 8);
  EXPECT_EQ(softspoken_bytes(1 << 20, 4), (1u << 20) * 31 / 8);
  EXPECT_EQ(softspoken_bytes(1 << 20, 8), (1u << 20) * 15 / 8);
  EXPECT_EQ(softspoken_bytes(1, 8), 15 * 16u) << "a short run is rounded up to 128";
}

// Of 128 rows and choices, over 2^16 transfers: each bit is fair within six standard deviations, for any
// Delta.
TEST(SoftSpoken, EveryBitOfBlocksAndMessageIsFair) {
  constexpr std::size_t kCount = 1 << 16;
  constexpr double kTolerance = 6 * 0.5 / 256;
  for (int bits : {2, 8}) {
    SoftSpokenPair pair(bits);
    const auto [sent, received] = pair.extend(kCount);
    for (int row = 0; row < 128; ++row) {
      std::size_t ones_sent = 0, ones_received = 0;
      for (std::size_t i = 0; i < kCount; ++i) {
        ones_sent += bit_of(sent[i], row);
        ones_received += bit_of(received[i], row);
      }
      if (row > 0) EXPECT_NEAR(static_cast<double>(ones_sent) / kCount, 0.5, kTolerance) << row;
      EXPECT_NEAR(static_cast<double>(ones_received) / kCount, 0.5, kTolerance) << row;
    }
    std::size_t ones = 0;
    for (const std::byte byte : pair.message)
      ones += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(byte)));
    const double all = 8.0 * static_cast<double>(pair.message.size());
    EXPECT_NEAR(static_cast<double>(ones) / all, 0.5, 6 * 0.5 / std::sqrt(all));
  }
}

// Neighbouring choices, and choices with a block's other bits, are uncorrelated.
TEST(SoftSpoken, ChoicesAreIndependentOfTheRest) {
  constexpr std::size_t kCount = 1 << 16;
  SoftSpokenPair pair(4);
  const auto [sent, received] = pair.extend(kCount);
  for (int row = 1; row < 128; ++row) {
    std::size_t agree = 0;
    for (std::size_t i = 0; i < kCount; ++i) agree += bit_of(received[i], 0) == bit_of(sent[i], row);
    EXPECT_NEAR(static_cast<double>(agree) / kCount, 0.5, 6 * 0.5 / 256) << row;
  }
  std::size_t agree = 0;
  for (std::size_t i = 0; i + 1 < kCount; ++i) agree += bit_of(received[i], 0) == bit_of(received[i + 1], 0);
  EXPECT_NEAR(static_cast<double>(agree) / (kCount - 1), 0.5, 6 * 0.5 / 256);
}

// The sender's results follow from what it knows: another missing leaf would not change them. A peer that
// sends other trees is not noticed, but gives no correlation either.
TEST(SoftSpoken, WrongTreesGiveNoCorrelation) {
  SoftSpokenPair honest(4);
  std::vector<std::byte> trees(honest.receiver.tree_message().begin(), honest.receiver.tree_message().end());
  for (std::byte& byte : trees) byte ^= std::byte{0x5A};
  SoftSpokenSender misled(4, honest.session, honest.sender.delta(), honest.base.chosen, trees, "bob");
  std::vector<Block> sent(256), received(256);
  std::vector<std::byte> message(softspoken_bytes(256, 4));
  honest.receiver.extend(received, message);
  misled.extend(sent, message);
  std::size_t matching = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    const Block difference = sent[i] ^ received[i];
    matching += difference == Block{} || difference == misled.delta();
  }
  EXPECT_EQ(matching, 0u);
}

TEST(SoftSpoken, RefusesTruncatedMessagesAndImpossibleDepths) {
  SoftSpokenPair pair(4);
  std::vector<Block> out(300);
  std::vector<std::byte> message(softspoken_bytes(300, 4) - 1);
  EXPECT_THAT(refusal([&] { pair.sender.extend(out, message); }),
              HasSubstr("the message for 300 transfers has 1487 bytes where 1488 are expected"));
  EXPECT_THAT(refusal([&] {
                SoftSpokenSender(4, pair.session, pair.sender.delta(), pair.base.chosen,
                                 pair.receiver.tree_message().first(4095), "bob");
              }),
              HasSubstr("trees' message has 4095 bytes where 4096 are expected"));
  try {
    SoftSpokenReceiver(3, pair.session, pair.base.pairs);
    FAIL() << "three levels";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("1, 2, 4 or 8 levels are possible"));
  }
}

}  // namespace
}  // namespace sotto::ot
