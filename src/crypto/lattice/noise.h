// What is known about the noise of a ciphertext, for every coefficient.
//
// Noise is a fixed combination of independent binomial errors, hence subgaussian with variance proxy
// `deviation`^2, plus a part that rounding makes and that never exceeds `bound`. A subgaussian variable
// exceeds ten deviations with probability at most 2 exp(-50) < 2^-71. Sums add deviations, which holds
// whether or not the summands have errors in common. Rounding errors, the secrets of public-key encryption,
// and the digits that meet a switching key are taken as independent of what they meet: the customary
// heuristic.
#pragma once

#include <cmath>

namespace sotto::lattice {

struct Noise {
  double deviation = 0, bound = 0;
  bool fresh = false;  // errors of different coefficients are independent: encryptions and sums of them

  // log2 of what the noise does not exceed.
  double bits() const { return std::log2(10 * deviation + bound); }

  Noise times(double factor) const { return {deviation * factor, bound * factor, fresh}; }
  Noise operator+(const Noise& other) const {
    return {deviation + other.deviation, bound + other.bound, fresh && other.fresh};
  }
  // Under a product with a polynomial of at most `count` coefficients of magnitude at most `largest`.
  Noise convolved(double largest, double count) const {
    const double spread = largest * (fresh ? std::sqrt(count) : count);
    return {.deviation = deviation * spread, .bound = bound * largest * count, .fresh = fresh && count <= 1};
  }
};

// Rounding body and mask to integers: errors of at most a half, the mask's times a ternary secret.
inline Noise rounding_noise(double degree) { return {.deviation = std::sqrt((1 + degree) / 4), .bound = 0}; }

}  // namespace sotto::lattice
