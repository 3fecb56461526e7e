// The binary logarithm of a secret number, in constant time: no branch, index or division depends on it.
#pragma once

#include <bit>
#include <cstdint>
#include <numbers>

namespace sotto::protocols {

// log2 x for 2^-20 < x < 2^20, absolute error below 2^-34: exponent and, by a series of the inverse
// hyperbolic tangent, a mantissa in [1/sqrt 2, sqrt 2).
inline double log2_of(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x), offset = bits - 0x3FE6A09E667F3BCDu;
  // Both the exponent and its sign by arithmetic on small positive integers, which every instruction set has.
  const std::uint64_t biased = (offset + (std::uint64_t{1024} << 52)) >> 52;
  const double m = std::bit_cast<double>(bits - (biased << 52) + (std::uint64_t{1024} << 52));
  double inverse = 0.41 + (2.4142 - (m + 1.0)) * 0.235;  // of m + 1 in [1.7, 2.42], then Newton's iteration
  for (int i = 0; i < 3; ++i) inverse *= 2.0 - (m + 1.0) * inverse;
  const double s = (m - 1.0) * inverse, square = s * s;
  double series = 0;
  for (int k = 6; k >= 0; --k) series = series * square + 1.0 / (2 * k + 1);
  const double exponent =
      std::bit_cast<double>(biased | std::bit_cast<std::uint64_t>(0x1p52)) - (0x1p52 + 1024.0);
  return exponent + s * series * (2.0 * std::numbers::log2e);
}

}  // namespace sotto::protocols
