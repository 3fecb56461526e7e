// The functions of a training job, made from a forward model.
//
// A forward model is a function of parameters and one batch that returns logits, one row per example. It
// becomes
//   @step     (parameters, x, optimizer's states..., labels) -> (parameters, optimizer's states)
//   @evaluate (parameters, x, labels, correct[, loss]) -> correct[, loss]
// whose arguments and results carry the attributes of support/tensors.h; the model itself disappears.
// @evaluate counts in its own batch size, a divisor of the number of test rows. Labels, and what @evaluate
// adds up, depend on the loss (options.h):
//   softmax cross-entropy   one-hot rows of logits' width; rows whose largest logit is at the label
//   logistic                one number from 0 to 1 a row; rows with z >= 0 count y, the others 1 - y
//   squared error           numbers of the logits' shape; `loss` instead of `correct`
// `loss` is the mean loss over the test rows; beside `correct` only where it is to be revealed.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// Kinds of arguments.
inline constexpr llvm::StringLiteral kState = "state", kBatch = "batch", kInput = "input";
// Names of values that the pass invents.
inline constexpr llvm::StringLiteral kCorrect = "correct", kLoss = "loss", kTestPrefix = "test.";

// The largest divisor of `rows` that is at most `batch`.
std::int64_t evaluation_batch(std::int64_t rows, std::int64_t batch);
// The argument that takes the batch: the one called `name`, or the last when the name is empty. -1: none.
int data_argument(mlir::func::FuncOp model, const std::string& name);
// How many inputs feed one output of a parameter's layer: the rows of a matrix, the elements of a kernel for
// one output feature; also for the bias that is added to its product. Initializers want it. Zero when it
// cannot be told.
std::int64_t fan_in(mlir::func::FuncOp function, unsigned argument);
// How many outputs one input of a weight's layer feeds: the columns of a matrix, the elements of a kernel for
// one input feature.
std::int64_t fan_out(mlir::func::FuncOp function, unsigned argument);

}  // namespace sotto::passes
