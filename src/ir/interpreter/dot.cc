// dot_general: both operands become matrices [batch, rows, summed] and [batch, summed, columns]; one blocked
// loop multiplies them.
#include <algorithm>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {

// Without it a machine with fused multiply-add would round differently.
#pragma STDC FP_CONTRACT OFF

namespace {

constexpr std::int64_t kRows = 4;      // of a tile kept in registers
constexpr std::int64_t kColumns = 16;  // of a tile; a panel of the right matrix is as wide

// C[0..rows, 0..16) += A[rows, depth] * panel[depth, 16], terms in order of depth.
template <typename T, std::int64_t rows>
[[gnu::always_inline]] inline void multiply_tile(const T* a, const T* panel, std::int64_t depth, T* c,
                                                 std::int64_t c_step, std::int64_t columns) {
  T sum[rows][kColumns] = {};
  for (std::int64_t k = 0; k < depth; ++k) {
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < kColumns; ++j) sum[i][j] += a[i * depth + k] * panel[k * kColumns + j];
    }
  }
  for (std::int64_t i = 0; i < rows; ++i) std::copy_n(sum[i], columns, c + i * c_step);
}

// C = A * B for row-major matrices. Panels of B, 16 columns wide and padded with zeros, are packed so that
// the inner loop reads forward.
template <typename T>
[[gnu::always_inline]] inline void multiply_matrices(const T* a, const T* b, T* c, std::int64_t rows,
                                                     std::int64_t depth, std::int64_t columns, T* panel) {
  for (std::int64_t j = 0; j < columns; j += kColumns) {
    const std::int64_t width = std::min(kColumns, columns - j);
    for (std::int64_t k = 0; k < depth; ++k) {
      for (std::int64_t l = 0; l < kColumns; ++l)
        panel[k * kColumns + l] = l < width ? b[k * columns + j + l] : T(0);
    }
    std::int64_t i = 0;
    for (; i + kRows <= rows; i += kRows)
      multiply_tile<T, kRows>(a + i * depth, panel, depth, c + i * columns + j, columns, width);
    for (; i < rows; ++i)
      multiply_tile<T, 1>(a + i * depth, panel, depth, c + i * columns + j, columns, width);
  }
}

// One function per type, each compiled for several instruction sets and chosen at run time. All give the same
// bits: vector lanes are different columns.
#define SOTTO_MULTIPLY(T)                                                                                    \
  __attribute__((target_clones("avx512f", "avx2", "default"))) void multiply(                                \
      const T* a, const T* b, T* c, std::int64_t rows, std::int64_t depth, std::int64_t columns, T* panel) { \
    multiply_matrices(a, b, c, rows, depth, columns, panel);                                                 \
  }
SOTTO_MULTIPLY(float)
SOTTO_MULTIPLY(double)
SOTTO_MULTIPLY(std::uint64_t)
#undef SOTTO_MULTIPLY

using Dimensions = std::vector<std::int64_t>;

// Dimensions of a tensor that are neither batching nor contracting.
Dimensions free_dimensions(std::size_t rank, llvm::ArrayRef<std::int64_t> batching,
                           llvm::ArrayRef<std::int64_t> contracting) {
  Dimensions dimensions;
  for (std::size_t d = 0; d < rank; ++d) {
    if (!llvm::is_contained(batching, d) && !llvm::is_contained(contracting, d)) dimensions.push_back(d);
  }
  return dimensions;
}

std::int64_t extent(const Array& array, llvm::ArrayRef<std::int64_t> dimensions) {
  std::int64_t product = 1;
  for (std::int64_t dimension : dimensions) product *= array.shape()[dimension];
  return product;
}

// `x` with its dimensions in the given order; no copy when they are in order already.
const Array& ordered(const Array& x, llvm::ArrayRef<std::int64_t> first, llvm::ArrayRef<std::int64_t> second,
                     llvm::ArrayRef<std::int64_t> third, Array& storage) {
  Dimensions order(first);
  order.insert(order.end(), second.begin(), second.end());
  order.insert(order.end(), third.begin(), third.end());
  if (std::ranges::is_sorted(order)) return x;
  storage = permuted(x, order);
  return storage;
}

struct Sizes {
  std::int64_t batch, rows, depth, columns;
};

template <typename T>
void multiply_batches(const T* a, const T* b, T* c, const Sizes& sizes) {
  std::vector<T> panel(sizes.depth * kColumns);
  for (std::int64_t i = 0; i < sizes.batch; ++i) {
    multiply(a + i * sizes.rows * sizes.depth, b + i * sizes.depth * sizes.columns,
             c + i * sizes.rows * sizes.columns, sizes.rows, sizes.depth, sizes.columns, panel.data());
  }
}

// Products of operands whose type differs from the result's are computed in the result's.
const Array& converted(mlir::Operation* op, const Array& x, Array& storage) {
  if (x.values().index() == Array(element_type(op->getResult(0).getType()), {0}).values().index()) return x;
  storage = evaluate_convert(op, {&x});
  return storage;
}

}  // namespace

Array evaluate_dot_general(mlir::Operation* op, Operands operands) {
  stablehlo::DotDimensionNumbersAttr numbers =
      llvm::cast<stablehlo::DotGeneralOp>(op).getDotDimensionNumbers();
  Array lhs_converted, rhs_converted, lhs_ordered, rhs_ordered;
  const Array& x = converted(op, *operands[0], lhs_converted);
  const Array& y = converted(op, *operands[1], rhs_converted);
  llvm::ArrayRef<std::int64_t> x_batching = numbers.getLhsBatchingDimensions();
  llvm::ArrayRef<std::int64_t> y_batching = numbers.getRhsBatchingDimensions();
  llvm::ArrayRef<std::int64_t> x_summed = numbers.getLhsContractingDimensions();
  llvm::ArrayRef<std::int64_t> y_summed = numbers.getRhsContractingDimensions();
  Dimensions x_free = free_dimensions(x.shape().size(), x_batching, x_summed);
  Dimensions y_free = free_dimensions(y.shape().size(), y_batching, y_summed);
  const Sizes sizes{extent(x, x_batching), extent(x, x_free), extent(x, x_summed), extent(y, y_free)};
  const Array& a = ordered(x, x_batching, x_free, x_summed, lhs_ordered);
  const Array& b = ordered(y, y_batching, y_summed, y_free, rhs_ordered);
  Array result(element_type(op->getResult(0).getType()), shape_of(op->getResult(0).getType()));
  std::visit(
      [&](auto& c) {
        using T = typename std::decay_t<decltype(c)>::value_type;
        using Computed = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;  // wraps
        multiply_batches(reinterpret_cast<const Computed*>(a.as<T>().data()),
                         reinterpret_cast<const Computed*>(b.as<T>().data()),
                         reinterpret_cast<Computed*>(c.data()), sizes);
      },
      result.values());
  result.normalise();
  return result;
}

}  // namespace sotto::ir
