// Plain training with the float interpreter: the same functions, starts and batches as the private job has.
#pragma once

#include <map>
#include <span>
#include <string>

#include "ir/interpreter/interpreter.h"
#include "passes/options.h"

namespace sotto::passes {

using Arrays = std::map<std::string, ir::Array>;

// What the states of a function (passes/train) start with: their initializers' values, or role-provided data;
// what share stores give, as the data have it where they do.
Arrays initial_states(mlir::func::FuncOp function, std::uint64_t seed, const Arrays& data);
// One run: batches are `rows` of the data set of their name, other inputs whole; states are replaced. Gives
// results that are no states, in order.
mlir::FailureOr<std::vector<ir::Array>> run_plainly(mlir::func::FuncOp function, Arrays& states,
                                                    const Arrays& data, std::span<const std::uint32_t> rows,
                                                    const ir::Observer& observer = {});

inline constexpr std::int64_t kSyntheticRows = 2048;  // that are calibrated on
// Data for arguments that no file is given for: for pixels and one-hot labels, noisy prototypes of as many
// classes as the labels have; for anything else numbers in [-1, 1). Deterministic.
Arrays synthetic_data(mlir::ModuleOp module, std::int64_t rows);

}  // namespace sotto::passes
