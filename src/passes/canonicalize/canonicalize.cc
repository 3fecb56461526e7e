// One form for programs that mean the same. What later passes count on:
//   - constants are the second operand of commutative operations; a division by a constant is a
//   multiplication;
//   - a constant factor stands at the end of its linear chain (after products, sums, moves and selections
//   against
//     zero), so that it costs one truncation where the chain is rounded anyway, and nothing of its own;
//   - transposes have been absorbed by the products and convolutions that use them;
//   - equal work is done once, unused work is gone.
// Numbers change only by rounding: the program is that of real arithmetic.
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/canonicalize/patterns.h"
#include "passes/passes.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

struct Canonicalize : mlir::PassWrapper<Canonicalize, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Canonicalize)
  llvm::StringRef getArgument() const final { return "canonicalize"; }

  void runOnOperation() override {
    mlir::RewritePatternSet patterns(&getContext());
    add_folding_patterns(patterns);
    add_hoisting_patterns(patterns);
    add_convolution_patterns(patterns);
    if (mlir::failed(mlir::applyPatternsAndFoldGreedily(getOperation(), std::move(patterns)))) {
      getOperation().emitError("simplification does not come to an end");
      return signalPassFailure();
    }
    mlir::IRRewriter rewriter(&getContext());
    mlir::DominanceInfo dominance(getOperation());
    mlir::eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> canonicalize() { return std::make_unique<Canonicalize>(); }

}  // namespace sotto::passes
