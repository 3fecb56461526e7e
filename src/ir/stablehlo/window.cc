// Windows as attributes: what is left out has its default, and defaults are left out.
#include "ir/stablehlo/verify.h"
#include "mlir/IR/Builders.h"

namespace sotto::ir::stablehlo {
namespace {

using Numbers = std::optional<llvm::ArrayRef<int64_t>>;

void set(Window& window, int64_t WindowDimension::* field, Numbers numbers) {
  if (!numbers) return;
  for (auto [dimension, number] : llvm::zip(window, *numbers)) dimension.*field = number;
}

void set_padding(Window& window, std::optional<mlir::DenseIntElementsAttr> padding) {
  if (!padding) return;
  auto values = padding->getValues<int64_t>();
  for (size_t i = 0; i < window.size(); ++i) {
    window[i].low = values[2 * i];
    window[i].high = values[2 * i + 1];
  }
}

// The numbers as an attribute, or none when all are the default.
mlir::DenseI64ArrayAttr numbers_of(mlir::OpBuilder& builder, const Window& window,
                                   int64_t WindowDimension::* field) {
  llvm::SmallVector<int64_t> numbers;
  for (const WindowDimension& dimension : window) numbers.push_back(dimension.*field);
  if (llvm::all_of(numbers, [](int64_t number) { return number == 1; })) return {};
  return builder.getDenseI64ArrayAttr(numbers);
}

mlir::DenseIntElementsAttr padding_of(mlir::OpBuilder& builder, const Window& window) {
  llvm::SmallVector<int64_t> numbers;
  for (const WindowDimension& dimension : window) numbers.append({dimension.low, dimension.high});
  if (llvm::all_of(numbers, [](int64_t number) { return number == 0; })) return {};
  auto type = mlir::RankedTensorType::get({static_cast<int64_t>(window.size()), 2}, builder.getI64Type());
  return mlir::DenseIntElementsAttr::get(type, numbers);
}

mlir::DenseBoolArrayAttr reversal_of(mlir::OpBuilder& builder, const Window& window) {
  llvm::SmallVector<bool> reversed;
  for (const WindowDimension& dimension : window) reversed.push_back(dimension.reversed);
  if (!llvm::is_contained(reversed, true)) return {};
  return builder.getDenseBoolArrayAttr(reversed);
}

mlir::RankedTensorType windowed(mlir::Value operand, const Window& window) {
  llvm::SmallVector<int64_t> shape;
  for (auto [dimension, extent] : llvm::zip(window, tensor_type(operand).getShape()))
    shape.push_back(dimension.places(extent));
  return tensor_type(operand).clone(shape);
}

// A region whose block takes two scalars, applies an operation to them and returns its result.
void add_body(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Type scalar,
              llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> apply) {
  mlir::Block& block = state.addRegion()->emplaceBlock();
  block.addArguments({scalar, scalar}, {state.location, state.location});
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&block);
  builder.create<ReturnOp>(state.location, apply(block.getArgument(0), block.getArgument(1)));
}

}  // namespace

Window ConvolutionOp::window() {
  Window window(getDimensionNumbers().getInputSpatialDimensions().size());
  for (auto [dimension, kernel] : llvm::zip(window, getDimensionNumbers().getKernelSpatialDimensions()))
    dimension.size = tensor_type(getRhs()).getDimSize(kernel);
  set(window, &WindowDimension::stride, getWindowStrides());
  set(window, &WindowDimension::base_dilation, getLhsDilation());
  set(window, &WindowDimension::dilation, getRhsDilation());
  set_padding(window, getPadding());
  if (auto reversal = getWindowReversal())
    for (auto [dimension, reversed] : llvm::zip(window, *reversal)) dimension.reversed = reversed;
  return window;
}

Window ReduceWindowOp::window() {
  Window window(getWindowDimensions().size());
  set(window, &WindowDimension::size, getWindowDimensions());
  set(window, &WindowDimension::stride, getWindowStrides());
  set(window, &WindowDimension::base_dilation, getBaseDilations());
  set(window, &WindowDimension::dilation, getWindowDilations());
  set_padding(window, getPadding());
  return window;
}

Window SelectAndScatterOp::window() {
  Window window(tensor_type(getOperand()).getRank());
  set(window, &WindowDimension::size, getWindowDimensions());
  set(window, &WindowDimension::stride, getWindowStrides());
  set_padding(window, getPadding());
  return window;
}

std::optional<llvm::StringRef> ReduceWindowOp::single_operation() {
  return stablehlo::single_operation(getBody());
}

std::optional<llvm::StringRef> SelectAndScatterOp::scatter_operation() {
  return stablehlo::single_operation(getScatter());
}

std::optional<ComparisonDirection> SelectAndScatterOp::select_direction() {
  if (getSelect().empty() || getSelect().front().getOperations().size() != 2) return std::nullopt;
  mlir::Block& block = getSelect().front();
  auto compare = llvm::dyn_cast<CompareOp>(block.front());
  bool plain = compare && compare->getOperands() == mlir::ValueRange(block.getArguments()) &&
               block.back().getOperands() == mlir::ValueRange(compare->getResults());
  return plain ? std::optional(compare.getComparisonDirection()) : std::nullopt;
}

void ConvolutionOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value lhs,
                          mlir::Value rhs, ConvDimensionNumbersAttr numbers, const Window& window,
                          int64_t feature_group_count, int64_t batch_group_count) {
  auto input = tensor_type(lhs);
  llvm::SmallVector<int64_t> shape(input.getRank());
  shape[numbers.getOutputBatchDimension()] =
      input.getDimSize(numbers.getInputBatchDimension()) / batch_group_count;
  shape[numbers.getOutputFeatureDimension()] =
      tensor_type(rhs).getDimSize(numbers.getKernelOutputFeatureDimension());
  for (auto [i, dimension] : llvm::enumerate(window)) {
    const int64_t extent = input.getDimSize(numbers.getInputSpatialDimensions()[i]);
    shape[numbers.getOutputSpatialDimensions()[i]] = dimension.places(extent);
  }
  build(builder, state, input.clone(shape), lhs, rhs, numbers_of(builder, window, &WindowDimension::stride),
        padding_of(builder, window), numbers_of(builder, window, &WindowDimension::base_dilation),
        numbers_of(builder, window, &WindowDimension::dilation), reversal_of(builder, window), numbers,
        builder.getI64IntegerAttr(feature_group_count), builder.getI64IntegerAttr(batch_group_count),
        mlir::ArrayAttr());
}

void ReduceWindowOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value input,
                           mlir::Value init_value, const Window& window, llvm::StringRef operation) {
  llvm::SmallVector<int64_t> sizes;
  for (const WindowDimension& dimension : window) sizes.push_back(dimension.size);
  state.addOperands({input, init_value});
  auto& properties = state.getOrAddProperties<Properties>();
  properties.window_dimensions = builder.getDenseI64ArrayAttr(sizes);
  properties.window_strides = numbers_of(builder, window, &WindowDimension::stride);
  properties.base_dilations = numbers_of(builder, window, &WindowDimension::base_dilation);
  properties.window_dilations = numbers_of(builder, window, &WindowDimension::dilation);
  properties.padding = padding_of(builder, window);
  state.addTypes(windowed(input, window));
  add_body(builder, state, init_value.getType(), [&](mlir::Value a, mlir::Value b) {
    mlir::Operation* applied = builder.create(state.location, builder.getStringAttr(operation),
                                              mlir::ValueRange{a, b}, init_value.getType());
    return applied->getResult(0);
  });
}

void SelectAndScatterOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value operand,
                               mlir::Value source, mlir::Value init_value, const Window& window) {
  state.addOperands({operand, source, init_value});
  auto& properties = state.getOrAddProperties<Properties>();
  properties.window_dimensions = numbers_of(builder, window, &WindowDimension::size);
  properties.window_strides = numbers_of(builder, window, &WindowDimension::stride);
  properties.padding = padding_of(builder, window);
  state.addTypes(operand.getType());
  add_body(builder, state, init_value.getType(), [&](mlir::Value a, mlir::Value b) {
    return mlir::Value(builder.create<CompareOp>(state.location, a, b, ComparisonDirection::GE));
  });
  add_body(builder, state, init_value.getType(), [&](mlir::Value a, mlir::Value b) {
    return mlir::Value(builder.create<AddOp>(state.location, a, b));
  });
}

}  // namespace sotto::ir::stablehlo
