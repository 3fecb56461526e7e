// Finds in StableHLO what one kernel computes, in our own gradients and in those of frameworks:
//
// | StableHLO                                                        | becomes
// |------------------------------------------------------------------|-------------------------------------------
// | maximum(x, 0)                                                    | relu(x) and its bit
// | compare GT or GE of (x or relu(x)) and 0, where relu(x) exists   | the bit
// | select(bit, v, 0)                                                | mask(bit, v)
// | exp(z) / sum exp(z) along the last axis, z = x or x - max x      | row_softmax(x)
// | exp(z) * broadcast(n / sum exp(z)), as log-softmax's gradient has it | row_softmax(x) * broadcast(n)
// | reduce maximum along the last axis                               | row_maximum(x)
// | compare EQ(x, maximum of x's row)                                | row_argmax(x)
// | a / sqrt(x), a / (sqrt(x) + epsilon)                             | a * rsqrt(...): roots.cc
// | pooling and its gradients                                        | slices of windows (pooling.cc)
//
// At exactly 0 the bit is one, where compare GT is false: both slopes of relu there are subgradients. Of
// equal largest elements row_argmax takes the first, where compare EQ takes all.
#include "ir/sotto/dialect.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/raise/patterns.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using mlir::LogicalResult;
using mlir::PatternRewriter;
using mlir::Value;

bool is_last_axis(Value operand, llvm::ArrayRef<int64_t> dimensions) {
  return dimensions.size() == 1 && dimensions[0] == static_cast<int64_t>(shape_of(operand).size()) - 1;
}

// The x of broadcast(reduce(x, last axis)) back to x's shape, also through reshapes that keep a unit axis.
Value reduced_row(Value value, llvm::StringRef operation) {
  auto repeat = value.getDefiningOp<hlo::BroadcastInDimOp>();
  if (!repeat) return {};
  Value inner = repeat.getOperand();
  while (auto move = inner.getDefiningOp()) {
    const bool adds_unit =
        llvm::isa<hlo::ReshapeOp, hlo::BroadcastInDimOp>(move) &&
        tensor_type(move->getOperand(0)).getNumElements() == tensor_type(inner).getNumElements();
    if (!adds_unit) break;
    inner = move->getOperand(0);
  }
  auto* op = inner.getDefiningOp();
  if (auto raised = llvm::dyn_cast_or_null<privacy::RowMaximumOp>(op);
      raised && operation == "stablehlo.maximum")
    return shape_of(raised.getOperand()) == shape_of(value) ? raised.getOperand() : Value();
  if (!is_reduction(op, operation)) return {};
  auto reduce = llvm::cast<hlo::ReduceOp>(op);
  const Value input = reduce.getInputs().front();
  return is_last_axis(input, reduce.getDimensions()) && shape_of(input) == shape_of(value) ? input : Value();
}

struct RaiseRelu : mlir::OpRewritePattern<hlo::MaximumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::MaximumOp op, PatternRewriter& rewriter) const override {
    if (!is_float(op) || splat_value(op.getRhs()) != 0.0) return mlir::failure();
    auto bits = tensor_type(op).clone(rewriter.getI1Type());
    replace_and_keep_range(
        rewriter, op,
        rewriter.create<privacy::ReluOp>(op.getLoc(), op.getType(), bits, op.getLhs()).getResult());
    return mlir::success();
  }
};

struct RaiseReluBit : mlir::OpRewritePattern<hlo::CompareOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::CompareOp op, PatternRewriter& rewriter) const override {
    const auto direction = op.getComparisonDirection();
    if (direction != hlo::ComparisonDirection::GT && direction != hlo::ComparisonDirection::GE)
      return mlir::failure();
    // relu(x) >= 0 always holds: only GT says something about x.
    if (splat_value(op.getRhs()) != 0.0) return mlir::failure();
    auto relu = op.getLhs().getDefiningOp<privacy::ReluOp>();
    if (relu && direction == hlo::ComparisonDirection::GE) return mlir::failure();
    for (mlir::Operation* user : op.getLhs().getUsers())
      if (auto sibling = llvm::dyn_cast<privacy::ReluOp>(user)) relu = sibling;
    if (!relu) return mlir::failure();
    if (!relu->isBeforeInBlock(op)) rewriter.moveOpBefore(relu, op);
    rewriter.replaceOp(op, relu.getPositive());
    return mlir::success();
  }
};

// x < 0 and x <= 0 choose the other way round.
struct TurnSelect : mlir::OpRewritePattern<hlo::SelectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::SelectOp op, PatternRewriter& rewriter) const override {
    auto compare = op.getPred().getDefiningOp<hlo::CompareOp>();
    if (!compare) return mlir::failure();
    const auto direction = compare.getComparisonDirection();
    const bool less = direction == hlo::ComparisonDirection::LT,
               equal = direction == hlo::ComparisonDirection::LE;
    if ((!less && !equal) || splat_value(compare.getRhs()) != 0.0) return mlir::failure();
    Value turned =
        rewriter.create<hlo::CompareOp>(compare.getLoc(), compare.getLhs(), compare.getRhs(),
                                        less ? hlo::ComparisonDirection::GE : hlo::ComparisonDirection::GT);
    replace_and_keep_range(
        rewriter, op,
        rewriter.create<hlo::SelectOp>(op.getLoc(), op.getType(), turned, op.getOnFalse(), op.getOnTrue()));
    return mlir::success();
  }
};

struct RaiseMask : mlir::OpRewritePattern<hlo::SelectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::SelectOp op, PatternRewriter& rewriter) const override {
    if (!is_float(op) || splat_value(op.getOnFalse()) != 0.0 || shape_of(op.getPred()) != shape_of(op))
      return mlir::failure();
    replace_and_keep_range(
        rewriter, op,
        rewriter.create<privacy::MaskOp>(op.getLoc(), op.getType(), op.getPred(), op.getOnTrue()));
    return mlir::success();
  }
};

// Before a product is reshaped it can be masked as it is made.
struct MaskBeforeReshape : mlir::OpRewritePattern<privacy::MaskOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(privacy::MaskOp op, PatternRewriter& rewriter) const override {
    auto move = op.getOperand().getDefiningOp<hlo::ReshapeOp>();
    if (!move || !move->hasOneUse()) return mlir::failure();
    const Value product = move.getOperand();
    if (!product.hasOneUse() || !product.getDefiningOp<hlo::DotGeneralOp>()) return mlir::failure();
    const auto bits = tensor_type(product).clone(rewriter.getI1Type());
    Value bit = rewriter.create<hlo::ReshapeOp>(op.getLoc(), bits, op.getBit());
    Value masked = rewriter.create<privacy::MaskOp>(product.getLoc(), product.getType(), bit, product);
    if (const auto range = range_of(product)) widen_range(masked, *range);
    replace_and_keep_range(rewriter, op, rewriter.create<hlo::ReshapeOp>(op.getLoc(), op.getType(), masked));
    return mlir::success();
  }
};

// Softmax does not change when a row's maximum is taken off.
Value unshifted(Value exponent) {
  auto shifted = exponent.getDefiningOp<hlo::SubtractOp>();
  const bool by_maximum = shifted && reduced_row(shifted.getRhs(), "stablehlo.maximum") == shifted.getLhs();
  return by_maximum ? shifted.getLhs() : exponent;
}

struct RaiseSoftmax : mlir::OpRewritePattern<hlo::DivideOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::DivideOp op, PatternRewriter& rewriter) const override {
    auto exponential = op.getLhs().getDefiningOp<hlo::ExponentialOp>();
    if (!exponential || reduced_row(op.getRhs(), "stablehlo.add") != op.getLhs()) return mlir::failure();
    const Value logits = unshifted(exponential.getOperand());
    replace_and_keep_range(rewriter, op,
                           rewriter.create<privacy::RowSoftmaxOp>(op.getLoc(), op.getType(), logits));
    return mlir::success();
  }
};

// Whether `sums` are e's sums along the last axis, perhaps with a unit axis kept.
bool is_row_sum(Value sums, Value e) {
  while (auto move = sums.getDefiningOp()) {
    if (!llvm::isa<hlo::ReshapeOp, hlo::BroadcastInDimOp>(move) ||
        tensor_type(move->getOperand(0)).getNumElements() != tensor_type(sums).getNumElements())
      break;
    sums = move->getOperand(0);
  }
  auto reduce = sums.getDefiningOp<hlo::ReduceOp>();
  return is_reduction(reduce, "stablehlo.add") && reduce.getInputs().front() == e &&
         is_last_axis(e, reduce.getDimensions());
}

struct RaiseWeightedSoftmax : mlir::OpRewritePattern<hlo::MultiplyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::MultiplyOp op, PatternRewriter& rewriter) const override {
    for (unsigned side : {0U, 1U}) {
      auto e = op->getOperand(side).getDefiningOp<hlo::ExponentialOp>();
      auto repeat = op->getOperand(1 - side).getDefiningOp<hlo::BroadcastInDimOp>();
      auto quotient = repeat ? repeat.getOperand().getDefiningOp<hlo::DivideOp>() : hlo::DivideOp();
      if (!e || !quotient || !is_row_sum(quotient.getRhs(), e)) continue;
      Value softmax =
          rewriter.create<privacy::RowSoftmaxOp>(op.getLoc(), op.getType(), unshifted(e.getOperand()));
      Value weight = rewriter.create<hlo::BroadcastInDimOp>(repeat.getLoc(), op.getType(), quotient.getLhs(),
                                                            repeat.getBroadcastDimensions());
      replace_and_keep_range(rewriter, op, rewriter.create<hlo::MultiplyOp>(op.getLoc(), softmax, weight));
      return mlir::success();
    }
    return mlir::failure();
  }
};

struct RaiseArgmax : mlir::OpRewritePattern<hlo::CompareOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::CompareOp op, PatternRewriter& rewriter) const override {
    if (op.getComparisonDirection() != hlo::ComparisonDirection::EQ) return mlir::failure();
    if (reduced_row(op.getRhs(), "stablehlo.maximum") != op.getLhs()) return mlir::failure();
    rewriter.replaceOpWithNewOp<privacy::RowArgmaxOp>(op, op.getType(), op.getLhs());
    return mlir::success();
  }
};

struct RaiseRowMaximum : mlir::OpRewritePattern<hlo::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(hlo::ReduceOp op, PatternRewriter& rewriter) const override {
    if (!is_reduction(op, "stablehlo.maximum") || !is_float(op.getResult(0))) return mlir::failure();
    const Value input = op.getInputs().front();
    if (!is_last_axis(input, op.getDimensions())) return mlir::failure();
    replace_and_keep_range(
        rewriter, op, rewriter.create<privacy::RowMaximumOp>(op.getLoc(), op.getResult(0).getType(), input));
    return mlir::success();
  }
};

struct Raise : mlir::PassWrapper<Raise, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Raise)
  llvm::StringRef getArgument() const final { return "raise"; }
  void getDependentDialects(mlir::DialectRegistry& registry) const override {
    registry.insert<privacy::SottoDialect>();
  }

  void runOnOperation() override {
    mlir::RewritePatternSet patterns(&getContext());
    patterns.add<RaiseRelu, RaiseReluBit, TurnSelect, RaiseMask, MaskBeforeReshape, RaiseSoftmax,
                 RaiseWeightedSoftmax, RaiseArgmax, RaiseRowMaximum>(&getContext());
    add_root_patterns(patterns);
    add_pooling_patterns(patterns);
    if (mlir::failed(mlir::applyPatternsAndFoldGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

}  // namespace

void replace_and_keep_range(PatternRewriter& rewriter, mlir::Operation* op, Value with) {
  if (const auto range = range_of(op->getResult(0)); range && with.getDefiningOp()) widen_range(with, *range);
  rewriter.replaceOp(op, with);
}

std::unique_ptr<mlir::Pass> raise() { return std::make_unique<Raise>(); }

}  // namespace sotto::passes
