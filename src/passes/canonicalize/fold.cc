#include <cmath>

#include "passes/canonicalize/patterns.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;

std::optional<double> binary(llvm::StringRef name, double a, double b) {
  if (name == "add") return a + b;
  if (name == "subtract") return a - b;
  if (name == "multiply") return a * b;
  if (name == "divide") return a / b;
  if (name == "maximum") return std::fmax(a, b);
  if (name == "minimum") return std::fmin(a, b);
  return std::nullopt;
}

std::optional<double> unary(llvm::StringRef name, double a) {
  if (name == "negate") return -a;
  if (name == "exponential") return std::exp(a);
  if (name == "log") return std::log(a);
  if (name == "sqrt") return std::sqrt(a);
  if (name == "rsqrt") return 1 / std::sqrt(a);
  if (name == "abs") return std::fabs(a);
  if (name == "logistic") return 1 / (1 + std::exp(-a));
  if (name == "tanh") return std::tanh(a);
  if (name == "broadcast_in_dim" || name == "reshape" || name == "transpose" || name == "convert" ||
      name == "reverse" || name == "slice")
    return a;
  return std::nullopt;
}

// Any operation whose operands are splats gives a splat.
struct FoldSplats : mlir::RewritePattern {
  explicit FoldSplats(mlir::MLIRContext* context) : RewritePattern(MatchAnyOpTypeTag(), 2, context) {}

  LogicalResult matchAndRewrite(mlir::Operation* op, PatternRewriter& rewriter) const override {
    if (op->getNumResults() != 1 || !is_float(op->getResult(0)) ||
        !op->getName().getStringRef().starts_with("stablehlo."))
      return mlir::failure();
    const llvm::StringRef name = op->getName().stripDialect();
    std::optional<double> folded;
    if (op->getNumOperands() == 1) {
      if (auto a = splat_value(op->getOperand(0))) folded = unary(name, *a);
    } else if (op->getNumOperands() == 2) {
      const auto a = splat_value(op->getOperand(0)), b = splat_value(op->getOperand(1));
      if (a && b) folded = binary(name, *a, *b);
    }
    if (!folded || !std::isfinite(*folded)) return mlir::failure();
    rewriter.replaceOp(op, splat(rewriter, op->getLoc(), op->getResult(0).getType(), *folded));
    return mlir::success();
  }
};

// A constant belongs on the right.
template <class Op>
struct ConstantRight : mlir::OpRewritePattern<Op> {
  using mlir::OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter& rewriter) const override {
    if (!splat_value(op.getLhs()) || splat_value(op.getRhs())) return mlir::failure();
    rewriter.replaceOpWithNewOp<Op>(op, op.getRhs(), op.getLhs());
    return mlir::success();
  }
};

// x + 0, x - 0, x * 1
template <class Op>
struct DropNeutral : mlir::OpRewritePattern<Op> {
  using mlir::OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter& rewriter) const override {
    if (splat_value(op.getRhs()) != (std::is_same_v<Op, hlo::MultiplyOp> ? 1.0 : 0.0)) return mlir::failure();
    rewriter.replaceOp(op, op.getLhs());
    return mlir::success();
  }
};

struct DivideByConstant : mlir::OpRewritePattern<hlo::DivideOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::DivideOp op, PatternRewriter& rewriter) const override {
    const auto divisor = is_float(op) ? splat_value(op.getRhs()) : std::nullopt;
    if (!divisor || *divisor == 0) return mlir::failure();
    rewriter.replaceOp(op, times(rewriter, op.getLoc(), op.getLhs(), 1 / *divisor));
    return mlir::success();
  }
};

// Moves that change nothing, and moves of moves.
struct DropIdentityMove : mlir::RewritePattern {
  explicit DropIdentityMove(mlir::MLIRContext* context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  static bool identity(mlir::Operation* op) {
    // A slice of the operand's shape is all of it.
    if (llvm::isa<hlo::ReshapeOp, hlo::ConvertOp, hlo::SliceOp>(op)) return true;
    auto in_order = [](llvm::ArrayRef<int64_t> list) {
      return llvm::equal(list, llvm::seq<int64_t>(0, list.size()));
    };
    if (auto transpose = llvm::dyn_cast<hlo::TransposeOp>(op)) return in_order(transpose.getPermutation());
    if (auto repeat = llvm::dyn_cast<hlo::BroadcastInDimOp>(op))
      return in_order(repeat.getBroadcastDimensions());
    return false;
  }

  LogicalResult matchAndRewrite(mlir::Operation* op, PatternRewriter& rewriter) const override {
    if (op->getNumOperands() != 1 || op->getNumResults() != 1) return mlir::failure();
    if (op->getOperand(0).getType() != op->getResult(0).getType() || !identity(op)) return mlir::failure();
    rewriter.replaceOp(op, op->getOperand(0));
    return mlir::success();
  }
};

struct MergeReshapes : mlir::OpRewritePattern<hlo::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReshapeOp op, PatternRewriter& rewriter) const override {
    auto inner = op.getOperand().getDefiningOp<hlo::ReshapeOp>();
    if (!inner) return mlir::failure();
    rewriter.replaceOpWithNewOp<hlo::ReshapeOp>(op, op.getType(), inner.getOperand());
    return mlir::success();
  }
};

// Frameworks guard a maximum over an empty axis by a maximum with minus infinity.
struct DropLowest : mlir::OpRewritePattern<hlo::MaximumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::MaximumOp op, PatternRewriter& rewriter) const override {
    const auto bound = splat_value(op.getRhs());
    if (!bound || *bound > -1e30) return mlir::failure();
    rewriter.replaceOp(op, op.getLhs());
    return mlir::success();
  }
};

// A sum over axes of one element is a move.
struct DropUnitSum : mlir::OpRewritePattern<hlo::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReduceOp op, PatternRewriter& rewriter) const override {
    if (!is_reduction(op, "stablehlo.add")) return mlir::failure();
    const Value input = op.getInputs().front();
    if (tensor_type(input).getNumElements() != tensor_type(op.getResult(0)).getNumElements())
      return mlir::failure();
    rewriter.replaceOpWithNewOp<hlo::ReshapeOp>(op, op.getResult(0).getType(), input);
    return mlir::success();
  }
};

// Frameworks add a unit axis first and stretch it then.
struct MergeBroadcasts : mlir::OpRewritePattern<hlo::BroadcastInDimOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::BroadcastInDimOp op, PatternRewriter& rewriter) const override {
    auto inner = op.getOperand().getDefiningOp<hlo::BroadcastInDimOp>();
    if (!inner) return mlir::failure();
    llvm::SmallVector<int64_t> dimensions;
    for (int64_t dimension : inner.getBroadcastDimensions())
      dimensions.push_back(op.getBroadcastDimensions()[dimension]);
    rewriter.replaceOpWithNewOp<hlo::BroadcastInDimOp>(op, op.getType(), inner.getOperand(), dimensions);
    return mlir::success();
  }
};

}  // namespace

void add_folding_patterns(mlir::RewritePatternSet& patterns) {
  patterns.add<FoldSplats, ConstantRight<hlo::AddOp>, ConstantRight<hlo::MultiplyOp>,
               ConstantRight<hlo::MaximumOp>, ConstantRight<hlo::MinimumOp>, DropNeutral<hlo::AddOp>,
               DropNeutral<hlo::SubtractOp>, DropNeutral<hlo::MultiplyOp>, DivideByConstant, DropIdentityMove,
               MergeReshapes, MergeBroadcasts, DropUnitSum, DropLowest>(patterns.getContext());
}

}  // namespace sotto::passes
