// Vector arithmetic over the ring Z_2^64, the carrier of all shares.
//
// Every function is elementwise over contiguous arrays, wraps modulo 2^64, never branches on values, and
// allows the output to be the same array as an input (but not a shifted overlap). Implementations are chosen
// once at start from what the processor offers (AVX-512, AVX2, portable); `ring_test.cc` tests them against
// each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sotto::ring {

using Element = std::uint64_t;
using In = std::span<const Element>;
using Out = std::span<Element>;

void add(Out out, In a, In b);
void subtract(Out out, In a, In b);
void negate(Out out, In a);
void multiply(Out out, In a, In b);
void add_constant(Out out, In a, Element constant);
void scale(Out out, In a, Element constant);
// out += a * constant
void accumulate_scaled(Out out, In a, Element constant);
// out += a * b
void accumulate_product(Out out, In a, In b);
// The replicated product of one party: out = a0*(b0+b1) + a1*b0.
void cross_product(Out out, In a0, In a1, In b0, In b1);
// Logical shift towards zero: floor(a / 2^bits), 0 <= bits < 64.
void shift_right(Out out, In a, int bits);
// ceil(a / 2^bits) as an unsigned value.
void shift_right_up(Out out, In a, int bits);
// Arithmetic (signed) shift: floor of the signed value.
void shift_right_signed(Out out, In a, int bits);
// out = a & (2^bits - 1), 1 <= bits <= 64
void mask_low(Out out, In a, int bits);
// XOR of words; used for packed Boolean shares.
void exclusive_or(Out out, In a, In b);
void bit_and(Out out, In a, In b);

// A matrix whose element (i, j) is data[i * row_stride + j * column_stride]; strides may be any sign or
// order, so a transpose is a view. Strides are in elements.
struct MatrixView {
  const Element* data;
  std::ptrdiff_t row_stride, column_stride;
};

// out[m x n, row-major, dense] (+)= a[m x k] * b[k x n]. With accumulate false, out is overwritten.
// Register-blocked with packing; about 50 GMAC/s per core with AVX-512 on Zen 5. Uses up to base::threads()
// threads.
void matmul(Element* out, MatrixView a, MatrixView b, std::size_t m, std::size_t k, std::size_t n,
            bool accumulate = false);

// The name of the implementation in use: "avx512", "avx2" or "portable".
const char* implementation_name();
// For tests and benchmarks: the implementations this processor can run, and a switch among them.
std::span<const char* const> available_implementations();
void use_implementation(const char* name);

}  // namespace sotto::ring
