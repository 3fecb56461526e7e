// How a tensor's elements lie in memory: shape, strides and offset in elements; the views NumPy has, as
// arithmetic.
//
// All functions return a layout over the same elements, and throw ErrorKind::kData naming the shapes when
// they cannot.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/shape.h"

namespace sotto {

struct Layout {
  Shape shape;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;

  // Row-major from offset 0.
  static Layout dense(Shape shape);
  // Elements are adjacent in row-major order (strides of extents 0 and 1 do not matter).
  bool is_dense() const;
};

// The shape `requested` with one extent of -1 at most, which is what remains of the element count.
Shape resolve_shape(const Shape& from, const Shape& requested);
// The same elements in row-major order under another shape. Only for dense layouts.
Layout reshaped(const Layout& layout, const Shape& shape);
// Axis i of the result is axis permutation[i]; each axis exactly once.
Layout transposed(const Layout& layout, const std::vector<std::int64_t>& permutation);
// Along one axis the elements begin, begin + step, ... before end. Negative positions count from the end, and
// positions beyond the ends are moved to them, as in NumPy; step >= 1. A negative axis counts from the last.
Layout sliced(const Layout& layout, std::int64_t axis, std::int64_t begin, std::int64_t end,
              std::int64_t step);
// Extents of 1, and missing leading axes, are repeated with stride 0.
Layout broadcast(const Layout& layout, const Shape& shape);
// The shape to which both broadcast.
Shape broadcast_shape(const Shape& a, const Shape& b);

// Calls run(offset, count, stride) for runs along the innermost axis, in row-major order; dense tails are one
// run.
template <class Run>
void for_each_run(const Layout& layout, Run&& run);

}  // namespace sotto

#include "base/layout_runs.h"
