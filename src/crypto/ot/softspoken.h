// Correlated transfers from 128 base transfers: SoftSpoken, which trades AES for bytes.
//
// Roy, SoftSpokenOT: Quieter OT Extension from Small-Field Silent VOLE in the Minicrypt Model, Crypto 2022,
// semi-honest. What results, here as everywhere in this folder: the sender has Delta (lowest bit 1) and
// blocks q_i (lowest bit 0), the receiver blocks t_i = q_i ^ b_i Delta, its uniform choice b_i being the
// lowest bit of t_i.
//
// Let k be 1, 2, 4 or 8. Delta is cut into 128/k digits d of k bits. For each, the receiver grows a tree
// (Goldreich, Goldwasser, Micali) of 2^k leaves, of which the sender learns all but leaf d: k base transfers
// a tree, the sender choosing at each level the sum of the nodes on the side where d is not. Leaves x are
// stretched to streams r_x, a bit for each transfer (AES-128 under x, counting). With x and d as vectors of k
// bits:
//   receiver  u = sum r_x,  v = sum x r_x;     sender  w = sum (x ^ d) r_x = v ^ d u,  without r_d.
// The receiver takes the first tree's u as its choices b and sends c = u ^ b of all other trees; the sender
// adds d c to w: q = v ^ d b. The digits' rows together are q = t ^ b Delta; they are transposed to blocks.
// The lowest row is not needed (t's is b and q's is 0 by definition).
//
// Argument: the sender's view are the c, each masked by its tree's r_d, a PRG of a leaf it does not know. The
// receiver sees nothing after the base transfers, in which it is the sender. Delta has 127 unknown bits.
//
// Cost: 2^k / k AES-blocks and 16/k bytes a transfer (128/k - 1 bits, and one more when choices are chosen):
// 16, 8, 4, 2 B for k = 1, 2, 4, 8. Setup: 128 base transfers and 4096 bytes. One message, receiver to
// sender. A consistency check against malicious receivers would be a hash of t in the same message; not
// built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "crypto/ot/base_ot.h"
#include "crypto/ot/block.h"
#include "crypto/ot/hash.h"

namespace sotto::ot {

inline constexpr std::size_t kBaseTransfers = 128;
inline constexpr std::size_t kTreeMessageBytes = kBaseTransfers * sizeof(Pair);

// Bytes of the message that makes `count` transfers.
std::size_t softspoken_bytes(std::size_t count, int bits);

// Both sides count transfers in the order in which they are made: extend() with the same counts on both
// sides, or reserve() in the same order and extend_at() in any. `bits` is k. Secrets are overwritten at the
// end.
class SoftSpokenReceiver {
 public:
  // base: the strings of 128 base transfers in which this party was the sender. seed: secret, of the trees.
  SoftSpokenReceiver(int bits, const Session& session, std::span<const Pair> base,
                     const Block& seed = random_block());
  ~SoftSpokenReceiver();
  SoftSpokenReceiver(SoftSpokenReceiver&&) = default;

  // For the sender, once, before the first message.
  std::span<const std::byte> tree_message() const { return tree_message_; }
  // The place of the next `count` transfers.
  std::uint64_t reserve(std::size_t count);
  // Blocks t, and the message of softspoken_bytes(out.size()). Each place once.
  void extend_at(std::uint64_t place, std::span<Block> out, std::span<std::byte> message) const;
  void extend(std::span<Block> out, std::span<std::byte> message) {
    extend_at(reserve(out.size()), out, message);
  }

 private:
  int bits_;
  std::vector<RoundKeys> leaves_;
  std::vector<std::byte> tree_message_;
  std::uint64_t next_block_ = 0;
};

class SoftSpokenSender {
 public:
  // What to choose in the base transfers.
  static std::vector<std::uint8_t> base_choices(const Block& delta, int bits);

  // delta: random, lowest bit 1. base: the strings chosen. Throws ErrorKind::kPeer naming `peer` where a
  // message's length is wrong.
  SoftSpokenSender(int bits, const Session& session, const Block& delta, std::span<const Block> base,
                   std::span<const std::byte> tree_message, std::string peer);
  ~SoftSpokenSender();
  SoftSpokenSender(SoftSpokenSender&&) = default;

  const Block& delta() const { return delta_; }
  std::uint64_t reserve(std::size_t count);
  // Blocks q.
  void extend_at(std::uint64_t place, std::span<Block> out, std::span<const std::byte> message) const;
  void extend(std::span<Block> out, std::span<const std::byte> message) {
    extend_at(reserve(out.size()), out, message);
  }

 private:
  int bits_;
  Block delta_;
  std::string peer_;
  std::vector<RoundKeys> leaves_;
  std::uint64_t next_block_ = 0;
};

// A random Delta.
Block random_delta();

}  // namespace sotto::ot
