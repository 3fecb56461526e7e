// What several AVX-512 implementations share.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>

namespace sotto {

// Transposes an 8x8 matrix of words: lane j of x[i] goes to lane i of x[j].
__attribute__((target("avx512f"))) inline void transpose_lanes(__m512i (&x)[8]) {
  __m512i pairs[8], quads[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm512_unpacklo_epi64(x[i], x[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi64(x[i], x[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    for (int odd = 0; odd < 2; ++odd) {
      quads[i + odd] = _mm512_shuffle_i64x2(pairs[i + odd], pairs[i + 2 + odd], 0x88);
      quads[i + 2 + odd] = _mm512_shuffle_i64x2(pairs[i + odd], pairs[i + 2 + odd], 0xDD);
    }
  }
  // quads[i] holds lanes i and i+4 of the first four registers, quads[i+4] of the others.
  for (int i = 0; i < 4; ++i) {
    x[i] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0x88);
    x[i + 4] = _mm512_shuffle_i64x2(quads[i], quads[i + 4], 0xDD);
  }
}

}  // namespace sotto
#endif
