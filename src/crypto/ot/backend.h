// The arithmetic behind extension: AES-128 under many keys, sums over small trees' leaves, tree expansion,
// the linear code. One table of functions for each kind of processor; all give the same results.
//
// Private to crypto/ot; visible for the tests that compare them. pi_k is AES-128 under k. Nothing branches
// on or indexes by contents of blocks (the code's indices are public).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/ot/block.h"
#include "crypto/prg/aes_backend.h"

namespace sotto::ot {

using prg::RoundKeys;

// fold() works on this many transfers at a time: 16 blocks of each leaf's stream.
inline constexpr std::size_t kChunkBlocks = 16;
inline constexpr std::size_t kChunkBits = 128 * kChunkBlocks;
inline constexpr std::size_t kChunkWords = kChunkBits / 64;

// How many blocks of a code's input each block of its output adds up.
inline constexpr std::size_t kCodeWeight = 10;

struct Backend {
  const char* name;

  // Round keys of n keys.
  void (*expand_keys)(RoundKeys* out, const Block* keys, std::size_t n);

  // out[i] = pi(x) ^ x for x = in[i] ^ offset. `out` may be `in`.
  void (*hash)(Block* out, const Block* in, std::size_t n, const Block& offset, const RoundKeys& key);

  // Children of n nodes: out[2i] = h(x), out[2i+1] = x ^ h(x), with h(x) = pi(s) ^ s, s = sigma(x),
  // sigma(high, low) = (high ^ low, high).
  void (*split)(Block* out, const Block* nodes, std::size_t n, const RoundKeys& key);

  // Of the 2^bits leaves of one tree, bits being 1, 2, 4 or 8, with stream(x) = pi_x(first), pi_x(first + 1),
  // ... (numbers little-endian, kChunkBlocks of them): plane j < bits is the sum of stream(x) over all x with
  // bit j set, plane `bits` the sum over all x; kChunkWords words each.
  void (*fold)(std::uint64_t* planes, const RoundKeys* leaves, int bits, std::uint64_t first);

  // out[i] ^= the sum of kCodeWeight of in[0 .. dimension), at the positions that row first + i names: blocks
  // 3r, 3r + 1, 3r + 2 of the stream pi_matrix are twelve 32-bit numbers x; the first ten name x * dimension
  // / 2^32.
  void (*encode)(Block* out, std::size_t n, const Block* in, std::uint32_t dimension, std::uint64_t first,
                 const RoundKeys& matrix);
};

extern const Backend kPortableBackend;
#if defined(__x86_64__)
extern const Backend kAesNiBackend;
extern const Backend kVaesBackend;
#endif

// Those this processor can run, fastest first; never empty.
std::span<const Backend* const> available_backends();
inline const Backend& backend() { return *available_backends().front(); }

}  // namespace sotto::ot
