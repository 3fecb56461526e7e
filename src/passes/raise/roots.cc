// Quotients by square roots become products with inverse square roots: one kernel instead of two, and no
// division.
//
// | StableHLO                | becomes
// |--------------------------|--------------------------
// | a / sqrt(x)              | a * rsqrt(x)
// | a / (sqrt(x) + epsilon)  | a * rsqrt(x + epsilon^2)
//
// The divisor may be repeated along axes. The second row is how optimizers and normalisations avoid a
// division by zero: epsilon, at most 2^-6, is added in another place. The results differ by at most a factor
// of sqrt(2), where x is about epsilon^2, and by epsilon / sqrt(x) where x is larger.
#include "passes/calibrate/range.h"
#include "passes/raise/patterns.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

using mlir::PatternRewriter;
using mlir::Value;

constexpr double kLargestEpsilon = 0x1p-6;

struct Root {
  hlo::SqrtOp square_root;
  double epsilon = 0;
};

Root root_of(Value divisor) {
  if (auto root = divisor.getDefiningOp<hlo::SqrtOp>()) return {root, 0};
  auto sum = divisor.getDefiningOp<hlo::AddOp>();
  if (!sum) return {};
  const auto epsilon = splat_value(sum.getRhs());
  if (!epsilon || *epsilon < 0 || *epsilon > kLargestEpsilon) return {};
  return {sum.getLhs().getDefiningOp<hlo::SqrtOp>(), *epsilon};
}

struct DivideByRoot : mlir::OpRewritePattern<hlo::DivideOp> {
  using OpRewritePattern::OpRewritePattern;
  mlir::LogicalResult matchAndRewrite(hlo::DivideOp op, PatternRewriter& rewriter) const override {
    auto repeat = op.getRhs().getDefiningOp<hlo::BroadcastInDimOp>();
    const Root root = root_of(repeat ? repeat.getOperand() : op.getRhs());
    if (!root.square_root) return mlir::failure();
    const auto quotients = range_of(op.getResult());
    Value inverse = inverse_root(rewriter, op.getLoc(), root);
    if (repeat)
      inverse = rewriter.create<hlo::BroadcastInDimOp>(repeat.getLoc(), op.getType(), inverse,
                                                       repeat.getBroadcastDimensions());
    Value product = rewriter.create<hlo::MultiplyOp>(op.getLoc(), op.getLhs(), inverse);
    if (quotients) widen_range(product, *quotients);
    rewriter.replaceOp(op, product);
    return mlir::success();
  }

  static Value inverse_root(PatternRewriter& rewriter, mlir::Location location, const Root& root) {
    hlo::SqrtOp square_root = root.square_root;
    Value x = square_root.getOperand();
    if (root.epsilon > 0) {
      const auto range = range_of(x);
      const double added = root.epsilon * root.epsilon;
      x = rewriter.create<hlo::AddOp>(location, x, splat(rewriter, location, x.getType(), added));
      if (range) widen_range(x, {range->minimum + added, range->maximum + added, range->spread});
    }
    return rewriter.create<hlo::RsqrtOp>(location, x);
  }
};

}  // namespace

void add_root_patterns(mlir::RewritePatternSet& patterns) {
  patterns.add<DivideByRoot>(patterns.getContext());
}

}  // namespace sotto::passes
