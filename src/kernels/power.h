// Powers x^(halves/2) of positive numbers over many powers of two, as functions of log2 x: 2^(halves/2 * log2
// x), one product for any split of the logarithm.
#pragma once

#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"
#include "kernels/reciprocal.h"

namespace sotto::kernels {

using protocols::Logarithm;

// Of logarithms for reciprocals and for their own sake: off by a relative 2^-17 of their argument.
inline constexpr int kFinestPrecision = 19;

// The logarithm of numbers in the range, in units of their last place.
Logarithm logarithm_over(const PositiveRange& range, int precision);

struct Power {
  int halves;  // -2 to 2, not 0; -1 and 1 also of numbers below the range, which count as about its least
  PositiveRange range;
  int precision;  // see Logarithm
  int result_bits;

  // Of the product before its truncation: q of the factor that is public to those who multiply, p of the
  // dealer's. Factors are between 1 and 2^spread, or their inverses.
  struct Split {
    Logarithm logarithm;
    double spread;
    int coefficient_bits, factor_bits, result_bound;
    bool fits() const;
  };
  // The fewest pieces for which the product fits in the ring: with two bits more than the precision for the
  // smallest coefficient, or else with two bits more than the result's for all. The error is a relative
  // |halves| (2^(1-precision) + 2^(-1-precision)) at most, and a unit; with coefficients of the latter kind
  // 1/8 unit more.
  Split split() const;
  bool fits() const;
  void check(const Check& check) const;
  PiecewiseFunction function(const Split& split) const;

 private:
  Split split_with(int piece_bits, bool is_absolute) const;
};

Task<Share> power(Context& context, Share x, const Power& power);

}  // namespace sotto::kernels
