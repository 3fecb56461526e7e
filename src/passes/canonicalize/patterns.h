// The rewrites of canonicalize, by what they are about.
#pragma once

#include "mlir/IR/PatternMatch.h"

namespace sotto::passes {

// Operations on constants, neutral elements, moves that move nothing.
void add_folding_patterns(mlir::RewritePatternSet& patterns);
// Constant factors through linear operations, transposes into products.
void add_hoisting_patterns(mlir::RewritePatternSet& patterns);
void add_convolution_patterns(mlir::RewritePatternSet& patterns);

}  // namespace sotto::passes
