// Base oblivious transfers: the few that all others grow from, on the group ristretto255.
//
// Chou and Orlandi, The Simplest Protocol for Oblivious Transfer, Latincrypt 2015, in the random form, with
// the whole transcript of an instance in the key derivation (Masny and Rindal, Endemic Oblivious Transfer,
// CCS 2019). With a generator G of prime order:
//   sender:    a random, A = aG                                            -> A
//   receiver:  for instance i with choice c_i: b_i random, B_i = b_i G + c_i A    -> B_i
//   sender's strings  H(i, A, B_i, aB_i)  and  H(i, A, B_i, aB_i - aA);  the receiver's  H(i, A, B_i, b_i A).
//
// Argument (semi-honest; H, BLAKE2b, a random oracle): B_i is uniform whatever c_i is, so the sender learns
// nothing, unconditionally. The receiver's other string is H at b_i A + aA or b_i A - aA; to have asked H
// there is to know a(aG), which is as hard as computational Diffie-Hellman (the square problem). Points that
// are not encodings of the group, and the identity, are refused. Not claimed: malicious security (the
// receiver of this form can bias its own string, and extraction needs more than the random oracle).
//
// Cost: 32 bytes, then 32 for each instance; two rounds. One multiplication and one addition for the sender,
// one more by the generator for the receiver, each instance. Constant time in a, b_i and c_i.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "crypto/ot/block.h"

namespace sotto::ot {

inline constexpr std::size_t kPointBytes = 32;
using Point = std::array<unsigned char, kPointBytes>;
using Pair = std::array<Block, 2>;

class BaseSender {
 public:
  BaseSender();
  ~BaseSender();
  BaseSender(const BaseSender&) = delete;
  BaseSender& operator=(const BaseSender&) = delete;

  // The first message.
  const Point& message() const { return message_; }
  // From the receiver's answer, 32 bytes for each instance. Throws ErrorKind::kPeer naming `peer` where the
  // length is wrong or a point is none.
  std::vector<Pair> finish(std::span<const std::byte> answer, std::size_t count,
                           const std::string& peer) const;

 private:
  Point secret_, message_, secret_message_;  // a, A = aG, aA
};

// The receiver's whole part: its answer and its strings.
struct BaseReceived {
  std::vector<std::byte> answer;
  std::vector<Block> strings;
};

// choices: the lowest bits count. Throws ErrorKind::kPeer naming `peer` where the message is no point.
BaseReceived receive_base(std::span<const std::uint8_t> choices, std::span<const std::byte> message,
                          const std::string& peer);

}  // namespace sotto::ot
