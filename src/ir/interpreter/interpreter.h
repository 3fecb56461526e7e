// The float reference interpreter: what a StableHLO program means, in plain.
//
// Numerics: f32 arithmetic is IEEE single precision, operation by operation, without fused multiply-add, so
// results do not depend on the machine's instruction set; a dot product adds its terms in order, a reduction
// folds pairs of neighbours. exponential, log, tanh and the like are the C library's, correct to about one
// unit in the last place. Integers wrap. Integer division by zero gives -1 (all bits set).
#pragma once

#include <functional>
#include <vector>

#include "ir/interpreter/array.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace sotto::ir {

// Called with each result of each operation of the function's body, as it is computed (not inside reduction
// bodies).
using Observer = std::function<void(mlir::Operation* op, unsigned result, const Array& value)>;

// The function's results on `inputs`. Fails with a diagnostic when the inputs do not fit the function's type,
// when an operation has no meaning here, and when a check (custom_call @check.expect_eq and its kind) does
// not hold. REQUIRES: `function` is verified.
mlir::FailureOr<std::vector<Array>> evaluate(mlir::func::FuncOp function, llvm::ArrayRef<Array> inputs,
                                             const Observer& observer = {});

// The array's element type for MLIR's; REQUIRES: one of the StableHLO dialect's element types.
ElementType element_type(mlir::Type type);
// The shape and element type of a tensor type, without values.
Shape shape_of(mlir::Type tensor);
// The values of a constant.
Array to_array(mlir::DenseElementsAttr constant);
// The constant with an array's values.
mlir::DenseElementsAttr to_constant(mlir::MLIRContext& context, const Array& array);

}  // namespace sotto::ir
