// Lattice arithmetic with AVX2 and FMA: halves of 52-bit products out of double-precision arithmetic.
//
// For integers a, b < 2^52, h = fma(a, b, 2^104) rounds the product to a multiple of 2^52, and fma(a, b,
// 2^104
// - h) is the remainder, at most 2^51 in magnitude, exactly (Emmart, Zheng and Weems, "Faster modular
// exponentiation using double precision floating point arithmetic on the GPU", 2018). A negative remainder
// borrows one from the high half. Rounding is to nearest, as everywhere in this process.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/lattice/modulus.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

namespace sotto::lattice {
namespace {

using Register = __m256i;
constexpr int kLogLanes = 2;
constexpr int kColumns = 1;

inline Register load(const Word* from) { return _mm256_load_si256(reinterpret_cast<const Register*>(from)); }
inline void store(Word* to, Register x) { _mm256_store_si256(reinterpret_cast<Register*>(to), x); }
inline Register broadcast(Word x) { return _mm256_set1_epi64x(static_cast<long long>(x)); }
inline Register add_lanes(Register a, Register b) { return _mm256_add_epi64(a, b); }
inline Register subtract_lanes(Register a, Register b) { return _mm256_sub_epi64(a, b); }
inline Register and_lanes(Register a, Register b) { return _mm256_and_si256(a, b); }
template <int count>
inline Register shift_right(Register x) {
  return _mm256_srli_epi64(x, count);
}

template <int count>
inline Register shift_left(Register x) {
  return _mm256_slli_epi64(x, count);
}
inline Register shift_right_by(Register x, int count) {
  return _mm256_srl_epi64(x, _mm_cvtsi32_si128(count));
}

// Ones per byte from a table of its two halves, then the sum of the eight bytes.
inline Register count_bits(Register x) {
  const Register ones =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const Register half = _mm256_set1_epi8(15);
  const Register low = _mm256_shuffle_epi8(ones, _mm256_and_si256(x, half));
  const Register high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(x, 4), half));
  return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

// Adding 2^52 as a bit pattern and subtracting it as a number turns integers below 2^52 to doubles.
inline __m256d to_double(Register x) {
  const __m256d offset = _mm256_set1_pd(0x1p52);
  const Register bits =
      _mm256_or_si256(_mm256_and_si256(x, broadcast(kWordMask)), _mm256_castpd_si256(offset));
  return _mm256_sub_pd(_mm256_castsi256_pd(bits), offset);
}

struct Halves {
  Register high, rest;  // rest: signed
};

inline Halves product(Register a, Register b) {
  const __m256d x = to_double(a), y = to_double(b);
  const __m256d offset = _mm256_set1_pd(0x1p104), rest_offset = _mm256_set1_pd(0x1.8p52);
  const __m256d high = _mm256_fmadd_pd(x, y, offset);
  const __m256d rest = _mm256_fmadd_pd(x, y, _mm256_sub_pd(offset, high));
  return {_mm256_sub_epi64(_mm256_castpd_si256(high), _mm256_castpd_si256(offset)),
          _mm256_sub_epi64(_mm256_castpd_si256(_mm256_add_pd(rest, rest_offset)),
                           _mm256_castpd_si256(rest_offset))};
}

inline Register negative(Register x) { return _mm256_cmpgt_epi64(_mm256_setzero_si256(), x); }

inline Register product_low(Register sum, Register a, Register b) {
  return add_lanes(sum, _mm256_and_si256(product(a, b).rest, broadcast(kWordMask)));
}
inline Register product_high(Register sum, Register a, Register b) {
  const Halves halves = product(a, b);
  return add_lanes(sum, add_lanes(halves.high, negative(halves.rest)));
}
inline Register wrap(Register difference, Register m) {
  return add_lanes(difference, _mm256_and_si256(m, negative(difference)));
}

inline void transpose(Register (&x)[4]) {
  const Register low01 = _mm256_unpacklo_epi64(x[0], x[1]), high01 = _mm256_unpackhi_epi64(x[0], x[1]);
  const Register low23 = _mm256_unpacklo_epi64(x[2], x[3]), high23 = _mm256_unpackhi_epi64(x[2], x[3]);
  x[0] = _mm256_permute2x128_si256(low01, low23, 0x20);
  x[1] = _mm256_permute2x128_si256(high01, high23, 0x20);
  x[2] = _mm256_permute2x128_si256(low01, low23, 0x31);
  x[3] = _mm256_permute2x128_si256(high01, high23, 0x31);
}

}  // namespace
}  // namespace sotto::lattice

#include "crypto/lattice/word_loops.h"

namespace sotto::lattice {

const Table kAvx2Table = make_table("avx2");

}  // namespace sotto::lattice

#pragma clang attribute pop
#endif
