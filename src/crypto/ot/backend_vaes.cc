// The arithmetic of extension with VAES and AVX-512: four blocks per instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/ot/backend.h"
#include "crypto/ot/expand_key.h"

#pragma clang attribute push(__attribute__((target("vaes,aes,avx512f,avx512dq,avx512bw,avx512vl"))), \
                             apply_to = function)

namespace sotto::ot {
namespace {

using Register = __m512i;
constexpr std::size_t kLanes = 4;
constexpr std::size_t kFoldTurn = 2;
constexpr std::size_t kFoldLeaves = 4;

Register round_key(const RoundKeys& keys, int round) {
  return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(keys.bytes[round])));
}

struct LoadedKeys {
  Register round[11];
};

LoadedKeys load_keys(const RoundKeys& keys) {
  LoadedKeys loaded;
  for (int round = 0; round < 11; ++round) loaded.round[round] = round_key(keys, round);
  return loaded;
}

template <std::size_t count>
void encrypt(Register (&state)[count], const LoadedKeys& keys) {
  const Register start = keys.round[0];
  for (Register& blocks : state) blocks = _mm512_xor_si512(blocks, start);
  for (int round = 1; round < 10; ++round) {
    const Register key = keys.round[round];
    for (Register& blocks : state) blocks = _mm512_aesenc_epi128(blocks, key);
  }
  const Register last = keys.round[10];
  for (Register& blocks : state) blocks = _mm512_aesenclast_epi128(blocks, last);
}

template <std::size_t leaves, std::size_t count>
void encrypt_each(Register (&state)[leaves][count], const RoundKeys* keys) {
  for (std::size_t leaf = 0; leaf < leaves; ++leaf)
    for (Register& blocks : state[leaf]) blocks = _mm512_xor_si512(blocks, round_key(keys[leaf], 0));
  for (int round = 1; round < 10; ++round)
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
      const Register key = round_key(keys[leaf], round);
      for (Register& blocks : state[leaf]) blocks = _mm512_aesenc_epi128(blocks, key);
    }
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
    const Register key = round_key(keys[leaf], 10);
    for (Register& blocks : state[leaf]) blocks = _mm512_aesenclast_epi128(blocks, key);
  }
}

Register load(const Block* from) { return _mm512_loadu_si512(from); }
void store(Block* to, Register x) { _mm512_storeu_si512(to, x); }
Register exclusive_or(Register a, Register b) { return _mm512_xor_si512(a, b); }
Register zero() { return _mm512_setzero_si512(); }
Register broadcast(const Block& x) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&x)));
}
Register counters(std::uint64_t first) {
  return _mm512_maskz_add_epi64(0x55, _mm512_set1_epi64(static_cast<long long>(first)),
                                _mm512_setr_epi64(0, 0, 1, 0, 2, 0, 3, 0));
}
Register sigma(Register x) {
  const Register swapped = _mm512_shuffle_epi32(x, _MM_PERM_BADC);
  return _mm512_mask_xor_epi64(swapped, 0xAA, swapped, x);
}
void interleave(Register a, Register b, Register& low, Register& high) {
  low = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), b);
  high = _mm512_permutex2var_epi64(a, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), b);
}

}  // namespace
}  // namespace sotto::ot

#include "crypto/ot/backend_loops.h"

namespace sotto::ot {

const Backend kVaesBackend = {
    .name = "vaes", .expand_keys = expand_keys, .hash = hash, .split = split, .fold = fold, .encode = encode};

}  // namespace sotto::ot

#pragma clang attribute pop
#endif
