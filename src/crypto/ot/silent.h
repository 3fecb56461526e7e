// Silent transfers: correlated transfers that cost a tenth of a byte each, from an assumption on random
// codes.
//
// Yang, Weng, Lan, Zhang, Wang, Ferret: Fast Extension for Correlated OT with Small Communication, CCS 2020,
// semi-honest, with regular noise and the trees of single_point.h. One turn uses 163,840 + 640 * 11
// correlated transfers and gives n = 640 * 2^11 new ones, of which the next turn takes its own; the first
// turn's come from SoftSpoken:
//   blocks of a code word's message   v (sender), v ^ b Delta (receiver), 163,840 of them
//   blocks of noise                   s, s ^ e Delta, e with one random one in each of 640 segments of 2^11
//   new blocks                        v A + s,  (v ^ b Delta) A + (s ^ e Delta) = (v A + s) ^ (b A + e) Delta
// where each column of the public A (fresh for each session) has ten ones: new choices are b A + e.
//
// Assumption: learning parity with noise: b A + e is pseudorandom for n = 1,310,720 samples, dimension
// 163,840 and regular noise of weight 640. The best attacks cost, by estimates that err on the attacker's
// side (silent_security_test.cc): Gaussian elimination 2^172 and information-set decoding 2^144 (as in Liu,
// Wang, Yang, Yu: The Hardness of LPN over Any Integer Ring and Field for PCG Applications, eprint 2022/712),
// the algebraic attack on regular noise 2^171 (Briaud, Øygarden: A New Algebraic Approach to the Regular
// Syndrome Decoding Problem, eprint 2023/176). The last is why there are not more segments for this
// dimension.
//
// Cost: 640 * 11 * 16 = 112,640 bytes, one message, sender to receiver, for 1,139,840 transfers: 0.099 B.
// Constant time in all blocks; positions in the code are public.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/aligned.h"
#include "crypto/ot/block.h"
#include "crypto/ot/hash.h"

namespace sotto::ot {

struct SilentParameters {
  std::size_t segments;
  int segment_bits;
  std::size_t dimension;

  constexpr std::size_t samples() const { return segments << segment_bits; }
  constexpr std::size_t levels() const { return segments * static_cast<std::size_t>(segment_bits); }
  // Transfers that a turn uses, gives, and the bytes of its message.
  constexpr std::size_t used() const { return dimension + levels(); }
  constexpr std::size_t given() const { return samples() - used(); }
  constexpr std::size_t message_bytes() const { return levels() * sizeof(Block); }
};

inline constexpr SilentParameters kSilent{.segments = 640, .segment_bits = 11, .dimension = 163'840};

// The state that a turn leaves to the next. Blocks are overwritten at the end.
class SilentSender {
 public:
  // first: kSilent.used() blocks of correlated transfers, used for nothing else.
  SilentSender(const Session& session, const Block& delta, std::span<const Block> first);
  ~SilentSender();
  SilentSender(SilentSender&&) = default;

  // One turn: kSilent.given() blocks and the message of kSilent.message_bytes().
  void extend(std::span<Block> out, std::span<std::byte> message);

 private:
  Session session_;
  Block delta_;
  AlignedVector<Block> blocks_, next_;
  std::uint64_t turn_ = 0;
};

class SilentReceiver {
 public:
  SilentReceiver(const Session& session, std::span<const Block> first, std::string peer);
  ~SilentReceiver();
  SilentReceiver(SilentReceiver&&) = default;

  // Throws ErrorKind::kPeer naming `peer` where the message's length is wrong.
  void extend(std::span<Block> out, std::span<const std::byte> message);

 private:
  Session session_;
  std::string peer_;
  AlignedVector<Block> blocks_, next_;
  std::uint64_t turn_ = 0;
};

}  // namespace sotto::ot
