// What is known about the values a tensor takes, kept as the attribute sotto.range on operations and
// arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "passes/support/tensors.h"

namespace sotto::passes {

inline constexpr llvm::StringLiteral kRangeAttribute = "sotto.range";

struct Range {
  double minimum = 0, maximum = 0;
  double spread = 0;  // the largest max - min along the last axis
  // norms[k]: the largest of any part seen, a part being elements [i * part_size(k), (i + 1) * part_size(k))
  // of a tensor, in row-major order; of the last, all elements. Empty: not measured.
  std::vector<double> norms = {};

  double magnitude() const;
  // No `count` consecutive elements of what was seen had a larger one.
  double norm(std::int64_t count) const;
  // The smallest b with |value| < 2^b for every value of the range grown by `margin` bits.
  int bound_bits(int margin) const;
};

constexpr std::int64_t part_size(std::size_t level) { return std::int64_t{64} << (2 * level); }
// The norms of one tensor's parts. REQUIRES: not empty.
template <class T>
std::vector<double> norms_of(std::span<const T> values);
// Of both.
Range joined(const Range& a, const Range& b);

std::optional<Range> range_of(mlir::Value value);
// On the operation's first result or on the argument; enlarges what is there.
void widen_range(mlir::Value value, const Range& range);

}  // namespace sotto::passes
