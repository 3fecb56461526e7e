// The generated operation classes, their folders and builders.
#include "ir/stablehlo/syntax.h"
#include "mlir/IR/Builders.h"

// After syntax.h: the generated parsers call its directives.
#define GET_OP_CLASSES
#include "ir/stablehlo/ops.cc.inc"

namespace sotto::ir::stablehlo {

static mlir::RankedTensorType tensor(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

mlir::OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

void CompareOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value lhs, mlir::Value rhs,
                      ComparisonDirection direction) {
  mlir::Type element = tensor(lhs).getElementType();
  bool is_unsigned = element.isUnsignedInteger() || element.isInteger(1);
  ComparisonType type = llvm::isa<mlir::FloatType>(element) ? ComparisonType::FLOAT
                        : is_unsigned                       ? ComparisonType::UNSIGNED
                                                            : ComparisonType::SIGNED;
  build(builder, state, tensor(lhs).clone(builder.getI1Type()), lhs, rhs,
        ComparisonDirectionAttr::get(builder.getContext(), direction),
        ComparisonTypeAttr::get(builder.getContext(), type));
}

void TransposeOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value operand,
                        llvm::ArrayRef<int64_t> permutation) {
  llvm::SmallVector<int64_t> shape;
  for (int64_t dimension : permutation) shape.push_back(tensor(operand).getDimSize(dimension));
  build(builder, state, tensor(operand).clone(shape), operand, builder.getDenseI64ArrayAttr(permutation));
}

void DotGeneralOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value lhs,
                         mlir::Value rhs, llvm::ArrayRef<int64_t> lhs_contracting,
                         llvm::ArrayRef<int64_t> rhs_contracting, llvm::ArrayRef<int64_t> lhs_batching,
                         llvm::ArrayRef<int64_t> rhs_batching) {
  llvm::SmallVector<int64_t> shape;
  auto free_extents = [&](mlir::Value value, llvm::ArrayRef<int64_t> batching,
                          llvm::ArrayRef<int64_t> contracting) {
    for (auto [dimension, extent] : llvm::enumerate(tensor(value).getShape())) {
      if (!llvm::is_contained(batching, dimension) && !llvm::is_contained(contracting, dimension))
        shape.push_back(extent);
    }
  };
  for (int64_t dimension : lhs_batching) shape.push_back(tensor(lhs).getDimSize(dimension));
  free_extents(lhs, lhs_batching, lhs_contracting);
  free_extents(rhs, rhs_batching, rhs_contracting);
  build(builder, state, tensor(lhs).clone(shape), lhs, rhs,
        DotDimensionNumbersAttr::get(builder.getContext(), lhs_batching, rhs_batching, lhs_contracting,
                                     rhs_contracting),
        mlir::ArrayAttr());
}

}  // namespace sotto::ir::stablehlo
