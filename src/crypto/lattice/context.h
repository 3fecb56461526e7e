// What a set of parameters makes of itself: primes, transforms, and constants between primes. Immutable; one
// serves all threads and must outlive what refers to it.
#pragma once

#include <vector>

#include "crypto/lattice/ntt.h"
#include "crypto/lattice/parameters.h"
#include "crypto/lattice/polynomial.h"

namespace sotto::lattice {

class Context {
 public:
  // Throws ErrorKind::kUsage for parameters that check() refuses.
  explicit Context(const Parameters& parameters);

  const Parameters& parameters() const { return parameters_; }
  std::size_t degree() const { return parameters_.degree; }
  // Of fresh ciphertexts. Level `primes` means the product of so many first primes as the modulus.
  std::size_t primes() const { return parameters_.prime_bits.size(); }
  bool has_special() const { return parameters_.special_bits != 0; }
  std::size_t special() const { return primes(); }  // its index, after the others

  const Ntt& ntt(std::size_t prime) const { return ntts_[prime]; }
  const Modulus& modulus(std::size_t prime) const { return ntts_[prime].modulus(); }
  const Table& table() const { return table_; }

  // log2 of the modulus of this level.
  double modulus_bits(std::size_t primes) const;
  // The product of the primes of this level, without prime `except` if it is one of them, modulo m or 2^64
  // (m = 0).
  Word modulus_product(std::size_t primes, std::size_t except, Word m) const;
  // A constant factor modulo a prime.
  Factor factor(Word value, std::size_t prime) const;

  // Tells contexts apart in messages: of the degree and the primes.
  std::uint32_t tag() const { return tag_; }

  // All residues of a polynomial over the first primes.
  void forward(Polynomial& x) const;
  void backward(Polynomial& x) const;

 private:
  Parameters parameters_;
  const Table& table_;
  std::vector<Ntt> ntts_;
  std::uint32_t tag_ = 0;
};

}  // namespace sotto::lattice
