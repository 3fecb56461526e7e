// Exact truncation of v = A + B by d bits, |v| < 2^62, A known to the first party and B to the second.
//
// The first adds 2^62 to A, so that 0 <= A + B - wrap 2^64 < 2^63, and then
//   v / 2^d  ~  ceil(A / 2^d) + floor(B / 2^d) - wrap 2^(64-d) - 2^(62-d),    wrap = a + b - a b,
// with a, b the top bits of A, B: the sum's top bit being zero, it wraps exactly if one of them is set.
// Rounding one part up and the other down leaves an error strictly less than one unit with zero mean; both
// are shifted by a coin from their common key first, so that the parts of constants round like any others.
// The wrap's factor 2^(64-d) leaves a b modulo 2^d: one product of a bit with a number of d bits.
//
// Security: semi-honest, bit_products.h. As every exact truncation by parts, against a functionality that
// tells a corrupted party the summand which determines the rounding (Santos et al., eprint 2024/1127). With a
// known sign the wrap costs one product of bits: Rathee et al., CrypTFlow2, CCS 2020. Any value below 2^62
// has one, by the offset.
//
// Cost: a transfer and 1 + d bits; 2 rounds. Nothing for d = 0.
#pragma once

#include <optional>

#include "protocols/duo/bit_products.h"

namespace sotto::protocols::duo {

class Truncation {
 public:
  Truncation(Supply& supply, const Site& site, std::size_t count, int bits);

  // This party's part of v; from then on half() is its summand of v / 2^d but for the wrap.
  void prepare(Words part);
  const Words& half() const { return half_; }
  // From the supply's start on: its share of v / 2^d.
  Task<Words> run();

 private:
  const Context& context_;
  Site site_;
  std::size_t count_;
  int bits_;
  std::optional<BitProducts> wrap_;
  Words half_, top_;
};

}  // namespace sotto::protocols::duo
