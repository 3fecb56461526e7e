// The small functions that reduce, scatter and windowed operations carry: what they may be, and which are
// plain.
#include "ir/stablehlo/verify.h"

namespace sotto::ir::stablehlo {

using mlir::LogicalResult;
using mlir::success;

static LogicalResult check_operations(mlir::Operation* op, mlir::Block& block) {
  for (mlir::Operation& inner : block.without_terminator()) {
    bool allowed =
        inner.hasTrait<mlir::OpTrait::Elementwise>() || llvm::isa<ConstantOp, SelectOp, ClampOp>(inner);
    if (!allowed)
      return inner.emitOpError() << "is not supported inside the body of '" << op->getName() << "'";
    for (mlir::Value result : inner.getResults()) {
      auto type = llvm::dyn_cast<mlir::RankedTensorType>(result.getType());
      if (!type || type.getRank() != 0) return inner.emitOpError("must give scalars inside a body");
    }
  }
  return success();
}

LogicalResult check_body(mlir::Operation* op, llvm::StringRef name, mlir::Region& body,
                         mlir::TypeRange elements, mlir::TypeRange results) {
  mlir::Block& block = body.front();
  llvm::SmallVector<mlir::Type> expected(elements);
  expected.append(elements.begin(), elements.end());
  if (block.getArgumentTypes() != mlir::TypeRange(expected))
    return op->emitOpError()
           << name << " must take the " << elements.size()
           << " accumulator(s), then the element(s), as scalars of the inputs' element types";
  auto terminator = llvm::dyn_cast_or_null<ReturnOp>(block.empty() ? nullptr : &block.back());
  if (!terminator) return op->emitOpError() << name << " must end with stablehlo.return";
  if (terminator.getOperandTypes() != results)
    return elements == results
               ? op->emitOpError() << name << " must return scalars of the inputs' element types"
               : op->emitOpError() << name << " must return one Boolean scalar";
  return check_operations(op, block);
}

std::optional<llvm::StringRef> single_operation(mlir::Region& body) {
  if (body.empty()) return std::nullopt;
  mlir::Block& block = body.front();
  if (block.getNumArguments() != 2 || block.getOperations().size() != 2) return std::nullopt;
  mlir::Operation& inner = block.front();
  bool plain = inner.getOperands() == mlir::ValueRange(block.getArguments()) && inner.getNumResults() == 1 &&
               inner.getNumRegions() == 0 && inner.getAttrs().empty() &&
               inner.getResult(0).getType() == block.getArgument(0).getType() &&
               block.getArgument(0).getType() == block.getArgument(1).getType() &&
               block.back().getOperands() == mlir::ValueRange(inner.getResults());
  return plain ? std::optional(inner.getName().getStringRef()) : std::nullopt;
}

}  // namespace sotto::ir::stablehlo
