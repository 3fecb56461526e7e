// Replaces calls by the bodies of the functions they name.
#pragma once

#include "mlir/IR/BuiltinOps.h"

namespace sotto::frontends::stablehlo {

// Inlines every func.call, then erases private functions. Fails with a diagnostic on recursion, on a callee
// that is missing or has no body, and when more than kMaximumOperations operations would come out. REQUIRES:
// the module is verified and every function body is one block.
mlir::LogicalResult inline_calls(mlir::ModuleOp module);

}  // namespace sotto::frontends::stablehlo
