#include "passes/canonicalize/patterns.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;

struct Scaled {
  Value value;
  double factor;
};

// x * c, or -x.
std::optional<Scaled> scaled(Value value) {
  if (auto product = value.getDefiningOp<hlo::MultiplyOp>())
    if (const auto factor = splat_value(product.getRhs())) return Scaled{product.getLhs(), *factor};
  if (auto negative = value.getDefiningOp<hlo::NegateOp>())
    if (is_float(value)) return Scaled{negative.getOperand(), -1};
  return std::nullopt;
}

// Whether op(c * x) = c * op(x) in that operand, the others being fixed.
bool is_linear_in(mlir::Operation* op, unsigned operand) {
  if (llvm::isa<hlo::DotGeneralOp, hlo::ConvolutionOp, hlo::MultiplyOp, hlo::TransposeOp, hlo::ReshapeOp,
                hlo::BroadcastInDimOp, hlo::NegateOp, hlo::SliceOp, hlo::ReverseOp>(op))
    return true;
  if (llvm::isa<hlo::DivideOp>(op)) return operand == 0;
  if (is_reduction(op, "stablehlo.add") || is_window_reduction(op, "stablehlo.add")) return operand == 0;
  if (is_window_maximum_gradient(op)) return operand == 1;
  if (auto pad = llvm::dyn_cast<hlo::PadOp>(op))
    return operand == 0 && splat_value(pad.getPaddingValue()) == 0.0;
  if (auto select = llvm::dyn_cast<hlo::SelectOp>(op))
    return operand > 0 && splat_value(select.getOperand(operand == 1 ? 2 : 1)) == 0.0;
  return false;
}

struct HoistFactor : mlir::RewritePattern {
  explicit HoistFactor(mlir::MLIRContext* context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(mlir::Operation* op, PatternRewriter& rewriter) const override {
    if (op->getNumResults() != 1 || !is_float(op->getResult(0))) return mlir::failure();
    for (unsigned operand = 0; operand < op->getNumOperands(); ++operand) {
      if (!is_linear_in(op, operand) || !is_float(op->getOperand(operand))) continue;
      const auto found = scaled(op->getOperand(operand));
      if (!found) continue;
      // c1 * c2 * x is folded by the same rule: the constant operand stays where it is.
      if (splat_value(op->getOperand(operand))) continue;
      mlir::Operation* bare = rewriter.clone(*op);
      bare->setOperand(operand, found->value);
      rewriter.replaceOp(op, combined(rewriter, bare, found->factor));
      return mlir::success();
    }
    return mlir::failure();
  }

  // factor * (what `op` now gives); two factors become one.
  static Value combined(PatternRewriter& rewriter, mlir::Operation* op, double factor) {
    if (const auto inner = scaled(op->getResult(0)))
      return times(rewriter, op->getLoc(), inner->value, factor * inner->factor);
    return times(rewriter, op->getLoc(), op->getResult(0), factor);
  }
};

// c * x + c * y = c * (x + y)
template <class Op>
struct HoistCommonFactor : mlir::OpRewritePattern<Op> {
  using mlir::OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter& rewriter) const override {
    if (!is_float(op)) return mlir::failure();
    const auto a = scaled(op.getLhs()), b = scaled(op.getRhs());
    if (!a || !b || a->factor != b->factor || a->factor == 1) return mlir::failure();
    Value sum = rewriter.create<Op>(op.getLoc(), a->value, b->value);
    rewriter.replaceOp(op, times(rewriter, op.getLoc(), sum, a->factor));
    return mlir::success();
  }
};

// A product of matrices reads its operands in either order.
struct AbsorbTranspose : mlir::OpRewritePattern<hlo::DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::DotGeneralOp op, PatternRewriter& rewriter) const override {
    const auto numbers = op.getDotDimensionNumbers();
    if (!numbers.getLhsBatchingDimensions().empty() || numbers.getLhsContractingDimensions().size() != 1)
      return mlir::failure();
    auto lhs = matrix_transpose(op.getLhs()), rhs = matrix_transpose(op.getRhs());
    if (!lhs && !rhs) return mlir::failure();
    int64_t lhs_sum = numbers.getLhsContractingDimensions()[0],
            rhs_sum = numbers.getRhsContractingDimensions()[0];
    rewriter.replaceOpWithNewOp<hlo::DotGeneralOp>(op, lhs ? lhs.getOperand() : op.getLhs(),
                                                   rhs ? rhs.getOperand() : op.getRhs(),
                                                   llvm::ArrayRef<int64_t>{lhs ? 1 - lhs_sum : lhs_sum},
                                                   llvm::ArrayRef<int64_t>{rhs ? 1 - rhs_sum : rhs_sum});
    return mlir::success();
  }

  static hlo::TransposeOp matrix_transpose(Value value) {
    auto transpose = value.getDefiningOp<hlo::TransposeOp>();
    return transpose && shape_of(value).size() == 2 ? transpose : hlo::TransposeOp();
  }
};

// (a b)^T = b^T a^T, and a product reads its operands transposed for nothing.
struct TurnProduct : mlir::OpRewritePattern<hlo::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::TransposeOp op, PatternRewriter& rewriter) const override {
    auto product = op.getOperand().getDefiningOp<hlo::DotGeneralOp>();
    if (!product || !product->hasOneUse() || shape_of(op).size() != 2 || op.getPermutation()[0] != 1)
      return mlir::failure();
    const auto numbers = product.getDotDimensionNumbers();
    if (!numbers.getLhsBatchingDimensions().empty() || numbers.getLhsContractingDimensions().size() != 1 ||
        shape_of(product.getLhs()).size() != 2 || shape_of(product.getRhs()).size() != 2)
      return mlir::failure();
    rewriter.replaceOpWithNewOp<hlo::DotGeneralOp>(op, product.getRhs(), product.getLhs(),
                                                   numbers.getRhsContractingDimensions(),
                                                   numbers.getLhsContractingDimensions());
    return mlir::success();
  }
};

}  // namespace

void add_hoisting_patterns(mlir::RewritePatternSet& patterns) {
  patterns.add<HoistFactor, HoistCommonFactor<hlo::AddOp>, HoistCommonFactor<hlo::SubtractOp>,
               AbsorbTranspose, TurnProduct>(patterns.getContext());
}

}  // namespace sotto::passes
