// dot_general: both operands become matrices [batch, rows, summed] and [batch, summed, columns].
#include <algorithm>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/matrix.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {

namespace {

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
  for (std::int64_t i = 0; i < sizes.batch; ++i) {
    const Panels<T> right(b + i * sizes.depth * sizes.columns, sizes.depth, sizes.columns, sizes.columns);
    multiply(a + i * sizes.rows * sizes.depth, sizes.rows, right, c + i * sizes.rows * sizes.columns,
             sizes.columns);
  }
}

}  // namespace

const Array& in_result_type(mlir::Operation* op, const Array& x, Array& storage) {
  if (x.values().index() == Array(element_type(op->getResult(0).getType()), {0}).values().index()) return x;
  storage = evaluate_convert(op, {&x});
  return storage;
}

Array evaluate_dot_general(mlir::Operation* op, Operands operands) {
  stablehlo::DotDimensionNumbersAttr numbers =
      llvm::cast<stablehlo::DotGeneralOp>(op).getDotDimensionNumbers();
  Array lhs_converted, rhs_converted, lhs_ordered, rhs_ordered;
  const Array& x = in_result_type(op, *operands[0], lhs_converted);
  const Array& y = in_result_type(op, *operands[1], rhs_converted);
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
