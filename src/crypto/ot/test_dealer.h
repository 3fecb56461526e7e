// Setups whose base transfers a dealer made: for tests and benchmarks.
#pragma once

#include <utility>
#include <vector>

#include "crypto/ot/softspoken.h"

namespace sotto::ot {

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
