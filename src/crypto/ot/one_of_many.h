// 1-of-N transfers: the receiver gets one entry of a table of N = 2^m, the sender does not learn which.
//
// Naor and Pinkas, Oblivious Transfer and Polynomial Evaluation, STOC 1999: m transfers for the m bits of the
// index. With K_l^0, K_l^1 the pads of transfer l (forms.h) and i a number of m bits, entry i is masked by
// H(K_0^{i_0} ^ ... ^ K_{m-1}^{i_{m-1}}), H as in hash.h under keys of its own. The receiver has the masks'
// inputs for its random index b, and sends the flips of the index it wants, c ^ b, m bits; the sender masks
// entry i by mask number i ^ flips.
//
// Argument: an input the receiver does not have is the sum of known blocks and of at least one pad that it
// does not have; pads are pseudorandom and independent, so all N - 1 of these inputs are unpredictable and
// distinct, and in the ideal-cipher model their hashes are uniform. (Sums of blocks before hashing would not
// do: they all are multiples of Delta.)
//
// Cost of one: m transfers, m bits from the receiver, N w bits from the sender; 2 m + N hashes (the sender).
// Constant time in indices and entries: the receiver looks at all entries, or shifts the word that holds
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/ot/forms.h"

namespace sotto::ot {

inline constexpr int kMaxIndexBits = 8;

// Bytes of the messages for `count` tables of 2^index_bits entries of `width` bits.
constexpr std::size_t index_bytes(std::size_t count, int index_bits) {
  return bits::bytes_for(count * static_cast<std::size_t>(index_bits));
}
constexpr std::size_t tables_bytes(std::size_t count, int index_bits, int width) {
  return bits::bytes_for((count << index_bits) * static_cast<std::size_t>(width));
}

// Transfers index_bits * i ... are those of table i, the index's lowest bit first. 1 <= index_bits <=
// kMaxIndexBits, 1 <= width <= 64; entries are numbers modulo 2^width.
void ask_many(std::span<std::byte> flips, std::span<const std::uint64_t> indices, int index_bits,
              const ReceivedBlocks& transfers);
// tables: entry j of table i at 2^index_bits * i + j.
void send_many(std::span<std::byte> message, std::span<const std::uint64_t> tables, int index_bits, int width,
               std::span<const std::byte> flips, const SentBlocks& transfers);
// out[i] = table i's entry number indices[i].
void receive_many(std::span<std::uint64_t> out, std::span<const std::uint64_t> indices, int index_bits,
                  int width, std::span<const std::byte> message, const ReceivedBlocks& transfers);

}  // namespace sotto::ot
