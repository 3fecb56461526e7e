// Small pieces of StableHLO that several passes build and recognise.
#pragma once

#include <optional>

#include "ir/stablehlo/dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace sotto::passes {

namespace hlo = ir::stablehlo;

inline mlir::RankedTensorType tensor_type(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shape_of(mlir::Value value) { return tensor_type(value).getShape(); }
inline bool is_float(mlir::Value value) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && llvm::isa<mlir::FloatType>(type.getElementType());
}

// A constant of `type` (any float tensor) whose elements all are `value`.
mlir::Value splat(mlir::OpBuilder& builder, mlir::Location location, mlir::Type type, double value);
// The number that all elements of a constant float tensor are, also behind broadcasts and reshapes.
std::optional<double> splat_value(mlir::Value value);
// Whether the value is a constant of which an element is infinite or NaN.
bool is_unbounded_constant(mlir::Value value);

// The sum over dimensions, and an operand repeated along the dimensions of `shape` that are not in `kept`.
mlir::Value reduce_sum(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand,
                       llvm::ArrayRef<int64_t> dimensions);
mlir::Value broadcast(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand,
                      llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> kept);
// operand * factor, or the operand itself when the factor is one.
mlir::Value times(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand, double factor);
// 0 .. count-1 without those in `without`.
llvm::SmallVector<int64_t> dimensions_without(int64_t count, llvm::ArrayRef<int64_t> without);
// Whether the operation folds its one input by one operation of that name ("stablehlo.add") from a neutral
// start.
bool is_reduction(mlir::Operation* op, llvm::StringRef name);
// The same of a reduce_window.
bool is_window_reduction(mlir::Operation* op, llvm::StringRef name);
// Whether the operation is the gradient of a maximum over windows: a select_and_scatter that chooses by GE
// and adds to zeros.
bool is_window_maximum_gradient(mlir::Operation* op);

// ---- Functions
// -------------------------------------------------------------------------------------------------

// Names that say which value of the plan an argument is, and which state a result replaces.
inline constexpr llvm::StringLiteral kNameAttribute = "sotto.name";  // argument: name of the value
inline constexpr llvm::StringLiteral kKindAttribute = "sotto.kind";  // argument: "state", "batch" or "input"
inline constexpr llvm::StringLiteral kFractionAttribute =
    "sotto.fraction";  // argument: fraction bits, when given
inline constexpr llvm::StringLiteral kResolutionAttribute =
    "sotto.resolution";  // argument, a state: smaller values are of no interest
inline constexpr llvm::StringLiteral kNextAttribute = "sotto.next";  // result: the state it replaces
inline constexpr llvm::StringLiteral kOutputAttribute =
    "sotto.output";  // result: the name it is revealed under

// What an argument is called: its attribute sotto.name (whoever read the program sets it), or argN.
std::string argument_name(mlir::func::FuncOp function, unsigned index);
// The program's function: the only one, or the one called main. Emits a diagnostic otherwise.
mlir::FailureOr<mlir::func::FuncOp> entry_function(mlir::ModuleOp module);
inline mlir::func::ReturnOp return_of(mlir::func::FuncOp function) {
  return llvm::cast<mlir::func::ReturnOp>(function.getBody().front().getTerminator());
}
// Clones `source`'s body (one block) to the builder's place; gives what it returned.
llvm::SmallVector<mlir::Value> clone_body(mlir::OpBuilder& builder, mlir::func::FuncOp source,
                                          mlir::ValueRange arguments);

}  // namespace sotto::passes
