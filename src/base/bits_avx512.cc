// Packed bits with AVX-512 (BW, VBMI) and GFNI.
#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>

#include "base/avx512_transpose.h"
#include "base/bits.h"
#include "base/bits_table.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vbmi,gfni"))), \
                             apply_to = function)

namespace sotto::bits {
namespace {

constexpr std::size_t kLanes = 8;

__m512i load(const void* from) { return _mm512_loadu_si512(from); }

__mmask8 first_lanes(std::size_t count) { return static_cast<__mmask8>(0xFF >> (kLanes - count)); }

void to_planes(Word* planes, const Word* values, std::size_t n, int low, int count) {
  const std::size_t words = words_for(n);
  for (std::size_t word = 0; word < words; ++word) {
    const std::size_t here = std::min<std::size_t>(64, n - 64 * word);
    __m512i x[8];
    for (std::size_t g = 0; g < 8; ++g) {
      const std::size_t lanes = std::min(kLanes, here - std::min(here, 8 * g));
      x[g] = _mm512_maskz_loadu_epi64(first_lanes(lanes), values + 64 * word + 8 * g);
    }
    transpose_values(x);
    alignas(64) Word block[64];
    for (int b = 0; b < 8; ++b) _mm512_store_si512(block + 8 * b, x[b]);
    for (int plane = 0; plane < count; ++plane)
      planes[static_cast<std::size_t>(plane) * words + word] = block[low + plane];
  }
}

// out[i] = one where bit i of the plane is set, else 0.
void expand_to(Word* out, const Word* plane, std::size_t n, long long one) {
  const __m512i ones = _mm512_set1_epi64(one);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(plane);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const __mmask8 store = first_lanes(std::min(kLanes, n - i));
    _mm512_mask_storeu_epi64(out + i, store, _mm512_maskz_mov_epi64(bytes[i / 8], ones));
  }
}

void expand(Word* out, const Word* plane, std::size_t n) { expand_to(out, plane, n, 1); }
void expand_mask(Word* out, const Word* plane, std::size_t n) { expand_to(out, plane, n, -1); }

void collect(Word* plane, const Word* values, std::size_t n) {
  if (n % 64 != 0) plane[n / 64] = 0;
  auto* bytes = reinterpret_cast<std::uint8_t*>(plane);
  const __m512i one = _mm512_set1_epi64(1);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const __m512i x = _mm512_maskz_loadu_epi64(first_lanes(std::min(kLanes, n - i)), values + i);
    bytes[i / 8] = _mm512_test_epi64_mask(x, one);
  }
}

// Eight values of w bits fill w bytes exactly; value i begins at bit i*w, so at bit i*w%8 of byte i*w/8. With
// at most 57 bits, value and offset fit one lane; with at least 8, only neighbours share a byte.
constexpr int kMinWidth = 8;
constexpr int kMaxWidth = 57;

struct Layout {
  __m512i shifts;         // per lane
  __m512i gather;         // for unpacking: the eight bytes from each value's first
  __m512i scatter[2];     // for packing: which byte of the even (odd) lanes each output byte takes
  __mmask64 occupied[2];  // and whether it takes any
};

Layout layout_of(int width) {
  alignas(64) std::uint64_t shifts[8];
  alignas(64) std::uint8_t gather[64], scatter[2][64] = {};
  std::uint64_t occupied[2] = {};
  for (int lane = 0; lane < 8; ++lane) {
    const int first = lane * width / 8;
    shifts[lane] = static_cast<std::uint64_t>(lane * width % 8);
    for (int byte = 0; byte < 8; ++byte) {
      gather[8 * lane + byte] = static_cast<std::uint8_t>(std::min(first + byte, 63));
      if (8 * byte >= lane * width % 8 + width) continue;
      scatter[lane % 2][first + byte] = static_cast<std::uint8_t>(8 * lane + byte);
      occupied[lane % 2] |= std::uint64_t{1} << (first + byte);
    }
  }
  return {load(shifts), load(gather), {load(scatter[0]), load(scatter[1])}, {occupied[0], occupied[1]}};
}

// Full registers are stored, of which `width` bytes count: the rest is overwritten by the next turn, and the
// last values, whose registers would reach beyond the end, go the portable way.
void pack(std::byte* out, const Word* values, std::size_t n, int width) {
  std::size_t done = 0;
  if (width >= kMinWidth && width <= kMaxWidth) {
    const Layout layout = layout_of(width);
    const __m512i mask = _mm512_set1_epi64(static_cast<long long>(~Word{0} >> (64 - width)));
    const std::size_t step = static_cast<std::size_t>(width);
    for (const std::size_t total = bytes_for(n * step); done + kLanes <= n && total - done * step / 8 >= 64;
         done += kLanes) {
      const __m512i x = _mm512_sllv_epi64(_mm512_and_si512(load(values + done), mask), layout.shifts);
      const __m512i even = _mm512_maskz_permutexvar_epi8(layout.occupied[0], layout.scatter[0], x);
      const __m512i odd = _mm512_maskz_permutexvar_epi8(layout.occupied[1], layout.scatter[1], x);
      _mm512_storeu_si512(out + done * step / 8, _mm512_or_si512(even, odd));
    }
    out += done * step / 8;
  }
  kPortableTable.pack(out, values + done, n - done, width);
}

void unpack(Word* out, const std::byte* packed, std::size_t n, int width) {
  std::size_t done = 0;
  if (width <= kMaxWidth) {
    const Layout layout = layout_of(width);
    const __m512i mask = _mm512_set1_epi64(static_cast<long long>(~Word{0} >> (64 - width)));
    const std::size_t step = static_cast<std::size_t>(width);
    for (const std::size_t total = bytes_for(n * step); done + kLanes <= n && total - done * step / 8 >= 64;
         done += kLanes) {
      const __m512i bytes = _mm512_permutexvar_epi8(layout.gather, load(packed + done * step / 8));
      _mm512_storeu_si512(out + done, _mm512_and_si512(_mm512_srlv_epi64(bytes, layout.shifts), mask));
    }
    packed += done * step / 8;
  }
  kPortableTable.unpack(out + done, packed, n - done, width);
}

}  // namespace

const Table kAvx512Table = {.name = "avx512",
                            .to_planes = to_planes,
                            .expand = expand,
                            .expand_mask = expand_mask,
                            .collect = collect,
                            .pack = pack,
                            .unpack = unpack};

}  // namespace sotto::bits

#pragma clang attribute pop
#endif
