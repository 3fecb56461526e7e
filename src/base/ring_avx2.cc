// Ring arithmetic with AVX2, which multiplies only 32-bit halves.
//
// With a = a1*2^32 + a0 and likewise b, the product modulo 2^64 is a0*b0 + 2^32*(a0*b1 + a1*b0), and of the
// bracket only the low 32 bits count. So a tile keeps two sums per vector: of a0*b0 (64 bits), and of the
// 32-bit products of a with b's halves exchanged, whose two halves are added once at the end.
#if defined(__x86_64__)
#include <immintrin.h>

#include "base/ring_table.h"

#pragma clang attribute push(__attribute__((target("avx2,bmi2"))), apply_to = function)

#include "base/ring_loops.h"

namespace sotto::ring {
namespace {

constexpr std::size_t kRows = 4;
constexpr std::size_t kLanes = 4;

__m256i exchange_halves(__m256i x) { return _mm256_shuffle_epi32(x, 0xB1); }

__m256i lane_mask(std::size_t lanes) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(lanes)),
                            _mm256_setr_epi64x(0, 1, 2, 3));
}

template <std::size_t rows>
void multiply_fixed(const Tile& tile) {
  const __m256i mask = lane_mask(tile.columns);
  __m256i low[rows], cross[rows];
  for (std::size_t i = 0; i < rows; ++i) low[i] = cross[i] = _mm256_setzero_si256();
  const Word* a = tile.a;
  const Word* b = tile.b;
  for (std::size_t p = 0; p < tile.k; ++p, a += tile.a_column_stride, b += tile.b_stride) {
    const __m256i row_of_b = _mm256_maskload_epi64(reinterpret_cast<const long long*>(b), mask);
    const __m256i exchanged = exchange_halves(row_of_b);
    for (std::size_t i = 0; i < rows; ++i) {
      const __m256i factor =
          _mm256_set1_epi64x(static_cast<long long>(a[static_cast<std::ptrdiff_t>(i) * tile.a_row_stride]));
      low[i] = _mm256_add_epi64(low[i], _mm256_mul_epu32(factor, row_of_b));
      cross[i] = _mm256_add_epi32(cross[i], _mm256_mullo_epi32(factor, exchanged));
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    auto* out = reinterpret_cast<long long*>(tile.out + static_cast<std::ptrdiff_t>(i) * tile.out_stride);
    const __m256i both = _mm256_add_epi32(cross[i], exchange_halves(cross[i]));
    __m256i sum = _mm256_add_epi64(low[i], _mm256_slli_epi64(both, 32));
    if (tile.accumulate) sum = _mm256_add_epi64(sum, _mm256_maskload_epi64(out, mask));
    _mm256_maskstore_epi64(out, mask, sum);
  }
}

void multiply_tile(const Tile& tile) {
  switch (tile.rows) {
    case 1:
      return multiply_fixed<1>(tile);
    case 2:
      return multiply_fixed<2>(tile);
    case 3:
      return multiply_fixed<3>(tile);
    default:
      return multiply_fixed<4>(tile);
  }
}

}  // namespace

const Table kAvx2Table = table_of("avx2", {kRows, kLanes, multiply_tile, pack_columns_loop});

}  // namespace sotto::ring

#pragma clang attribute pop
#endif
