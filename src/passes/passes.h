// All passes, in the order in which they run. Each folder's header says its contract.
#pragma once

#include <memory>

namespace mlir {
class Pass;
}

namespace sotto::passes {

struct Options;

// train/: a forward model becomes @step and @evaluate.
std::unique_ptr<mlir::Pass> build_training(const Options& options);
// train/: a program compiled as it is becomes @step: its arguments and results get their names and states.
std::unique_ptr<mlir::Pass> adopt_program(const Options& options);
// course/: a program whose functions are the phases of a training keeps them.
std::unique_ptr<mlir::Pass> adopt_course(const Options& options);
// canonicalize/: constants folded, constant factors moved to the end of linear chains, equal work done once,
// unused work dropped.
std::unique_ptr<mlir::Pass> canonicalize();
// calibrate/: every value's range, measured.
std::unique_ptr<mlir::Pass> calibrate(const Options& options);
// tabulate/: what depends on the number of the step alone is computed for every step.
std::unique_ptr<mlir::Pass> tabulate(const Options& options);
// raise/: relu, masks, softmax, argmax are recognised.
std::unique_ptr<mlir::Pass> raise();
// guard/: measured bounds checked in every step; @guard, which opens one bit of that.
std::unique_ptr<mlir::Pass> guard();
// infer_secrecy/: which values are public, and which nobody may see.
std::unique_ptr<mlir::Pass> infer_secrecy();
// lower/: fixed point; products, truncations, comparisons and selections are fused.
std::unique_ptr<mlir::Pass> lower(const Options& options);

}  // namespace sotto::passes
