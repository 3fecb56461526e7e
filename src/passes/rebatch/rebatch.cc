#include "passes/rebatch/rebatch.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/Verifier.h"

namespace sotto::passes {
namespace {

using mlir::Value;

// Dimensions of values that must have the same extent, as classes of (value, dimension).
class Ties {
 public:
  using Dimension = std::pair<void*, int64_t>;

  void tie(Value a, int64_t i, Value b, int64_t j) {
    if (shape_of(a)[i] == shape_of(b)[j]) classes_.unionSets(key(a, i), key(b, j));
  }
  bool tied(Value a, int64_t i, Value b, int64_t j) { return classes_.isEquivalent(key(a, i), key(b, j)); }

  void visit(mlir::Operation* op) {
    llvm::TypeSwitch<mlir::Operation*>(op)
        .Case([&](hlo::BroadcastInDimOp o) { along(o.getOperand(), o, o.getBroadcastDimensions()); })
        .Case([&](hlo::TransposeOp o) {
          for (auto [to, from] : llvm::enumerate(o.getPermutation())) tie(o.getOperand(), from, o, to);
        })
        .Case([&](hlo::ReduceOp o) {
          for (Value input : o.getInputs())
            for (auto [to, from] :
                 llvm::enumerate(dimensions_without(shape_of(input).size(), o.getDimensions())))
              for (Value result : o.getResults()) tie(input, from, result, to);
        })
        .Case([&](hlo::ReshapeOp o) { ends(o.getOperand(), o); })
        .Case([&](hlo::DotGeneralOp o) { product(o); })
        .Case([&](hlo::ConvolutionOp o) { convolution(o); })
        .Case([&](hlo::ConstantOp) {})
        .Default([&](mlir::Operation* o) { elementwise(o); });
  }

 private:
  static Dimension key(Value value, int64_t dimension) { return {value.getAsOpaquePointer(), dimension}; }

  void along(Value from, Value to, llvm::ArrayRef<int64_t> dimensions) {
    for (auto [i, dimension] : llvm::enumerate(dimensions)) tie(from, i, to, dimension);
  }
  void all(Value a, Value b) {
    if (shape_of(a).size() == shape_of(b).size())
      for (std::size_t i = 0; i < shape_of(a).size(); ++i) tie(a, i, b, i);
  }
  // Slices, joins, pads and windows too: extents that differ are not tied.
  void elementwise(mlir::Operation* op) {
    if (op->getNumResults() != 1) return;
    for (Value operand : op->getOperands()) all(operand, op->getResult(0));
  }
  // A reshape keeps the dimensions that agree from its front and from its back.
  void ends(Value from, Value to) {
    const auto a = shape_of(from), b = shape_of(to);
    const std::size_t shorter = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < shorter && a[i] == b[i]; ++i) tie(from, i, to, i);
    for (std::size_t i = 1; i <= shorter && a[a.size() - i] == b[b.size() - i]; ++i)
      tie(from, a.size() - i, to, b.size() - i);
  }
  void product(hlo::DotGeneralOp op) {
    const auto numbers = op.getDotDimensionNumbers();
    const Value lhs = op.getLhs(), rhs = op.getRhs(), result = op;
    int64_t next = 0;
    for (auto [i, j] : llvm::zip(numbers.getLhsBatchingDimensions(), numbers.getRhsBatchingDimensions())) {
      tie(lhs, i, rhs, j);
      tie(lhs, i, result, next++);
    }
    for (auto [i, j] :
         llvm::zip(numbers.getLhsContractingDimensions(), numbers.getRhsContractingDimensions()))
      tie(lhs, i, rhs, j);
    auto free = [&](Value operand, llvm::ArrayRef<int64_t> batch, llvm::ArrayRef<int64_t> summed) {
      for (int64_t i = 0; i < static_cast<int64_t>(shape_of(operand).size()); ++i)
        if (!llvm::is_contained(batch, i) && !llvm::is_contained(summed, i)) tie(operand, i, result, next++);
    };
    free(lhs, numbers.getLhsBatchingDimensions(), numbers.getLhsContractingDimensions());
    free(rhs, numbers.getRhsBatchingDimensions(), numbers.getRhsContractingDimensions());
  }
  // Where there are groups, extents that correspond differ: they are not tied.
  void convolution(hlo::ConvolutionOp op) {
    const auto numbers = op.getDimensionNumbers();
    tie(op.getLhs(), numbers.getInputBatchDimension(), op, numbers.getOutputBatchDimension());
    tie(op.getLhs(), numbers.getInputFeatureDimension(), op.getRhs(),
        numbers.getKernelInputFeatureDimension());
    tie(op.getRhs(), numbers.getKernelOutputFeatureDimension(), op, numbers.getOutputFeatureDimension());
  }

  llvm::EquivalenceClasses<Dimension> classes_;
};

mlir::LogicalResult resize_constant(hlo::ConstantOp op, mlir::RankedTensorType type) {
  auto elements = llvm::dyn_cast<mlir::DenseElementsAttr>(op.getValue());
  if (!elements || !elements.isSplat())
    return op.emitError("this constant belongs to one batch size and cannot be changed to another");
  op.setValueAttr(elements.resizeSplat(type));
  return mlir::success();
}

// A full slice stays full.
void resize_slice(hlo::SliceOp op, llvm::ArrayRef<int64_t> before, llvm::ArrayRef<int64_t> after) {
  auto limits = llvm::to_vector(op.getLimitIndices());
  for (std::size_t i = 0; i < limits.size(); ++i)
    if (before[i] != after[i]) limits[i] = after[i];
  op.setLimitIndices(limits);
}

}  // namespace

mlir::LogicalResult rebatch(mlir::func::FuncOp function, unsigned index, int64_t rows) {
  const Value data = function.getArgument(index);
  if (shape_of(data).empty()) return function.emitError("the data argument has no batch dimension");
  if (shape_of(data)[0] == rows) return mlir::success();
  mlir::Block& block = function.getBody().front();
  Ties ties;
  for (mlir::Operation& op : block.without_terminator()) ties.visit(&op);

  llvm::SmallVector<std::pair<Value, mlir::RankedTensorType>> changes;
  auto consider = [&](Value value) {
    auto shape = llvm::to_vector(shape_of(value));
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (ties.tied(value, i, data, 0)) shape[i] = rows;
    if (llvm::ArrayRef(shape) != shape_of(value))
      changes.emplace_back(value, tensor_type(value).clone(shape));
  };
  for (Value argument : block.getArguments()) consider(argument);
  for (mlir::Operation& op : block.without_terminator())
    for (Value result : op.getResults()) consider(result);

  for (auto [value, type] : changes)
    for (mlir::Operation* user : value.getUsers())
      if (auto slice = llvm::dyn_cast<hlo::SliceOp>(user))
        resize_slice(slice, shape_of(value), type.getShape());
  for (auto [value, type] : changes) {
    value.setType(type);
    if (auto constant = value.getDefiningOp<hlo::ConstantOp>())
      if (mlir::failed(resize_constant(constant, type))) return mlir::failure();
  }
  function.setFunctionType(mlir::FunctionType::get(function.getContext(), block.getArgumentTypes(),
                                                   block.getTerminator()->getOperandTypes()));
  return mlir::verify(function);
}

}  // namespace sotto::passes
