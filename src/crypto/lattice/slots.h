// Messages as values: modulo a prime t that is 1 modulo 2N, polynomials have N independent slots, and
// products are slot by slot (batching; Smart and Vercauteren 2014).
//
// Slots form two rows of N/2: slot j of the first row is the value at psi^(3^j), of the second at
// psi^(-3^j). The automorphism X -> X^(3^k) moves both rows k places to the left, X -> X^-1 exchanges them.
#pragma once

#include <span>
#include <vector>

#include "crypto/lattice/ntt.h"

namespace sotto::lattice {

class Slots {
 public:
  // Throws ErrorKind::kUsage unless prime is one of 13 to 50 bits with 2 * degree dividing it less one.
  Slots(Word prime, std::size_t degree);

  // The coefficients of the polynomial with these values, and back. Words below the prime.
  void to_coefficients(std::span<Word> coefficients, std::span<const Word> slots) const;
  void to_slots(std::span<Word> slots, std::span<const Word> coefficients) const;

 private:
  Ntt ntt_;
  std::vector<std::size_t> place_;  // of slot j among the values of the transform
};

}  // namespace sotto::lattice
