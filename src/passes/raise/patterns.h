// What the files of this folder share; internal to raise/.
#pragma once

#include "mlir/IR/PatternMatch.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// Replaces an operation's only result and keeps what calibration learnt about it.
void replace_and_keep_range(mlir::PatternRewriter& rewriter, mlir::Operation* op, mlir::Value with);

// Pooling, see pooling.cc.
void add_pooling_patterns(mlir::RewritePatternSet& patterns);
// Quotients by square roots (roots.cc).
void add_root_patterns(mlir::RewritePatternSet& patterns);

}  // namespace sotto::passes
