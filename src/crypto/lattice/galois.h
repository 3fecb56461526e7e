// Automorphisms X -> X^g of ciphertexts, by key switching with one special prime.
//
// The automorphism sigma of a ciphertext under s is one under sigma(s). A switching key brings it back: for
// every prime q_i an encryption under s of P sigma(s) modulo q_i and of 0 modulo the others, over the primes
// and the special prime P. Its image under sigma^-1 encrypts P s under s' = sigma^-1(s). The residues of a
// ciphertext's mask are digits; their products with that image sum up to P mask s under s', and dividing by P
// leaves noise of about sqrt(10.5 N L)/2 + sqrt(N)/2 (Bajard et al. 2016 for the digits; Gentry, Halevi and
// Smart 2012 for the special prime). So ciphertexts are switched to s' first, and sigma, a permutation of
// values, comes last.
//
// Keys are secure as Ring-LWE is with modulus q_0 .. q_(L-1) P, checked by Parameters, and circular security:
// they encrypt the key under itself, as everywhere in the field.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "crypto/lattice/keys.h"

namespace sotto::lattice {

// One encryption per digit, as it travels.
struct SeededGaloisKey {
  std::uint32_t element = 1;  // g, odd, below 2N
  std::vector<SeededCiphertext> digits;
};

class GaloisKey {
 public:
  // Throws ErrorKind::kUsage for an element that is even or not below 2N.
  GaloisKey(const Context& context, const MaskSource& masks, SeededGaloisKey seeded);

  std::uint32_t element() const { return element_; }
  // The image of digit i, over the switching primes and the special one, in Montgomery form.
  const Ciphertext& digit(std::size_t i) const { return digits_[i]; }
  // Value i of the image is value permutation()[i].
  std::span<const std::uint32_t> permutation() const { return permutation_; }

 private:
  std::uint32_t element_;
  std::vector<Ciphertext> digits_;
  std::vector<std::uint32_t> permutation_;
};

// Made by the owner of the secret key.
SeededGaloisKey make_galois_key(const SecretKey& key, Encryptor& encryptor, std::uint32_t element);

// The image under X -> X^g of a ciphertext in values over at most the switching primes.
Ciphertext apply(const Context& context, const GaloisKey& key, const Ciphertext& ciphertext);

// What one application adds.
Noise switching_noise(const Context& context, std::size_t primes);

// The permutation of values that X -> X^g is.
std::vector<std::uint32_t> value_permutation(std::size_t degree, std::uint32_t element);

}  // namespace sotto::lattice
