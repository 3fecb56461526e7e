// The sign of v = A + B modulo 2^w, |v| < 2^(w-1), from its two summands: A known to the pair, B to the
// single.
//
//   v < 0  <=>  msb(A) ^ msb(B) ^ carry,   carry = [A' + B' >= 2^(w-1)] = [A' > C],   C = 2^(w-1) - 1 - B',
// with A', B' the low w-1 bits. Both are cut into digits of four bits (the top one may be narrower). Per
// digit c of C the single deals XOR shares of the threshold vector T[t] = [t > c], t = 1 .. 15; the pair, who
// know their digit j in the clear, select locally: greater = T[j], greater-or-equal = T[j+1]. No interaction
// but the dealing. Then merge.h.
//
// After the truncation of a product, the same works on the halves before their correction, for w <= 64 - d:
// the wrap is a multiple of 2^(64-d).
//
// Security (semi-honest, one corruption): the single receives nothing. Second receives vectors masked by a
// key it does not know; the pair's openings are masked by uniform bits used once. Perfect correctness. Paper:
// the threshold vectors are the plain form of the distributed comparison functions of Boyle et al.
// (2015/2021) for four bits; replicated halves as in Araki et al. (2016). With Effort::kFewRounds, "greater"
// comes from dealt_function.h instead of digits and merging, in one round. Cost per element: 15 bits per
// digit + 1 bit + merging, in 1 + (merge levels) rounds.
#pragma once

#include <optional>

#include "protocols/rep3/dealt_function.h"
#include "protocols/rep3/merge.h"
#include "protocols/table.h"

namespace sotto::protocols::rep3 {

class Comparison {
 public:
  Comparison(Dealing& dealing, std::size_t count, int window, Effort effort);
  // In the first round at all parties; `b` holds B at the single (any multiple of 2^w may be added), else
  // empty.
  void deal(const Words& b);
  // From the next round on; `a` holds A at the pair. Result: XOR share of [v >= 0], one plane; empty at the
  // single.
  Task<Words> evaluate(Words a);

 private:
  int digit_bits(int digit) const;
  int digit_low(int digit) const;
  DigitPlanes select(const Words& planes) const;

  Dealing& dealing_;
  std::size_t words_;
  int window_, digits_;
  std::size_t threshold_planes_ = 0;
  Words thresholds_, top_bit_;
  Merge merge_;
  std::optional<DealtFunction> function_;  // instead of digits, where rounds are dear
};

}  // namespace sotto::protocols::rep3
