// Powers x^(halves/2) of positive numbers over many powers of two, as functions of log2 x: 2^(halves/2 * log2
// x), one product for any split of the logarithm.
#pragma once

#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"
#include "kernels/reciprocal.h"

namespace sotto::kernels {

using protocols::Logarithm;

struct Power {
  int halves;  // -2 to 2, not 0
  PositiveRange range;
  int precision;  // see Logarithm; the power's relative error is at most |halves| 2^(1-precision), and a unit
  int result_bits;

  Logarithm logarithm() const;
  // Bits of the product before its truncation: q of the factor that is public to those who multiply, p of the
  // dealer's.
  int factor_bits() const;
  int coefficient_bits() const;
  int truncate_bits() const { return coefficient_bits() + factor_bits() - result_bits; }
  int result_bound() const;  // results are below 2^result_bound
  void check(const Check& check) const;
  PiecewiseFunction function() const;

 private:
  double spread() const;  // factors are between 1 and 2^spread
};

Task<Share> power(Context& context, Share x, const Power& power);

}  // namespace sotto::kernels
