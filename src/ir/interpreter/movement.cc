// Operations that move elements: each says where elements lie, one loop moves them.
#include <algorithm>
#include <numeric>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

using namespace stablehlo;

Shape result_shape(mlir::Operation* op) { return shape_of(op->getResult(0).getType()); }

// Start indices, clamped so that a box of `sizes` lies inside `shape`.
Shape clamped_starts(Operands starts, const Shape& shape, const Shape& sizes) {
  Shape clamped;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::int64_t start = starts[d]->as<std::int64_t>()[0];
    bool huge = starts[d]->type() == ElementType::kU64 && start < 0;
    clamped.push_back(huge ? shape[d] - sizes[d] : std::clamp<std::int64_t>(start, 0, shape[d] - sizes[d]));
  }
  return clamped;
}

// Row-major strides of `shape` that begin at the index `start`.
Strides from_index(const Shape& shape, const Shape& start) {
  Strides strides = row_major(shape);
  for (std::size_t d = 0; d < shape.size(); ++d) strides.offset += start[d] * strides.steps[d];
  return strides;
}

}  // namespace

Array evaluate_constant(mlir::Operation* op, Operands) {
  return to_array(llvm::cast<mlir::DenseElementsAttr>(llvm::cast<ConstantOp>(op).getValue()));
}

Array evaluate_iota(mlir::Operation* op, Operands) {
  auto iota = llvm::cast<IotaOp>(op);
  Array result(element_type(iota.getOutput().getType()), result_shape(op));
  std::int64_t step = row_major(result.shape()).steps[iota.getIotaDimension()];
  std::int64_t extent = result.shape()[iota.getIotaDimension()];
  std::visit(
      [&](auto& out) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::int64_t>(i) / step % extent;
      },
      result.values());
  result.normalise();
  return result;
}

Array evaluate_broadcast(mlir::Operation* op, Operands operands) {
  const Array& x = *operands[0];
  Strides own = row_major(x.shape()), spread;
  Shape shape = result_shape(op);
  spread.steps.assign(shape.size(), 0);
  for (auto [i, dimension] : llvm::enumerate(llvm::cast<BroadcastInDimOp>(op).getBroadcastDimensions()))
    spread.steps[dimension] = x.shape()[i] == 1 ? 0 : own.steps[i];
  return view(x, spread, std::move(shape));
}

Array evaluate_reshape(mlir::Operation* op, Operands operands) {
  return operands[0]->reshaped(result_shape(op));
}

Array evaluate_transpose(mlir::Operation* op, Operands operands) {
  return permuted(*operands[0], Shape(llvm::cast<TransposeOp>(op).getPermutation()));
}

Array evaluate_slice(mlir::Operation* op, Operands operands) {
  auto slice = llvm::cast<SliceOp>(op);
  Strides places = from_index(operands[0]->shape(), Shape(slice.getStartIndices()));
  for (auto [step, stride] : llvm::zip(places.steps, slice.getStrides())) step *= stride;
  return view(*operands[0], places, result_shape(op));
}

Array evaluate_reverse(mlir::Operation* op, Operands operands) {
  const Array& x = *operands[0];
  Strides places = row_major(x.shape());
  for (std::int64_t dimension : llvm::cast<ReverseOp>(op).getDimensions()) {
    places.offset += (x.shape()[dimension] - 1) * places.steps[dimension];
    places.steps[dimension] = -places.steps[dimension];
  }
  return view(x, places, x.shape());
}

Array evaluate_concatenate(mlir::Operation* op, Operands operands) {
  std::int64_t dimension = llvm::cast<ConcatenateOp>(op).getDimension();
  Array result(operands[0]->type(), result_shape(op));
  Shape start(result.shape().size(), 0);
  for (const Array* part : operands) {
    copy_elements(*part, row_major(part->shape()), result, from_index(result.shape(), start), part->shape());
    start[dimension] += part->shape()[dimension];
  }
  return result;
}

Array padded(const Array& x, const Array& value, llvm::ArrayRef<std::int64_t> low,
             llvm::ArrayRef<std::int64_t> high, llvm::ArrayRef<std::int64_t> interior) {
  const std::size_t rank = x.shape().size();
  Shape shape;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t extent = x.shape()[d];
    shape.push_back(low[d] + high[d] + extent + std::max<std::int64_t>(extent - 1, 0) * interior[d]);
  }
  Array result = view(value, Strides{.offset = 0, .steps = Shape(rank, 0)}, shape);
  // Per dimension, the operand's indices that do not fall off the edges, and where the first of them goes.
  Shape first, kept;
  Strides to = row_major(shape);
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t step = interior[d] + 1;
    const std::int64_t begin = low[d] >= 0 ? 0 : (-low[d] + step - 1) / step;
    const std::int64_t room = shape[d] - 1 - low[d];  // the last place, counted from index 0's
    const std::int64_t end = room < 0 ? 0 : std::min(x.shape()[d], room / step + 1);
    if (begin >= end) return result;
    first.push_back(begin);
    kept.push_back(end - begin);
    to.offset += (low[d] + begin * step) * to.steps[d];
    to.steps[d] *= step;
  }
  copy_elements(x, from_index(x.shape(), first), result, to, kept);
  return result;
}

Array evaluate_pad(mlir::Operation* op, Operands operands) {
  auto pad = llvm::cast<PadOp>(op);
  return padded(*operands[0], *operands[1], pad.getEdgePaddingLow(), pad.getEdgePaddingHigh(),
                pad.getInteriorPadding());
}

Array evaluate_dynamic_slice(mlir::Operation* op, Operands operands) {
  const Array& x = *operands[0];
  Shape sizes = result_shape(op);
  return view(x, from_index(x.shape(), clamped_starts(operands.drop_front(1), x.shape(), sizes)), sizes);
}

Array evaluate_dynamic_update_slice(mlir::Operation*, Operands operands) {
  Array result = *operands[0];
  const Array& update = *operands[1];
  Shape starts = clamped_starts(operands.drop_front(2), result.shape(), update.shape());
  copy_elements(update, row_major(update.shape()), result, from_index(result.shape(), starts),
                update.shape());
  return result;
}

}  // namespace sotto::ir
