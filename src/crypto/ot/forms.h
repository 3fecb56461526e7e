// What correlated transfers are turned into: random pads, chosen messages, correlations in a ring.
//
// Pure functions on spans: a protocol makes and consumes the messages in rounds of its own. Transfers with
// blocks q (sender) and t = q ^ b Delta (receiver, b its lowest bit) give the pads H(q), H(q ^ Delta) and
// H(t), the pad number b (hash.h). A receiver that wants the choices c sends c ^ b, a bit each ("flips"),
// which are uniform to the sender; from then on the pad for c = 0 is number flip, and for c = 1 the other.
// Messages are numbers of w bits, 1 <= w <= 64.
//
//   form                    sender has           receiver gets   receiver -> sender   sender -> receiver
//   random                  H(q), H(q ^ Delta)   H(t)            nothing              nothing
//   chosen                  m_0, m_1             m_c             1 bit                2 w bits
//   correlated modulo 2^w   d; gets s            s + c d         1 bit                w bits
//
// Each number of a transfer is hashed once: a block serves one form, once. Argument: pads the receiver does
// not have are pseudorandom (hash.h), so what they are added to is hidden. Constant time in choices, blocks
// and messages. Messages of another length than theirs throw ErrorKind::kPeer naming the peer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/bits.h"
#include "crypto/ot/block.h"
#include "crypto/ot/hash.h"

namespace sotto::ot {

// Blocks of correlated transfers, and what their pads depend on: the session, and the number of the first of
// them, which both parties count alike and never use twice.
struct SentBlocks {
  std::span<const Block> blocks;
  Block delta;
  const Session& session;
  std::uint64_t first;
  const std::string& peer;
};
struct ReceivedBlocks {
  std::span<const Block> blocks;
  const Session& session;
  std::uint64_t first;
  const std::string& peer;
};

// Random form.
void pads(std::span<Block> zero, std::span<Block> one, const SentBlocks& transfers);
void pads(std::span<Block> chosen, const ReceivedBlocks& transfers);
// The receiver's uniform choices, as a plane (base/bits.h).
void random_choices(std::span<bits::Word> plane, std::span<const Block> blocks);

// Bytes of the messages for `count` transfers.
constexpr std::size_t flips_bytes(std::size_t count) { return bits::bytes_for(count); }
constexpr std::size_t chosen_bytes(std::size_t count, int width) {
  return 2 * bits::bytes_for(count * static_cast<std::size_t>(width));
}
constexpr std::size_t correlated_bytes(std::size_t count, int width) {
  return bits::bytes_for(count * static_cast<std::size_t>(width));
}

// First message of both forms: the receiver asks for its choices, a plane.
void ask(std::span<std::byte> flips, std::span<const bits::Word> choices, const ReceivedBlocks& transfers);

// Chosen form: out[i] = (choice i ? one : zero)[i] mod 2^width.
void send_chosen(std::span<std::byte> message, std::span<const std::uint64_t> zero,
                 std::span<const std::uint64_t> one, int width, std::span<const std::byte> flips,
                 const SentBlocks& transfers);
void receive_chosen(std::span<std::uint64_t> out, int width, std::span<const std::byte> message,
                    std::span<const bits::Word> choices, const ReceivedBlocks& transfers);

// Correlated form: out[i] = sums[i] + choice i * differences[i] modulo 2^width, sums[i] being uniform.
void send_correlated(std::span<std::byte> message, std::span<std::uint64_t> sums,
                     std::span<const std::uint64_t> differences, int width, std::span<const std::byte> flips,
                     const SentBlocks& transfers);
void receive_correlated(std::span<std::uint64_t> out, int width, std::span<const std::byte> message,
                        std::span<const bits::Word> choices, const ReceivedBlocks& transfers);

// Throws unless the message has the length that is expected. Its `name` says which it is.
void check_length(std::span<const std::byte> message, std::size_t expected, const char* name,
                  const std::string& peer);

}  // namespace sotto::ot
