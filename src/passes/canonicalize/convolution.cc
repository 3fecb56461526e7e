// Convolutions read and write any layout: transposes around them become dimension numbers.
#include "passes/canonicalize/patterns.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;
using Dimensions = llvm::SmallVector<int64_t>;

// A tensor's two named dimensions and its spatial ones, after a move that takes dimension d to places[d].
struct Named {
  int64_t first, second;
  Dimensions spatial;

  Named moved(llvm::ArrayRef<int64_t> places) const {
    Dimensions there;
    for (int64_t dimension : spatial) there.push_back(places[dimension]);
    return {places[first], places[second], there};
  }
};

Named input_of(hlo::ConvDimensionNumbersAttr numbers) {
  return {numbers.getInputBatchDimension(), numbers.getInputFeatureDimension(),
          Dimensions(numbers.getInputSpatialDimensions())};
}
Named kernel_of(hlo::ConvDimensionNumbersAttr numbers) {
  return {numbers.getKernelInputFeatureDimension(), numbers.getKernelOutputFeatureDimension(),
          Dimensions(numbers.getKernelSpatialDimensions())};
}
Named output_of(hlo::ConvDimensionNumbersAttr numbers) {
  return {numbers.getOutputBatchDimension(), numbers.getOutputFeatureDimension(),
          Dimensions(numbers.getOutputSpatialDimensions())};
}

hlo::ConvDimensionNumbersAttr joined(mlir::MLIRContext* context, const Named& input, const Named& kernel,
                                     const Named& output) {
  return hlo::ConvDimensionNumbersAttr::get(context, input.first, input.second, input.spatial, kernel.first,
                                            kernel.second, kernel.spatial, output.first, output.second,
                                            output.spatial);
}

struct AbsorbTransposes : mlir::OpRewritePattern<hlo::ConvolutionOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ConvolutionOp op, PatternRewriter& rewriter) const override {
    auto lhs = op.getLhs().getDefiningOp<hlo::TransposeOp>(),
         rhs = op.getRhs().getDefiningOp<hlo::TransposeOp>();
    if (!lhs && !rhs) return mlir::failure();
    const auto numbers = op.getDimensionNumbers();
    // Dimension d of a transposed tensor is dimension permutation[d] of what was transposed.
    const Named input = lhs ? input_of(numbers).moved(lhs.getPermutation()) : input_of(numbers);
    const Named kernel = rhs ? kernel_of(numbers).moved(rhs.getPermutation()) : kernel_of(numbers);
    rewriter.modifyOpInPlace(op, [&] {
      if (lhs) op.getLhsMutable().assign(lhs.getOperand());
      if (rhs) op.getRhsMutable().assign(rhs.getOperand());
      op.setDimensionNumbersAttr(joined(getContext(), input, kernel, output_of(numbers)));
    });
    return mlir::success();
  }
};

struct WriteTransposed : mlir::OpRewritePattern<hlo::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::TransposeOp op, PatternRewriter& rewriter) const override {
    auto convolution = op.getOperand().getDefiningOp<hlo::ConvolutionOp>();
    if (!convolution || !convolution->hasOneUse()) return mlir::failure();
    const auto numbers = convolution.getDimensionNumbers();
    Dimensions places(op.getPermutation().size());
    for (auto [to, from] : llvm::enumerate(op.getPermutation())) places[from] = static_cast<int64_t>(to);
    auto turned = llvm::cast<hlo::ConvolutionOp>(rewriter.clone(*convolution));
    turned.setDimensionNumbersAttr(
        joined(getContext(), input_of(numbers), kernel_of(numbers), output_of(numbers).moved(places)));
    turned.getResult().setType(op.getType());
    rewriter.replaceOp(op, turned);
    return mlir::success();
  }
};

// Kernels are turned around first and transposed then, so that the convolution absorbs the latter.
struct ReverseFirst : mlir::OpRewritePattern<hlo::ReverseOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReverseOp op, PatternRewriter& rewriter) const override {
    auto transpose = op.getOperand().getDefiningOp<hlo::TransposeOp>();
    if (!transpose) return mlir::failure();
    Dimensions dimensions;
    for (int64_t dimension : op.getDimensions()) dimensions.push_back(transpose.getPermutation()[dimension]);
    const Value operand = transpose.getOperand();
    const Value reversed =
        rewriter.create<hlo::ReverseOp>(op.getLoc(), operand.getType(), operand, dimensions);
    rewriter.replaceOpWithNewOp<hlo::TransposeOp>(op, reversed, transpose.getPermutation());
    return mlir::success();
  }
};

}  // namespace

void add_convolution_patterns(mlir::RewritePatternSet& patterns) {
  patterns.add<AbsorbTransposes, WriteTransposed, ReverseFirst>(patterns.getContext());
}

}  // namespace sotto::passes
