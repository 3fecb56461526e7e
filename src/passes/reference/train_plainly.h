// A whole training job in plain, epoch by epoch.
#pragma once

#include <functional>

#include "mlir/IR/BuiltinOps.h"
#include "passes/reference/reference.h"

namespace sotto::passes {

struct PlainEpoch {
  std::int64_t epoch = 0;
  double accuracy = 0;          // on the test rows, after the epoch; 0 when the loss is the squared error
  double loss = 0;              // mean on the test rows
  double seconds_per_step = 0;  // of this epoch's training
  Arrays states;
};

// Trains the module's @step and evaluates @evaluate after each epoch; gives the last one. Starts, batches and
// arithmetic are those of the private job, but for fixed point. Throws Error(kModel) when the interpreter
// refuses.
PlainEpoch train_plainly(mlir::ModuleOp module, const Options& options, const Arrays& data,
                         const std::function<void(const PlainEpoch&)>& after_epoch = {});

}  // namespace sotto::passes
