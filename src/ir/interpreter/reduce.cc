// reduce: neighbours are folded in pairs, halving the number of rows each time. The body runs on whole rows
// at once.
#include <numeric>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

// Rows first, first + step, ... of a matrix, `count` of them.
Array rows(const Array& matrix, std::int64_t first, std::int64_t step, std::int64_t count) {
  std::int64_t width = matrix.shape()[1];
  return view(matrix, Strides{.offset = first * width, .steps = {step * width, 1}}, {count, width});
}

// `x` as a matrix: a row for each index along the reduced dimensions, a column for each element of the
// result.
Array reduced_first(const Array& x, llvm::ArrayRef<std::int64_t> reduced) {
  std::vector<std::int64_t> order(reduced);
  std::int64_t height = 1, width = 1;
  for (std::size_t d = 0; d < x.shape().size(); ++d) {
    bool is_reduced = llvm::is_contained(reduced, d);
    (is_reduced ? height : width) *= x.shape()[d];
    if (!is_reduced) order.push_back(d);
  }
  return permuted(x, order).reshaped({height, width});
}

// Puts the last row of `matrix` below `halved`.
void append_last_row(const Array& matrix, Array& halved) {
  Shape shape = halved.shape();
  Array longer(matrix.type(), {shape[0] + 1, shape[1]});
  copy_elements(halved, row_major(shape), longer, row_major(shape), shape);
  Array last = rows(matrix, matrix.shape()[0] - 1, 1, 1);
  Strides bottom{.offset = shape[0] * shape[1], .steps = {shape[1], 1}};
  copy_elements(last, row_major(last.shape()), longer, bottom, last.shape());
  halved = std::move(longer);
}

// One round: half as many rows (rounded up), in order.
mlir::FailureOr<Results> halve(mlir::Block& body, const Results& matrices) {
  const std::int64_t height = matrices[0].shape()[0];
  Results arguments;
  for (const Array& matrix : matrices) arguments.push_back(rows(matrix, 0, 2, height / 2));
  for (const Array& matrix : matrices) arguments.push_back(rows(matrix, 1, 2, height / 2));
  mlir::FailureOr<Results> halved = evaluate_body(body, pointers(arguments));
  if (mlir::failed(halved) || height % 2 == 0) return halved;
  for (auto [matrix, result] : llvm::zip(matrices, *halved)) append_last_row(matrix, result);
  return halved;
}

}  // namespace

mlir::FailureOr<Results> evaluate_reduce(mlir::Operation* op, Operands operands) {
  auto reduce = llvm::cast<stablehlo::ReduceOp>(op);
  mlir::Block& body = reduce.getBody().front();
  const std::size_t count = reduce.getInputs().size();
  Results matrices;
  for (const Array* input : operands.take_front(count))
    matrices.push_back(reduced_first(*input, reduce.getDimensions()));
  const std::int64_t width = matrices[0].shape()[1];
  while (matrices[0].shape()[0] > 1) {
    mlir::FailureOr<Results> halved = halve(body, matrices);
    if (mlir::failed(halved)) return mlir::failure();
    matrices = std::move(*halved);
  }
  Results folded;
  for (const Array* init : operands.drop_front(count))
    folded.push_back(view(*init, Strides{.offset = 0, .steps = {0, 0}}, {1, width}));
  if (matrices[0].shape()[0] == 1) {
    for (Array& matrix : matrices) folded.push_back(std::move(matrix));
    mlir::FailureOr<Results> last = evaluate_body(body, pointers(folded));
    if (mlir::failed(last)) return mlir::failure();
    folded = std::move(*last);
  }
  for (auto [result, value] : llvm::zip(reduce.getResults(), folded))
    value = std::move(value).reshaped(shape_of(result.getType()));
  return folded;
}

}  // namespace sotto::ir
