// Reverse-mode differentiation of StableHLO, and the losses of training.
//
// Where a function has a kink the gradient is an element of the subdifferential: maximum gives ties to its
// first operand, a maximum over dimensions gives every tied element the whole gradient, a maximum over
// windows gives it to the first of them.
//
// Forms that later passes recognise. They are JAX's; as an example for NHWC and HWIO, a kernel of 5x5 and no
// padding:
//   convolution, input:   convolution(gradient, reverse(kernel, dims = [0, 1])) with dim_numbers
//                         [b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f] and pad = [[4, 4], [4, 4]];
//                         a stride becomes lhs_dilate
//   convolution, kernel:  convolution(input, gradient) with dim_numbers
//                         [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]; a stride becomes rhs_dilate
//   reduce_window(max):   select_and_scatter(operand, gradient, 0), the same window, GE and add
//   reduce_window(add):   reduce_window(pad(gradient, 0), 0), the same window without its stride, which the
//                         pad has as gaps
//   pad:                  slice, after a pad by negative numbers where the pad itself took elements away
//   reverse:              reverse
#pragma once

#include "passes/support/tensors.h"

namespace sotto::passes {

// d(output . seed)/d(input) for each input, built at the builder's place, which must come after `output` in
// the same block. `output` may depend on the inputs by elementwise arithmetic, exponential, log, logistic,
// tanh, sqrt, rsqrt, abs, power, products (dot_general, convolution without batch groups or reversal), sums
// and maxima over dimensions and windows (maxima without dilations), and moves (broadcast, reshape,
// transpose, slice, concatenate, pad, reverse). Fails with a diagnostic at the first operation it has no rule
// for. An input that `output` does not depend on gets zeros.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> gradients(mlir::OpBuilder& builder, mlir::Value output,
                                                          mlir::Value seed, mlir::ValueRange inputs);

// The operations that there are rules for, by name, in the order of the alphabet; others get none, whatever
// their operands.
const std::vector<std::string>& differentiable_operations();
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
// The same for -y log s - (1 - y) log(1 - s) with s = sigmoid(logit): s - y.
mlir::Value logistic_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                              mlir::Value labels);
// The same for half the sum of (z - y)^2: z - y.
mlir::Value squared_error_gradient(mlir::OpBuilder& builder, mlir::Location location, mlir::Value outputs,
                                   mlir::Value labels);

// How many rows' largest logit is at the label, as a scalar.
mlir::Value count_correct(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels);
// The sum of y over logits >= 0 and of 1 - y over the others: for labels 0 and 1, how many are right.
mlir::Value count_correct_signs(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                                mlir::Value labels);
// The losses, summed over rows, as scalars. Of a softmax cross-entropy with one-hot labels; of a logistic
// loss.
mlir::Value cross_entropy(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels);
mlir::Value logistic_loss(mlir::OpBuilder& builder, mlir::Location location, mlir::Value logits,
                          mlir::Value labels);
// Half the sum of (z - y)^2 over all elements.
mlir::Value squared_error(mlir::OpBuilder& builder, mlir::Location location, mlir::Value outputs,
                          mlir::Value labels);

}  // namespace sotto::passes
