// gather and scatter: windows at places that a tensor of indices gives.
#include <algorithm>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

using Dimensions = llvm::ArrayRef<std::int64_t>;

// What both operations call differently: an array of windows, whose other dimensions run over the index
// vectors.
struct Addressing {
  const Array& indices;
  Dimensions window_dims, removed_dims, full_batching, indices_batching, map;
  std::int64_t vector_dim;

  // The index vector that `index`, into the array of windows, belongs to: its place in `indices`, the
  // vector's dimension at 0.
  Shape vector_place(const Shape& index) const {
    Shape place;
    for (std::size_t d = 0; d < index.size(); ++d) {
      if (!llvm::is_contained(window_dims, d)) place.push_back(index[d]);
    }
    if (vector_dim < static_cast<std::int64_t>(indices.shape().size()))
      place.insert(place.begin() + vector_dim, 0);
    return place;
  }

  // Where the window begins in the addressed array, as written; `limit` saturates what does not fit into
  // int64.
  Shape start(const Shape& place, std::size_t rank) const {
    Strides strides = row_major(indices.shape());
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < place.size(); ++d) offset += place[d] * strides.steps[d];
    bool implicit = vector_dim == static_cast<std::int64_t>(indices.shape().size());
    Shape start(rank, 0);
    for (std::size_t k = 0; k < map.size(); ++k) {
      std::int64_t value =
          indices.as<std::int64_t>()[offset + (implicit ? 0 : k * strides.steps[vector_dim])];
      start[map[k]] = indices.type() == ElementType::kU64 && value < 0 ? INT64_MAX / 2 : value;
    }
    return start;
  }

  // Adds to `start` what `index` says inside the window and along batching dimensions.
  void add_offsets(const Shape& index, const Shape& place, Shape& start) const {
    std::size_t next = 0;
    for (std::size_t d = 0; d < start.size(); ++d) {
      bool removed = llvm::is_contained(removed_dims, d) || llvm::is_contained(full_batching, d);
      if (!removed) start[d] += index[window_dims[next++]];
    }
    for (auto [full, own] : llvm::zip(full_batching, indices_batching)) start[full] = place[own];
  }
};

std::int64_t flat(const Shape& index, const Strides& strides) {
  std::int64_t place = 0;
  for (std::size_t d = 0; d < index.size(); ++d) place += index[d] * strides.steps[d];
  return place;
}

bool is_inside(const Shape& index, const Shape& shape) {
  for (std::size_t d = 0; d < index.size(); ++d) {
    if (index[d] < 0 || index[d] >= shape[d]) return false;
  }
  return true;
}

}  // namespace

Array evaluate_gather(mlir::Operation* op, Operands operands) {
  auto gather = llvm::cast<stablehlo::GatherOp>(op);
  auto numbers = gather.getDimensionNumbers();
  const Array& x = *operands[0];
  Addressing addressing{.indices = *operands[1],
                        .window_dims = numbers.getOffsetDims(),
                        .removed_dims = numbers.getCollapsedSliceDims(),
                        .full_batching = numbers.getOperandBatchingDims(),
                        .indices_batching = numbers.getStartIndicesBatchingDims(),
                        .map = numbers.getStartIndexMap(),
                        .vector_dim = numbers.getIndexVectorDim()};
  Array result(x.type(), shape_of(gather.getResult().getType()));
  if (result.size() == 0) return result;
  Strides from = row_major(x.shape()), to = row_major(result.shape());
  const Shape one(result.shape().size(), 1);
  Shape index(result.shape().size(), 0);
  do {
    Shape place = addressing.vector_place(index);
    Shape source = addressing.start(place, x.shape().size());
    for (std::size_t d = 0; d < source.size(); ++d)
      source[d] = std::clamp<std::int64_t>(source[d], 0, x.shape()[d] - gather.getSliceSizes()[d]);
    addressing.add_offsets(index, place, source);
    from.offset = flat(source, from);
    to.offset = flat(index, to);
    Strides here{.offset = from.offset, .steps = Shape(one.size(), 0)};
    copy_elements(x, here, result, to, one);
  } while (next_index(index, result.shape()));
  return result;
}

mlir::FailureOr<Results> evaluate_scatter(mlir::Operation* op, Operands operands) {
  auto scatter = llvm::cast<stablehlo::ScatterOp>(op);
  auto numbers = scatter.getScatterDimensionNumbers();
  const Array& update = *operands[2];
  Addressing addressing{.indices = *operands[1],
                        .window_dims = numbers.getUpdateWindowDims(),
                        .removed_dims = numbers.getInsertedWindowDims(),
                        .full_batching = numbers.getInputBatchingDims(),
                        .indices_batching = numbers.getScatterIndicesBatchingDims(),
                        .map = numbers.getScatterDimsToOperandDims(),
                        .vector_dim = numbers.getIndexVectorDim()};
  Results result = {*operands[0]};
  if (update.size() == 0) return result;
  const Shape& shape = result[0].shape();
  Strides strides = row_major(shape);
  Shape index(update.shape().size(), 0);
  std::int64_t position = 0;
  do {
    Shape place = addressing.vector_place(index);
    Shape target = addressing.start(place, shape.size());
    addressing.add_offsets(index, place, target);
    Strides source{.offset = position++, .steps = {}};
    if (!is_inside(target, shape)) continue;
    Strides there{.offset = flat(target, strides), .steps = {}};
    const Array before = view(result[0], there, {}), added = view(update, source, {});
    mlir::FailureOr<Results> folded =
        evaluate_body(scatter.getUpdateComputation().front(), {&before, &added});
    if (mlir::failed(folded)) return mlir::failure();
    copy_elements((*folded)[0], Strides(), result[0], there, {});
  } while (next_index(index, update.shape()));
  return result;
}

}  // namespace sotto::ir
