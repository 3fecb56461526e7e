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

void forget(Blocks& blocks) { sodium_memzero(blocks.data(), blocks.size() * sizeof(ot::Block)); }

std::size_t correction_bytes() { return ot::softspoken_bytes(ot::kSilent.used(), kTreeLevels); }

// The first blocks of a stream, which are overwritten when it is made of them.
template <class Stream, class Make>
Late<Stream> stream_of(Blocks first, const Make& make) {
  auto kept = std::make_shared<Blocks>(std::move(first));
  return Late<Stream>([kept, make] {
    Stream stream = make(std::span(*kept).first(ot::kStream.used()));
    forget(*kept);
    kept->clear();
    kept->shrink_to_fit();
    return stream;
  });
}

// Starts an end's stream by one turn of crypto/ot/silent.h. `end` is null when counting.
Task<void> start_stream(net::Rounds& rounds, int peer, SendingEnd* end) {
  std::vector<std::byte> correction(end != nullptr ? correction_bytes() : 0),
      turn(end != nullptr ? ot::kSilent.message_bytes() : 0);
  rounds.receive(peer, correction.data(), correction_bytes());
  co_await rounds.next();
  Blocks given(end != nullptr ? ot::kSilent.given() : 0);
  if (end != nullptr) {
    Blocks used(ot::kSilent.used());
    end->transfers.extend(used, correction);
    ot::SilentSender(end->keys, end->transfers.delta(), used).extend(given, turn);
    forget(used);
  }
  rounds.send(peer, turn.data(), ot::kSilent.message_bytes());
  co_await rounds.next();
  if (end != nullptr)
    end->stream = stream_of<ot::SilentStreamSender>(
        std::move(given), [keys = end->keys, delta = end->transfers.delta()](auto first) {
          return ot::SilentStreamSender(keys, delta, first);
        });
}

Task<void> start_stream(net::Rounds& rounds, int peer, ReceivingEnd* end) {
  std::vector<std::byte> correction(end != nullptr ? correction_bytes() : 0),
      turn(end != nullptr ? ot::kSilent.message_bytes() : 0);
  Blocks used(end != nullptr ? ot::kSilent.used() : 0);
  if (end != nullptr) end->transfers.extend(used, correction);
  rounds.send(peer, correction.data(), correction_bytes());
  co_await rounds.next();
  rounds.receive(peer, turn.data(), ot::kSilent.message_bytes());
  co_await rounds.next();
  if (end == nullptr) co_return;
  const std::string name = rounds.peer_name(peer);
  Blocks given(ot::kSilent.given());
  ot::SilentReceiver(end->keys, used, name).extend(given, turn);
  forget(used);
  end->stream = stream_of<ot::SilentStreamReceiver>(std::move(given), [keys = end->keys, name](auto first) {
    return ot::SilentStreamReceiver(keys, first, name);
  });
}

// One direction, of which this party has the end: ot::Sender for a SendingEnd, ot::Receiver for the other.
template <class Connected, class End>
Task<void> connect_direction(net::Rounds& rounds, int peer, unsigned needs, std::optional<End>& end) {
  Connected connected = co_await Connected::connect(rounds, peer, rounds.peer_name(peer), kMethod);
  if (!rounds.is_counting())
    end.emplace(connected.session(), std::move(connected).take_softspoken(), decltype(End::stream)());
  if ((needs & kNeedsStream) != 0) co_await start_stream(rounds, peer, end ? &*end : nullptr);
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

Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds, unsigned needs) {
  const int peer = 1 - rounds.self();
  std::optional<SendingEnd> sending;
  std::optional<ReceivingEnd> receiving;
  std::vector<Task<void>> parts;
  for (const int sender : {0, 1})
    parts.push_back(sender == rounds.self()
                        ? connect_direction<ot::Sender>(rounds, peer, needs, sending)
                        : connect_direction<ot::Receiver>(rounds, peer, needs, receiving));
  const bool encrypts = (needs & kNeedsLattice) != 0;
  auto lattice = std::make_shared<he::Ends>();
  if (encrypts) parts.push_back(exchange_lattice_keys(rounds, *lattice));
  co_await when_all(std::move(parts));
  if (rounds.is_counting()) co_return nullptr;
  std::function<he::Ends()> ends;
  if (encrypts) ends = [lattice] { return std::move(*lattice); };
  co_return std::make_shared<Session>(std::move(*sending), std::move(*receiving), std::move(ends),
                                      rounds.peer_name(peer));
}

}  // namespace sotto::protocols::duo
