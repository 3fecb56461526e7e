// Ring arithmetic with AVX-512: eight words per register, 64-bit products in one instruction (vpmullq).
#if defined(__x86_64__)
#include <immintrin.h>

#include "base/avx512_lanes.h"
#include "base/ring_table.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi2"))), \
                             apply_to = function)

#include "base/ring_loops.h"

namespace sotto::ring {
namespace {

// 24 of the 32 registers are sums, 3 hold a row of b, and a is broadcast from memory.
constexpr std::size_t kRows = 8;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kColumns = 3 * kLanes;

__mmask8 first_lanes(std::size_t count) { return static_cast<__mmask8>(0xFF >> (kLanes - count)); }

std::size_t at_most_lanes(std::size_t count) { return count < kLanes ? count : kLanes; }

// By transpositions of 8x8 blocks.
void pack_columns(Word* panel, const Word* b, std::ptrdiff_t stride, std::size_t k, std::size_t columns) {
  for (std::size_t p = 0; p < k; p += kLanes) {
    const std::size_t depth = at_most_lanes(k - p);
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t width = at_most_lanes(columns - j);
      __m512i block[kLanes];
      for (std::size_t i = 0; i < kLanes; ++i) {
        const Word* column = b + static_cast<std::ptrdiff_t>(i < width ? j + i : j) * stride + p;
        block[i] = _mm512_maskz_loadu_epi64(first_lanes(depth), column);
      }
      transpose_lanes(block);
      for (std::size_t i = 0; i < depth; ++i)
        _mm512_mask_storeu_epi64(panel + (p + i) * columns + j, first_lanes(width), block[i]);
    }
  }
}

template <std::size_t rows, std::size_t vectors>
void multiply_fixed(const Tile& tile) {
  // Only the last vector of a row may be partial.
  const __mmask8 last = first_lanes(tile.columns - (vectors - 1) * kLanes);
  const auto mask = [last](std::size_t v) { return v + 1 == vectors ? last : __mmask8{0xFF}; };
  __m512i sums[rows][vectors];
  for (auto& row : sums)
    for (__m512i& sum : row) sum = _mm512_setzero_si512();
  const Word* a = tile.a;
  const Word* b = tile.b;
  for (std::size_t p = 0; p < tile.k; ++p, a += tile.a_column_stride, b += tile.b_stride) {
    __m512i row_of_b[vectors];
    for (std::size_t v = 0; v < vectors; ++v) row_of_b[v] = _mm512_maskz_loadu_epi64(mask(v), b + v * kLanes);
    for (std::size_t i = 0; i < rows; ++i) {
      const __m512i factor =
          _mm512_set1_epi64(static_cast<long long>(a[static_cast<std::ptrdiff_t>(i) * tile.a_row_stride]));
      for (std::size_t v = 0; v < vectors; ++v)
        sums[i][v] = _mm512_add_epi64(sums[i][v], _mm512_mullo_epi64(factor, row_of_b[v]));
    }
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t v = 0; v < vectors; ++v) {
      Word* out = tile.out + static_cast<std::ptrdiff_t>(i) * tile.out_stride + v * kLanes;
      if (tile.accumulate) sums[i][v] = _mm512_add_epi64(sums[i][v], _mm512_maskz_loadu_epi64(mask(v), out));
      _mm512_mask_storeu_epi64(out, mask(v), sums[i][v]);
    }
  }
}

template <std::size_t vectors>
void multiply_rows(const Tile& tile) {
  switch (tile.rows) {
    case 1:
      return multiply_fixed<1, vectors>(tile);
    case 2:
      return multiply_fixed<2, vectors>(tile);
    case 3:
      return multiply_fixed<3, vectors>(tile);
    case 4:
      return multiply_fixed<4, vectors>(tile);
    case 5:
      return multiply_fixed<5, vectors>(tile);
    case 6:
      return multiply_fixed<6, vectors>(tile);
    case 7:
      return multiply_fixed<7, vectors>(tile);
    default:
      return multiply_fixed<8, vectors>(tile);
  }
}

void multiply_tile(const Tile& tile) {
  if (tile.columns > 2 * kLanes) return multiply_rows<3>(tile);
  if (tile.columns > kLanes) return multiply_rows<2>(tile);
  return multiply_rows<1>(tile);
}

}  // namespace

const Table kAvx512Table = table_of("avx512", {kRows, kColumns, multiply_tile, pack_columns});

}  // namespace sotto::ring

#pragma clang attribute pop
#endif
