// From kernel operations to the plan: names, blocks, control, exact costs.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "passes/options.h"
#include "plan/plan.h"

namespace sotto::passes {

// The module's functions (lowered: @step and perhaps @evaluate) become blocks between "load", which shares
// what roles provide, and "finish", which reveals what the options say. Every operation's cost is counted by
// running its kernel against links that only count; operations start as soon as their operands are there. The
// plan is verified. Throws Error(kModel) for reveals of what does not exist and Error(kPlan) where a kernel
// refuses its operands.
plan::Plan emit_plan(mlir::ModuleOp module, const Options& options);

}  // namespace sotto::passes
