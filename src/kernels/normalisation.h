// Leading bits: for a positive x, e = floor(log2 x) as bits, and x * 2^-e in [1, 2).
//
// All thresholds 2^k, minimum < 2^k <= maximum, are compared with x in one batch; the bits are monotone, so
// any function of e is a public weight per bit, summed locally.
#pragma once

#include "kernels/local.h"

namespace sotto::kernels {

class Normalisation {
 public:
  // x in [minimum, maximum] at `fraction_bits`.
  Normalisation(double minimum, double maximum, int fraction_bits);

  int lowest() const { return lowest_; }    // floor(log2 minimum)
  int highest() const { return highest_; }  // floor(log2 maximum)
  int thresholds() const { return highest_ - lowest_; }
  // Of x * 2^(highest - e), an exact product: in [2^bits, 2^(bits+1)).
  int normalised_bits() const { return fraction_bits_ + highest_; }

  // [..., threshold] as 0 or 1, in 6 rounds (rep3): a batch of signs and their conversion.
  Task<Share> bits(Context& context, const Share& x) const;
  // 2^(highest - e) from the bits: local.
  Share scale(const Context& context, const Share& bits) const;
  // The function f(e) from the bits, exactly as rounded at each e: local.
  Share function_of_exponent(const Context& context, const Share& bits,
                             const std::function<std::int64_t(int exponent)>& f) const;

 private:
  int fraction_bits_, lowest_, highest_;
};

// x * y elementwise, truncated.
Task<Share> multiplied(Context& context, Share x, Share y, int truncate_bits);

}  // namespace sotto::kernels
