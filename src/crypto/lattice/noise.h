// What is known about the noise of a ciphertext, for every coefficient.
//
// Noise is a fixed combination of independent binomial errors, hence subgaussian with variance proxy
// `deviation`^2, plus a part that rounding makes and that never exceeds `bound`. A subgaussian variable
// exceeds ten deviations with probability at most 2 exp(-50) < 2^-71. (Errors that a ciphertext meets twice,
// as in repeated switching with one key, are counted as independent: the customary heuristic.)
#pragma once

#include <cmath>

namespace sotto::lattice {

struct Noise {
  double deviation = 0, bound = 0;

  // log2 of what the noise does not exceed.
  double bits() const { return std::log2(10 * deviation + bound); }

  Noise times(double factor) const { return {deviation * factor, bound * factor}; }
  // Under a product with a polynomial of at most `count` coefficients of magnitude at most `largest`.
  Noise convolved(double largest, double count) const {
    return {deviation * largest * std::sqrt(count), bound * largest * count};
  }
  Noise operator+(const Noise& other) const {
    return {std::hypot(deviation, other.deviation), bound + other.bound};
  }
};

// Rounding body and mask to integers: errors of at most a half, the mask's times a ternary secret; taken as
// independent of each other.
inline Noise rounding_noise(double degree) { return {.deviation = std::sqrt((1 + degree) / 4), .bound = 0}; }

}  // namespace sotto::lattice
