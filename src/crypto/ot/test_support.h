// What the tests and benchmarks of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "crypto/ot/softspoken.h"

namespace sotto::ot {

// The text of the error that the action throws because of its peer, bob.
std::string refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kPeer) << error.what();
    EXPECT_EQ(error.party(), "bob");
    return error.what();
  }
  return "no error";
}

inline std::uint64_t bit_of(const Block& block, int bit) {
  return (bit < 64 ? block.low : block.high) >> bit % 64 & 1;
}

// The definition, without a branch of the code under test.
inline void expect_correlated(std::span<const Block> sent, std::span<const Block> received,
                              const Block& delta) {
  ASSERT_EQ(sent.size(), received.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_EQ(sent[i].low & 1, 0u) << i;
    ASSERT_EQ(received[i].low, (received[i].low & 1) != 0 ? sent[i].low ^ delta.low : sent[i].low) << i;
    ASSERT_EQ(received[i].high, (received[i].low & 1) != 0 ? sent[i].high ^ delta.high : sent[i].high) << i;
  }
}

// The strings of 128 base transfers, made by a dealer, and those of them that the choices pick.
struct DealtBase {
  std::vector<Pair> pairs;
  std::vector<Block> chosen;

  explicit DealtBase(const std::vector<std::uint8_t>& choices) {
    for (const std::uint8_t choice : choices) {
      pairs.push_back({random_block(), random_block()});
      chosen.push_back(pairs.back()[choice]);
    }
  }
};

// Both sides after their setup.
struct SoftSpokenPair {
  explicit SoftSpokenPair(int tree_bits) : bits(tree_bits) {}

  std::pair<std::vector<Block>, std::vector<Block>> extend(std::size_t count) {
    std::vector<Block> sent(count), received(count);
    message.resize(softspoken_bytes(count, bits));
    receiver.extend(received, message);
    sender.extend(sent, message);
    return {sent, received};
  }

  int bits;
  Session session{random_block()};
  Block delta = random_delta();
  DealtBase base{SoftSpokenSender::base_choices(delta, bits)};
  SoftSpokenReceiver receiver{bits, session, base.pairs};
  SoftSpokenSender sender{bits, session, delta, base.chosen, receiver.tree_message(), "bob"};
  std::vector<std::byte> message;
};

}  // namespace sotto::ot
