// The formats of states, which all functions of a program share.
#pragma once

#include <map>
#include <string>

#include "ir/sotto/dialect.h"
#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

namespace privacy = ir::privacy;

using StateTypes = std::map<std::string, privacy::FixedType>;

// Bounds cover every function's measured range; fractions are decided where the state is replaced.
StateTypes state_types(mlir::ModuleOp module, const Precision& precision);

// The measured bound of a value with margin, at least the least that comparisons want, and what the guard of
// it wants; nothing when not measured.
std::optional<int> measured_bound(mlir::Value value, const Precision& precision);
// The same without what the guard wants.
std::optional<int> least_bound(mlir::Value value, const Precision& precision);

}  // namespace sotto::passes
