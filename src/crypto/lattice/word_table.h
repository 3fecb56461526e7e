// The device table of lattice arithmetic: loops over words modulo one prime, one row per kind of processor.
//
// All rows are one text, word_loops.h, over the low and high halves of 52-bit products, and give equal words.
// Constant time: no branch on and no address from a word. Private to lattice, visible for the tests that
// compare the rows. Arrays are aligned to 64 bytes and their lengths multiples of kGranule.
#pragma once

#include <cstddef>
#include <span>

#include "crypto/lattice/modulus.h"

namespace sotto::lattice {

inline constexpr std::size_t kGranule = 64;

// Noise is the sum of so many fair bits, less half of them: variance 10.5, deviation 3.24.
inline constexpr int kBinomialBits = 42;

// A constant factor and its quotient().
struct Factor {
  Word value, quotient;
};

// floor(2^156 / p), in 52-bit limbs from the lowest.
struct Fraction {
  Word limbs[3];
};

// What the transform reads. `roots`: psi^(bit reversal of i), at i; the last log2(lanes) stages have theirs
// in `tail_roots`, laid out for registers (see ntt.cc). Backward likewise with inverses.
struct Twiddles {
  const Word *roots, *quotients;
  const Word *tail_roots, *tail_quotients;
};

struct TransformTables {
  std::size_t degree;
  int log_degree;
  Twiddles forward, backward;
  Factor scale, scaled_root;  // 1/degree, and 1/degree times the backward root of the last stage
};

struct Table {
  const char* name;
  int log_lanes;

  // In place, coefficients < p to values < p, and back. Value i is at psi^(2 * reversed(i) + 1).
  void (*forward)(Word* x, const TransformTables& tables, const Modulus& modulus);
  void (*backward)(Word* x, const TransformTables& tables, const Modulus& modulus);

  // Of words < p, to words < p; `out` may be an operand. Products are Montgomery's, a * b / 2^52.
  void (*add)(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus);
  void (*subtract)(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus);
  void (*multiply)(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus);
  void (*multiply_add)(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus);

  // out = a + constant mod p; constant < p.
  void (*shift)(Word* out, const Word* a, Word constant, std::size_t n, const Modulus& modulus);
  // out = a * factor (+ out) mod p, for any a < 2^52.
  void (*scale)(Word* out, const Word* a, Factor factor, std::size_t n, const Modulus& modulus);
  void (*scale_add)(Word* out, const Word* a, Factor factor, std::size_t n, const Modulus& modulus);

  // out += a * factor mod p for any 64-bit a; `high_factor` is that of 2^52 * factor.
  void (*scale_word_add)(Word* out, const Word* a, Factor factor, Factor high_factor, std::size_t n,
                         const Modulus& modulus);

  // out = a mod p for integers in two's complement.
  void (*from_signed)(Word* out, const Word* a, std::size_t n, const Modulus& modulus);

  // out = offset + (ones among the low 42 bits of random) - 21 mod p: centred binomial noise. offset < p.
  void (*binomial)(Word* out, const Word* random, Word offset, std::size_t n, const Modulus& modulus);

  // f = sum over the primes i of y_i / p_i modulo 1, with y_i at y + i * stride: out = round(2^bits f) modulo
  // 2^bits, 1 <= bits <= 64; or round(t f) modulo t < 2^50. f is at most 2^-103 too small.
  void (*round_to_power)(Word* out, const Word* y, std::size_t stride, const Fraction* fractions,
                         std::size_t primes, int bits, std::size_t n);
  void (*round_to_prime)(Word* out, const Word* y, std::size_t stride, const Fraction* fractions,
                         std::size_t primes, Word t, std::size_t n);

  // out_c = sum over i of a[c][i] * b[i] / 2^52 for the components c = 0, 1 of `terms` pairs; one reduction
  // per output; for words begin .. end - 1. 1 <= terms <= kMaxTerms. The outputs are no operands.
  void (*dot)(Word* out0, Word* out1, const Word* const* a0, const Word* const* a1, const Word* const* b,
              std::size_t terms, std::size_t begin, std::size_t end, const Modulus& modulus);
};

// So many low halves, each below 2^52, stay below 2^63.
inline constexpr std::size_t kMaxTerms = std::size_t{1} << 11;

extern const Table kPortableTable;
#if defined(__x86_64__)
extern const Table kAvx2Table;
extern const Table kIfmaTable;
#endif

// Those this processor can run, fastest first; never empty.
std::span<const Table* const> available_tables();
const Table& table();

}  // namespace sotto::lattice
