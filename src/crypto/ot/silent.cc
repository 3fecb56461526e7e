#include "crypto/ot/silent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/threads.h"
#include "crypto/ot/single_point.h"
#include "crypto/ot/sodium.h"

namespace sotto::ot {
namespace {

constexpr std::size_t kLeaves = std::size_t{1} << kSilent.segment_bits;
constexpr std::size_t kLevels = static_cast<std::size_t>(kSilent.segment_bits);

void forget(AlignedVector<Block>& blocks) { sodium_memzero(blocks.data(), blocks.size() * sizeof(Block)); }

AlignedVector<Block> taken(std::span<const Block> first) {
  SOTTO_ASSERT(first.size() == kSilent.used(), "a turn uses its number of transfers");
  return {first.begin(), first.end()};
}

// The results are one array in two parts: what is given away, then what the next turn uses.
void put(std::span<const Block> leaves, std::size_t at, std::span<Block> out, std::span<Block> next) {
  const std::size_t outside = at < out.size() ? std::min(leaves.size(), out.size() - at) : 0;
  if (outside > 0) std::copy_n(leaves.begin(), outside, out.begin() + static_cast<std::ptrdiff_t>(at));
  if (outside < leaves.size())
    std::copy(leaves.begin() + static_cast<std::ptrdiff_t>(outside), leaves.end(),
              next.begin() + static_cast<std::ptrdiff_t>(at + outside - out.size()));
}

// One turn; noise(segment, leaves, base, key) makes a segment's blocks of noise.
template <class Noise>
void turn(const Session& session, std::uint64_t number, std::span<Block> out, AlignedVector<Block>& blocks,
          AlignedVector<Block>& next, const Noise& noise) {
  SOTTO_ASSERT(out.size() == kSilent.given(), "a turn gives its number of transfers");
  const RoundKeys code = session.keys(Session::Purpose::kCode);
  next.resize(kSilent.used());
  parallel_for(kSilent.segments, 16, [&](std::size_t begin, std::size_t end) {
    AlignedVector<Block> leaves(kLeaves);
    for (std::size_t segment = begin; segment < end; ++segment) {
      const auto base = std::span(blocks).subspan(kSilent.dimension + segment * kLevels, kLevels);
      noise(segment, leaves, base,
            session.keys(Session::Purpose::kPoints, number * kSilent.segments + segment));
      backend().encode(leaves.data(), kLeaves, blocks.data(), kSilent.dimension, segment * kLeaves, code);
      put(leaves, segment * kLeaves, out, next);
    }
  });
  blocks.swap(next);
}

}  // namespace

SilentSender::SilentSender(const Session& session, const Block& delta, std::span<const Block> first)
    : session_(session), delta_(delta), blocks_(taken(first)) {}

SilentSender::~SilentSender() {
  forget(blocks_);
  forget(next_);
  sodium_memzero(&delta_, sizeof delta_);
}

void SilentSender::extend(std::span<Block> out, std::span<std::byte> message) {
  SOTTO_ASSERT(message.size() == kSilent.message_bytes(), "the message has its size");
  std::vector<Block> starts(kSilent.segments), sums(kSilent.levels());
  fill_random(starts);
  turn(session_, turn_++, out, blocks_, next_,
       [&](std::size_t segment, std::span<Block> leaves, std::span<const Block> base, const RoundKeys& key) {
         grow_point(leaves, std::span(sums).subspan(segment * kLevels, kLevels), starts[segment], delta_,
                    base, key);
       });
  std::memcpy(message.data(), sums.data(), message.size());
}

SilentReceiver::SilentReceiver(const Session& session, std::span<const Block> first, std::string peer)
    : session_(session), peer_(std::move(peer)), blocks_(taken(first)) {}

SilentReceiver::~SilentReceiver() {
  forget(blocks_);
  forget(next_);
}

void SilentReceiver::extend(std::span<Block> out, std::span<const std::byte> message) {
  if (message.size() != kSilent.message_bytes())
    throw Error(ErrorKind::kPeer,
                fmt::format("silent transfer with {}: the message has {} bytes where {} are expected", peer_,
                            message.size(), kSilent.message_bytes()),
                "The peer runs another version of Sotto.", peer_);
  std::vector<Block> sums(kSilent.levels());
  std::memcpy(sums.data(), message.data(), message.size());
  turn(session_, turn_++, out, blocks_, next_,
       [&](std::size_t segment, std::span<Block> leaves, std::span<const Block> base, const RoundKeys& key) {
         regrow_point(leaves, std::span(sums).subspan(segment * kLevels, kLevels), base, key);
       });
}

}  // namespace sotto::ot
