// Reads StableHLO text, as JAX prints it or in MLIR's generic form, into a module of the stablehlo and func
// dialects.
//
// What comes out: a verified module whose public functions are single blocks of StableHLO operations over
// static shapes; calls of private functions have been inlined and private functions are gone.
#pragma once

#include <cstdint>
#include <string>

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

namespace sotto::frontends::stablehlo {

// Bounds that keep any input, however hostile, within memory and stack.
inline constexpr std::size_t kMaximumBytes = std::size_t{256} << 20;
inline constexpr std::int64_t kMaximumElements = std::int64_t{1} << 32;  // of one tensor
inline constexpr std::int64_t kMaximumRank = 32;
inline constexpr std::int64_t kMaximumOperations = 1'000'000;  // after inlining

// Loads the dialects a program may use.
void load_dialects(mlir::MLIRContext& context);

// Reads a program. Whatever is wrong is told to the context's diagnostic handlers, with line and column.
mlir::FailureOr<mlir::OwningOpRef<mlir::ModuleOp>> read_stablehlo(mlir::MLIRContext& context,
                                                                  llvm::StringRef text,
                                                                  llvm::StringRef filename);

// As read_stablehlo; throws Error(kModel, "file:line:column: message") instead. The border to code with
// exceptions.
mlir::OwningOpRef<mlir::ModuleOp> read_or_throw(mlir::MLIRContext& context, llvm::StringRef text,
                                                llvm::StringRef filename);

// Reads the file at `path`; throws Error(kSystem) when it cannot be read, otherwise as read_or_throw.
mlir::OwningOpRef<mlir::ModuleOp> read_file_or_throw(mlir::MLIRContext& context, const std::string& path);

// The function to run: the public one called main, or the only public one; null if there is no such.
mlir::func::FuncOp entry_function(mlir::ModuleOp module);

// What the user calls an argument: its attribute sotto.name, else the name its location carries (JAX prints
// loc("W0") with debug information), else "arg3".
std::string argument_name(mlir::func::FuncOp function, unsigned index);

}  // namespace sotto::frontends::stablehlo
