// A prime of the lattice arithmetic, at most 50 bits wide, and what products modulo it need.
//
// Products are built from the two halves of a 104-bit product of 52-bit numbers, which IFMA computes eight at
// a time; a prime below 2^50 leaves room for the four-fold lazy sums of the transform (Harvey, "Faster
// arithmetic for number-theoretic transforms", 2014). Operands that are used many times (secret keys,
// plaintexts, switching keys) are kept as x * 2^52 mod p, their Montgomery form.
//
// The functions here are for tables and set-up, on public numbers; what touches secrets is in word_table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sotto::lattice {

using Word = std::uint64_t;

inline constexpr int kWordBits = 52;
inline constexpr int kMinModulusBits = 13, kMaxModulusBits = 50;
inline constexpr Word kWordMask = (Word{1} << kWordBits) - 1;

struct Modulus {
  // Throws ErrorKind::kUsage unless value is a prime of 13 to 50 bits.
  explicit Modulus(Word value);

  Word value;
  int bits;            // 2^(bits-1) < value < 2^bits
  Word inverse;        // value^-1 mod 2^52
  Word radix_squared;  // 2^104 mod value: the Montgomery product with it gives the Montgomery form
  Word wide_quotient;  // floor(2^62 / value)
};

Word add(Word a, Word b, const Modulus& modulus);
Word subtract(Word a, Word b, const Modulus& modulus);
Word multiply(Word a, Word b, const Modulus& modulus);
Word power(Word base, Word exponent, const Modulus& modulus);
// Of a number not divisible by the prime.
Word invert(Word a, const Modulus& modulus);
// floor(w * 2^52 / p) for w < p: with it, x * w mod p costs three half products for any x < 2^52 (Shoup).
Word quotient(Word w, const Modulus& modulus);
// w * 2^52 mod p.
Word to_montgomery(Word w, const Modulus& modulus);

// Exact for every 64-bit number (Miller-Rabin with the first twelve primes as bases; Sorenson and Webster
// 2015).
bool is_prime(Word n);

// The `count` largest primes below 2^bits that are 1 modulo 2 * degree, from the largest down; those listed
// in `except` are passed over. Throws ErrorKind::kUsage when there are not so many above 2^(bits-1).
std::vector<Word> transform_primes(int bits, std::size_t degree, std::size_t count,
                                   const std::vector<Word>& except = {});

// The least element of order exactly 2 * degree, degree a power of two. Throws ErrorKind::kUsage if none.
Word primitive_root(const Modulus& modulus, std::size_t degree);

}  // namespace sotto::lattice
