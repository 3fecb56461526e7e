// Named sets of lattice parameters, and the published bound that keeps them secure.
//
// Security rests on Ring-LWE modulo X^N + 1 with a uniform ternary secret and noise of deviation 3.24
// (binomial; the standard has 3.19). For 128 bits against classical attacks the Homomorphic Encryption
// Standard (Albrecht et al., 2018, table 1, "uniform ternary", lambda = 128) bounds log2 of the modulus by N;
// the constructor of Context refuses more. Two moduli are met by one secret: that of fresh ciphertexts, and
// that of switching keys, the product of the first `switching_primes` primes and the special prime. Each
// sample has one of the two, and both are bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::lattice {

struct Parameters {
  std::string name;
  std::size_t degree = 0;
  std::vector<int> prime_bits;       // of fresh ciphertexts; modulus switching drops the last one
  int special_bits = 0;              // 0: no switching keys
  std::size_t switching_primes = 0;  // ciphertexts are rotated and packed over at most so many primes

  int modulus_bits() const;
  int switching_modulus_bits() const;
};

// The largest modulus, in bits, that is 128-bit secure at this degree; 0 where the standard has no row.
int max_modulus_bits(std::size_t degree);

// Throws ErrorKind::kUsage where the table is exceeded or the set makes no sense.
void check(const Parameters& parameters);

// products-4096    100 bits; multipliers up to 16 bits; packing once switched to one prime
// rotations-4096    72 bits and a special prime of 36: automorphisms of fresh ciphertexts
// products-8192    200 bits: products of 64-bit shares; packing once switched to three primes
// rotations-8192   172 bits and a special prime of 44
// shares-8192      217 bits: products of 64-bit shares that return flooded for 2^48 numbers; packing once
//                  switched to four primes, of 174 bits
// Throws ErrorKind::kUsage for another name.
const Parameters& parameters_named(std::string_view name);
const std::vector<Parameters>& all_parameters();

}  // namespace sotto::lattice
