// A two-dimensional convolution in StableHLO's terms: which axis of which tensor plays which role, and how
// the window moves. Forward, input gradient and weight gradient, as JAX prints them, differ in nothing else.
//
// With padded = lhs with lhs_dilation - 1 zeros between neighbours, then `low` zeros before and `high` after
// them (negative: as many elements cut off),
//
//   result[b, y, x, o] = sum over v, u, i of padded[b, y * strides[0] + v * rhs_dilation[0],
//                                                      x * strides[1] + u * rhs_dilation[1], i] * rhs[v, u,
//                                                      i, o],
//
// where v (or u) counts rhs from its end if reverse[0] (or [1]). Pairs are of the spatial axes y, x, in this
// order.
#pragma once

#include <array>
#include <cstdint>

#include "base/shape.h"

namespace sotto {

struct Convolution {
  using Axes = std::array<std::int64_t, 4>;
  using Pair = std::array<std::int64_t, 2>;

  // Which axis is batch, feature, y, x; the default is NHWC x HWIO -> NHWC.
  Axes lhs_dimensions = {0, 3, 1, 2};
  Axes rhs_dimensions = {2, 3, 0, 1};  // input feature, output feature, y, x
  Axes result_dimensions = {0, 3, 1, 2};
  Pair strides = {1, 1};
  Pair low = {0, 0}, high = {0, 0};
  Pair lhs_dilation = {1, 1}, rhs_dilation = {1, 1};
  std::array<bool, 2> reverse = {false, false};
};

// The result's shape. Total: throws Error(kData) saying what is wrong with the convolution or the shapes,
// however hostile; strides, dilations and paddings are below 2^24, and the window has elements.
Shape convolved_shape(const Convolution& convolution, const Shape& lhs, const Shape& rhs);

}  // namespace sotto
