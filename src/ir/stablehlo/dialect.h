// The StableHLO dialect in C++: its attributes and operations (documented in the .td files beside this one).
#pragma once

#include <string>
#include <vector>

#include "ir/stablehlo/window.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

// clang-format off
#include "ir/stablehlo/dialect.h.inc"
#include "ir/stablehlo/enums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/stablehlo/attributes.h.inc"
#define GET_OP_CLASSES
#include "ir/stablehlo/ops.h.inc"
// clang-format on

namespace sotto::ir::stablehlo {

// The names of all operations of the dialect, "stablehlo.abs" first, for messages.
std::vector<std::string> supported_operations(mlir::MLIRContext& context);
// What is said about an operation that does not exist here: its name, then everything that does.
std::string unsupported_operation(mlir::MLIRContext& context, llvm::StringRef name);

}  // namespace sotto::ir::stablehlo
