// The answer of secrecy inference.
#pragma once

#include "mlir/IR/Value.h"

namespace sotto::passes {

inline constexpr llvm::StringLiteral kVisibilityAttribute = "sotto.visibility";

// Whether everybody with the plan may know the value: it was computed from constants alone.
bool is_public(mlir::Value value);

}  // namespace sotto::passes
