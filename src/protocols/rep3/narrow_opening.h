// Opening of small numbers to the pair under a mask that the single knows: c = x + r modulo 2^width (or x ^
// r), from two-party shares of x. Afterwards x is a sum of halves like any shared value: c at the pair, -r at
// the single.
//
// Security: r is the sum of two masks, each known to the single and one of the pair; each of the pair sees
// the other's share under a mask it does not know. Cost per element: 2 width bits, 1 round.
#pragma once

#include "protocols/rep3/dealing.h"

namespace sotto::protocols::rep3 {

class NarrowOpening {
 public:
  enum class Kind : std::uint8_t { kSum, kExclusiveOr };
  NarrowOpening(Dealing& dealing, std::size_t count, int width, Kind kind, Purpose first, Purpose second)
      : dealing_(dealing), count_(count), width_(width), kind_(kind), first_(first), second_(second) {}

  // In the first round, at all parties.
  void draw();
  // This party's part of r below 2^width; at the single all of r.
  const Words& mask() const { return mask_; }
  // One round. The pair's shares, overwritten; bits above `width` do not count. Result: c at the pair.
  Task<Words> open(Words share);

 private:
  Dealing& dealing_;
  std::size_t count_;
  int width_;
  Kind kind_;
  Purpose first_, second_;
  Words mask_;
};

}  // namespace sotto::protocols::rep3
