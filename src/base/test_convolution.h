// What tests of convolutions share: the definition, element by element, and the products of a layer.
#pragma once

#include <vector>

#include "base/convolution.h"

namespace sotto {

// Strides of a dense tensor by role (batch, feature, y, x), as `axes` orders them.
inline Convolution::Axes strides_by_role(const Shape& shape, const Convolution::Axes& axes) {
  const auto strides = dense_strides(shape);
  Convolution::Axes by_role{};
  for (std::size_t role = 0; role < 4; ++role) by_role[role] = strides[static_cast<std::size_t>(axes[role])];
  return by_role;
}

// out + the convolution: padded[p] is the element p / dilation where that divides and exists.
template <class Number>
std::vector<Number> convolved_by_definition(const Convolution& c, const Shape& lhs_shape,
                                            const std::vector<Number>& lhs, const Shape& rhs_shape,
                                            const std::vector<Number>& rhs, std::vector<Number> out) {
  using Integer = std::int64_t;
  const Shape shape = convolved_shape(c, lhs_shape, rhs_shape);
  const auto extent = [](const Shape& s, Integer axis) { return s[static_cast<std::size_t>(axis)]; };
  const auto at = [](const Convolution::Axes& strides, const Convolution::Axes& places) {
    Integer index = 0;
    for (std::size_t role = 0; role < 4; ++role) index += strides[role] * places[role];
    return static_cast<std::size_t>(index);
  };
  const auto element = [&](std::size_t axis, Integer place, Integer tap) -> Integer {
    const Integer padded = place * c.strides[axis] + tap * c.rhs_dilation[axis] - c.low[axis];
    if (padded < 0 || padded % c.lhs_dilation[axis] != 0) return -1;
    const Integer index = padded / c.lhs_dilation[axis];
    return index < extent(lhs_shape, c.lhs_dimensions[2 + axis]) ? index : -1;
  };
  const auto l = strides_by_role(lhs_shape, c.lhs_dimensions),
             r = strides_by_role(rhs_shape, c.rhs_dimensions),
             z = strides_by_role(shape, c.result_dimensions);
  const Integer height = extent(rhs_shape, c.rhs_dimensions[2]),
                width = extent(rhs_shape, c.rhs_dimensions[3]);
  const Integer features = extent(lhs_shape, c.lhs_dimensions[1]);
  for (Integer b = 0; b < extent(shape, c.result_dimensions[0]); ++b)
    for (Integer o = 0; o < extent(shape, c.result_dimensions[1]); ++o)
      for (Integer y = 0; y < extent(shape, c.result_dimensions[2]); ++y)
        for (Integer x = 0; x < extent(shape, c.result_dimensions[3]); ++x)
          for (Integer v = 0; v < height; ++v)
            for (Integer u = 0; u < width; ++u) {
              const Integer row = element(0, y, v), column = element(1, x, u);
              if (row < 0 || column < 0) continue;
              const Integer tap = c.reverse[0] ? height - 1 - v : v, side = c.reverse[1] ? width - 1 - u : u;
              for (Integer i = 0; i < features; ++i)
                out[at(z, {b, o, y, x})] += lhs[at(l, {b, i, row, column})] * rhs[at(r, {i, o, tap, side})];
            }
  return out;
}

// The three products of a layer, as JAX prints them.
inline Convolution input_gradient(std::int64_t low, std::int64_t high) {
  Convolution c;
  c.rhs_dimensions = {3, 2, 0, 1};  // [0, 1, o, i]
  c.low = {low, low};
  c.high = {high, high};
  c.reverse = {true, true};
  return c;
}

inline Convolution weight_gradient() {
  Convolution c;
  c.lhs_dimensions = {3, 0, 1, 2};     // [f, 0, 1, b]
  c.rhs_dimensions = {0, 3, 1, 2};     // [i, 0, 1, o]
  c.result_dimensions = {2, 3, 0, 1};  // [0, 1, b, f]
  return c;
}

}  // namespace sotto
