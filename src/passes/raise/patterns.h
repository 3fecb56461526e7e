// The recognitions of raise that have files of their own.
#pragma once

#include "mlir/IR/PatternMatch.h"

namespace sotto::passes {

// Quotients by square roots (roots.cc).
void add_root_patterns(mlir::RewritePatternSet& patterns);

}  // namespace sotto::passes
