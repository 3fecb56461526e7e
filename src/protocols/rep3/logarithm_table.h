// The binary logarithm of a number in [0.62, 2.37] by polynomials on eight pieces of a quarter, fitted around
// a secret base: what the dealer of logarithm.h computes. Constant time: no branch, index or division depends
// on the base.
#pragma once

#include <cstdint>
#include <span>

namespace sotto::protocols::rep3 {

// Numbers m with `fraction` fraction bits, known as m = minimum() + base + low: low < 2^(fraction-2) is the
// part within a piece. log2 m ~ c_0 + sum over k of c_k tau^k, tau = low / 2^(fraction-2).
struct LogarithmTable {
  int fraction;  // 6 to 24
  int terms;     // 2 to 5

  static constexpr int kPieces = 8;
  int low_bits() const { return fraction - 2; }
  std::int64_t minimum() const;
  // Fraction bits of c_1 .. (four more with five terms, whose rounding would be half of all error) and
  int coefficient_bits() const { return fraction - 2 + (terms == 5 ? 4 : 0); }
  int basis_bits() const { return fraction - 2; }                        // of tau^k
  int result_bits() const { return coefficient_bits() + basis_bits(); }  // of c_0 and the sum

  // For element i and piece j, whose base is j 2^low_bits - masks[i] modulo 2^(fraction+1), coefficient k at
  // out[(j * terms + k) * masks.size() + i], modulo 2^64.
  void fill(std::span<std::uint64_t> out, std::span<const std::uint64_t> masks) const;
};

}  // namespace sotto::protocols::rep3
