// Gradients of convolutions are convolutions. Say that a forward one, along a spatial dimension, has places s
// apart, the kernel's elements d apart, the input's b apart, and padding low and high; count all extents with
// their gaps. Then the gradient
//   of the input   sees the result's gradient, s apart, through the kernel turned around, d apart, at places
//                  b apart: low' = kernel - low - 1, high' = input + kernel - 1 - result - low';
//   of the kernel  sees the input, b apart, through the result's gradient, s apart, at places d apart, batch
//                  and features exchanged: low' = low, high' = result - input + kernel - low - 1.
// These are JAX's transposition rules.
#include "passes/differentiate/windows.h"

namespace sotto::passes {
namespace {

using hlo::Window;
using hlo::WindowDimension;
using mlir::Value;
using Extents = llvm::SmallVector<int64_t>;

int64_t spread_result(const WindowDimension& window, int64_t input) {
  return WindowDimension::spread(window.places(input), window.stride);
}
int64_t spread_input(const WindowDimension& window, int64_t input) {
  return WindowDimension::spread(input, window.base_dilation);
}

// Low and high padding of the result's gradient on its way back to the input.
std::pair<int64_t, int64_t> padding_back(const WindowDimension& window, int64_t input) {
  const int64_t low = window.span() - window.low - 1;
  return {low, spread_input(window, input) + window.span() - 1 - spread_result(window, input) - low};
}

Extents extents_of(Value value, llvm::ArrayRef<int64_t> dimensions) {
  Extents extents;
  for (int64_t dimension : dimensions) extents.push_back(shape_of(value)[dimension]);
  return extents;
}

struct WindowRule {
  mlir::OpBuilder& builder;
  mlir::Location location;
  Value gradient;
  AddGradient add;

  Value zero() const {
    return splat(builder, location, tensor_type(gradient).clone(llvm::ArrayRef<int64_t>()), 0);
  }
  Value reverse(Value value, llvm::ArrayRef<int64_t> dimensions) const {
    if (dimensions.empty()) return value;
    return builder.create<hlo::ReverseOp>(location, value.getType(), value, dimensions);
  }
  Value pad(Value value, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
            llvm::ArrayRef<int64_t> interior) const {
    Extents shape;
    for (auto [i, extent] : llvm::enumerate(shape_of(value)))
      shape.push_back(WindowDimension::spread(extent, interior[i] + 1) + low[i] + high[i]);
    return builder.create<hlo::PadOp>(location, tensor_type(value).clone(shape), value, zero(), low, high,
                                      interior);
  }

  // [.., G * given, .., taken, ..] becomes [.., given, .., G * taken, ..]: what each group gives is what it
  // takes on the way back.
  Value regrouped(Value kernel, hlo::ConvDimensionNumbersAttr numbers, int64_t groups) const {
    if (groups == 1) return kernel;
    const int64_t given = numbers.getKernelOutputFeatureDimension(),
                  taken = numbers.getKernelInputFeatureDimension();
    Extents split, order, joined(shape_of(kernel));
    int64_t group_place = 0;
    for (auto [i, extent] : llvm::enumerate(shape_of(kernel))) {
      const bool divided = static_cast<int64_t>(i) == given;
      if (divided) group_place = static_cast<int64_t>(split.size());
      if (divided) split.push_back(groups);
      split.push_back(divided ? extent / groups : extent);
    }
    // The group moves in front of what is taken.
    auto place = [&](int64_t dimension) { return dimension + (dimension >= given ? 1 : 0); };
    for (int64_t i = 0; i < static_cast<int64_t>(joined.size()); ++i) {
      if (i == taken) order.push_back(group_place);
      order.push_back(place(i));
    }
    joined[given] /= groups;
    joined[taken] *= groups;
    Value parts = builder.create<hlo::ReshapeOp>(location, tensor_type(kernel).clone(split), kernel);
    Value moved = builder.create<hlo::TransposeOp>(location, parts, order);
    return builder.create<hlo::ReshapeOp>(location, tensor_type(kernel).clone(joined), moved);
  }

  void of_input(hlo::ConvolutionOp op) const {
    const auto numbers = op.getDimensionNumbers();
    const auto back = hlo::ConvDimensionNumbersAttr::get(
        builder.getContext(), numbers.getOutputBatchDimension(), numbers.getOutputFeatureDimension(),
        numbers.getOutputSpatialDimensions(), numbers.getKernelOutputFeatureDimension(),
        numbers.getKernelInputFeatureDimension(), numbers.getKernelSpatialDimensions(),
        numbers.getInputBatchDimension(), numbers.getInputFeatureDimension(),
        numbers.getInputSpatialDimensions());
    const auto groups = static_cast<int64_t>(op.getFeatureGroupCount());
    const Extents input = extents_of(op.getLhs(), numbers.getInputSpatialDimensions());
    Window window = op.window();
    for (auto [dimension, extent] : llvm::zip(window, input)) {
      std::tie(dimension.low, dimension.high) = padding_back(dimension, extent);
      std::swap(dimension.stride, dimension.base_dilation);
    }
    const Value kernel =
        reverse(regrouped(op.getRhs(), numbers, groups), numbers.getKernelSpatialDimensions());
    add(op.getLhs(), builder.create<hlo::ConvolutionOp>(location, gradient, kernel, back, window, groups));
  }

  void of_kernel(hlo::ConvolutionOp op) const {
    const auto numbers = op.getDimensionNumbers();
    const auto back = hlo::ConvDimensionNumbersAttr::get(
        builder.getContext(), numbers.getInputFeatureDimension(), numbers.getInputBatchDimension(),
        numbers.getInputSpatialDimensions(), numbers.getOutputBatchDimension(),
        numbers.getOutputFeatureDimension(), numbers.getOutputSpatialDimensions(),
        numbers.getKernelInputFeatureDimension(), numbers.getKernelOutputFeatureDimension(),
        numbers.getKernelSpatialDimensions());
    const Extents input = extents_of(op.getLhs(), numbers.getInputSpatialDimensions());
    Window window = op.window();
    for (auto [dimension, extent] : llvm::zip(window, input)) {
      const int64_t places = dimension.places(extent);
      dimension.high = spread_result(dimension, extent) - spread_input(dimension, extent) + dimension.span() -
                       dimension.low - 1;
      dimension.size = places;
      std::swap(dimension.stride, dimension.dilation);
    }
    add(op.getRhs(), builder.create<hlo::ConvolutionOp>(location, op.getLhs(), gradient, back, window, 1,
                                                        static_cast<int64_t>(op.getFeatureGroupCount())));
  }

  mlir::LogicalResult convolution(hlo::ConvolutionOp op) const {
    const bool plain = op.getBatchGroupCount() == 1 && !op.getWindowReversal() &&
                       tensor_type(op.getResult()).getNumElements() > 0;
    if (!plain) return mlir::failure();
    of_input(op);
    of_kernel(op);
    return mlir::success();
  }

  // Every element of the gradient goes to all elements of its window.
  mlir::LogicalResult window_sum(hlo::ReduceWindowOp op) const {
    const Value input = op.getInputs().front();
    Window window = op.window();
    Extents low, high, interior;
    for (auto [dimension, extent] : llvm::zip(window, shape_of(input))) {
      const auto [before, after] = padding_back(dimension, extent);
      low.push_back(before);
      high.push_back(after);
      interior.push_back(dimension.stride - 1);
      dimension.stride = dimension.base_dilation;
      dimension.low = dimension.high = 0;
      dimension.base_dilation = 1;
    }
    auto sum = builder.create<hlo::ReduceWindowOp>(location, pad(gradient, low, high, interior), zero(),
                                                   window, "stablehlo.add");
    add(input, sum.getResult(0));
    return mlir::success();
  }

  mlir::LogicalResult window_maximum(hlo::ReduceWindowOp op) const {
    const Window window = op.window();
    for (const WindowDimension& dimension : window)
      if (dimension.base_dilation != 1 || dimension.dilation != 1) return mlir::failure();
    const Value input = op.getInputs().front();
    add(input, builder.create<hlo::SelectAndScatterOp>(location, input, gradient, zero(), window));
    return mlir::success();
  }

  mlir::LogicalResult padding(hlo::PadOp op) const {
    const Value operand = op.getOperand();
    const Extents none(shape_of(operand).size(), 0);
    Extents low, high, limit, stride;
    const bool edges_only_added = llvm::all_of(op.getEdgePaddingLow(), [](int64_t n) { return n >= 0; }) &&
                                  llvm::all_of(op.getEdgePaddingHigh(), [](int64_t n) { return n >= 0; });
    for (int64_t i = 0; i < static_cast<int64_t>(none.size()); ++i) {
      low.push_back(-op.getEdgePaddingLow()[i]);
      high.push_back(-op.getEdgePaddingHigh()[i]);
      stride.push_back(op.getInteriorPadding()[i] + 1);
      limit.push_back(WindowDimension::spread(shape_of(operand)[i], stride[i]));
    }
    // What fell off the edges comes back as zeros before the slice; otherwise the slice does it all.
    Value from = gradient;
    Extents start = none;
    if (edges_only_added) {
      start = Extents(op.getEdgePaddingLow());
      for (auto [end, first] : llvm::zip(limit, start)) end += first;
    } else {
      from = pad(gradient, low, high, none);
    }
    const Value kept = builder.create<hlo::SliceOp>(location, operand.getType(), from, start, limit, stride);
    add(operand, kept);
    auto sum = [&](Value value) {
      return reduce_sum(builder, location, value, dimensions_without(none.size(), {}));
    };
    add(op.getPaddingValue(), builder.create<hlo::SubtractOp>(location, sum(gradient), sum(kept)));
    return mlir::success();
  }
};

}  // namespace

mlir::LogicalResult differentiate_window(mlir::OpBuilder& builder, mlir::Operation* op, Value gradient,
                                         AddGradient add) {
  const WindowRule rule{builder, op->getLoc(), gradient, add};
  if (auto convolution = llvm::dyn_cast<hlo::ConvolutionOp>(op)) return rule.convolution(convolution);
  if (is_window_reduction(op, "stablehlo.add")) return rule.window_sum(llvm::cast<hlo::ReduceWindowOp>(op));
  if (is_window_reduction(op, "stablehlo.maximum"))
    return rule.window_maximum(llvm::cast<hlo::ReduceWindowOp>(op));
  if (auto pad = llvm::dyn_cast<hlo::PadOp>(op)) return rule.padding(pad);
  if (auto reverse = llvm::dyn_cast<hlo::ReverseOp>(op)) {
    add(reverse.getOperand(), rule.reverse(gradient, reverse.getDimensions()));
    return mlir::success();
  }
  return mlir::failure();
}

}  // namespace sotto::passes
