#include "crypto/lattice/slots.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace sotto::lattice {

Slots::Slots(Word prime, std::size_t degree) : ntt_(prime, degree), place_(degree) {
  const int log_degree = std::countr_zero(degree);
  const std::size_t row = degree / 2;
  std::size_t exponent = 1;
  for (std::size_t j = 0; j < row; ++j, exponent = exponent * 3 % (2 * degree)) {
    // Value i is at psi^(2 * reversed(i) + 1).
    place_[j] = reversed((exponent - 1) / 2, log_degree);
    place_[row + j] = reversed((2 * degree - exponent - 1) / 2, log_degree);
  }
}

void Slots::to_coefficients(std::span<Word> coefficients, std::span<const Word> slots) const {
  SOTTO_ASSERT(coefficients.size() == place_.size() && slots.size() == place_.size(), "one word per slot");
  AlignedVector<Word> values(place_.size());
  for (std::size_t j = 0; j < place_.size(); ++j) values[place_[j]] = slots[j];
  ntt_.backward(values);
  std::ranges::copy(values, coefficients.begin());
}

void Slots::to_slots(std::span<Word> slots, std::span<const Word> coefficients) const {
  SOTTO_ASSERT(coefficients.size() == place_.size() && slots.size() == place_.size(), "one word per slot");
  AlignedVector<Word> values(coefficients.begin(), coefficients.end());
  ntt_.forward(values);
  for (std::size_t j = 0; j < place_.size(); ++j) slots[j] = values[place_[j]];
}

}  // namespace sotto::lattice
