// The Sotto dialect in C++: its types and operations (documented in the .td files beside this one).
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

// clang-format off: generated code wants this order
#include "ir/sotto/dialect.h.inc"
#include "ir/sotto/enums.h.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/sotto/types.h.inc"
#define GET_OP_CLASSES
#include "ir/sotto/ops.h.inc"
// clang-format on

namespace sotto::ir::privacy {

// Extents of a FixedType, a BitsType or a ranked tensor type.
llvm::ArrayRef<int64_t> extents(mlir::Type type);
// A secret tensor.
FixedType secret(mlir::MLIRContext* context, llvm::ArrayRef<int64_t> shape, int fraction_bits, int bound_bits,
                 BoundStatus status);

}  // namespace sotto::ir::privacy
