// What a plan must know of every argument, as attributes beside those of support/tensors.h.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

inline constexpr llvm::StringLiteral kRoleAttribute = "sotto.role";          // who provides it
inline constexpr llvm::StringLiteral kEncodingAttribute = "sotto.encoding";  // how its file becomes numbers
inline constexpr llvm::StringLiteral kRowsAttribute = "sotto.rows";  // of the data set a batch is from
inline constexpr llvm::StringLiteral kInitializerAttribute = "sotto.initializer";  // public start of a state
inline constexpr llvm::StringLiteral kStoredAttribute =
    "sotto.stored";  // unit: from the parties' share stores
inline constexpr llvm::StringLiteral kParameterAttribute =
    "sotto.parameter";  // a state that is part of the model

// Sets roles, encodings, formats and starts of all arguments, which have their names and kinds. Fails with a
// diagnostic when nobody provides an argument that is no state.
mlir::LogicalResult annotate_arguments(mlir::func::FuncOp function, const Options& options);

}  // namespace sotto::passes
