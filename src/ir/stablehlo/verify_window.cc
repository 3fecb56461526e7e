// Verifiers of convolution, reduce_window and select_and_scatter.
#include "ir/stablehlo/verify.h"

namespace sotto::ir::stablehlo {

using mlir::failure;
using mlir::FailureOr;
using mlir::LogicalResult;
using mlir::success;
using Extents = llvm::SmallVector<int64_t>;
using Numbers = std::optional<llvm::ArrayRef<int64_t>>;

namespace {

// Beyond these nothing is meant; below them nothing overflows.
constexpr int64_t kLargestNumber = int64_t{1} << 31, kLargestExtent = int64_t{1} << 62;

LogicalResult check_count(mlir::Operation* op, llvm::StringRef name, size_t found, size_t expected) {
  if (found == expected) return success();
  return op->emitOpError() << name << " has " << found << " entries but the window has " << expected
                           << " dimensions";
}

// Sizes, strides or dilations: one positive number per dimension, if given.
LogicalResult check_positive(mlir::Operation* op, llvm::StringRef name, Numbers numbers, size_t count) {
  if (!numbers) return success();
  if (failed(check_count(op, name, numbers->size(), count))) return failure();
  for (int64_t number : *numbers)
    if (number < 1 || number > kLargestNumber)
      return op->emitOpError() << name << " must be from 1 to " << kLargestNumber << ", not " << number;
  return success();
}

LogicalResult check_padding(mlir::Operation* op, std::optional<mlir::DenseIntElementsAttr> padding,
                            size_t count) {
  if (!padding) return success();
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(padding->getType());
  if (!type || type.getShape() != llvm::ArrayRef<int64_t>{static_cast<int64_t>(count), 2})
    return op->emitOpError() << "padding must have shape " << shape_text({static_cast<int64_t>(count), 2});
  for (int64_t number : padding->getValues<int64_t>())
    if (number < -kLargestNumber || number > kLargestNumber)
      return op->emitOpError() << "padding " << number << " is too large";
  return success();
}

// How many places the window has along each dimension of an operand of these extents.
FailureOr<Extents> count_places(mlir::Operation* op, const Window& window, llvm::ArrayRef<int64_t> extents) {
  Extents places;
  for (auto [i, dimension] : llvm::enumerate(window)) {
    const int64_t extent = extents[i];
    const __int128 spread = extent == 0 ? 0 : static_cast<__int128>(extent - 1) * dimension.base_dilation + 1;
    const __int128 padded = spread + dimension.low + dimension.high;
    if (dimension.size < 1 || dimension.size > kLargestNumber)
      return op->emitOpError() << "window dimension " << i << " has extent " << dimension.size;
    if (padded < 0 || padded > kLargestExtent)
      return op->emitOpError() << "padding leaves no valid extent for window dimension " << i;
    places.push_back(dimension.places(extent));
  }
  return places;
}

LogicalResult check_tensor(mlir::Operation* op, llvm::StringRef name, int64_t rank, int64_t first,
                           int64_t second, llvm::ArrayRef<int64_t> spatial) {
  Extents all{first, second};
  all.append(spatial.begin(), spatial.end());
  if (failed(check_dimensions(op, name, all, rank))) return failure();
  if (static_cast<int64_t>(all.size()) == rank) return success();
  return op->emitOpError() << "dim_numbers name " << all.size() << " dimensions of " << name
                           << ", which has rank " << rank;
}

LogicalResult check_numbers(ConvolutionOp op) {
  auto numbers = op.getDimensionNumbers();
  const size_t count = numbers.getInputSpatialDimensions().size();
  if (numbers.getKernelSpatialDimensions().size() != count ||
      numbers.getOutputSpatialDimensions().size() != count)
    return op.emitOpError("input, kernel and output must have equally many spatial dimensions");
  if (failed(check_tensor(op, "lhs", tensor_type(op.getLhs()).getRank(), numbers.getInputBatchDimension(),
                          numbers.getInputFeatureDimension(), numbers.getInputSpatialDimensions())) ||
      failed(check_tensor(op, "rhs", tensor_type(op.getRhs()).getRank(),
                          numbers.getKernelInputFeatureDimension(), numbers.getKernelOutputFeatureDimension(),
                          numbers.getKernelSpatialDimensions())))
    return failure();
  return check_tensor(op, "the result", tensor_type(op.getResult()).getRank(),
                      numbers.getOutputBatchDimension(), numbers.getOutputFeatureDimension(),
                      numbers.getOutputSpatialDimensions());
}

LogicalResult check_groups(ConvolutionOp op) {
  auto numbers = op.getDimensionNumbers();
  auto lhs = tensor_type(op.getLhs()), rhs = tensor_type(op.getRhs());
  const int64_t batch = lhs.getDimSize(numbers.getInputBatchDimension()),
                features = lhs.getDimSize(numbers.getInputFeatureDimension()),
                taken = rhs.getDimSize(numbers.getKernelInputFeatureDimension()),
                given = rhs.getDimSize(numbers.getKernelOutputFeatureDimension());
  const auto of_features = static_cast<int64_t>(op.getFeatureGroupCount()),
             of_batch = static_cast<int64_t>(op.getBatchGroupCount());
  if (of_features < 1 || of_batch < 1 || (of_features > 1 && of_batch > 1))
    return op.emitOpError("feature_group_count and batch_group_count must be positive, and one of them 1");
  if (features % of_features != 0 || features / of_features != taken)
    return op.emitOpError() << "lhs has " << features << " features in " << of_features
                            << " group(s), but the kernel takes " << taken;
  if (batch % of_batch != 0)
    return op.emitOpError() << "a batch of " << batch << " does not divide into " << of_batch << " groups";
  if (given % of_features != 0 || given % of_batch != 0)
    return op.emitOpError() << "the kernel's " << given << " output features do not divide into "
                            << std::max(of_features, of_batch) << " groups";
  return success();
}

}  // namespace

LogicalResult ConvolutionOp::verify() {
  if (failed(check_numbers(*this))) return failure();
  auto numbers = getDimensionNumbers();
  const size_t count = numbers.getInputSpatialDimensions().size();
  if (failed(check_positive(*this, "stride", getWindowStrides(), count)) ||
      failed(check_positive(*this, "lhs_dilate", getLhsDilation(), count)) ||
      failed(check_positive(*this, "rhs_dilate", getRhsDilation(), count)) ||
      failed(check_padding(*this, getPadding(), count)))
    return failure();
  if (auto reversal = getWindowReversal())
    if (failed(check_count(*this, "reverse", reversal->size(), count))) return failure();
  if (failed(check_groups(*this))) return failure();
  if (getPrecisionConfig() && !getPrecisionConfig()->empty() && getPrecisionConfig()->size() != 2)
    return emitOpError("precision has one entry per operand");
  Extents extents;
  for (int64_t dimension : numbers.getInputSpatialDimensions())
    extents.push_back(tensor_type(getLhs()).getDimSize(dimension));
  FailureOr<Extents> places = count_places(*this, window(), extents);
  if (failed(places)) return failure();
  Extents expected(count + 2);
  expected[numbers.getOutputBatchDimension()] =
      tensor_type(getLhs()).getDimSize(numbers.getInputBatchDimension()) /
      static_cast<int64_t>(getBatchGroupCount());
  expected[numbers.getOutputFeatureDimension()] =
      tensor_type(getRhs()).getDimSize(numbers.getKernelOutputFeatureDimension());
  for (auto [dimension, number] : llvm::zip(numbers.getOutputSpatialDimensions(), *places))
    expected[dimension] = number;
  return check_result_shape(*this, expected);
}

LogicalResult ReduceWindowOp::verify() {
  if (getInputs().empty()) return emitOpError("needs at least one input");
  auto first = tensor_type(getInputs().front());
  const size_t count = first.getRank();
  if (failed(check_positive(*this, "window_dimensions", getWindowDimensions(), count)) ||
      failed(check_positive(*this, "window_strides", getWindowStrides(), count)) ||
      failed(check_positive(*this, "base_dilations", getBaseDilations(), count)) ||
      failed(check_positive(*this, "window_dilations", getWindowDilations(), count)) ||
      failed(check_padding(*this, getPadding(), count)))
    return failure();
  if (getNumResults() != getInputs().size())
    return emitOpError() << "has " << getInputs().size() << " inputs but " << getNumResults() << " results";
  FailureOr<Extents> expected = count_places(*this, window(), first.getShape());
  if (failed(expected)) return failure();
  for (auto [input, init, result] : llvm::zip(getInputs(), getInitValues(), getResults())) {
    mlir::Type element = tensor_type(input).getElementType();
    if (tensor_type(input).getShape() != first.getShape()) return emitOpError("inputs must have one shape");
    if (tensor_type(init) != mlir::RankedTensorType::get({}, element))
      return emitOpError("initial values must be scalars of the inputs' element types");
    if (tensor_type(result) != mlir::RankedTensorType::get(*expected, element))
      return emitOpError() << "result is " << result.getType() << " but the operands give shape "
                           << shape_text(*expected) << " of " << element;
  }
  return success();
}

LogicalResult ReduceWindowOp::verifyRegions() {
  mlir::TypeRange elements(getInitValues());
  return check_body(*this, "body", getBody(), elements, elements);
}

LogicalResult SelectAndScatterOp::verify() {
  auto operand = tensor_type(getOperand()), source = tensor_type(getSource());
  mlir::Type element = operand.getElementType();
  const size_t count = operand.getRank();
  if (failed(check_positive(*this, "window_dimensions", getWindowDimensions(), count)) ||
      failed(check_positive(*this, "window_strides", getWindowStrides(), count)) ||
      failed(check_padding(*this, getPadding(), count)))
    return failure();
  if (source.getElementType() != element || getResult().getType() != operand)
    return emitOpError("operand, source and result must have one element type, operand and result one shape");
  if (tensor_type(getInitValue()) != mlir::RankedTensorType::get({}, element))
    return emitOpError("initial value must be a scalar of the operand's element type");
  FailureOr<Extents> expected = count_places(*this, window(), operand.getShape());
  if (failed(expected)) return failure();
  if (Extents(source.getShape()) == *expected) return success();
  return emitOpError() << "source has shape " << shape_text(source.getShape())
                       << " but the operand has windows " << shape_text(*expected);
}

LogicalResult SelectAndScatterOp::verifyRegions() {
  mlir::Type scalar = getInitValue().getType();
  mlir::Type truth = mlir::RankedTensorType::get({}, mlir::IntegerType::get(getContext(), 1));
  if (failed(check_body(*this, "select", getSelect(), scalar, truth))) return failure();
  return check_body(*this, "scatter", getScatter(), scalar, scalar);
}

}  // namespace sotto::ir::stablehlo
