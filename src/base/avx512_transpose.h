// Transposing bit matrices with AVX-512 (BW, VBMI) and GFNI.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>

#include "base/avx512_lanes.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vbmi,gfni"))), \
                             apply_to = function)

namespace sotto::bits {

struct ByteIndex {
  alignas(64) std::uint8_t byte[64];
};

// Which byte each byte of a transposed 8x8 byte matrix comes from; `reversed` takes its rows from last to
// first.
constexpr ByteIndex transposition(bool reversed) {
  ByteIndex index{};
  for (int row = 0; row < 8; ++row) {
    for (int column = 0; column < 8; ++column) {
      const int from = reversed ? 7 - column : column;
      index.byte[8 * row + column] = static_cast<std::uint8_t>(8 * from + row);
    }
  }
  return index;
}

inline constexpr ByteIndex kTranspose = transposition(false);
inline constexpr ByteIndex kTransposeReversed = transposition(true);

inline __m512i transpose_bytes(__m512i x) {
  return _mm512_permutexvar_epi8(_mm512_load_si512(&kTranspose), x);
}

// Eight values to their 64 bits in the order of bits: bit i of byte k of lane b is bit k of byte b of value
// i. GFNI multiplies each byte of the identity by the 8x8 bit matrix in the lane; it counts the matrix's rows
// from the last, hence the reversed order of the values.
inline __m512i transpose_eight(__m512i values) {
  const __m512i bytes = _mm512_permutexvar_epi8(_mm512_load_si512(&kTransposeReversed), values);
  return _mm512_gf2p8affine_epi64_epi8(_mm512_set1_epi64(static_cast<long long>(0x8040201008040201)), bytes,
                                       0);
}

// 64 values to 64 plane words: planes 8b .. 8b+7 in the lanes of x[b].
inline void transpose_values(__m512i (&x)[8]) {
  for (int g = 0; g < 8; ++g) x[g] = transpose_eight(x[g]);
  // Bring the groups' byte b together in x[b], then there the eight bytes of each plane.
  transpose_lanes(x);
  for (int b = 0; b < 8; ++b) x[b] = transpose_bytes(x[b]);
}

}  // namespace sotto::bits

#pragma clang attribute pop
#endif
