// A model for another batch size.
#pragma once

#include "passes/support/tensors.h"

namespace sotto::passes {

// Changes the first extent of argument `index` to `rows`, and with it every dimension that the program ties
// to it: by elementwise operations, products, broadcasts, moves. Fails with a diagnostic where a dimension is
// tied to something that cannot change, such as a constant with different elements. The function is changed
// in place.
mlir::LogicalResult rebatch(mlir::func::FuncOp function, unsigned index, int64_t rows);

}  // namespace sotto::passes
