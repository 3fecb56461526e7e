// Reverse-mode differentiation of StableHLO, and the loss of classification.
//
// Where a function has a kink the gradient is an element of the subdifferential: maximum gives ties to its
// first operand, a maximum over dimensions gives every tied element the whole gradient.
#pragma once

#include "passes/support/tensors.h"

namespace sotto::passes {

// d(output . seed)/d(input) for each input, built at the builder's place, which must come after `output` in
// the same block. `output` may depend on the inputs by elementwise arithmetic, exponential, log, logistic,
// tanh, sqrt, products (dot_general), sums and maxima over dimensions, and moves (broadcast, reshape,
// transpose, slice, concatenate). Fails with a diagnostic at the first operation it has no rule for. An input
// that `output` does not depend on gets zeros.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> gradients(mlir::OpBuilder& builder, mlir::Value output,
                                                          mlir::Value seed, mlir::ValueRange inputs);

// One operation's rule: for each operand that matters, calls `add(operand, gradient)`. Fails silently when
// there is no rule for the operation.
using AddGradient = llvm::function_ref<void(mlir::Value operand, mlir::Value gradient)>;
mlir::LogicalResult differentiate_operation(mlir::OpBuilder& builder, mlir::Operation* op,
                                            mlir::Value gradient, AddGradient add);

// Softmax along the last of two axes, shifted by each row's maximum.
mlir::Value softmax(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits);
// The gradient at the logits of the *sum* over rows of cross-entropy(softmax(logits), one-hot labels):
// softmax(logits) - labels. The mean's 1/rows is the caller's, to be applied where it costs nothing.
mlir::Value cross_entropy_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                                   mlir::Value labels);
// How many rows' largest logit is at the label, as a scalar.
mlir::Value count_correct(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels);

}  // namespace sotto::passes
