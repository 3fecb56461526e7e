// Softmax cross-entropy over rows of logits, its gradient written as frameworks write it so that passes/raise
// finds one pattern; logistic loss; squared error.
#include <limits>

#include "passes/calibrate/range.h"
#include "passes/differentiate/differentiate.h"

namespace sotto::passes {
namespace {

mlir::Value greatest_of_rows(mlir::OpBuilder& builder, mlir::Location location, mlir::Value rows) {
  auto scalar = tensor_type(rows).clone(llvm::ArrayRef<int64_t>());
  mlir::Value lowest = splat(builder, location, scalar, -std::numeric_limits<double>::infinity());
  return builder
      .create<hlo::ReduceOp>(location, rows, lowest, llvm::ArrayRef<int64_t>{1}, "stablehlo.maximum")
      .getResult(0);
}

mlir::Value row_maximum(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits) {
  return broadcast(builder, location, greatest_of_rows(builder, location, logits), shape_of(logits), {0});
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

// With m the row's maximum, whose probability is 1 / (sum of e^(z - m)): -log of the greatest probability,
// which is at least 1 / classes, however unlikely the label; and m - z at the label, which is exact.
mlir::Value cross_entropy(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels) {
  mlir::Value shifted =
      builder.create<hlo::SubtractOp>(location, logits, row_maximum(builder, location, logits));
  mlir::Value greatest = greatest_of_rows(builder, location, softmax(builder, location, logits));
  widen_range(greatest, {.minimum = 1 / static_cast<double>(shape_of(logits)[1]), .maximum = 1});
  mlir::Value logarithm = builder.create<hlo::LogOp>(location, greatest);
  mlir::Value at_label = builder.create<hlo::MultiplyOp>(location, labels, shifted);
  mlir::Value sum = builder.create<hlo::AddOp>(location, reduce_sum(builder, location, logarithm, {0}),
                                               reduce_sum(builder, location, at_label, {0, 1}));
  return builder.create<hlo::NegateOp>(location, sum);
}

// log(1 + e^z) - y z, as -log sigmoid(|z|) + max(z, 0) - y z: the logarithm is of a number from 1/2 to 1.
mlir::Value logistic_loss(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels) {
  mlir::Value zero = splat(builder, location, logits.getType(), 0);
  mlir::Value positive = builder.create<hlo::MaximumOp>(location, logits, zero);
  mlir::Value twice = builder.create<hlo::AddOp>(location, positive, positive);
  mlir::Value magnitude = builder.create<hlo::SubtractOp>(location, twice, logits);
  mlir::Value likelier = builder.create<hlo::LogisticOp>(location, magnitude);
  widen_range(likelier, {.minimum = 0.5, .maximum = 1});
  mlir::Value logarithm = builder.create<hlo::LogOp>(location, likelier);
  mlir::Value at_label = builder.create<hlo::MultiplyOp>(location, labels, logits);
  mlir::Value linear = builder.create<hlo::SubtractOp>(location, positive, at_label);
  mlir::Value losses = builder.create<hlo::SubtractOp>(location, linear, logarithm);
  return reduce_sum(builder, location, losses, {0, 1});
}

mlir::Value squared_error(mlir::OpBuilder& builder, mlir::Location location, mlir::Value outputs,
                          mlir::Value labels) {
  mlir::Value distance = builder.create<hlo::SubtractOp>(location, outputs, labels);
  mlir::Value squares = builder.create<hlo::MultiplyOp>(location, distance, distance);
  return times(builder, location, reduce_sum(builder, location, squares, {0, 1}), 0.5);
}

}  // namespace sotto::passes
