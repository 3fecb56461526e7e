// Lattice arithmetic with AVX-512 IFMA (and VPOPCNTDQ): eight halves of 52-bit products per instruction.
#if defined(__x86_64__)
#include <immintrin.h>

#include "base/avx512_lanes.h"
#include "crypto/lattice/modulus.h"

#pragma clang attribute push(                                                                 \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vpopcntdq"))), \
    apply_to = function)

namespace sotto::lattice {
namespace {

using Register = __m512i;
constexpr int kLogLanes = 3;
constexpr int kColumns = 2;

inline Register load(const Word* from) { return _mm512_load_si512(from); }
inline void store(Word* to, Register x) { _mm512_store_si512(to, x); }
inline Register broadcast(Word x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
inline Register add_lanes(Register a, Register b) { return _mm512_add_epi64(a, b); }
inline Register subtract_lanes(Register a, Register b) { return _mm512_sub_epi64(a, b); }
inline Register and_lanes(Register a, Register b) { return _mm512_and_si512(a, b); }
template <int count>
inline Register shift_right(Register x) {
  return _mm512_srli_epi64(x, count);
}
inline Register product_low(Register sum, Register a, Register b) { return _mm512_madd52lo_epu64(sum, a, b); }
inline Register product_high(Register sum, Register a, Register b) {
  return _mm512_madd52hi_epu64(sum, a, b);
}
template <int count>
inline Register shift_left(Register x) {
  return _mm512_slli_epi64(x, count);
}
inline Register shift_right_by(Register x, int count) {
  return _mm512_srl_epi64(x, _mm_cvtsi32_si128(count));
}
inline Register count_bits(Register x) { return _mm512_popcnt_epi64(x); }
// A negative difference is the larger of the two as an unsigned number.
inline Register wrap(Register difference, Register m) {
  return _mm512_min_epu64(difference, _mm512_add_epi64(difference, m));
}
inline void transpose(Register (&x)[8]) { transpose_lanes(x); }

}  // namespace
}  // namespace sotto::lattice

#include "crypto/lattice/word_loops.h"

namespace sotto::lattice {

const Table kIfmaTable = make_table("ifma");

}  // namespace sotto::lattice

#pragma clang attribute pop
#endif
