// The arithmetic of extension with AES-NI and AVX2: one block per instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/ot/backend.h"
#include "crypto/ot/expand_key.h"

#pragma clang attribute push(__attribute__((target("aes,avx2"))), apply_to = function)

namespace sotto::ot {
namespace {

using Register = __m128i;
constexpr std::size_t kLanes = 1;
constexpr std::size_t kFoldTurn = 2;
constexpr std::size_t kFoldLeaves = 2;

Register round_key(const RoundKeys& keys, int round) {
  return _mm_load_si128(reinterpret_cast<const Register*>(keys.bytes[round]));
}

// Sixteen registers hold no key for long: a round takes it from memory.
struct LoadedKeys {
  const RoundKeys& keys;
  explicit LoadedKeys(const RoundKeys& round_keys) : keys(round_keys) {}
  Register operator[](int round) const { return round_key(keys, round); }
};

LoadedKeys load_keys(const RoundKeys& keys) { return LoadedKeys(keys); }

template <std::size_t count>
void encrypt(Register (&state)[count], const LoadedKeys& keys) {
  const Register start = keys[0];
  for (Register& block : state) block = _mm_xor_si128(block, start);
  for (int round = 1; round < 10; ++round) {
    const Register key = keys[round];
    for (Register& block : state) block = _mm_aesenc_si128(block, key);
  }
  const Register last = keys[10];
  for (Register& block : state) block = _mm_aesenclast_si128(block, last);
}

template <std::size_t leaves, std::size_t count>
void encrypt_each(Register (&state)[leaves][count], const RoundKeys* keys) {
  for (std::size_t leaf = 0; leaf < leaves; ++leaf) encrypt(state[leaf], LoadedKeys(keys[leaf]));
}

Register load(const Block* from) { return _mm_load_si128(reinterpret_cast<const Register*>(from)); }
void store(Block* to, Register x) { _mm_store_si128(reinterpret_cast<Register*>(to), x); }
Register exclusive_or(Register a, Register b) { return _mm_xor_si128(a, b); }
Register zero() { return _mm_setzero_si128(); }
Register broadcast(const Block& x) { return load(&x); }
Register counters(std::uint64_t first) { return _mm_set_epi64x(0, static_cast<long long>(first)); }
Register sigma(Register x) {
  return _mm_xor_si128(_mm_shuffle_epi32(x, 0x4E), _mm_blend_epi16(zero(), x, 0xF0));
}
void interleave(Register a, Register b, Register& low, Register& high) {
  low = a;
  high = b;
}

}  // namespace
}  // namespace sotto::ot

#include "crypto/ot/backend_loops.h"

namespace sotto::ot {

const Backend kAesNiBackend = {.name = "aesni",
                               .expand_keys = expand_keys,
                               .hash = hash,
                               .split = split,
                               .fold = fold,
                               .encode = encode};

}  // namespace sotto::ot

#pragma clang attribute pop
#endif
