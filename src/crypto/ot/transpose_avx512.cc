// Eight words of 128 rows at a time: first words, then bits are transposed in registers.
#if defined(__x86_64__)
#include "base/avx512_transpose.h"
#include "crypto/ot/transpose.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vbmi,gfni"))), \
                             apply_to = function)

namespace sotto::ot {
namespace {

// words[j][g], lane i: word j of row 8 g + i, of 64 rows.
void gather_words(__m512i (&words)[8][8], const std::uint64_t* rows) {
  for (std::size_t g = 0; g < 8; ++g) {
    __m512i x[8];
    for (std::size_t i = 0; i < 8; ++i) x[i] = _mm512_loadu_si512(rows + (8 * g + i) * kChunkWords);
    transpose_lanes(x);
    for (std::size_t j = 0; j < 8; ++j) words[j][g] = x[j];
  }
}

// Eight blocks of their low and high words.
void store_blocks(Block* out, __m512i low, __m512i high) {
  const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
  const __m512i last = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
  _mm512_storeu_si512(out, _mm512_permutex2var_epi64(low, first, high));
  _mm512_storeu_si512(out + 4, _mm512_permutex2var_epi64(low, last, high));
}

}  // namespace

void transpose_avx512(Block* out, const std::uint64_t* rows) {
  for (std::size_t column = 0; column < kChunkWords; column += 8) {
    __m512i low[8][8], high[8][8];
    gather_words(low, rows + column);
    gather_words(high, rows + 64 * kChunkWords + column);
    for (std::size_t j = 0; j < 8; ++j) {
      bits::transpose_values(low[j]);
      bits::transpose_values(high[j]);
      for (std::size_t b = 0; b < 8; ++b)
        store_blocks(out + 64 * (column + j) + 8 * b, low[j][b], high[j][b]);
    }
  }
}

}  // namespace sotto::ot

#pragma clang attribute pop
#endif
