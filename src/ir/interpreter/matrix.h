// Products of row-major matrices, for dot_general and convolution.
//
// Every element of a product is the sum of its terms in order of depth, without fused multiply-add, whatever
// the machine: vector lanes are different columns.
#pragma once

#include <cstdint>
#include <vector>

namespace sotto::ir {

// The right operand of products, packed for them: panels of 16 columns (the last one padded with zeros), each
// cut into pieces of its depth that fit the first-level cache.
template <typename T>
class Panels {
 public:
  Panels() = default;
  // `step` elements lie between the beginnings of two rows of b[depth, columns].
  Panels(const T* b, std::int64_t depth, std::int64_t columns, std::int64_t step);

  std::int64_t depth() const { return depth_; }
  std::int64_t columns() const { return columns_; }
  const T* data() const { return packed_.data(); }

 private:
  std::int64_t depth_ = 0, columns_ = 0;
  std::vector<T> packed_;
};

// c[rows, columns] = a[rows, depth] * b, with `step` elements between the beginnings of two rows of c.
// T is float, double or uint64_t, which wraps.
template <typename T>
void multiply(const T* a, std::int64_t rows, const Panels<T>& b, T* c, std::int64_t step);

}  // namespace sotto::ir
