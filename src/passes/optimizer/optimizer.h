// Optimizers: how a gradient moves a parameter, as StableHLO built into the training step.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

struct Parameter {
  mlir::Value value;
  mlir::Value gradient;  // of the sum over the batch
  mlir::Value momentum;  // null when the optimizer keeps none
};

struct Updated {
  mlir::Value value, momentum;
};

// How many tensors of a parameter's shape the optimizer keeps beside it: 0 or 1.
int optimizer_states(const Training& training);

// torch.optim.SGD on the mean over the batch, in the scaled form u = rate * v:
//   u' = momentum * u + (rate / batch) * gradient + rate * weight_decay * w,    w' = w - u'.
// The numbers are torch's; the form needs one truncation for each weight, since w' is then a local
// difference.
Updated sgd(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
            const Parameter& parameter);

}  // namespace sotto::passes
