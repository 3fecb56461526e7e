// The state that training leaves a model in: what a plan for prediction is calibrated on. Weights that were
// trained are larger than those that training starts with, and what they make of the rows is, too.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// Trains plainly, as the private job would: its step, start and order of rows, for the steps that ranges of a
// training are measured on, on the sample or on synthetic data. REQUIRES: build_training ran on the module.
std::map<std::string, ir::Array> trained_states(mlir::ModuleOp training, const Options& options);

// The sample's rows again and again, or the first of them only, until there are `rows`.
ir::Array repeated_rows(const ir::Array& sample, std::int64_t rows);

}  // namespace sotto::passes
