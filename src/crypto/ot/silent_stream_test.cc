#include "crypto/ot/silent_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "crypto/ot/test_dealer.h"
#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

// Both ends, their first blocks made by a dealer.
struct Stream {
  Transfers first{kStream.used()};
  SilentStreamSender sender{first.session, first.delta, first.sent};
  SilentStreamReceiver receiver{first.session, first.received, "bob"};
  std::vector<Block> sent, received;
  std::vector<std::byte> message;

  void extend(std::size_t groups) {
    sent.resize(groups * kGroupGiven);
    received.resize(groups * kGroupGiven);
    message.resize(groups * kGroupBytes);
    sender.extend(sent, message);
    receiver.extend(received, message);
  }
};

TEST(SilentStream, PortionsOfAnySizeAreCorrelatedAcrossTurns) {
  Stream stream;
  std::uint64_t given = 0;
  // 80 groups are a turn: the third portion ends one and begins the next.
  for (const std::size_t groups : {1u, 0u, 77u, 5u}) {
    EXPECT_EQ(stream.sender.given(), given);
    stream.extend(groups);
    expect_correlated(stream.sent, stream.received, stream.first.delta);
    given += groups * 122'880;
  }
  EXPECT_EQ(stream.sender.given(), given);
  EXPECT_EQ(stream.receiver.given(), given);
}

TEST(SilentStream, EveryBitIsFairAndNoBlockComesTwice) {
  Stream stream;
  stream.extend(3);
  const double all = static_cast<double>(stream.received.size()), tolerance = 6 * 0.5 / std::sqrt(all);
  for (int bit = 0; bit < 128; ++bit) {
    std::size_t ones = 0;
    for (const Block& block : stream.received) ones += bit_of(block, bit);
    EXPECT_NEAR(static_cast<double>(ones) / all, 0.5, tolerance) << bit;
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sorted;
  for (const Block& block : stream.received) sorted.emplace_back(block.low, block.high);
  std::ranges::sort(sorted);
  EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end());
}

TEST(SilentStream, CostsAFifthOfABit) {
  EXPECT_EQ(kGroupGiven, 122'880u);
  EXPECT_EQ(kGroupBytes, 3'328u);
  EXPECT_EQ(groups_for(122'881), 2u);
  EXPECT_LT(8.0 * kGroupBytes / kGroupGiven, 0.22);
  EXPECT_LE(kStream.used(), kSilent.given());
}

TEST(SilentStream, RefusesATruncatedMessage) {
  Stream stream;
  stream.extend(1);
  EXPECT_THAT(refusal([&] { stream.receiver.extend(stream.received, std::span(stream.message).first(99)); }),
              testing::HasSubstr("have 99 bytes where 3328 are expected"));
}

}  // namespace
}  // namespace sotto::ot
