// What is known about the values a tensor takes, kept as the attribute sotto.range on operations and
// arguments.
#pragma once

#include <optional>

#include "passes/support/tensors.h"

namespace sotto::passes {

inline constexpr llvm::StringLiteral kRangeAttribute = "sotto.range";

struct Range {
  double minimum = 0, maximum = 0;
  double spread = 0;  // the largest max - min along the last axis
  double rms = 0;     // the largest root mean square of any tensor seen; 0: not measured

  double magnitude() const;
  // The root mean square, or what it can be at most.
  double usual() const { return rms > 0 ? rms : magnitude(); }
  // The smallest b with |value| < 2^b for every value of the range grown by `margin` bits.
  int bound_bits(int margin) const;
};

std::optional<Range> range_of(mlir::Value value);
// On the operation's first result or on the argument; enlarges what is there.
void widen_range(mlir::Value value, const Range& range);

}  // namespace sotto::passes
