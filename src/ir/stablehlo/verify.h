// Checks that several operations' verifiers share.
#pragma once

#include "ir/stablehlo/dialect.h"

namespace sotto::ir::stablehlo {

inline mlir::RankedTensorType tensor_type(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

// The result's shape is `expected`, or the message says both.
mlir::LogicalResult check_result_shape(mlir::Operation* op, llvm::ArrayRef<int64_t> expected);

// `dimensions` are different and lie in [0, rank); `name` is how the message calls them.
mlir::LogicalResult check_dimensions(mlir::Operation* op, llvm::StringRef name,
                                     llvm::ArrayRef<int64_t> dimensions, int64_t rank);

// `list` has one entry per dimension.
mlir::LogicalResult check_length(mlir::Operation* op, llvm::StringRef name, llvm::ArrayRef<int64_t> list,
                                 int64_t rank);

// A body takes one accumulator and one element of each of the `elements` types, all scalars, returns
// `results`, and computes on scalars alone. `name` is how the message calls it.
mlir::LogicalResult check_body(mlir::Operation* op, llvm::StringRef name, mlir::Region& body,
                               mlir::TypeRange elements, mlir::TypeRange results);

// The name of a body's only operation, when it is applied to the two arguments in order and takes no
// attributes.
std::optional<llvm::StringRef> single_operation(mlir::Region& body);

// The same shape written (2, 3), for messages.
std::string shape_text(llvm::ArrayRef<int64_t> shape);

}  // namespace sotto::ir::stablehlo
