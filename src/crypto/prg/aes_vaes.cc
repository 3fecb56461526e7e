// AES-CTR with VAES and AVX-512: four blocks per instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/prg/aes_backend.h"

#pragma clang attribute push(__attribute__((target("vaes,aes,avx512f,avx512dq,avx512bw,avx512vl"))), \
                             apply_to = function)

namespace sotto::prg {
namespace {

using Register = __m512i;
constexpr std::size_t kLanes = 4;

struct LoadedKeys {
  Register round[11];
};

// The first block in every lane, its four counting bytes in the processor's order and lane l counting from l.
struct Counter {
  Register blocks;
};

LoadedKeys load_keys(const RoundKeys& keys) {
  LoadedKeys loaded;
  for (int round = 0; round < 11; ++round) {
    loaded.round[round] =
        _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(keys.bytes[round])));
  }
  return loaded;
}

Register reverse_count(Register blocks) {
  return _mm512_shuffle_epi8(
      blocks, _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12)));
}

Counter load_counter(const std::uint8_t first[16]) {
  const Register block = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)));
  return {_mm512_add_epi32(reverse_count(block),
                           _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3))};
}

Register counters(const Counter& first, std::size_t block) {
  constexpr __mmask16 kCounting = 0x8888;
  return reverse_count(_mm512_mask_add_epi32(first.blocks, kCounting, first.blocks,
                                             _mm512_set1_epi32(static_cast<int>(block))));
}

template <std::size_t count>
void encrypt(Register (&state)[count], const LoadedKeys& keys) {
  for (Register& blocks : state) blocks = _mm512_xor_si512(blocks, keys.round[0]);
  for (int round = 1; round < 10; ++round)
    for (Register& blocks : state) blocks = _mm512_aesenc_epi128(blocks, keys.round[round]);
  for (Register& blocks : state) blocks = _mm512_aesenclast_epi128(blocks, keys.round[10]);
}

Register load(const std::uint64_t* words) { return _mm512_loadu_si512(words); }
void store(std::uint64_t* words, Register x) { _mm512_storeu_si512(words, x); }
Register add_words(Register a, Register b) { return _mm512_add_epi64(a, b); }
Register subtract_words(Register a, Register b) { return _mm512_sub_epi64(a, b); }
Register xor_words(Register a, Register b) { return _mm512_xor_si512(a, b); }

}  // namespace
}  // namespace sotto::prg

#include "crypto/prg/aes_loops.h"

namespace sotto::prg {

const Backend kVaesBackend = {.name = "vaes", .generate = generate};

}  // namespace sotto::prg

#pragma clang attribute pop
#endif
