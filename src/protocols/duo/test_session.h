// A session whose base transfers a dealer made out of keys that are given: for tests, where runs must repeat
// themselves and setups would cost more than what is tested.
#pragma once

#include <array>
#include <cstring>

#include "protocols/duo/session.h"

namespace sotto::protocols::duo {

// Keys for a lattice key and for computing under the other's, out of a party's key.
struct DealtSeeds {
  explicit DealtSeeds(const prg::Prg& own) {
    constexpr std::uint8_t kPurpose = 6;  // the transfers have those below
    std::array<std::uint64_t, 10> words;
    own.fill(words, {.step = ~std::uint32_t{0}, .purpose = kPurpose});
    const std::uint64_t* from = words.data();
    for (prg::Key* to : {&key.secret, &key.masks, &key.noise, &evaluation.noise, &evaluation.flood}) {
      std::memcpy(to->data(), from, to->size());
      from += 2;
    }
  }
  he::KeyEnd::Seeds key;
  he::EvaluationEnd::Seeds evaluation;
};

inline he::Ends insecurely_dealt_ends(const DealtSeeds& mine, const DealtSeeds& theirs) {
  he::Ends ends{.own = std::make_unique<he::KeyEnd>(mine.key), .other = nullptr};
  ends.own->publish();
  ends.other = std::make_unique<he::EvaluationEnd>(he::KeyEnd(theirs.key).publish(), mine.evaluation);
  return ends;
}

// Of party `self`. own[p] is the key of party p, `common` that of both: what each end draws follows from the
// key of the party whose secret it is.
inline std::shared_ptr<SessionState> insecurely_dealt_session(int self,
                                                              const std::array<const prg::Prg*, 2>& own,
                                                              const prg::Prg& common) {
  constexpr std::uint32_t kSetup = ~std::uint32_t{0};
  const auto blocks = [](const prg::Prg& key, int direction, std::uint8_t purpose, std::size_t count) {
    std::vector<std::uint64_t> words(2 * count);
    prg::Address address{.step = kSetup};
    address.chunk = static_cast<std::uint16_t>(direction);
    address.purpose = purpose;
    key.fill(words, address);
    std::vector<ot::Block> drawn(count);
    for (std::size_t i = 0; i < count; ++i) drawn[i] = {words[2 * i], words[2 * i + 1]};
    return drawn;
  };
  struct Direction {
    ot::Session keys;
    ot::SoftSpokenReceiver receiver;
    ot::SoftSpokenSender sender;
    Late<ot::SilentStreamReceiver> received;
    Late<ot::SilentStreamSender> sent;
  };
  const auto direction_of = [&](int sender) {
    const prg::Prg &senders = *own[static_cast<std::size_t>(sender)],
                   &receivers = *own[static_cast<std::size_t>(1 - sender)];
    const ot::Session keys(blocks(common, sender, 0, 1)[0]);
    ot::Block delta = blocks(senders, sender, 1, 1)[0];
    delta.low |= 1;
    const auto strings = blocks(receivers, sender, 2, 2 * ot::kBaseTransfers);
    const auto choices = ot::SoftSpokenSender::base_choices(delta, kTreeLevels);
    std::vector<ot::Pair> pairs;
    std::vector<ot::Block> chosen;
    for (std::size_t i = 0; i < ot::kBaseTransfers; ++i) {
      pairs.push_back({strings[2 * i], strings[2 * i + 1]});
      chosen.push_back(pairs[i][choices[i]]);
    }
    ot::SoftSpokenReceiver receiver(kTreeLevels, keys, pairs, blocks(receivers, sender, 3, 1)[0]);
    ot::SoftSpokenSender end(kTreeLevels, keys, delta, chosen, receiver.tree_message(), "the peer");
    // The stream's first blocks are the receiver's; the sender's follow from them and Delta.
    const auto first = [blocks, seed = blocks(receivers, sender, 4, 1)[0]] {
      prg::Key key;
      std::memcpy(key.data(), &seed, key.size());
      return blocks(prg::Prg(key), 0, 0, ot::kStream.used());
    };
    Late<ot::SilentStreamReceiver> received(
        [first, keys] { return ot::SilentStreamReceiver(keys, first(), "the peer"); });
    Late<ot::SilentStreamSender> sent([first, keys, delta, seed = blocks(senders, sender, 5, 1)[0]] {
      auto blocks_of_sender = first();
      for (ot::Block& block : blocks_of_sender) block = ot::choose(block.low, block ^ delta, block);
      return ot::SilentStreamSender(keys, delta, blocks_of_sender, seed);
    });
    return Direction{keys, std::move(receiver), std::move(end), std::move(received), std::move(sent)};
  };
  Direction sending = direction_of(self), receiving = direction_of(1 - self);
  const DealtSeeds mine(*own[static_cast<std::size_t>(self)]),
      theirs(*own[static_cast<std::size_t>(1 - self)]);
  return std::make_shared<Session>(
      SendingEnd{sending.keys, std::move(sending.sender), std::move(sending.sent)},
      ReceivingEnd{receiving.keys, std::move(receiving.receiver), std::move(receiving.received)},
      [mine, theirs] { return insecurely_dealt_ends(mine, theirs); }, "the peer");
}

}  // namespace sotto::protocols::duo
