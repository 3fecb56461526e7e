// "Greater" in no round beyond the dealing: the single, who knows C, deals keys of the distributed comparison
// function [x > C] (crypto/dpf); the pair, who both know x = A', evaluate. The variant of comparison.h for
// networks where a round costs more than a kilobyte, and for small tensors.
//
// Security (semi-honest, one corruption): a key hides C computationally (126-bit seeds); roots come from the
// keys that the single has in common with first and with second; both receive the corrections. The single
// receives nothing. Cost per element: 2 (w-1) (16 + 3/8) bytes + 1/4, 1 round.
#pragma once

#include "protocols/rep3/dealing.h"

namespace sotto::protocols::rep3 {

class DealtFunction {
 public:
  // On inputs of `bits` bits, 1 to 63.
  DealtFunction(Dealing& dealing, std::size_t count, int bits)
      : dealing_(dealing), count_(count), bits_(bits) {}
  // In the first round at all parties; `b` holds B at the single, else empty: C is the complement of its low
  // bits.
  void deal(const Words& b);
  // From the next round on, at the pair: XOR share of [A' > C], one plane. `a` holds A.
  Words evaluate(const Words& a) const;

 private:
  Dealing& dealing_;
  std::size_t count_;
  int bits_;
  Words first_seeds_, second_seeds_, corrections_;
};

}  // namespace sotto::protocols::rep3
