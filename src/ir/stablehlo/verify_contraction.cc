// Verifiers of products and of indexed access.
#include "ir/stablehlo/verify.h"

namespace sotto::ir::stablehlo {

using mlir::failure;
using mlir::LogicalResult;
using mlir::success;
using Extents = llvm::SmallVector<int64_t>;

// Paired dimensions have equal extents.
static LogicalResult check_pairs(mlir::Operation* op, llvm::StringRef name,
                                 llvm::ArrayRef<int64_t> lhs_dimensions,
                                 llvm::ArrayRef<int64_t> rhs_dimensions, mlir::RankedTensorType lhs,
                                 mlir::RankedTensorType rhs) {
  if (lhs_dimensions.size() != rhs_dimensions.size())
    return op->emitOpError() << name << " pairs " << lhs_dimensions.size() << " dimensions with "
                             << rhs_dimensions.size();
  for (auto [l, r] : llvm::zip(lhs_dimensions, rhs_dimensions)) {
    if (lhs.getDimSize(l) != rhs.getDimSize(r))
      return op->emitOpError() << name << " pairs dimension " << l << " of lhs, of extent "
                               << lhs.getDimSize(l) << ", with dimension " << r << " of rhs, of extent "
                               << rhs.getDimSize(r);
  }
  return success();
}

LogicalResult DotGeneralOp::verify() {
  auto lhs = tensor_type(getLhs()), rhs = tensor_type(getRhs());
  DotDimensionNumbersAttr numbers = getDotDimensionNumbers();
  Extents lhs_used(numbers.getLhsBatchingDimensions()), rhs_used(numbers.getRhsBatchingDimensions());
  lhs_used.append(numbers.getLhsContractingDimensions().begin(), numbers.getLhsContractingDimensions().end());
  rhs_used.append(numbers.getRhsContractingDimensions().begin(), numbers.getRhsContractingDimensions().end());
  if (failed(check_dimensions(*this, "lhs", lhs_used, lhs.getRank())) ||
      failed(check_dimensions(*this, "rhs", rhs_used, rhs.getRank())) ||
      failed(check_pairs(*this, "batching_dims", numbers.getLhsBatchingDimensions(),
                         numbers.getRhsBatchingDimensions(), lhs, rhs)) ||
      failed(check_pairs(*this, "contracting_dims", numbers.getLhsContractingDimensions(),
                         numbers.getRhsContractingDimensions(), lhs, rhs)))
    return failure();
  if (getPrecisionConfig() && !getPrecisionConfig()->empty() && getPrecisionConfig()->size() != 2)
    return emitOpError("precision has one entry per operand");
  Extents expected;
  for (int64_t dimension : numbers.getLhsBatchingDimensions()) expected.push_back(lhs.getDimSize(dimension));
  for (auto [dimension, extent] : llvm::enumerate(lhs.getShape())) {
    if (!llvm::is_contained(lhs_used, dimension)) expected.push_back(extent);
  }
  for (auto [dimension, extent] : llvm::enumerate(rhs.getShape())) {
    if (!llvm::is_contained(rhs_used, dimension)) expected.push_back(extent);
  }
  return check_result_shape(*this, expected);
}

namespace {

// What gather and scatter have in common: windows of `full` addressed by vectors in `indices`. `windowed` has
// the batch dimensions of `indices` (all but the vector's) and, at `window_dims`, those of the window.
struct Addressing {
  mlir::RankedTensorType full, indices, windowed;
  llvm::ArrayRef<int64_t> window_dims, removed_dims, full_batching, indices_batching, map;
  int64_t vector_dim;
};

LogicalResult check_lists(mlir::Operation* op, const Addressing& a) {
  Extents removed(a.removed_dims);
  removed.append(a.full_batching.begin(), a.full_batching.end());
  Extents addressed(a.map);
  addressed.append(a.full_batching.begin(), a.full_batching.end());
  if (failed(check_dimensions(op, "window dimensions", a.window_dims, a.windowed.getRank())) ||
      failed(check_dimensions(op, "collapsed or inserted dimensions", removed, a.full.getRank())) ||
      failed(check_dimensions(op, "index map", addressed, a.full.getRank())) ||
      failed(check_dimensions(op, "batching dimensions of the indices", a.indices_batching,
                              a.indices.getRank())) ||
      failed(check_pairs(op, "batching", a.full_batching, a.indices_batching, a.full, a.indices)))
    return failure();
  if (!llvm::is_sorted(a.window_dims))
    return op->emitOpError("window dimensions must be in increasing order");
  if (a.vector_dim < 0 || a.vector_dim > a.indices.getRank() ||
      llvm::is_contained(a.indices_batching, a.vector_dim))
    return op->emitOpError() << "index_vector_dim " << a.vector_dim << " does not fit the indices";
  int64_t length = a.vector_dim == a.indices.getRank() ? 1 : a.indices.getDimSize(a.vector_dim);
  if (length != static_cast<int64_t>(a.map.size()))
    return op->emitOpError() << "index vectors have " << length << " entries but the index map has "
                             << a.map.size();
  return success();
}

// The shape of `windowed` given the window's extents, those of removed dimensions left out.
mlir::FailureOr<Extents> windowed_shape(const Addressing& a, llvm::ArrayRef<int64_t> window) {
  Extents batch, shape;
  for (auto [dimension, extent] : llvm::enumerate(a.indices.getShape())) {
    if (static_cast<int64_t>(dimension) != a.vector_dim) batch.push_back(extent);
  }
  if (window.size() != a.window_dims.size()) return failure();
  size_t next_window = 0, next_batch = 0;
  for (size_t dimension = 0; dimension < batch.size() + window.size(); ++dimension) {
    if (llvm::is_contained(a.window_dims, dimension)) {
      shape.push_back(window[next_window++]);
    } else if (next_batch < batch.size()) {
      shape.push_back(batch[next_batch++]);
    }
  }
  return shape;
}

}  // namespace

LogicalResult GatherOp::verify() {
  auto numbers = getDimensionNumbers();
  Addressing a{.full = tensor_type(getOperand()),
               .indices = tensor_type(getStartIndices()),
               .windowed = tensor_type(getResult()),
               .window_dims = numbers.getOffsetDims(),
               .removed_dims = numbers.getCollapsedSliceDims(),
               .full_batching = numbers.getOperandBatchingDims(),
               .indices_batching = numbers.getStartIndicesBatchingDims(),
               .map = numbers.getStartIndexMap(),
               .vector_dim = numbers.getIndexVectorDim()};
  if (a.full.getElementType() != a.windowed.getElementType())
    return emitOpError("operand and result must have one element type");
  if (failed(check_lists(*this, a)) ||
      failed(check_length(*this, "slice_sizes", getSliceSizes(), a.full.getRank())))
    return failure();
  Extents window;
  for (auto [dimension, size] : llvm::enumerate(getSliceSizes())) {
    bool removed =
        llvm::is_contained(a.removed_dims, dimension) || llvm::is_contained(a.full_batching, dimension);
    if (size < 0 || size > a.full.getDimSize(dimension) || (removed && size != 1))
      return emitOpError() << "slice of extent " << size << " does not fit dimension " << dimension;
    if (!removed) window.push_back(size);
  }
  mlir::FailureOr<Extents> expected = windowed_shape(a, window);
  if (failed(expected)) return emitOpError("offset_dims must name one dimension per dimension of a slice");
  return check_result_shape(*this, *expected);
}

LogicalResult ScatterOp::verify() {
  auto numbers = getScatterDimensionNumbers();
  Addressing a{.full = tensor_type(getInput()),
               .indices = tensor_type(getScatterIndices()),
               .windowed = tensor_type(getUpdate()),
               .window_dims = numbers.getUpdateWindowDims(),
               .removed_dims = numbers.getInsertedWindowDims(),
               .full_batching = numbers.getInputBatchingDims(),
               .indices_batching = numbers.getScatterIndicesBatchingDims(),
               .map = numbers.getScatterDimsToOperandDims(),
               .vector_dim = numbers.getIndexVectorDim()};
  if (getResult().getType() != getInput().getType() || a.windowed.getElementType() != a.full.getElementType())
    return emitOpError("input, update and result must have one element type, input and result one shape");
  if (failed(check_lists(*this, a))) return failure();
  Extents window, limits;
  for (int64_t dimension : a.window_dims) window.push_back(a.windowed.getDimSize(dimension));
  for (auto [dimension, extent] : llvm::enumerate(a.full.getShape())) {
    bool removed =
        llvm::is_contained(a.removed_dims, dimension) || llvm::is_contained(a.full_batching, dimension);
    if (!removed) limits.push_back(extent);
  }
  mlir::FailureOr<Extents> expected = windowed_shape(a, window);
  if (failed(expected) || limits.size() != window.size())
    return emitOpError("update_window_dims must name one dimension per dimension of a window");
  for (auto [extent, limit] : llvm::zip(window, limits)) {
    if (extent > limit)
      return emitOpError() << "window of extent " << extent << " exceeds the input's " << limit;
  }
  if (Extents(a.windowed.getShape()) == *expected) return success();
  return emitOpError() << "update has shape " << shape_text(a.windowed.getShape()) << " but the indices give "
                       << shape_text(*expected);
}

}  // namespace sotto::ir::stablehlo
