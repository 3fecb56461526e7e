// Moving elements between row-major arrays along strides: the one loop behind broadcast, transpose, slice,
// reverse, pad and concatenate.
#pragma once

#include "ir/interpreter/array.h"

namespace sotto::ir {

// Where index (i, j, ...) of a walk lies in an array: offset + i * strides[0] + j * strides[1] + ...
struct Strides {
  std::int64_t offset = 0;
  std::vector<std::int64_t> steps;
};

// The strides of a row-major array.
Strides row_major(const Shape& shape);

// to[to_at(index)] = from[from_at(index)] for every index of `extents`.
// REQUIRES: both arrays keep one kind of value, and every place lies inside them.
void copy_elements(const Array& from, const Strides& from_at, Array& to, const Strides& to_at,
                   const Shape& extents);

// A new array of `shape` whose element at an index is from[from_at(index)].
Array view(const Array& from, const Strides& from_at, Shape shape);

// `from` with dimension i of the result being dimension permutation[i] of it.
Array permuted(const Array& from, const std::vector<std::int64_t>& permutation);

// Steps `index` through `extents` in row-major order; false after the last one. REQUIRES: no extent is zero.
bool next_index(Shape& index, const Shape& extents);

}  // namespace sotto::ir
