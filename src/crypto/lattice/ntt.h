// The number-theoretic transform of polynomials modulo X^N + 1 over one prime: products become products of
// values.
//
// forward: value i is the polynomial at psi^(2 * reversed(i) + 1), psi of order 2N, reversed on log2 N bits:
// the order of FIPS 204. Cost: (N/2) log2 N butterflies of three half products.
#pragma once

#include <span>

#include "base/aligned.h"
#include "crypto/lattice/word_table.h"

namespace sotto::lattice {

class Ntt {
 public:
  // degree: a power of two from 128 to 65536 with 2 * degree dividing the prime less one; root 0 takes the
  // least primitive root. Throws ErrorKind::kUsage otherwise.
  Ntt(Word prime, std::size_t degree, Word root = 0, const Table& table = lattice::table());

  const Modulus& modulus() const { return modulus_; }
  std::size_t degree() const { return degree_; }
  Word root() const { return root_; }

  // In place, on `degree` words below the prime, aligned to 64 bytes.
  void forward(std::span<Word> x) const;
  void backward(std::span<Word> x) const;

 private:
  struct Roots {
    AlignedVector<Word> roots, quotients, tail_roots, tail_quotients;
    Twiddles view() const {
      return {roots.data(), quotients.data(), tail_roots.data(), tail_quotients.data()};
    }
  };
  Roots roots_for(Word root) const;

  Modulus modulus_;
  std::size_t degree_;
  Word root_;
  const Table& table_;
  Roots forward_, backward_;
  Factor scale_, scaled_root_;
  TransformTables tables() const;
};

// The low `bits` bits of i from last to first.
std::size_t reversed(std::size_t i, int bits);

}  // namespace sotto::lattice
