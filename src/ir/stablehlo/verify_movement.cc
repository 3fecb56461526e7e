// Verifiers of constants, of operations that move elements, and of elementwise ones with mixed types.
#include "ir/stablehlo/verify.h"
#include "llvm/ADT/StringExtras.h"

namespace sotto::ir::stablehlo {

using mlir::failure;
using mlir::LogicalResult;
using mlir::success;
using Extents = llvm::SmallVector<int64_t>;

std::string shape_text(llvm::ArrayRef<int64_t> shape) {
  return "(" +
         llvm::join(llvm::map_range(shape, [](int64_t extent) { return std::to_string(extent); }), ", ") +
         ")";
}

LogicalResult check_result_shape(mlir::Operation* op, llvm::ArrayRef<int64_t> expected) {
  llvm::ArrayRef<int64_t> shape = tensor_type(op->getResult(0)).getShape();
  if (shape == expected) return success();
  return op->emitOpError() << "result has shape " << shape_text(shape) << " but the operands give "
                           << shape_text(expected);
}

LogicalResult check_dimensions(mlir::Operation* op, llvm::StringRef name, llvm::ArrayRef<int64_t> dimensions,
                               int64_t rank) {
  for (auto [i, dimension] : llvm::enumerate(dimensions)) {
    if (dimension < 0 || dimension >= rank)
      return op->emitOpError() << name << " names dimension " << dimension << " of a tensor of rank " << rank;
    if (llvm::is_contained(dimensions.take_front(i), dimension))
      return op->emitOpError() << name << " names dimension " << dimension << " twice";
  }
  return success();
}

LogicalResult check_length(mlir::Operation* op, llvm::StringRef name, llvm::ArrayRef<int64_t> list,
                           int64_t rank) {
  if (static_cast<int64_t>(list.size()) == rank) return success();
  return op->emitOpError() << name << " has " << list.size() << " entries but the operand has rank " << rank;
}

static LogicalResult check_scalar_or_shape(mlir::Operation* op, llvm::StringRef name, mlir::Value value,
                                           llvm::ArrayRef<int64_t> shape) {
  llvm::ArrayRef<int64_t> own = tensor_type(value).getShape();
  if (own.empty() || own == shape) return success();
  return op->emitOpError() << name << " has shape " << shape_text(own)
                           << "; it must be a scalar or have shape " << shape_text(shape);
}

LogicalResult CompareOp::verify() {
  if (!getCompareType() || *getCompareType() == ComparisonType::NOTYPE) return success();
  bool floats = llvm::isa<mlir::FloatType>(tensor_type(getLhs()).getElementType());
  bool says_floats =
      *getCompareType() == ComparisonType::FLOAT || *getCompareType() == ComparisonType::TOTALORDER;
  if (floats == says_floats) return success();
  return emitOpError() << "comparison type " << stringifyComparisonType(*getCompareType())
                       << " does not fit elements of type " << tensor_type(getLhs()).getElementType();
}

LogicalResult SelectOp::verify() {
  return check_scalar_or_shape(*this, "pred", getPred(), tensor_type(getResult()).getShape());
}

LogicalResult ClampOp::verify() {
  llvm::ArrayRef<int64_t> shape = tensor_type(getOperand()).getShape();
  mlir::Type element = tensor_type(getOperand()).getElementType();
  if (tensor_type(getMin()).getElementType() != element || tensor_type(getMax()).getElementType() != element)
    return emitOpError("min, operand and max must have one element type");
  if (failed(check_scalar_or_shape(*this, "min", getMin(), shape))) return failure();
  return check_scalar_or_shape(*this, "max", getMax(), shape);
}

LogicalResult ConstantOp::verify() {
  if (llvm::isa<mlir::DenseElementsAttr>(getValue())) return success();
  return emitOpError(
      "value must be written out as dense<...>; weights elided from the text (dense_resource<__elided__>) "
      "cannot be "
      "recovered: export the program with its constants");
}

LogicalResult IotaOp::verify() {
  return check_dimensions(*this, "dim", {static_cast<int64_t>(getIotaDimension())},
                          tensor_type(getOutput()).getRank());
}

LogicalResult BroadcastInDimOp::verify() {
  auto operand = tensor_type(getOperand()), result = tensor_type(getResult());
  llvm::ArrayRef<int64_t> dims = getBroadcastDimensions();
  if (failed(check_length(*this, "dims", dims, operand.getRank())) ||
      failed(check_dimensions(*this, "dims", dims, result.getRank())))
    return failure();
  for (auto [i, dim] : llvm::enumerate(dims)) {
    int64_t extent = operand.getDimSize(i);
    if (extent != 1 && extent != result.getDimSize(dim))
      return emitOpError() << "operand dimension " << i << " has extent " << extent
                           << " but result dimension " << dim << " has extent " << result.getDimSize(dim)
                           << "; they must be equal or the former 1";
  }
  return success();
}

LogicalResult ReshapeOp::verify() {
  auto operand = tensor_type(getOperand()), result = tensor_type(getResult());
  if (operand.getNumElements() == result.getNumElements()) return success();
  return emitOpError() << "cannot give " << operand.getNumElements() << " elements of shape "
                       << shape_text(operand.getShape()) << " the shape " << shape_text(result.getShape());
}

LogicalResult TransposeOp::verify() {
  auto operand = tensor_type(getOperand());
  if (failed(check_length(*this, "dims", getPermutation(), operand.getRank())) ||
      failed(check_dimensions(*this, "dims", getPermutation(), operand.getRank())))
    return failure();
  Extents expected;
  for (int64_t dimension : getPermutation()) expected.push_back(operand.getDimSize(dimension));
  return check_result_shape(*this, expected);
}

LogicalResult SliceOp::verify() {
  auto operand = tensor_type(getOperand());
  if (failed(check_length(*this, "start_indices", getStartIndices(), operand.getRank())) ||
      failed(check_length(*this, "limit_indices", getLimitIndices(), operand.getRank())) ||
      failed(check_length(*this, "strides", getStrides(), operand.getRank())))
    return failure();
  Extents expected;
  for (int64_t i = 0; i < operand.getRank(); ++i) {
    int64_t start = getStartIndices()[i], limit = getLimitIndices()[i], stride = getStrides()[i];
    if (start < 0 || limit < start || limit > operand.getDimSize(i) || stride < 1)
      return emitOpError() << "range " << start << ":" << limit << ":" << stride << " does not fit dimension "
                           << i << " of extent " << operand.getDimSize(i);
    expected.push_back((limit - start) / stride + ((limit - start) % stride != 0));
  }
  return check_result_shape(*this, expected);
}

LogicalResult ConcatenateOp::verify() {
  if (getInputs().empty()) return emitOpError("needs at least one operand");
  auto first = tensor_type(getInputs().front());
  int64_t dimension = getDimension();
  if (failed(check_dimensions(*this, "dim", {dimension}, first.getRank()))) return failure();
  Extents expected(first.getShape());
  for (mlir::Value input : getInputs().drop_front()) {
    Extents shape(tensor_type(input).getShape());
    if (shape.size() != expected.size())
      return emitOpError() << "joins tensors of rank " << expected.size() << " and " << shape.size();
    int64_t extent = std::exchange(shape[dimension], expected[dimension]);
    if (shape != expected) return emitOpError() << "operands differ outside dimension " << dimension;
    if (__builtin_add_overflow(expected[dimension], extent, &expected[dimension]))
      return emitOpError("result is too large");
    // The comparison of the next operand replaces its extent along `dimension` anyway.
  }
  return check_result_shape(*this, expected);
}

LogicalResult PadOp::verify() {
  auto operand = tensor_type(getOperand());
  if (tensor_type(getPaddingValue()).getRank() != 0) return emitOpError("padding value must be a scalar");
  llvm::ArrayRef<int64_t> low = getEdgePaddingLow(), high = getEdgePaddingHigh(),
                          interior = getInteriorPadding();
  if (failed(check_length(*this, "low", low, operand.getRank())) ||
      failed(check_length(*this, "high", high, operand.getRank())) ||
      failed(check_length(*this, "interior", interior, operand.getRank())))
    return failure();
  Extents expected;
  for (int64_t i = 0; i < operand.getRank(); ++i) {
    if (interior[i] < 0) return emitOpError() << "interior padding " << interior[i] << " is negative";
    __int128 extent = operand.getDimSize(i);
    if (extent > 0) extent += (extent - 1) * interior[i];
    extent += static_cast<__int128>(low[i]) + high[i];
    if (extent < 0 || extent > INT64_MAX)
      return emitOpError() << "padding leaves no valid extent for dimension " << i;
    expected.push_back(static_cast<int64_t>(extent));
  }
  return check_result_shape(*this, expected);
}

LogicalResult ReverseOp::verify() {
  return check_dimensions(*this, "dims", getDimensions(), tensor_type(getOperand()).getRank());
}

static LogicalResult check_start_indices(mlir::Operation* op, mlir::OperandRange starts, int64_t rank) {
  if (static_cast<int64_t>(starts.size()) != rank)
    return op->emitOpError() << "has " << starts.size() << " start indices but the operand has rank " << rank;
  for (mlir::Value start : starts) {
    if (tensor_type(start).getRank() != 0) return op->emitOpError("start indices must be scalars");
  }
  return success();
}

// `sizes` is a box that fits into the operand.
static LogicalResult check_box(mlir::Operation* op, llvm::ArrayRef<int64_t> sizes,
                               mlir::RankedTensorType operand) {
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (size < 0 || size > operand.getDimSize(i))
      return op->emitOpError() << "box of extent " << size << " does not fit dimension " << i << " of extent "
                               << operand.getDimSize(i);
  }
  return success();
}

LogicalResult DynamicSliceOp::verify() {
  auto operand = tensor_type(getOperand());
  if (operand.getElementType() != tensor_type(getResult()).getElementType())
    return emitOpError("operand and result must have one element type");
  if (failed(check_start_indices(*this, getStartIndices(), operand.getRank())) ||
      failed(check_length(*this, "sizes", getSliceSizes(), operand.getRank())) ||
      failed(check_box(*this, getSliceSizes(), operand)))
    return failure();
  return check_result_shape(*this, getSliceSizes());
}

LogicalResult DynamicUpdateSliceOp::verify() {
  auto operand = tensor_type(getOperand()), update = tensor_type(getUpdate());
  if (operand.getElementType() != update.getElementType())
    return emitOpError("operand and update must have one element type");
  if (failed(check_start_indices(*this, getStartIndices(), operand.getRank())) ||
      failed(check_length(*this, "update's shape", update.getShape(), operand.getRank())))
    return failure();
  return check_box(*this, update.getShape(), operand);
}

}  // namespace sotto::ir::stablehlo
