#include "protocols/duo/session.h"

#include <algorithm>
#include <optional>

#include "crypto/ot/connection.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/sodium.h"

namespace sotto::protocols::duo {
namespace {

constexpr auto kMethod = static_cast<ot::Method>(kTreeLevels);
using Blocks = std::vector<ot::Block>;

std::size_t correction_bytes() { return ot::softspoken_bytes(ot::kSilent.used(), kTreeLevels); }

// The first blocks of a stream, which are overwritten when it is made of them.
template <class Stream, class Make>
Late<Stream> stream_of(Blocks first, const Make& make) {
  auto kept = std::make_shared<Blocks>(std::move(first));
  return Late<Stream>([kept, make] {
    Stream stream = make(std::span(*kept).first(ot::kStream.used()));
    sodium_memzero(kept->data(), kept->size() * sizeof(ot::Block));
    kept->clear();
    kept->shrink_to_fit();
    return stream;
  });
}

Task<void> connect_sending(net::Rounds& rounds, int peer, std::optional<SendingEnd>& end) {
  ot::Sender sender = co_await ot::Sender::connect(rounds, peer, rounds.peer_name(peer), kMethod);
  const bool counting = rounds.is_counting();
  std::vector<std::byte> correction(counting ? 0 : correction_bytes()),
      turn(counting ? 0 : ot::kSilent.message_bytes());
  rounds.receive(peer, correction.data(), correction_bytes());
  co_await rounds.next();
  std::optional<ot::SoftSpokenSender> transfers;
  Blocks given(counting ? 0 : ot::kSilent.given());
  if (!counting) {
    transfers.emplace(std::move(sender).take_softspoken());
    Blocks used(ot::kSilent.used());
    transfers->extend(used, correction);
    ot::SilentSender(sender.session(), transfers->delta(), used).extend(given, turn);
    sodium_memzero(used.data(), used.size() * sizeof(ot::Block));
  }
  rounds.send(peer, turn.data(), ot::kSilent.message_bytes());
  co_await rounds.next();
  if (counting) co_return;
  const ot::Session keys = sender.session();
  const ot::Block delta = transfers->delta();
  auto stream = stream_of<ot::SilentStreamSender>(
      std::move(given), [keys, delta](auto first) { return ot::SilentStreamSender(keys, delta, first); });
  end.emplace(keys, std::move(*transfers), std::move(stream));
}

Task<void> connect_receiving(net::Rounds& rounds, int peer, std::optional<ReceivingEnd>& end) {
  ot::Receiver receiver = co_await ot::Receiver::connect(rounds, peer, rounds.peer_name(peer), kMethod);
  const bool counting = rounds.is_counting();
  std::vector<std::byte> correction(counting ? 0 : correction_bytes()),
      turn(counting ? 0 : ot::kSilent.message_bytes());
  std::optional<ot::SoftSpokenReceiver> transfers;
  Blocks used(counting ? 0 : ot::kSilent.used());
  if (!counting) {
    transfers.emplace(std::move(receiver).take_softspoken());
    transfers->extend(used, correction);
  }
  rounds.send(peer, correction.data(), correction_bytes());
  co_await rounds.next();
  rounds.receive(peer, turn.data(), ot::kSilent.message_bytes());
  co_await rounds.next();
  if (counting) co_return;
  const ot::Session keys = receiver.session();
  const std::string name = rounds.peer_name(peer);
  Blocks given(ot::kSilent.given());
  ot::SilentReceiver(keys, used, name).extend(given, turn);
  sodium_memzero(used.data(), used.size() * sizeof(ot::Block));
  auto stream = stream_of<ot::SilentStreamReceiver>(
      std::move(given), [keys, name](auto first) { return ot::SilentStreamReceiver(keys, first, name); });
  end.emplace(keys, std::move(*transfers), std::move(stream));
}

Task<void> exchange_lattice_keys(net::Rounds& rounds, he::Ends& ends) {
  ends = co_await he::exchange_keys(rounds);
}

// Blocks that a session keeps for its next supplies: 256 MB.
constexpr std::size_t kMostSpare = 4, kMostSpareBlocks = std::size_t{1} << 22;

}  // namespace

LargeArray<ot::Block> Session::take_blocks(std::size_t count) {
  const auto found = std::ranges::find_if(
      spare_, [&](const auto& blocks) { return blocks.span().size() >= count && count > 0; });
  if (found == spare_.end()) return LargeArray<ot::Block>(count);
  LargeArray<ot::Block> blocks = std::move(*found);
  spare_.erase(found);
  return blocks;
}

void Session::give_blocks(LargeArray<ot::Block> blocks) {
  if (blocks.span().empty() || blocks.span().size() > kMostSpareBlocks) return;
  spare_.insert(spare_.begin(), std::move(blocks));
  if (spare_.size() > kMostSpare) spare_.pop_back();
}

Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds) {
  const int peer = 1 - rounds.self();
  std::optional<SendingEnd> sending;
  std::optional<ReceivingEnd> receiving;
  std::vector<Task<void>> directions;
  for (const int sender : {0, 1})
    directions.push_back(sender == rounds.self() ? connect_sending(rounds, peer, sending)
                                                 : connect_receiving(rounds, peer, receiving));
  he::Ends lattice;
  directions.push_back(exchange_lattice_keys(rounds, lattice));
  co_await when_all(std::move(directions));
  if (rounds.is_counting()) co_return nullptr;
  auto ends = std::make_shared<he::Ends>(std::move(lattice));
  co_return std::make_shared<Session>(
      std::move(*sending), std::move(*receiving), [ends] { return std::move(*ends); },
      rounds.peer_name(peer));
}

}  // namespace sotto::protocols::duo
