// Rules of operations with windows, and of their moves.
#pragma once

#include "passes/differentiate/differentiate.h"

namespace sotto::passes {

// As differentiate_operation, for convolution, reduce_window, pad and reverse.
mlir::LogicalResult differentiate_window(mlir::OpBuilder& builder, mlir::Operation* op, mlir::Value gradient,
                                         AddGradient add);

}  // namespace sotto::passes
