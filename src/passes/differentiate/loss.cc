// Softmax cross-entropy over rows of logits, written as frameworks write it so that passes/raise finds one
// pattern; logistic loss; squared error.
#include <limits>

#include "passes/differentiate/differentiate.h"

namespace sotto::passes {
namespace {

mlir::Value row_maximum(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits) {
  auto scalar = tensor_type(logits).clone(llvm::ArrayRef<int64_t>());
  mlir::Value lowest = splat(builder, location, scalar, -std::numeric_limits<double>::infinity());
  auto maximum = builder.create<hlo::ReduceOp>(location, logits, lowest, llvm::ArrayRef<int64_t>{1},
                                               "stablehlo.maximum");
  return broadcast(builder, location, maximum.getResult(0), shape_of(logits), {0});
}

}  // namespace

mlir::Value softmax(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits) {
  mlir::Value shifted =
      builder.create<hlo::SubtractOp>(location, logits, row_maximum(builder, location, logits));
  mlir::Value exponential = builder.create<hlo::ExponentialOp>(location, shifted);
  mlir::Value sum = reduce_sum(builder, location, exponential, {1});
  return builder.create<hlo::DivideOp>(location, exponential,
                                       broadcast(builder, location, sum, shape_of(logits), {0}));
}

mlir::Value cross_entropy_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                                   mlir::Value labels) {
  return builder.create<hlo::SubtractOp>(location, softmax(builder, location, logits), labels);
}

mlir::Value logistic_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                              mlir::Value labels) {
  mlir::Value probability = builder.create<hlo::LogisticOp>(location, logits);
  return builder.create<hlo::SubtractOp>(location, probability, labels);
}

mlir::Value squared_error_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value outputs,
                                   mlir::Value labels) {
  return builder.create<hlo::SubtractOp>(location, outputs, labels);
}

mlir::Value count_correct(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels) {
  mlir::Value largest = builder.create<hlo::CompareOp>(
      location, logits, row_maximum(builder, location, logits), hlo::ComparisonDirection::EQ);
  mlir::Value zero = splat(builder, location, labels.getType(), 0);
  mlir::Value hits = builder.create<hlo::SelectOp>(location, labels.getType(), largest, labels, zero);
  return reduce_sum(builder, location, hits, {0, 1});
}

mlir::Value count_correct_signs(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                                mlir::Value labels) {
  mlir::Value zero = splat(builder, location, logits.getType(), 0);
  mlir::Value one = splat(builder, location, labels.getType(), 1);
  mlir::Value positive = builder.create<hlo::CompareOp>(location, logits, zero, hlo::ComparisonDirection::GE);
  mlir::Value otherwise = builder.create<hlo::SubtractOp>(location, one, labels);
  mlir::Value hits = builder.create<hlo::SelectOp>(location, labels.getType(), positive, labels, otherwise);
  return reduce_sum(builder, location, hits, {0, 1});
}

mlir::Value squared_error(mlir::OpBuilder& builder, mlir::Location location, mlir::Value outputs,
                          mlir::Value labels) {
  mlir::Value distance = builder.create<hlo::SubtractOp>(location, outputs, labels);
  mlir::Value squares = builder.create<hlo::MultiplyOp>(location, distance, distance);
  return times(builder, location, reduce_sum(builder, location, squares, {0, 1}), 0.5);
}

}  // namespace sotto::passes
