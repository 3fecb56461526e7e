// Which results are one row for each row of the batch: row i depends on row i alone, whatever the other rows
// are. Of such a model, a batch may be filled up with rows that nobody asked about.
#pragma once

#include "passes/support/tensors.h"

namespace sotto::passes {

inline constexpr llvm::StringLiteral kRowsOfAttribute =
    "sotto.rows_of";  // of a result: the input whose rows it has, of which the owner may give fewer

// For each result of the function. Rows are the first dimension of argument `index` and of the result. What
// an operation does to rows is proven by its kind and dimensions; one that is not known mixes them.
llvm::SmallVector<bool> rowwise_results(mlir::func::FuncOp function, unsigned index);

}  // namespace sotto::passes
