// Silent transfers in portions: the turns of silent.h made group by group, so that whoever needs few pays for
// few.
//
// A turn's segments come in groups of 16. Of each group the blocks of 15 segments are given away; those of
// the last belong to the next turn, which after 80 groups has all that it uses: with 1,280 segments of 2^13
// and dimension 638,720,  638,720 + 1280 * 13 = 80 * 2^13.  A group's message is that of its segments, so
// what a number of transfers costs depends on nothing but the number.
//
// Assumption and argument: those of silent.h for these parameters, whose attacks cost 2^144 and more
// (silent_security_test.cc); a turn's message comes in 80 parts. Segments are longer and the dimension is
// larger than there: a quarter of the bytes, for a state of 10 MB instead of 2.7 and a larger start.
//
// Cost: 16 * 13 * 16 = 3,328 bytes, sender to receiver, for 122,880 transfers: 0.027 B each. To start:
// 655,360 transfers, which a single turn of silent.h gives.
#pragma once

#include "base/large_pages.h"
#include "crypto/ot/silent.h"

namespace sotto::ot {

inline constexpr SilentParameters kStream{.segments = 1'280, .segment_bits = 13, .dimension = 638'720};
inline constexpr std::size_t kGroupSegments = 16;
// Transfers that a group gives, and the bytes of its message.
inline constexpr std::size_t kGroupGiven = (kGroupSegments - 1) << kStream.segment_bits;
inline constexpr std::size_t kGroupBytes =
    kGroupSegments * static_cast<std::size_t>(kStream.segment_bits) * sizeof(Block);

constexpr std::size_t groups_for(std::size_t transfers) {
  return (transfers + kGroupGiven - 1) / kGroupGiven;
}

// Where a stream stands; the same at both parties. Blocks are overwritten at the end.
class SilentStream {
 public:
  ~SilentStream();
  SilentStream(SilentStream&&) = default;
  // Transfers given so far: the number of the next one.
  std::uint64_t given() const { return given_; }

 protected:
  SilentStream(const Session& session, std::span<const Block> first);
  // As many groups as `out` has room for. noise(segment of the message, number of its tree, leaves, base,
  // key) makes a segment's blocks of noise.
  template <class Noise>
  void extend_groups(std::span<Block> out, const Noise& noise);

 private:
  Session session_;
  LargeArray<Block> blocks_, next_;
  std::size_t group_ = 0;
  std::uint64_t turn_ = 0, given_ = 0;
};

class SilentStreamSender : public SilentStream {
 public:
  // first: kStream.used() blocks of correlated transfers, used for nothing else. seed: secret, of the trees.
  SilentStreamSender(const Session& session, const Block& delta, std::span<const Block> first,
                     const Block& seed = random_block());
  ~SilentStreamSender();
  SilentStreamSender(SilentStreamSender&&) = default;

  // `groups` times kGroupGiven blocks, `groups` times kGroupBytes of message.
  void extend(std::span<Block> out, std::span<std::byte> message);

 private:
  Block delta_;
  RoundKeys seed_;
};

class SilentStreamReceiver : public SilentStream {
 public:
  SilentStreamReceiver(const Session& session, std::span<const Block> first, std::string peer)
      : SilentStream(session, first), peer_(std::move(peer)) {}

  // Throws ErrorKind::kPeer naming `peer` where the message's length is wrong.
  void extend(std::span<Block> out, std::span<const std::byte> message);

 private:
  std::string peer_;
};

}  // namespace sotto::ot
