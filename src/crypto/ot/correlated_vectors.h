// Correlated transfers of vectors: one transfer's choice times as many numbers as wanted, modulo 2^w.
//
// As the correlated form (forms.h), the pads stretched: from a pad k, blocks H(k ^ 0), H(k ^ 1), ...
// (hash.h), two words each, under keys of their own. A pad that is not known is pseudorandom, so these inputs
// are distinct and unpredictable. Vectors of one number are the correlated form itself.
//
// Cost: a bit from the receiver, w bits a number from the sender; 2 + length hashes at the sender.
#pragma once

#include "crypto/ot/forms.h"

namespace sotto::ot {

inline constexpr std::size_t kMaxVectorLength = 8192;

constexpr std::size_t correlated_vectors_bytes(std::size_t count, std::size_t length, int width) {
  return correlated_bytes(count * length, width);
}

// Transfer i's numbers at length * i. What is not said here is as for send_correlated, receive_correlated;
// flips are those of ask(). 1 <= length <= kMaxVectorLength.
void send_correlated_vectors(std::span<std::byte> message, std::span<std::uint64_t> sums,
                             std::span<const std::uint64_t> differences, std::size_t length, int width,
                             std::span<const std::byte> flips, const SentBlocks& transfers);
void receive_correlated_vectors(std::span<std::uint64_t> out, std::size_t length, int width,
                                std::span<const std::byte> message, std::span<const bits::Word> choices,
                                const ReceivedBlocks& transfers);

}  // namespace sotto::ot
