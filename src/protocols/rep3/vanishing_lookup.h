// A piecewise function of one term that is zero below its pieces, as the exponential of very negative numbers:
// no comparison decides where it ends.
//
// As in lookup.h the pair knows the piece j = floor((A - minimum) / 2^low), here of a window wider than the
// pieces, and the single, who knows B, deals their coefficients T[j mod pieces]. The argument lies below the
// pieces if j + ceil(B / 2^low) is negative: a comparison of a few bits (comparison.h) on the way. The pair
// opens its result v = [not below] as v ^ r, and takes the coefficient from T' = r T or from T - T', dealt
// both:   v T = r T where v = r, and (1 - r) T where not.
//
// Security: comparison.h; shares of dealt values and a bit opened under a mask used once; the single receives
// nothing. Perfect. Cost per element: a comparison of window - low bits, 16 pieces bytes, and 2 bits; 1 round
// to deal + merging (1 for up to 17 bits compared) + 1.
#pragma once

#include "protocols/rep3/comparison.h"
#include "protocols/table.h"

namespace sotto::protocols::rep3 {

class VanishingLookup {
 public:
  // Arguments modulo 2^window, wider than the function's own; they are not above its pieces.
  VanishingLookup(Dealing& dealing, const PiecewiseFunction& function, std::size_t count, int window,
                  Effort effort);

  // In the first round, at all parties; `half` holds the single's summand, else empty.
  void deal(const Words& half);
  // From the next round on, `half` at the pair. Result: the pair's shares of the value, not truncated.
  Task<Words> evaluate(Words half);

 private:
  std::size_t pieces() const { return std::size_t{1} << function_.piece_bits; }
  int low_bits() const { return function_.window - function_.piece_bits; }
  void fill_tables(const Words& half, std::span<std::uint64_t> tables) const;
  Words select_values(const Words& argument, const Words& opened) const;

  Dealing& dealing_;
  const PiecewiseFunction& function_;
  std::size_t count_;
  int window_;
  Words mask_;  // the pair's part of r, planes; at the single all of it
  Words tables_;
  Comparison comparison_;
};

}  // namespace sotto::protocols::rep3
