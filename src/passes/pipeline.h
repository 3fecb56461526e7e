// The compiler as a whole: passes in order, and the border where diagnostics become errors.
#pragma once

#include <functional>
#include <string_view>

#include "mlir/IR/BuiltinOps.h"
#include "passes/options.h"
#include "plan/plan.h"

namespace sotto::passes {

// Called with each pass's name and the module after it.
using Dump = std::function<void(std::string_view pass, mlir::ModuleOp module)>;

// The names that Dump is called with, in order.
std::vector<std::string> pass_names(const Options& options);

// The program as named StableHLO functions, simplified: what the reference trains with. Changes the module.
// Throws Error(kModel) with the place in the source.
void prepare_program(mlir::ModuleOp module, const Options& options, const Dump& dump = {});
// The plan, verified, with exact costs. Changes the module. Throws Error(kModel).
plan::Plan compile(mlir::ModuleOp module, const Options& options, const Dump& dump = {});

}  // namespace sotto::passes
