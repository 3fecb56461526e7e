// AES-CTR with AES-NI: one block per instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/prg/aes_backend.h"

#pragma clang attribute push(__attribute__((target("aes,ssse3,sse4.1"))), apply_to = function)

namespace sotto::prg {
namespace {

using Register = __m128i;
constexpr std::size_t kLanes = 1;

struct LoadedKeys {
  Register round[11];
};

// The first block with its four counting bytes in the processor's order, so that they can be added to.
struct Counter {
  Register block;
};

LoadedKeys load_keys(const RoundKeys& keys) {
  LoadedKeys loaded;
  for (int round = 0; round < 11; ++round)
    loaded.round[round] = _mm_load_si128(reinterpret_cast<const Register*>(keys.bytes[round]));
  return loaded;
}

Register reverse_count(Register block) {
  return _mm_shuffle_epi8(block, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12));
}

Counter load_counter(const std::uint8_t first[16]) {
  return {reverse_count(_mm_loadu_si128(reinterpret_cast<const Register*>(first)))};
}

Register counters(const Counter& first, std::size_t block) {
  return reverse_count(_mm_add_epi32(first.block, _mm_setr_epi32(0, 0, 0, static_cast<int>(block))));
}

template <std::size_t count>
void encrypt(Register (&state)[count], const LoadedKeys& keys) {
  for (Register& block : state) block = _mm_xor_si128(block, keys.round[0]);
  for (int round = 1; round < 10; ++round)
    for (Register& block : state) block = _mm_aesenc_si128(block, keys.round[round]);
  for (Register& block : state) block = _mm_aesenclast_si128(block, keys.round[10]);
}

Register load(const std::uint64_t* words) {
  return _mm_loadu_si128(reinterpret_cast<const Register*>(words));
}
void store(std::uint64_t* words, Register x) { _mm_storeu_si128(reinterpret_cast<Register*>(words), x); }
Register add_words(Register a, Register b) { return _mm_add_epi64(a, b); }
Register subtract_words(Register a, Register b) { return _mm_sub_epi64(a, b); }
Register xor_words(Register a, Register b) { return _mm_xor_si128(a, b); }

}  // namespace
}  // namespace sotto::prg

#include "crypto/prg/aes_loops.h"

namespace sotto::prg {

const Backend kAesNiBackend = {.name = "aesni", .generate = generate};

}  // namespace sotto::prg

#pragma clang attribute pop
#endif
