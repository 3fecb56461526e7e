// The functions of a training job, made from a forward model.
//
// A forward model is a function of parameters and one batch that returns logits, one row per example. It
// becomes
//   @step     (parameters, momentum..., x, labels) -> (parameters, momentum)
//   @evaluate (parameters, x, labels, correct) -> correct
// whose arguments and results carry the attributes of support/tensors.h; the model itself disappears. Labels
// are one-hot. @evaluate counts in its own batch size, a divisor of the number of test rows.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// Kinds of arguments.
inline constexpr llvm::StringLiteral kState = "state", kBatch = "batch", kInput = "input";
// Names of values that the pass invents.
inline constexpr llvm::StringLiteral kCorrect = "correct", kTestPrefix = "test.",
                                     kMomentumPrefix = "momentum.";

// The largest divisor of `rows` that is at most `batch`.
std::int64_t evaluation_batch(std::int64_t rows, std::int64_t batch);
// The argument that takes the batch: the one called `name`, or the last when the name is empty. -1: none.
int data_argument(mlir::func::FuncOp model, const std::string& name);
// How many inputs feed each parameter's layer: the rows of the weight, also for the bias that is added to its
// product. Initializers want it. Zero when it cannot be told.
std::int64_t fan_in(mlir::func::FuncOp function, unsigned argument);

}  // namespace sotto::passes
