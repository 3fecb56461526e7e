// One function as one block. Internal to emit/.
#pragma once

#include "passes/emit/values.h"

namespace sotto::passes {

// Outputs of the block that are to be revealed, by name.
using Outputs = std::map<std::string, std::uint32_t>;

plan::Block& emit_block(plan::Plan& plan, Tables& tables, mlir::func::FuncOp function, Outputs& outputs);

}  // namespace sotto::passes
