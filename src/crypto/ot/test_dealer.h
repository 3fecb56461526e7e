// Setups whose base transfers a dealer made: for tests and benchmarks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crypto/ot/forms.h"
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

// Transfers that a dealer made from the definition, numbered from some place.
struct Transfers {
  Session session{random_block()};
  Block delta = random_delta();
  std::vector<Block> sent, received;
  std::string peer = "bob";
  std::uint64_t first = 100'000;

  explicit Transfers(std::size_t count) : sent(count) {
    fill_random(sent);
    for (Block& block : sent) {
      block.low &= ~std::uint64_t{1};
      received.push_back(random_block().high % 2 == 0 ? block : block ^ delta);
    }
  }
  SentBlocks of_sender() const { return {sent, delta, session, first, peer}; }
  ReceivedBlocks of_receiver() const { return {received, session, first, peer}; }
};

}  // namespace sotto::ot
